#!/bin/bash
# SPDX-License-Identifier: MIT
#
# tools/coverage.sh: runs the C tests and the specs on the coverage build (`make coverage` builds
# it) and prints the line coverage of each C file and in total. A line counts as run when any
# build of its file ran it: a file of csrc/lua is built once for each Lua.
set -euo pipefail
cd "$(dirname "$0")/.."

build=build/coverage
find "$build" -name '*.gcda' -delete
status=0
DYNAMO_BUILD=$build tools/run_specs.sh "$@" || status=$?

# gcov's text has "COUNT:LINE:SOURCE" lines, COUNT being - where there is no code, ##### where it
# never ran; line 0 carries "Source:PATH".
find "$build" -name '*.gcda' -print0 | xargs -0 gcov --stdout 2>/dev/null |
  awk -F : '
    { gsub(/ /, "", $1); gsub(/ /, "", $2) }
    $2 == 0 { if ($3 == "Source") file = $4; next }
    file !~ /^csrc\/(core|lua)\// || $1 == "-" || NF < 3 { next }
    { line = file ":" $2; if (!(line in seen)) { seen[line]; lines[file]++ } }
    $1 !~ /^[#=]/ && !(line in ran) { ran[line]; hits[file]++ }
    END {
      for (file in lines) {
        printf "%6.1f %% of %4d  %s\n", 100 * hits[file] / lines[file], lines[file], file
        all += lines[file]; hit += hits[file]
      }
      if (all) printf "%6.1f %% of %4d  total\n", 100 * hit / all, all
    }' | LC_ALL=C sort -k5
[ "$status" -eq 0 ] || echo "coverage.sh: some tests failed; see above" >&2
exit "$status"
