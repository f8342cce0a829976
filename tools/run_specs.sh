#!/bin/bash
# SPDX-License-Identifier: MIT
#
# tools/run_specs.sh [RUNTIME...] [SPEC...]
#
# Runs the C tests and the specs and ends with one line, `N passed, N failed` (and `, N skipped`).
# RUNTIME is c (the C tests), lua5.4, luajit, lua5.3 or lua5.1; without any, all of them, the last
# two on spec/unit alone. SPEC is a spec file or a folder of them; without any, all of spec/.
#
# As many suites run side by side as there are processors: a suite is a spec file, or the whole of
# spec/unit. Their lines come in one order, whichever ends first.
#
# Environment, all optional:
#   SPEC_WRAPPER, C_WRAPPER   words put before the interpreter, or before a C test
#   SPEC_SECONDS              how long one suite may take (600)
#   DYNAMO_BUILD              the folder with <lua>/dynamo/core.so and spec/ (build)
#   DYNAMO_VECTORS            the folder of test vectors that spec/vectors reads (../shared/vectors);
#                             without one they are left out, unless it is given
#   SPEC_JOBS                 how many suites run side by side (as many as there are processors)
#   DYNAMO_SPEC_SCALE         how much there is of what is random: 1 is what CI runs, 0.1 a tenth
#   DYNAMO_SCREENS            write: spec/screens and README's screen are written anew, not compared
#   DYNAMO_SEED               which random operations there are under random faults (1)
#   DYNAMO_MOTO_ENDPOINT, DYNAMO_DYNALITE_ENDPOINT, DYNAMO_DYNOXIDE_ENDPOINT   emulators that run
#                             already; else they are started, Dynoxide where it is installed
set -euo pipefail
cd "$(dirname "$0")/.."

for variable in $(compgen -e AWS_) $(compgen -e LUA_); do unset "$variable"; done
export AWS_EC2_METADATA_DISABLED=true

if [ -z "${DYNAMO_MOTO_ENDPOINT-}" ]; then
  exec tools/emulators.sh with moto "$0" "$@"
elif [ -z "${DYNAMO_DYNALITE_ENDPOINT-}" ]; then
  exec tools/emulators.sh with dynalite "$0" "$@"
elif [ -z "${DYNAMO_DYNOXIDE_ENDPOINT-}" ] && tools/emulators.sh has dynoxide; then
  exec tools/emulators.sh with dynoxide "$0" "$@"
fi

build=${DYNAMO_BUILD:-build}
busted=$(command -v busted) || { echo "run_specs.sh: no busted; run: make setup" >&2; exit 1; }
export DYNAMO_PYTHON=${DYNAMO_PYTHON:-$PWD/build/emulators/python/bin/python}

if [ -n "${DYNAMO_VECTORS-}" ] && [ ! -d "$DYNAMO_VECTORS" ]; then
  echo "run_specs.sh: DYNAMO_VECTORS is no folder: $DYNAMO_VECTORS" >&2
  exit 1
fi
export DYNAMO_VECTORS=${DYNAMO_VECTORS:-../shared/vectors}

# Part of every secret that the specs use: one that is printed is a failed test.
canary=$(sed -n 's/^M\.MARK = "\(.*\)"$/\1/p' spec/support/canary.lua)
[ -n "$canary" ] || { echo "run_specs.sh: no MARK in spec/support/canary.lua" >&2; exit 1; }

# The TAP logs of this run, kept only when something failed.
mkdir -p "$build/tap"
logs=$(mktemp -d "$build/tap/XXXXXX")
passed=0 failed=0 skipped=0
jobs=${SPEC_JOBS:-$(nproc)}

# Prints "passed failed skipped planned" of a TAP log; planned is -1 without a plan.
count_tap() {
  awk '
    BEGIN { planned = -1 }
    /^not ok/ { failed++; next }
    /^ok .*# SKIP/ { skipped++; next }
    /^ok/ { passed++ }
    /^1\.\.[0-9]+$/ { planned = substr($0, 4) }
    END { print passed + 0, failed + 0, skipped + 0, planned }
  ' "$1"
}

# Prints the failed tests of a TAP log with what was said about them. C tests say it in the lines
# above, busted in those below.
show_failures() {
  awk '
    /^not ok/ { printf "%s%s\n", said, $0; said = ""; below = 1; next }
    /^#/ { if (below) print; else said = said $0 "\n"; next }
    /^(ok|1\.\.)/ { said = ""; below = 0 }
  ' "$1" | sed 's/^/    /'
}

# The suites begun so far, each "RUNTIME NAME", and how many of them have been judged.
suites=() judged=0

log_of() { echo "$logs/$1-${2//\//-}.tap"; }

# Runs one TAP producer into a log; then leaves its status and seconds beside that. One spec is not
# run by two runtimes at once: an example's table has its name from the clock.
run_suite() {
  local runtime=$1 name=$2 status=0 started log
  log=$(log_of "$runtime" "$name")
  shift 2
  exec 9>"$logs/${name//\//-}.lock"
  flock 9
  started=$SECONDS
  timeout -k 10 "${SPEC_SECONDS:-600}" "$@" >"$log" 2>&1 9>&- </dev/null || status=$?
  echo "$status $((SECONDS - started))" >"$log.new"
  mv "$log.new" "$log.end"
}

# begin_suite RUNTIME NAME COMMAND...: runs a suite beside the others once there is room for it.
begin_suite() {
  while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
    wait -n || true
    judge_ended
  done
  suites+=("$1 $2")
  run_suite "$@" &
}

