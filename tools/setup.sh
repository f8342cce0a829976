#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tools/setup.sh demo|test|check|fuzz
#
# Installs the Debian packages that `make demo`, `make test`, `make check` or `make fuzz-message`
# needs and that are missing; says nothing and touches nothing when all are there. Needs root or a
# sudo that asks no password; else it prints the line to run and fails. A need is written
# TOOL=PACKAGE where any provider of the command TOOL will do, and PACKAGE where it must be Debian's
# own; a PACKAGE may be A|B, of which the first that this release has is taken.
set -eu

demo="gcc=gcc make=make pkg-config=pkg-config libc6-dev lua5.4=lua5.4 liblua5.4-dev
  libssl-dev libcjson-dev libcurl4-openssl-dev zlib1g-dev libsqlite3-dev ca-certificates"
# The LuaJIT whose library nginx's Lua module needs: in Debian 12 that is luajit2, with which luajit
# conflicts; since Debian 13 it is luajit, and there is no other.
test="$demo python3=python3 lua5.3=lua5.3 liblua5.3-dev lua5.1=lua5.1 liblua5.1-0-dev luajit=luajit2|luajit lua-busted
  lua-dkjson nginx libnginx-mod-http-lua lua-resty-core strace=strace openssl=openssl ip=iproute2
  node=nodejs npm=npm lua-luv lua-cqueues lua-socket lua-argparse libedit-dev tmux=tmux groff=groff-base"
check="$test clang=clang clang-format=clang-format valgrind=valgrind luacheck=lua-check
  luarocks=luarocks libluajit2-5.1-dev|libluajit-5.1-dev shellcheck=shellcheck"
fuzz="$check libclang-rt-dev"

# has_package A|B: whether one of them is installed.
has_package() {
  for name in $(echo "$1" | tr '|' ' '); do
    dpkg-query -W -f='${db:Status-Abbrev}' "$name" 2>/dev/null | grep -q '^ii' && return
  done
  return 1
}

# Prints of each A|B given the first that this release has.
of_this_release() {
  for choice in "$@"; do
    for name in $(echo "$choice" | tr '|' ' '); do
      if apt-cache policy "$name" | grep -q 'Candidate: [^(]'; then break; fi
    done
    echo "$name"
  done
}

# Prints the packages among the needs given that are missing, one a line.
missing_packages() {
  for need in "$@"; do
    case $need in
      *=*) command -v "${need%%=*}" >/dev/null 2>&1 || echo "${need#*=}" ;;
      *) has_package "$need" || echo "$need" ;;
    esac
  done
  case " $* " in
    *" python3=python3 "*) python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv ;;
  esac
}

install_packages() {
  if [ "$(id -u)" -eq 0 ]; then
    as_root=
  elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
  else
    echo "setup.sh: some packages are missing; as root, run this once and come back:" >&2
    echo "  apt-get update && apt-get install -y --no-install-recommends" \
      "$(of_this_release "$@" | xargs)" >&2
    exit 1
  fi
  $as_root apt-get update -q=2
  packages=$(of_this_release "$@" | xargs)
  echo "setup.sh: installing $packages"
  # shellcheck disable=SC2086  # a list of words
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q=2 -y --no-install-recommends $packages >/dev/null
}

case ${1-} in
  demo) needs=$demo ;;
  test) needs=$test ;;
  check) needs=$check ;;
  fuzz) needs=$fuzz ;;
  *) echo "usage: tools/setup.sh demo|test|check|fuzz" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "setup.sh: not a Debian system; what is needed, by Debian's names: $needs" >&2
  exit 0
fi
# shellcheck disable=SC2086  # a list of words
missing=$(missing_packages $needs)
# shellcheck disable=SC2086
[ -z "$missing" ] || install_packages $missing
