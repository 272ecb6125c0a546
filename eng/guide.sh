#!/usr/bin/env bash
# Runs docs/guide.md against a cluster of its own and checks what it prints: `eng/guide.sh`. Needs on PATH: etcd, kube-apiserver,
# kube-controller-manager, kubectl, helm, envoy, podinfo, prometheus, hey, curl. XDSCANARY_UPDATE_GOLDEN=1 keeps the log as
# docs/guide-run.md; it is in artifacts/guide in any case.
set -euo pipefail
cd "$(dirname "$0")/.."

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 XDSCANARY_REQUIRE_TOOLS=1
dotnet build tests/Kubernetes.Tests -c Release -v quiet
artifacts/bin/Kubernetes.Tests/release/Kubernetes.Tests -explicit on -namespace XdsCanary.Kubernetes.Tests.Guide
