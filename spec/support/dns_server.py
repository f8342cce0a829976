#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A DNS server on a free UDP port of 127.0.0.1, told what to say by JSON lines on its standard
input; it answers each with a line, and ends when that input does.

  out  {"port": 5353}                                    once, at the start
  in   {"records": {"name": "127.0.0.2", ...}, "silent": ["name", ...]}   out  {}
  in   {}                                                out  {"asked": {"name": times, ...}}

A name without a record does not exist; a silent one gets no answer. No answer may be kept.
"""
import json
import socket
import struct
import sys
import threading

TYPE_A, NXDOMAIN, TTL = 1, 3, 0


class Zone:
    def __init__(self):
        self.records, self.silent, self.asked = {}, [], {}

    def load(self, order):
        self.records, self.silent = order["records"], order.get("silent", [])
        self.asked = {}


def read_question(query):
    """Returns the name and the type that are asked for, and where the question ends."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("ascii"))
        at += 1 + query[at]
    return ".".join(labels).lower(), struct.unpack(">H", query[at + 1:at + 3])[0], at + 5


def answer(query, zone):
    """Returns the answer to a query, or None."""
    name, kind, end = read_question(query)
    zone.asked[name] = zone.asked.get(name, 0) + 1
    if name in zone.silent:
        return None
    address = zone.records.get(name)
    found = address is not None and kind == TYPE_A
    flags = 0x8180 | (0 if address is not None else NXDOMAIN)
    head = query[:2] + struct.pack(">HHHHH", flags, 1, int(found), 0, 0)
    record = b""
    if found:
        record = b"\xc0\x0c" + struct.pack(">HHIH", TYPE_A, 1, TTL, 4) + socket.inet_aton(address)
    return head + query[12:end] + record


def serve(udp, zone):
    while True:
        query, peer = udp.recvfrom(4096)
        said = answer(query, zone)
        if said:
            udp.sendto(said, peer)


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main():
    zone, udp = Zone(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(udp, zone), daemon=True).start()
    say({"port": udp.getsockname()[1]})
    for line in sys.stdin:
        order = json.loads(line)
        say({"asked": zone.asked} if not order else {})
        if order:
            zone.load(order)


if __name__ == "__main__":
    main()
