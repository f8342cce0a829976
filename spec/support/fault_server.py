#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A server that fails as told, and counts what it would have applied.

It listens on a free port of 127.0.0.1 and speaks JSON, a line each way, on its standard streams:

  out  {"port": 43121}                        once, at the start
  in   {"cmd": "script", "connections": [c1, c2, ...]}   out  {}       and the log begins anew
  in   {"cmd": "log"}             out  {"applied": 1, "connections": [...]}
  in   {"cmd": "certificates"}    out  {"ca_file": path}      the authority of profile "good"

It ends when its standard input does. The nth connection accepted after "script" follows the nth
script; the last one serves all that come later. A connection script:

  {"tls": "good" | "self_signed" | "wrong_host" | "expired" | "old_protocol" | "stall",
                                    absent: plain HTTP; stall: a handshake that gets no answer
   "greeting": "text",              sent before anything is read
   "exchanges": [e1, e2, ...],      each reads one request and answers; none: close at once
   "repeat": true,                  begin again after the last exchange (else close)
   "close": "fin" | "rst" | "silent" | "hold"}    silent: no close_notify; hold: wait for the peer

An exchange:

  {"read": n,            bytes of the body to read before going on; absent: all
   "apply": false,       do not count the request as applied (absent: count it once it is whole)
   "delay": seconds,     before answering
   "send": [part, ...],  a part: "text", {"text": t, "times": n} or {"delay": seconds};
                         "$path" in a text becomes the request's path, "$n" the applied count
   "drip": seconds,      between bytes
   "cut": n}             send only so many bytes, then close

Without "send" and "cut" an exchange answers 200 with the JSON {"path":"$path","applied":$n}.

