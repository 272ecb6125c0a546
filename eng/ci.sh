#!/usr/bin/env bash
# The stages of continuous integration, for a developer's machine as well: `eng/ci.sh` runs all, `eng/ci.sh build test` some.
# The last line counts the tests: N passed, N failed, N skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

configuration=Release
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
# A build node that outlives the build would hold our output open.
export MSBUILDDISABLENODEREUSE=1

stage() {
  printf '\n== %s (%s)\n' "$1" "$(date +%T)"
}

format() {
  stage format
  local folder
  for folder in src tests; do
    dotnet format whitespace "$folder" --folder --verify-no-changes
  done
}

build() {
  stage build
  dotnet build XdsCanary.sln -c "$configuration" -v quiet
}

chart() {
  stage chart
  eng/check-chart.sh
}

# A minute, with an API server; not among `all`.
cluster() {
  stage cluster
  eng/check-cluster.sh
}

# Reads the summary over all test projects that ends the output of `dotnet test`, and judges it.
report() {
  local log=$1 exit_code=$2 passed failed skipped
  # Only what stands below the headline of the summary: a test may print lines that look the same.
  count() { awk -v key="$1:" '/^Test run summary:/ { sum = 0; on = 1 } on && $1 == key && NF == 2 { sum += $2 } END { print sum + 0 }' "$log"; }
  passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
  if [ "$exit_code" -ne 0 ] && [ "$failed" -eq 0 ]; then
    echo "dotnet test ended with exit code $exit_code although no test failed: a test program was broken, empty or not built." >&2
  fi
  if [ "$((passed + failed))" -eq 0 ]; then
    echo "No test ran." >&2
    exit_code=1
  fi
  # Once more at the end, with the start of what was wrong, for whoever sees only that.
  awk '/^failed [A-Za-z]/ { print; on = 60; next } on > 0 && /^  / { print substr($0, 1, 1500); on--; next } { on = 0 }' "$log"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$exit_code" -eq 0 ] && [ "$failed" -eq 0 ]
}

run_tests() {
  stage test
  local log exit_code=0
  log=$(mktemp)
  rm -rf artifacts/figures
  # The README's command. Colours would hide the numbers of the summary from report().
  NO_COLOR=1 dotnet test XdsCanary.sln -c "$configuration" 2>&1 | tee "$log" || exit_code=$?
  # What tests have measured and counted.
  if [ -d artifacts/figures ]; then printf '\n'; cat artifacts/figures/*.txt; fi
  report "$log" "$exit_code" || exit_code=$?
  rm -f "$log"
  return "$exit_code"
}

for name in "${@:-all}"; do
  case $name in
    format) format ;;
    build) build ;;
    chart) chart ;;
    cluster) cluster ;;
    test) run_tests ;;
    all) format; chart; build; run_tests ;;
    *) echo "eng/ci.sh: no stage '$name'; there are: format chart cluster build test" >&2; exit 2 ;;
  esac
done
