#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tools/emulators.sh with moto|dynalite|dynoxide COMMAND [ARGUMENT...]
# tools/emulators.sh has moto|dynalite|dynoxide
#
# `with` runs COMMAND beside a DynamoDB emulator on a free port of 127.0.0.1, with the address in
# DYNAMO_MOTO_ENDPOINT, DYNAMO_DYNALITE_ENDPOINT or DYNAMO_DYNOXIDE_ENDPOINT. Ends with COMMAND's
# status; the emulator ends with it, on every way out. Calls nest: ... with moto
# tools/emulators.sh with dynalite COMMAND. `has` succeeds if the emulator is installed.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
installed=$root/build/emulators
ready_seconds=60

die() {
  echo "emulators.sh: $*" >&2
  exit 1
}

# Becomes the emulator: prints its endpoint on standard output once it answers.
serve() {
  case $1 in
    moto) exec "$installed/python/bin/python" "$root/tools/emulators/moto_server.py" ;;
    dynalite) exec node "$root/tools/emulators/dynalite_server.js" "$installed/node_modules" ;;
    dynoxide) exec python3 "$root/tools/emulators/dynoxide_server.py" "$needed" ;;
  esac
}

stop() {
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  rm -rf "$work"
}

fail_to_start() {
  cat "$work/log" >&2
  die "$name $1; its log is above"
}

await_endpoint() {
  tries=$((ready_seconds * 10))
  while [ ! -s "$work/endpoint" ]; do
    kill -0 "$server" 2>/dev/null || fail_to_start "ended before it was ready"
    [ "$tries" -gt 0 ] || fail_to_start "was not ready after $ready_seconds seconds"
    tries=$((tries - 1))
    sleep 0.1
  done
}

case $#-${1-} in
  2-has | [3-9]-with | [1-9][0-9]*-with) ;;
  *) die "usage: tools/emulators.sh with moto|dynalite|dynoxide COMMAND..., or has ..." ;;
esac
verb=$1 name=$2
shift 2
case $name in
  moto) needed=$installed/python/bin/python variable=DYNAMO_MOTO_ENDPOINT ;;
  dynalite) needed=$installed/node_modules/dynalite variable=DYNAMO_DYNALITE_ENDPOINT ;;
  dynoxide) needed=$installed/dynoxide/bin/dynoxide variable=DYNAMO_DYNOXIDE_ENDPOINT ;;
  *) die "no emulator is called '$name'; there are moto, dynalite and dynoxide" ;;
esac
if [ "$verb" = has ]; then
  [ -e "$needed" ]
  exit
fi
[ -e "$needed" ] || die "$name is not installed; run: make setup"

work=$(mktemp -d)
serve "$name" >"$work/endpoint" 2>"$work/log" &
server=$!
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
await_endpoint
export "$variable=$(cat "$work/endpoint")"
"$@"