The log has, per connection, {"tls", "bytes" (plain HTTP bytes read), "handshake" (null, "ok" or
"failed"), "closed" (by this side), "requests": [{"method", "path", "headers": [[name, value]...],
"body_bytes", "complete"}]}.
"""
import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

PATIENCE = 20  # seconds: no script may hang a test run for longer
HEAD_LIMIT = 1 << 20


class Certificates:
    """Key pairs made by the openssl command when first asked for."""

    def __init__(self, folder):
        self.folder, self.made, self.lock = folder, set(), threading.Lock()

    def path(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *arguments):
        subprocess.run(("openssl",) + arguments, check=True, cwd=self.folder,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def key(self, name):
        self.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", name + ".key")

    def self_signed(self, name, subject, *extra):
        self.key(name)
        self.openssl("req", "-x509", "-new", "-key", name + ".key", "-subj", subject, "-days", "2",
                     "-out", name + ".crt", *extra)

    def signed(self, name, alternative_names, days):
        self.key(name)
        with open(self.path(name + ".ext"), "w", encoding="ascii") as extension:
            extension.write("subjectAltName=" + alternative_names)
        self.openssl("req", "-new", "-key", name + ".key", "-subj", "/CN=fault",
                     "-out", name + ".csr")
        self.openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.crt", "-CAkey", "ca.key",
                     "-CAcreateserial", "-days", days, "-extfile", name + ".ext",
                     "-out", name + ".crt")

    def need(self, name):
        with self.lock:
            if name not in self.made:
                self.make(name)
                self.made.add(name)
        return self.path(name)

    def make(self, name):
        here = "IP:127.0.0.1,DNS:localhost"
        if name == "ca":
            self.self_signed("ca", "/CN=fault authority")
        elif name == "self_signed":
            self.self_signed(name, "/CN=localhost", "-addext", "subjectAltName=" + here)
        else:
            if "ca" not in self.made:
                self.make("ca")
                self.made.add("ca")
            names = "DNS:other.example" if name == "wrong_host" else here
            self.signed(name, names, "-1" if name == "expired" else "2")

    def context(self, profile):
        name = "good" if profile == "old_protocol" else profile
        base = self.need(name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if profile == "old_protocol":
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.load_cert_chain(base + ".crt", base + ".key")
        return context


class Oracle:
    """What was seen and what was applied since the last script."""

    def __init__(self):
        self.lock = threading.Lock()
        self.load([])

    def load(self, scripts):
        with self.lock:
            self.scripts, self.applied, self.connections = scripts, 0, []

    def admit(self):
        """Notes a connection; returns its script and its entry in the log."""
        with self.lock:
            number = min(len(self.connections), len(self.scripts) - 1)
            script = (self.scripts and self.scripts[number]) or {}
            entry = {"tls": script.get("tls"), "bytes": 0, "handshake": None, "closed": False,
                     "requests": []}
            self.connections.append(entry)
            return script, entry

    def apply(self):
        with self.lock:
            self.applied += 1

    def log(self):
        with self.lock:
            return {"applied": self.applied, "connections": self.connections}


class Cut(Exception):
    """The script closes the connection here."""


class Connection:
    def __init__(self, raw, server):
        self.stream, self.server = raw, server
        self.script, self.entry = server.oracle.admit()
        self.buffered = b""

    def serve(self):
        self.stream.settimeout(PATIENCE)
        kind = self.script.get("close", "fin")
        try:
            self.begin()
            self.run()
        except Cut:
            pass
        except (OSError, ValueError):
            kind = "silent"
        self.close(kind)
        self.entry["closed"] = True

    def begin(self):
        profile = self.script.get("tls")
        self.stream.sendall(self.script.get("greeting", "").encode("latin-1"))
        if profile == "stall":
            self.wait_for_peer()
            raise Cut
        if profile:
            context = self.server.certificates.context(profile)
            self.entry["handshake"] = "failed"
            self.stream = context.wrap_socket(self.stream, server_side=True,
                                              suppress_ragged_eofs=True)
            self.entry["handshake"] = "ok"

    def run(self):
        exchanges = self.script.get("exchanges", [])
        while exchanges:
            for exchange in exchanges:
                self.exchange(exchange or {})  # an empty Lua table arrives as []
            if not self.script.get("repeat"):
                return

    def exchange(self, exchange):
        request = self.read_request(exchange.get("read"))
        if request["complete"] and exchange.get("apply", True):
            self.server.oracle.apply()
        time.sleep(exchange.get("delay", 0))
        self.answer(request, exchange)

    # --- reading ---

    def more(self):
        data = self.stream.recv(65536)
        self.entry["bytes"] += len(data)
        self.buffered += data
        return data

    def read_request(self, limit):
        while b"\r\n\r\n" not in self.buffered:
            if not self.more() or len(self.buffered) > HEAD_LIMIT:
                raise Cut
        head, self.buffered = self.buffered.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [[part.strip() for part in line.split(":", 1)] for line in lines]
        method, path, _ = first.split(" ", 2)
        request = {"method": method, "path": path, "headers": headers, "body_bytes": 0,
                   "complete": False}
        self.entry["requests"].append(request)
        self.read_body(request, limit)
        return request

    def read_body(self, request, limit):
        length = sum(int(value) for name, value in request["headers"]
                     if name.lower() == "content-length")
        wanted = length if limit is None else min(limit, length)
        while request["body_bytes"] < wanted:
            if not self.buffered and not self.more():
                raise Cut
            taken = min(len(self.buffered), wanted - request["body_bytes"])
            self.buffered = self.buffered[taken:]
            request["body_bytes"] += taken
        request["complete"] = request["body_bytes"] == length

    # --- answering ---

    def answer(self, request, exchange):
        left = exchange.get("cut")
        if left == 0:
            raise Cut
        for part in exchange.get("send") or [self.usual_answer(request)]:
            if isinstance(part, dict) and "delay" in part:
                time.sleep(part["delay"])
                continue
            data = self.text(part, request)
            self.write(data if left is None else data[:left], exchange.get("drip"))
            if left is not None:
                left -= len(data)
                if left <= 0:
                    raise Cut

    def usual_answer(self, request):
        body = json.dumps({"path": request["path"], "applied": self.server.oracle.applied})
        return "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    def text(self, part, request):
        part = part if isinstance(part, dict) else {"text": part}
        text = part["text"].replace("$path", request["path"])
        text = text.replace("$n", str(self.server.oracle.applied))
        return text.encode("latin-1") * part.get("times", 1)

    def write(self, data, drip):
        if not drip:
            self.stream.sendall(data)
            return
        for byte in data:
            self.stream.sendall(bytes([byte]))
            time.sleep(drip)

    # --- closing ---

    def wait_for_peer(self):
        while self.stream.recv(65536):
            pass

    def close(self, kind):
        try:
            if kind == "hold":
                self.wait_for_peer()
            elif kind == "rst":
                self.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif kind == "fin" and isinstance(self.stream, ssl.SSLSocket):
                self.stream.settimeout(1)
                self.stream = self.stream.unwrap()
        except OSError:
            pass
        self.stream.close()


class Server:
    def __init__(self, folder):
        self.oracle, self.certificates = Oracle(), Certificates(folder)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]

    def accept(self):
        while True:
            raw, _ = self.listener.accept()
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(raw, self)
            threading.Thread(target=connection.serve, daemon=True).start()

    def obey(self, command):
        if command["cmd"] == "script":
            for script in filter(None, command["connections"]):
                if script.get("tls") not in (None, "stall"):
                    self.certificates.context(script["tls"])  # make it now: no client waits for it
            self.oracle.load(command["connections"])
            return {}
        if command["cmd"] == "log":
            return self.oracle.log()
        return {"ca_file": self.certificates.need("ca") + ".crt"}


def say(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main():
    folder = tempfile.mkdtemp(prefix="dynamo-fault-")
    try:
        server = Server(folder)
        threading.Thread(target=server.accept, daemon=True).start()
        say({"port": server.port})
        for line in sys.stdin:
            say(server.obey(json.loads(line)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
