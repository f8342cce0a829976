#!/bin/bash
# SPDX-License-Identifier: MIT
#
# tools/boundary.sh: do the layers keep to themselves? Reads the sources and what `make` built;
# prints each breach and fails if there was one.
#
#   core       includes no Lua header, names no lua_ function, calls no clock, no environment, no
#              random source and none of C's unbounded string functions, has no mutable global
#   libraries  zlib, cJSON, libedit and SQLite are each included by one C file (with its header),
#              OpenSSL and libcurl by two
#   modules    export luaopen_* alone, and link no library of another layer's and no Lua
#   circles    of files: x.c and x.h are one, which needs those whose headers it includes and whose
#              functions it calls
#
# shellcheck disable=SC2086  # lists of words, in messages
set -euo pipefail
cd "$(dirname "$0")/.."

breaches=0

breach() {
  echo "boundary: $*"
  breaches=$((breaches + 1))
}

# Prints a C file without comments and string literals, for the words in them are no code.
code_of() {
  gcc -fpreprocessed -dD -E -P "$1" 2>/dev/null | sed 's/"\([^"\\]\|\\.\)*"/""/g'
}

check_core_includes() {
  local found
  found=$(grep -nE '#[[:space:]]*include[[:space:]]*[<"](lua|lauxlib|compat)' csrc/core/*.[ch]) ||
    return 0
  breach "csrc/core includes a Lua header: $found"
}

banned="time|getenv|secure_getenv|gettimeofday|clock_gettime|clock|rand|srand|random|strtod|strtof"
banned="$banned|atoi|atol|atof|strcpy|sprintf|vsprintf|strcat|alloca"

check_core_calls() {
  local file found
  for file in csrc/core/*.[ch]; do
    found=$(code_of "$file" | grep -oE "(^|[^A-Za-z0-9_.>])($banned) *\(|\blua(L|_)[A-Za-z_]+") ||
      continue
    breach "$file uses" $found
  done
}

# Mutable are .data and .bss; .data.rel.ro holds constants with addresses in them.
check_core_globals() {
  local found
  found=$(objdump -t build/obj/core/*.o | awk -F '\t' '
    { words = split($1, left, " "); split($2, right, " "); section = left[words] }
    section ~ /^(\.t?data|\.t?bss|\*COM\*)/ && section !~ /^\.data\.rel\.ro/ && right[1] !~ /^0+$/ {
      print right[2]
    }')
  [ -z "$found" ] || breach "csrc/core has mutable globals:" $found
}

# check_library NAME INCLUDE [MODULES]: no more modules (x.c with x.h) than one, or MODULES, include
# what INCLUDE matches.
check_library() {
  local modules
  modules=$(grep -lE "#[[:space:]]*include[[:space:]]*[<\"]$2" csrc/*/*.[ch] | sed 's/\.[ch]$//' |
    sort -u)
  [ "$(wc -w <<<"$modules")" -eq "${3:-1}" ] ||
    breach "$1 is included by other than ${3:-1} module(s):" $modules
}

# check_module FILE FOREIGN: FILE exports luaopen_* alone and links nothing that FOREIGN matches.
check_module() {
  local found
  found=$(nm -D --defined-only "$1" | awk '$NF !~ /^luaopen_dynamo_/ { print $NF }')
  [ -z "$found" ] || breach "$1 exports" $found
  found=$(objdump -p "$1" | awk '$1 == "NEEDED" { print $2 }' | grep -E "$2") || return 0
  breach "$1 links" $found
}

# Prints "x y" for each include of y.h in x.c or x.h.
includes() {
  grep -oE '#include "[a-z0-9_]+\.h"' csrc/*/*.[ch] |
    sed -E 's,.*/([a-z0-9_]+)\.[ch]:#include "([a-z0-9_]+)\.h",\1 \2,'
}

# Prints the object of each C file; build/ may hold more than those.
objects() {
  printf '%s\n' csrc/*/*.c |
    sed -E 's,^csrc/(core/.*)\.c$,build/obj/\1.o,; s,^csrc/(.*)\.c$,build/5.4/obj/\1.o,'
}

# Prints "x y" for each symbol that x.c uses and y.c defines.
calls() {
  objects | xargs nm -A | awk '
    { file = $1; sub(/\.o:.*/, "", file); sub(/.*\//, "", file); kind = $(NF - 1) }
    kind ~ /^[TDRB]$/ { home[$NF] = file }
    kind == "U" { user[++uses] = file; used[uses] = $NF }
    END { for (i = 1; i <= uses; i++) if (used[i] in home) print user[i], home[used[i]] }'
}

check_circles() {
  local found
  found=$({ includes; calls; } | sort -u | tsort 2>&1 >/dev/null) ||
    breach "C files need each other:" ${found//tsort: /}
}

check_core_includes
check_core_calls
check_core_globals
check_circles
check_library OpenSSL 'openssl/' 2 # digests, and signatures with a private key
check_library zlib 'zlib\.h'
check_library cJSON '(cjson/)?cJSON\.h'
check_library libedit 'histedit\.h'
check_library SQLite 'sqlite3\.h'
check_library libcurl 'curl/' 2 # connections, and what its error codes mean
for module in build/5.*/dynamo/core.so; do check_module "$module" '^lib(curl|ssl|lua)'; done
for module in build/5.*/dynamo/curl.so; do check_module "$module" '^lib(cjson|crypto|z|lua)'; done
for module in build/5.*/dynamo/{process,wait,line,sqlite}.so; do
  [ -e "$module" ] || continue # the last two are optional
  check_module "$module" '^lib(cjson|crypto|curl|ssl|z|lua)'
done
[ "$breaches" -eq 0 ]
