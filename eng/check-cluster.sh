#!/usr/bin/env bash
# Checks charts/xds-canary against a real API server, which it starts on loopback and stops again (about half a minute): are the
# custom resources taken, do they take what they should and refuse what they should, and do installing, upgrading and uninstalling
# do what they promise. Needs etcd, kube-apiserver, kubectl and helm on PATH. Exit code 1: a fault.
set -euo pipefail
cd "$(dirname "$0")/.."

for program in etcd kube-apiserver kubectl helm openssl; do
  if ! command -v "$program" >/dev/null; then
    echo "skipped: $program is not on PATH"
    exit "${XDSCANARY_REQUIRE_TOOLS:-0}"
  fi
done

chart=charts/xds-canary
corpus=tests/XdsServer.FunctionalTests/Corpus/broken-canaries
work=$(mktemp -d)
pids=()
faults=0 checks=0
trap 'kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

fault() { echo "FAULT: $*" >&2; faults=$((faults + 1)); }
ok() { checks=$((checks + 1)); }
same() { if [ "$2" = "$3" ]; then ok; else fault "$1: '$3' instead of '$2'"; fi; }

# A port that nobody listens on.
free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

start() {
  local client peer api token
  client=$(free_port) peer=$(free_port) api=$(free_port) token=$(openssl rand -hex 16)
  openssl genrsa -out "$work/sa.key" 2048 2>/dev/null
  echo "$token,admin,admin,system:masters" >"$work/tokens.csv"
  etcd --data-dir "$work/etcd" --unsafe-no-fsync --listen-client-urls "http://127.0.0.1:$client" \
    --advertise-client-urls "http://127.0.0.1:$client" --listen-peer-urls "http://127.0.0.1:$peer" \
    --initial-advertise-peer-urls "http://127.0.0.1:$peer" --initial-cluster "default=http://127.0.0.1:$peer" >"$work/etcd.log" 2>&1 &
  pids+=($!)
  kube-apiserver --etcd-servers "http://127.0.0.1:$client" --bind-address 127.0.0.1 --secure-port "$api" --cert-dir "$work/pki" \
    --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$work/sa.key" \
    --service-account-signing-key-file "$work/sa.key" --service-cluster-ip-range 10.96.0.0/16 \
    --token-auth-file "$work/tokens.csv" --authorization-mode RBAC --disable-admission-plugins ServiceAccount >"$work/api.log" 2>&1 &
  pids+=($!)
  export KUBECONFIG=$work/kubeconfig HELM_CACHE_HOME=$work/helm HELM_CONFIG_HOME=$work/helm HELM_DATA_HOME=$work/helm
  kubectl config set-cluster here --server "https://127.0.0.1:$api" --insecure-skip-tls-verify=true >/dev/null
  kubectl config set-credentials admin --token "$token" >/dev/null
  kubectl config set-context here --cluster here --user admin >/dev/null
  kubectl config use-context here >/dev/null
  for _ in $(seq 120); do
    # An object can be made once the namespace is there.
    if kubectl get namespace default >/dev/null 2>&1; then return; fi
    sleep 0.5
  done
  tail -5 "$work/etcd.log" "$work/api.log" >&2
  echo "The API server did not get ready." >&2
  exit 1
}

# take NAME: the object on standard input is taken, every field of it
take() {
  local output
  if output=$(kubectl create --validate=strict -f - 2>&1); then ok; else fault "refused $1: $output"; fi
}

# refuse NAME TEXT: the object on standard input is refused, with this text
refuse() {
  local output
  if output=$(kubectl create --dry-run=server --validate=strict -f - 2>&1); then
    fault "taken: $1"
  elif grep -qF -- "$2" <<<"$output"; then
    ok
  else
    fault "refused $1, but not with '$2': $output"
  fi
}

canary() { printf 'apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {name: %s, namespace: default}\nspec:\n%s\n' "$1" "$2"; }
target='  targetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}
  service: {port: 80}'

check_resources() {
  kubectl apply -f "$chart/files/crds" >/dev/null
  kubectl wait --for=condition=Established --timeout=30s crd --all >/dev/null && ok
  same "schemas that are not structural" "" \
    "$(kubectl get crd -o jsonpath='{range .items[*]}{.status.conditions[?(@.type=="NonStructuralSchema")].message}{end}')"
  local field
  for field in metrics abort sessionAffinity; do
    # The heading stands there in any case, above `<empty>` for a field that is not described.
    if kubectl explain "canary.spec.analysis.$field" --api-version=flagger.app/v1beta1 \
      | sed -n '/^DESCRIPTION:/,/^FIELD/p' | grep '^ *[A-Za-z`]' | grep -vE '^(DESCRIPTION|FIELD)' >/dev/null; then
      ok
    else
      fault "kubectl explain canary.spec.analysis.$field says nothing"
    fi
  done
}

