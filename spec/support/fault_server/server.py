#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A server that fails as told, and counts what it carried out.

It listens on a free port of 127.0.0.1 (or at the address that its argument says, "ADDRESS[:PORT]")
and speaks JSON, a line each way, on its standard streams:

  out  {"port": 43121}                        once, at the start
  in   {"cmd": "script", ...}     out  {}     the log begins anew, the items stay; no connection is
                                              in the middle of anything any more
  in   {"cmd": "log"}             out  {"applied", "bad_signatures", "connections", "requests",
                                         "problem" (this program's own), "peak" (of requests at once)}
  in   {"cmd": "look", "table": t, "keys": [k, ...]}   out  {"items": [{"applied", "item", "written"}, ...]}
  in   {"cmd": "keys", "keys": {id: {"secret", "token", "expired"}}}  out  {}   who may ask
  in   {"cmd": "skew", "seconds": n}                   out  {}   how fast its clock is
  in   {"cmd": "stream", "table": t, ...}              out  {...}   what streams.py says
  in   {"cmd": "certificates", "name": "ca"}           out  {"file": path}
  in   {"cmd": "black_hole"}      out  {"port": n}   a port where no connection is ever made
  in   {"cmd": "names", "names": {name: [address, ...]}, "silent": false, "port": 53 or 0 for a
        free one, the first time}                      out  {"asked": n, "port": p}
                                   what port 53 says from now on, and how often it was asked before

It ends when its standard input does. A request with an X-Amz-Target is one to DynamoDB: its
signature is checked (sigv4.py), its operation is carried out on the items (store.py). Any other is
answered with its path. A script is one of

  {"connections": [c1, c2, ...]}   the nth connection from now on follows the nth of them; the last
                                   one serves all that come later
  {"requests": [e1, e2, ...]}      the nth request from now on, on whatever connection, has the nth
                                   exchange, all later ones none in particular; "repeat": true: all
                                   later ones have the last

A connection script (the second form has its members beside "requests"):

  {"tls": "good" | a profile of certificates.py | "stall" (a handshake that gets no answer) |
           "if asked" (good, if the first byte is one of TLS); absent: plain HTTP
   "proxy": true,                   it is a proxy: TLS begins after a CONNECT, to ourselves
   "connect": "close" | "stall",    before anything is read, or after the greeting
   "greeting": "text",              sent before anything is read
   "exchanges": [e1, e2, ...],      each reads one request and answers; none: close at once
   "repeat": true,                  begin again after the last exchange (else close)
   "close": "fin" | "rst" | "silent" | "hold"}    silent: no close_notify; hold: wait for the peer

Among "requests" a member with "connect" is no exchange: the next new connection takes it ("connect":
"tls" for one that only differs in its "tls"). An exchange:

  {"read": n,            bytes of the body to read before going on; absent: all
   "late": true,         carry it out only when the next script is there: the network delays it
   "apply": false,       do not carry it out (absent: carry it out once it is whole)
   "error": {"code", "message", "status", ...},   the answer of DynamoDB; not carried out
                         unless "apply": true says so
   "held": {key: reason}, what other transactions are at: items that no transaction and no write may
                         touch, and why ("TransactionConflict", "ThrottlingError", ...)
   "leave": [i, ...],    of a batch: the places, from 0, of those that are left unprocessed
   "response": {...},      how the answer differs from a right one: answer.py
   "bad_signature": true,   a bad signature is what the spec is about
   "gather": n,          before answering, wait until n requests were there at once
   "delay": seconds,     before answering
   "send": [part, ...],  instead of the answer; a part: "text", {"text": t, "times": n},
                         {"response": true}, {"response": true, "text": t} (in one piece) or
                         {"delay": seconds}; "$path" in a text becomes the request's path, "$n" the
                         applied count, "$authorization" the header
   "drip": seconds,      between bytes; "drip_from": n: so many bytes come at once first
   "cut": n,             send only so many bytes, then close
   "stall": n,           send only so many bytes, then neither read nor write until the next script
   "close": as above}    close after the answer

The log has, per connection, {"number", "tls", "bytes" (plain HTTP bytes read), "handshake" (null,
"ok", "resumed" or "failed"), "closed" (by this side)}; per request {"connection" (its number, 0 for one that
began before the script), "method", "path", "headers": [[name, value]...], "body_bytes", "digest" (its
SHA-256), "complete", "applied", "bad_signature", "request_id", "answered" (all that was to be sent is
on its way)}.
"""
import json
import shutil
import socket
import sys
import tempfile
import threading

from certificates import Certificates
from connection import Connection
from dns import Names
from journal import Journal
from service import Service


class Server:
    def __init__(self, folder, address):
        self.journal, self.certificates = Journal(), Certificates(folder)
        self.service, self.names, self.answered = Service(), Names(), 0
        self.hole = None
        host, _, port = address.partition(":")
        self.listener = socket.create_server((host, int(port or 0)), backlog=64)
        self.port = self.listener.getsockname()[1]

    def next_request_id(self):
        self.answered += 1  # two threads may get the same one; a spec has one client
        return "REQUEST%09d" % self.answered

    def accept(self):
        while True:
            raw, _ = self.listener.accept()
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(raw, self)
            threading.Thread(target=connection.serve, daemon=True).start()

    # --- commands ---

    def obey(self, command):
        return getattr(self, "do_" + command["cmd"])(command)

    def do_script(self, script):
        every = [script] + (script.get("connections") or []) + (script.get("requests") or [])
        for profile in {each.get("tls") for each in every if each} - {None, "stall", "if asked"}:
            self.certificates.context(profile)  # make it now: no client waits for it
        self.journal.load(script)
        self.journal.settle()
        return {}

    def do_log(self, _):
        return self.journal.log()

    def do_look(self, command):
        look = self.service.store.look
        return {"items": [look(command["table"], key) for key in command["keys"]]}

    def do_keys(self, command):
        self.service.keys = command["keys"]
        return {}

    def do_skew(self, command):
        self.service.skew = command["seconds"]
        return {}

    def do_stream(self, command):
        return self.service.streams.obey(command)

    def do_certificates(self, command):
        return {"file": self.certificates.need(command["name"]) + ".crt"}

    def do_black_hole(self, _):
        """A listener whose backlog is full: the kernel drops what more there comes."""
        if not self.hole:
            listener = socket.create_server(("127.0.0.1", 0), backlog=0)
            self.hole = [listener]
            for _ in range(3):
                filler = socket.socket()
                filler.setblocking(False)
                filler.connect_ex(listener.getsockname())
                self.hole.append(filler)
        return {"port": self.hole[0].getsockname()[1]}

    def do_names(self, command):
        asked = self.names.asked
        port = self.names.say(command["names"] or {}, command.get("silent", False),
                              command.get("port", 53))
        return {"asked": asked, "port": port}


def say(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main():
    folder = tempfile.mkdtemp(prefix="dynamo-fault-")
    try:
        server = Server(folder, sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1")
        threading.Thread(target=server.accept, daemon=True).start()
        say({"port": server.port})
        for line in sys.stdin:
            say(server.obey(json.loads(line)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
