#!/usr/bin/env bash
# Twenty promotions while parts of a cluster are killed, paused or slow at random instants: `eng/chaos.sh`, half an hour. Needs on
# PATH: etcd, kube-apiserver, kube-controller-manager, kubectl, envoy, podinfo. XDSCANARY_CHAOS_SEED repeats a series,
# XDSCANARY_CHAOS_RUNS makes it shorter. XDSCANARY_UPDATE_GOLDEN=1 keeps the outcome as docs/chaos-run.md.
set -euo pipefail
cd "$(dirname "$0")/.."

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 XDSCANARY_REQUIRE_TOOLS=1 XDSCANARY_LONG=1
dotnet build tests/Kubernetes.Tests -c Release -v quiet
rm -f artifacts/figures/*Promotions_succeed_and_no_request_fails*
artifacts/bin/Kubernetes.Tests/release/Kubernetes.Tests -class '*.ChaosTests'
lines=$(grep -ho 'seed [0-9]*: .*' artifacts/figures/*Promotions_succeed_and_no_request_fails*)
printf '%s\n' "$lines"
if [ "${XDSCANARY_UPDATE_GOLDEN:-}" = 1 ]; then
  {
    echo '# A series of promotions while parts of the cluster fail'
    echo
    echo 'Made by `eng/chaos.sh`. Each run promotes a good version under load; its line says what was done to the cluster, and in which phase of'
    echo 'the canary, how long the promotion took, and what became of the requests. A run that does not succeed, that loses a request by our'
    echo 'doing, or that had ended before a disturbance, ends with why.'
    echo
    printf '%s\n' "$lines" | sed 's/^/- /'
  } >docs/chaos-run.md
fi
