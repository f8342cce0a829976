#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tools/emulators/dynoxide_install.sh FOLDER
#
# Builds Dynoxide into FOLDER/bin, which takes three minutes. It is wanted, not needed: where there
# is no Rust to build it, one line says so, and nothing fails.
set -eu

version=3.2.0
rustc_needed=1.88

leave_out() {
  echo "dynoxide is left out: $*"
  exit 0
}

command -v cargo >/dev/null || leave_out "there is no cargo"
have=$(rustc --version 2>/dev/null | cut -d' ' -f2)
oldest=$(printf '%s\n' "$rustc_needed" "$have" | sort -V | head -n 1)
[ "$oldest" = "$rustc_needed" ] ||
  leave_out "it needs rustc $rustc_needed or later, here is ${have:-none}"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "building dynoxide into $1"
cargo install "dynoxide-rs@$version" --locked --no-default-features \
  --features native-sqlite,http-server,cli --root "$1" >"$log" 2>&1 ||
  leave_out "cargo could not build it: $(tail -n 1 "$log")"
touch "$1/bin/dynoxide" # also where it was built already
