#!/bin/sh
# SPDX-License-Identifier: MIT
#
# unshare -rnm sh spec/support/fault/network.sh COMMAND...
#
# Makes the network of a fresh namespace and runs COMMAND in it: a loopback, a name server that is
# asked at 127.0.0.1, an address 10.8.8.1, and a network 10.9.9.0/24 that swallows all that is sent
# to it. The two are alike to getaddrinfo(3), which so keeps the name server's order.
set -eu
resolver=$(mktemp)
trap 'rm -f "$resolver"' EXIT
ip link set lo up
ip address add 10.9.9.8/32 dev lo
ip address add 10.8.8.1/32 dev lo
ip route add 10.9.9.0/24 dev lo src 10.9.9.8
ip route replace local 10.8.8.1 dev lo table local src 10.9.9.8
echo "nameserver 127.0.0.1" >"$resolver"
mount --bind "$resolver" /etc/resolv.conf
"$@"
