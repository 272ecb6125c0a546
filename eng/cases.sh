#!/usr/bin/env bash
# Prints, for each acceptance case and hazard, the tests that carry its id in their names, and at the end how many there are, how
# many have a test, and why the others have none, which tests/CanaryEngine.Tests/README.md says. Reads the sources; builds nothing.
# Exit code 1: a case has neither a test nor a reason.
set -euo pipefail
cd "$(dirname "$0")/.."

readme=tests/CanaryEngine.Tests/README.md
kinds='CTL|RTR|CAN|E2E|MET|NOT|LDT|API|H'

# The cases, by kind: first and last.
cases() {
  cat <<'IDS'
CTL 1 67
RTR 1 79
CAN 1 42
E2E 1 16
MET 29 30
NOT 1 6
LDT 1 12
API 1 1
H 1 34
IDS
}

# Test methods: "PROJECT/CLASS.METHOD".
tests() {
  grep -rnoE --include='*.cs' --exclude-dir=obj --exclude-dir=bin "(void|Task) [A-Za-z0-9_]*($kinds)_[0-9]+[A-Za-z0-9_]*" tests |
    sed -E 's|^tests/([^/]+)/(.*/)?([A-Za-z0-9_]+)\.cs:[0-9]+:[a-zA-Z]+ |\1/\3.|' | sort -u
}

# Reasons: the rows of the last table, "IDS | REASON".
reasons() {
  sed -n '/^Not tested by id, and why:/,$p' "$readme" | sed -nE "s/^\| (($kinds)-.*[^ ]) +\|\$/\1/p"
}

{ cases | sed 's/^/case /'; tests | sed 's/^/test /'; reasons | sed 's/^/reason /'; } | awk -v kinds="($kinds)" -v readme="$readme" '
  # Calls ids(text, sign): fills found[1..count] with the ids of a text, whose numbers stand behind the sign, a range as "A to B".
  function ids(text, sign,   rest, token, kind, first, last, number) {
    count = 0
    rest = " " text
    pattern = "[^A-Za-z0-9]" kinds sign "[0-9]+((_| )to(_| )(" kinds sign ")?[0-9]+)?"
    while (match(rest, pattern)) {
      token = substr(rest, RSTART + 1, RLENGTH - 1)
      rest = substr(rest, RSTART + RLENGTH)
      kind = token
      sub(sign ".*", "", kind)
      first = substr(token, length(kind) + 2) + 0
      last = first
      if (token ~ /[_ ]to[_ ]/) { last = token; sub(/^.*[^0-9]/, "", last) }
      for (number = first; number <= last + 0; number++) found[++count] = sprintf("%s-%02d", kind, number)
    }
  }
  $1 == "case" { for (number = $3; number <= $4; number++) all[++total] = sprintf("%s-%02d", $2, number) }
  $1 == "test" {
    name = $2
    sub(/^.*\./, "", name)
    ids(name, "_")
    for (i = 1; i <= count; i++) carried[found[i]] = carried[found[i]] "\n" $2
  }
  $1 == "reason" {
    text = substr($0, 8)
    bar = index(text, " | ")
    ids(substr(text, 1, bar - 1), "-")
    for (i = 1; i <= count; i++) reason[found[i]] = substr(text, bar + 3)
  }
  END {
    for (i = 1; i <= total; i++) {
      if (!(all[i] in carried)) continue
      covered++
      rows = split(substr(carried[all[i]], 2), row, "\n")
      for (r = 1; r <= rows; r++) printf "%-7s %s\n", r == 1 ? all[i] : "", row[r]
    }
    printf "\n%d ids, %d of them with a test, %d without:\n", total, covered, total - covered
    for (i = 1; i <= total + 1; i++) {
      if (i <= total && all[i] in carried) why = ""
      else if (i > total) why = ""
      else if (all[i] in reason) why = reason[all[i]]
      else { why = "NO TEST, AND NO REASON IN " readme; missing++ }
      if (why == before && i > 1) continue
      if (before != "") printf "%-16s %s\n", all[i - 1] == first ? first : first " to " all[i - 1], before
      first = all[i]
      before = why
    }
    exit missing > 0
  }'
