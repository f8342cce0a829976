#!/bin/bash
# SPDX-License-Identifier: MIT
#
# tools/luarocks_check.sh: does `luarocks make`, in a copy of the checkout and without network,
# install a rock that both a Lua 5.4 and a LuaJIT can require?
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r csrc lua rockspec "$work"
cd "$work"
luarocks lint rockspec/dynamo-scm-1.rockspec

# build_and_load LUA INTERPRETER: a tree of its own for each, for they share no C modules.
build_and_load() {
  luarocks make --lua-version "$1" --deps-mode none --tree "tree-$1" \
    rockspec/dynamo-scm-1.rockspec
  LUA_PATH="tree-$1/share/lua/$1/?.lua;tree-$1/share/lua/$1/?/init.lua" \
    LUA_CPATH="tree-$1/lib/lua/$1/?.so" \
    "$2" -e 'require "dynamo.core"; require "dynamo.curl"; require "dynamo"'
}

build_and_load 5.4 lua5.4
build_and_load 5.1 luajit