# Judges the suites that have ended, in the order in which they began, up to the first that has not.
judge_ended() {
  local runtime name
  while [ "$judged" -lt ${#suites[@]} ]; do
    read -r runtime name <<<"${suites[judged]}"
    [ -e "$(log_of "$runtime" "$name").end" ] || return 0
    judge_suite "$runtime" "$name"
    judged=$((judged + 1))
  done
}

# Prints the line of a suite that has ended and adds up its tests.
judge_suite() {
  local runtime=$1 name=$2 status seconds problem="" ok bad without planned log
  log=$(log_of "$runtime" "$name")
  read -r status seconds <"$log.end"
  read -r ok bad without planned < <(count_tap "$log")
  if [ "$status" -eq 124 ]; then problem="took too long"
  elif [ "$planned" -lt 0 ]; then problem="ended early, with status $status"
  elif [ "$planned" -ne $((ok + bad + without)) ]; then problem="planned $planned tests"
  elif [ "$planned" -eq 0 ]; then problem="ran no test"
  elif grep -qF "$canary" "$log"; then problem="printed a secret"
  elif [ "$status" -ne 0 ] && ! grep -q '^not ok' "$log"; then problem="ended with status $status"
  fi
  [ -z "$problem" ] || bad=$((bad + 1))
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + without))
  printf '%-7s %-45s %5d ok %4d failed %4d skipped %4d s  %s\n' \
    "$runtime" "$name" "$ok" "$bad" "$without" "$seconds" "$problem"
  [ "$bad" -eq 0 ] || show_failures "$log"
  [ -z "$problem" ] || { echo "    the end of $log:"; tail -n 60 "$log" | sed 's/^/    /'; }
}

run_c_tests() {
  local source name
  for source in spec/core/*_test.c; do
    name=$(basename "$source" .c)
    # shellcheck disable=SC2086  # a list of words
    begin_suite c "$name" ${C_WRAPPER-} "$build/spec/$name"
  done
}

# The ABI folder that a runtime loads the C modules from.
abi_of() {
  case $1 in
    luajit) echo 5.1 ;;
    *) echo "${1#lua}" ;;
  esac
}

run_lua_specs() {
  local runtime=$1 spec
  shift
  for spec in "$@"; do
    # shellcheck disable=SC2086  # a list of words
    LUA_PATH="lua/?.lua;lua/?/init.lua;spec/?.lua;;" \
      LUA_CPATH="$build/$(abi_of "$runtime")/?.so;;" \
      begin_suite "$runtime" "$spec" ${SPEC_WRAPPER-} "$runtime" "$busted" -o TAP "$spec"
  done
}

# What takes longest is begun first, or it would end alone.
LONGEST=(spec/unit spec/integration/random_expressions_spec.lua spec/fault/faults_spec.lua
  spec/fault/chaos_spec.lua spec/nginx/faults_spec.lua)

# Prints the suites of specs and folders, one a line: files, and spec/unit, whose many files are
# quick, as a whole.
suites_of() {
  local each found
  found=$(for each in "$@"; do
    case ${each%/} in
      spec | spec/unit) echo spec/unit ;;&
      spec/unit) ;;
      *) find "${each%/}" -name '*_spec.lua' ! -path 'spec/unit/*' ;;
    esac
    case $each in spec/unit/*_spec.lua) echo "$each" ;; esac
  done | sort -u)
  for each in "${LONGEST[@]}"; do grep -xF "$each" <<<"$found" || true; done
  grep -vxFf <(printf '%s\n' "" "${LONGEST[@]}") <<<"$found" || true
}

left_out=""

# Leaves the suites of spec/vectors out of `chosen` where there are no vectors.
leave_out_vectors() {
  local each all=("${chosen[@]}")
  [ ! -d "$DYNAMO_VECTORS" ] || return 0
  chosen=()
  for each in "${all[@]}"; do
    case $each in spec/vectors/*) left_out=1 ;; *) chosen+=("$each") ;; esac
  done
}

runtimes=() specs=()
for argument in "$@"; do
  case $argument in
    c | lua5.4 | lua5.3 | lua5.1 | luajit) runtimes+=("$argument") ;;
    *) specs+=("$argument") ;;
  esac
done
[ ${#runtimes[@]} -gt 0 ] || runtimes=(c lua5.4 luajit lua5.3 lua5.1)

for runtime in "${runtimes[@]}"; do
  chosen=("${specs[@]}")
  case $runtime in
    c) run_c_tests; continue ;;
    lua5.3 | lua5.1)
      command -v "$runtime" >/dev/null || { echo "$runtime  not here"; continue; }
      [ ${#chosen[@]} -gt 0 ] || chosen=(spec/unit)
      ;;
  esac
  [ ${#chosen[@]} -gt 0 ] || chosen=(spec)
  mapfile -t chosen < <(suites_of "${chosen[@]}")
  leave_out_vectors
  run_lua_specs "$runtime" "${chosen[@]}"
done
wait
judge_ended

if [ "$skipped" -gt 0 ]; then
  echo "skipped (times, why):"
  cat "$logs"/*.tap | sed -nE 's/^ok .*# SKIP *([^ ]*(\(tail call\))?:-?[0-9]+: )?//p' | sort | uniq -c
fi
if [ -n "$left_out" ]; then
  echo "left out: spec/vectors, for want of test vectors ($DYNAMO_VECTORS);" \
    "the oracles of spec/oracle, botocore's among them, cover the ground"
fi
suffix=
[ "$skipped" -eq 0 ] || suffix=", $skipped skipped"
if [ "$failed" -eq 0 ]; then rm -rf "$logs"; else echo "TAP logs: $logs"; fi
echo "$passed passed, $failed failed$suffix"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