check_canaries() {
  take "a Canary with everything of ours" < <(canary everything "$target
  provider: smi:v1alpha1:crossover
  metricsServer: http://prometheus.monitoring:9090
  analysis:
    interval: 1m30s
    threshold: 3
    stepWeights: [1, 5, 20, 120]
    gateDeadlineSeconds: 3600
    abort: {interval: 500ms, minSamples: 20, checks: [request-success-rate, 'request-duration:slow']}
    convergence: {percent: 90, timeout: 1.5m}
    inconclusive: {noTraffic: 20, providerOutage: 30, badQuery: 1}
    metrics:
    - {name: request-success-rate, thresholdRange: {min: 99.5}}
    - {name: request-duration, interval: .5h, templateRef: {name: slow}, thresholdRange: {max: 120, relativeTo: primary}}
    - {name: older, query: up, min: 1, max: 2}
    webhooks:
    - {name: gate, type: confirm-promotion, url: 'http://gates.test/', async: true, timeout: 10µs1h, retries: 2}")
  take "a Canary in the older spelling" < <(canary older "$target
  provider: smi:crossover
  canaryAnalysis: {interval: 10s, threshold: 5, maxWeight: 50, stepWeight: 5, metrics: [{name: request-duration, threshold: 500}]}")
  take "a Canary without analysis" < <(canary skipped "$target
  skipAnalysis: true")
  refuse "steps of 0" "with a step of 0 the canary would never get traffic" < <(canary bad "$target
  analysis: {stepWeight: 0}")
  refuse "steps of 2.5" "must be of type integer" < <(canary bad "$target
  analysis: {stepWeight: 2.5}")
  refuse "no bounds" "write thresholdRange with min, max or both" < <(canary bad "$target
  analysis: {stepWeight: 5, metrics: [{name: request-duration}]}")
  refuse "one cookie for both" "can't use the same cookie name" < <(canary bad "$target
  analysis: {stepWeight: 5, sessionAffinity: {cookieName: a, primaryCookieName: a}}")
  local file taken=''
  for file in "$corpus"/*.yaml; do
    if kubectl create --dry-run=server --validate=strict -f "$file" >/dev/null 2>&1; then taken+="$(basename "$file" .yaml) "; else ok; fi
  done
  # What only several objects together show, what is a notice, and what the language of schemas cannot say.
  same "broken canaries that are taken" "alert-unknown-provider match-regex metric-unknown-template mirror-weight-unused \
provider-unknown service-of-other-router service-shared stage target-service-not-found target-shared template-datadog " "$taken"
}

check_status() {
  local status='{"phase":"Progressing","canaryWeight":10,"failedChecks":0,"iterations":-1,"lastAppliedSpec":"a","lastPromotedSpec":"b",
    "lastTransitionTime":"2026-01-02T03:04:05.1234567+00:00","observedGeneration":1,"reason":"Observing","message":"","paused":false,
    "keepsCanary":false,"proxies":2,"nextCheck":"2026-01-02T03:04:15+00:00","trackedConfigs":{"configmap/a":"1"},
    "approvals":[{"hook":"gate","revision":"a"}],
    "run":{"revision":"a","startedAt":"2026-01-02T03:04:05+00:00","before":"Initialized","weight":10,"isLive":true,"ofLater":{"x":[1]},
      "plan":{"strategy":"Canary","steps":[10,20],"iterations":0,"mirror":false,"promotionStep":0,"movesTraffic":true,"ofLater":1}},
    "checks":[{"metric":"m","at":"2026-01-02T03:04:05+00:00","verdict":"Pass","value":99.5,"message":"","query":"q","answer":"a","ofLater":1}],
    "history":[{"revision":"a","phase":"Failed","reason":"FastAbort","weight":10,"failedChecks":1,"checks":[],"ofLater":1}]}'
  if kubectl patch canary older --subresource=status --type=merge -p "{\"status\":$status}" >"$work/log" 2>&1; then
    same "fields of a later version in run, plan, checks and history" '{"x":[1]} 1 1 1' "$(kubectl get canary older -o \
      jsonpath='{.status.run.ofLater} {.status.run.plan.ofLater} {.status.checks[0].ofLater} {.status.history[0].ofLater}')"
  else
    fault "the status is refused: $(cat "$work/log")"
  fi
}

check_splits() {
  local version other weights
  for version in v1alpha1 v1alpha2 v1alpha3 v1alpha4; do
    take "a TrafficSplit of $version" <<SPLIT
apiVersion: split.smi-spec.io/$version
kind: TrafficSplit
metadata: {name: split-$version, namespace: default}
spec:
  service: shop
  backends: [{service: a, weight: 75}, {service: b, weight: 500m}, {service: c}]
  matches: [{apiGroup: specs.smi-spec.io, kind: HTTPRouteGroup, name: some}]
SPLIT
    take "an HTTPRouteGroup of $version" <<GROUP
apiVersion: specs.smi-spec.io/$version
kind: HTTPRouteGroup
metadata: {name: group-$version, namespace: default}
$([[ $version == *[12] ]] && echo 'matches:' || printf 'spec:\n  matches:')
  - {name: firefox, pathRegex: /a, methods: [GET, "*"], headers: [{user-agent: ".*Firefox.*"}]}
GROUP
  done
  for version in v1alpha1 v1alpha2 v1alpha3 v1alpha4; do
    for other in v1alpha1 v1alpha2 v1alpha3 v1alpha4; do
      weights=$(kubectl get "trafficsplits.$other.split.smi-spec.io" "split-$version" -o \
        jsonpath='{.apiVersion} {.spec.backends[*].weight} {.spec.matches[0].apiGroup}')
      same "split-$version read as $other" "split.smi-spec.io/$other 75 500m specs.smi-spec.io" "$weights"
      same "group-$version read as $other" ".*Firefox.*" "$(kubectl get "httproutegroups.$other.specs.smi-spec.io" "group-$version" -o \
        jsonpath='{.matches[0].headers[0].user-agent}{.spec.matches[0].headers[0].user-agent}')"
    done
  done
  refuse "a weight below 0" "weight" <<<'{apiVersion: split.smi-spec.io/v1alpha2, kind: TrafficSplit,
    metadata: {name: bad, namespace: default}, spec: {service: a, backends: [{service: b, weight: -1}]}}'
}

# run TEXT COMMAND...: the command succeeds
run() {
  local text=$1
  shift
  if "$@" >"$work/log" 2>&1; then ok; else fault "$text: $(tail -3 "$work/log")"; fi
}

check_releases() {
  local token values="$chart/ci/gateway.yaml"
  kubectl delete trafficsplits,httproutegroups,canaries --all >/dev/null
  kubectl delete crd --all >/dev/null
  if helm install xds-canary "$chart" -f "$values" >"$work/log" 2>&1; then
    fault "a split was made before its kind"
  else
    grep 'the cluster does not know TrafficSplit' "$work/log" >/dev/null && ok || fault "install: $(cat "$work/log")"
  fi
  run install helm install xds-canary "$chart" -f "$values" --set envoy.upstreams=null
  token=$(kubectl get secret xds-canary-admin -o jsonpath='{.data.token}')
  run upgrade helm upgrade xds-canary "$chart" -f "$values"
  same "the token after an upgrade" "$token" "$(kubectl get secret xds-canary-admin -o jsonpath='{.data.token}')"
  run "upgrade of weights" helm upgrade xds-canary "$chart" -f "$values" \
    --set envoy.upstreams.podinfo.backends.bold-olm-podinfo.weight=25,envoy.upstreams.podinfo.backends.eerie-octopus-podinfo.weight=75
  same "weights after an upgrade" "25 75" "$(kubectl get trafficsplit podinfo -o jsonpath='{.spec.backends[*].weight}')"

  # A changed custom resource comes with an upgrade.
  cp -r "$chart" "$work/chart"
  sed -i 's/categories: \[all\]/categories: [all, later]/' "$work/chart/files/crds/canaries.yaml"
  run "upgrade of a custom resource" helm upgrade xds-canary "$work/chart" -f "$values"
  same "categories after an upgrade" '["all","later"]' "$(kubectl get crd canaries.flagger.app -o jsonpath='{.spec.names.categories}')"

  take "a Canary that outlives the release" < <(canary survivor "$target
  analysis: {stepWeight: 5}")
  run uninstall helm uninstall xds-canary
  same "custom resources after uninstalling" 5 "$(kubectl get crd -o name | wc -l)"
  same "canaries after uninstalling" canary.flagger.app/survivor "$(kubectl get canaries -o name)"
  same "rights after uninstalling" "" "$(kubectl get clusterroles,clusterrolebindings -o name | grep xds-canary || true)"
  run "a second installation" helm install xds-canary "$chart" -f "$chart/ci/minimal.yaml"
  same "categories after it" '["all"]' "$(kubectl get crd canaries.flagger.app -o jsonpath='{.spec.names.categories}')"
  helm uninstall xds-canary >/dev/null 2>&1
  run "an installation of another name" helm install other "$chart" -f "$chart/ci/namespaced.yaml"
  same "what a namespaced release may read of others" no "$(kubectl auth can-i list secrets -A \
    --as system:serviceaccount:default:other-xds-canary 2>/dev/null || true)"
}

start
check_resources
check_canaries
check_status
check_splits
check_releases
echo "cluster: $checks checks passed, $faults faults"
[ "$faults" = 0 ]
