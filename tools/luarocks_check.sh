#!/bin/bash
# SPDX-License-Identifier: MIT
#
# tools/luarocks_check.sh: does `luarocks make`, in a copy of the checkout and without network,
# install a rock with which examples/upsert.lua runs from another folder, on Lua 5.4 and on LuaJIT, and a
# command `dynamo`?
# Runs under `tools/emulators.sh with moto`.
set -euo pipefail
cd "$(dirname "$0")/.."

example=$PWD/examples/upsert.lua
export AWS_ENDPOINT_URL_DYNAMODB=$DYNAMO_MOTO_ENDPOINT AWS_REGION=us-east-1
export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
unset AWS_SESSION_TOKEN AWS_PROFILE

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r bin csrc lua rockspec "$work"
cd "$work"
luarocks lint rockspec/dynamo-scm-1.rockspec

# build_and_run LUA INTERPRETER [VARIABLE=VALUE]: a tree of its own for each, for they share no C
# modules. Without network there are no dependencies, and then LuaRocks tells the command no paths.
build_and_run() {
  luarocks make --lua-version "$1" --deps-mode none --tree "tree-$1" \
    rockspec/dynamo-scm-1.rockspec "${@:3}"
  (
    cd /
    export LUA_PATH="$work/tree-$1/share/lua/$1/?.lua;$work/tree-$1/share/lua/$1/?/init.lua;;"
    export LUA_CPATH="$work/tree-$1/lib/lua/$1/?.so;;"
    "$2" "$example" | grep 'deleted: s-4'
    "$work/tree-$1/bin/dynamo" --version | grep '^dynamo [0-9]'
  )
}

build_and_run 5.4 lua5.4
build_and_run 5.1 luajit LUA_INCDIR=/usr/include/luajit-2.1
