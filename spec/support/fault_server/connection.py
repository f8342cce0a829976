# SPDX-License-Identifier: MIT
"""One accepted connection, played by its script (see server.py)."""
import hashlib
import json
import socket
import ssl
import struct
import traceback

from answer import build
from journal import Request

PATIENCE = 20  # seconds: no script may hang a test run for longer
HEAD_LIMIT = 1 << 20
HANDSHAKE = b"\x16"  # the first byte of TLS
TUNNEL = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Cut(Exception):
    """The script closes the connection here."""


class Connection:
    def __init__(self, raw, server):
        self.stream, self.server, self.journal = raw, server, server.journal
        self.script, self.entry, self.exchanges = self.journal.admit()
        self.kind = self.script.get("close", "fin")
        self.buffered = bytearray()

    def serve(self):
        try:
            self.play()
            self.close()
            self.entry["closed"] = True
        finally:
            self.journal.work(-1)

    def play(self):
        self.stream.settimeout(PATIENCE)
        try:
            self.begin()
            self.run()
        except Cut:
            pass
        except OSError:
            self.kind = "silent"
        except Exception:  # of any kind: it is this program's
            self.journal.problem = traceback.format_exc()

    def begin(self):
        connect, profile = self.script.get("connect"), self.script.get("tls")
        self.stream.sendall(self.script.get("greeting", "").encode("latin-1"))
        if connect == "close":
            raise Cut
        if connect == "stall" or profile == "stall":
            self.stall()
        if profile == "if asked":
            profile = self.receive(1, socket.MSG_PEEK) == HANDSHAKE and "good"
        if profile and not self.script.get("proxy"):
            self.start_tls(profile)

    def start_tls(self, profile):
        context = self.server.certificates.context(profile)
        self.entry["handshake"] = "failed"
        with self.journal.resting():
            self.stream = context.wrap_socket(self.stream, server_side=True,
                                              suppress_ragged_eofs=True)
        self.entry["handshake"] = "resumed" if self.stream.session_reused else "ok"

    def run(self):
        while self.exchanges is None:
            self.exchange(None)
        while self.exchanges:
            for exchange in self.exchanges:
                self.exchange(exchange or {})  # an empty Lua table arrives as []
            if not self.script.get("repeat"):
                return

    def exchange(self, exchange):
        request = self.read_head()
        with self.journal.counted():
            self.follow(request, exchange)

    def follow(self, request, exchange):
        if exchange is None:
            exchange = self.journal.next_exchange() or {}
        self.kind = exchange.get("close", self.kind)
        self.read_body(request, exchange.get("read"))
        if exchange.get("late"):
            self.wait_for_script(PATIENCE)
        data = self.answer_to(request, exchange)
        if "gather" in exchange:
            self.journal.gather(exchange["gather"], PATIENCE)
        self.pause(exchange.get("delay", 0))
        self.answer(request, exchange, data)
        request.log["answered"] = True
        if request.method == "CONNECT" and "send" not in exchange:
            self.start_tls(self.script["tls"])
        if "close" in exchange or not request.complete:
            raise Cut

    # --- reading ---

    def receive(self, size, *flags):
        with self.journal.resting():
            return self.stream.recv(size, *flags)

    def more(self):
        data = self.receive(65536)
        self.entry["bytes"] += len(data)
        self.buffered += data
        return data

    def read_head(self):
        while b"\r\n\r\n" not in self.buffered:
            if not self.more() or len(self.buffered) > HEAD_LIMIT:
                raise Cut
        head, self.buffered = self.buffered.split(b"\r\n\r\n", 1)
        request = Request(bytes(head))
        self.journal.note(request, self.entry)
        return request

    def read_body(self, request, limit):
        length = request.length
        wanted = length if limit is None else min(limit, length)
        while len(self.buffered) < wanted:
            if not self.more():
                raise Cut
        request.body, self.buffered = bytes(self.buffered[:wanted]), self.buffered[wanted:]
        request.complete = len(request.body) == length
        request.log.update(complete=request.complete, body_bytes=len(request.body),
                           digest=hashlib.sha256(request.body).hexdigest())

    # --- answering ---

    def answer_to(self, request, exchange):
        """Carries the request out, as far as the exchange lets it; returns the answer's bytes."""
        if not request.complete:
            return b""
        if not request.operation:
            self.journal.done(request, exchange.get("apply", True))
            return TUNNEL if request.method == "CONNECT" else self.plain_answer(request)
        status, body, applied, bad_signature = self.server.service.obey(request, exchange)
        self.journal.done(request, applied, bad_signature, exchange.get("bad_signature"))
        request_id = self.server.next_request_id()
        request.log["request_id"] = request_id
        return build(status, body, request_id, self.server.service.now(),
                     exchange.get("response") or {})

    def plain_answer(self, request):
        body = json.dumps({"path": request.path, "applied": self.journal.applied})
        return ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)).encode()

    def answer(self, request, exchange, data):
        """Writes what the exchange says of the answer's bytes `data`."""
        left = exchange.get("stall", exchange.get("cut"))
        for part in exchange.get("send") or [{"response": True}]:
            if isinstance(part, dict) and "delay" in part:
                self.pause(part["delay"])
                continue
            piece = self.piece(part, request, data)
            self.write(piece if left is None else piece[:left], exchange)
            left = None if left is None else max(0, left - len(piece))
            if left == 0:
                break
        if "stall" in exchange:
            self.stall()
        if left == 0:
            raise Cut

    # Returns the bytes of one part of what is sent.
    def piece(self, part, request, data):
        part = part if isinstance(part, dict) else {"text": part}
        if part.get("response"):
            return data + part.get("text", "").encode("latin-1")
        text = part["text"].replace("$path", request.path)
        text = text.replace("$n", str(self.journal.applied))
        text = text.replace("$authorization", request.header("authorization") or "")
        return text.encode("latin-1") * part.get("times", 1)

    def write(self, data, exchange):
        at_once = exchange.get("drip_from", 0) if "drip" in exchange else len(data)
        self.stream.sendall(data[:at_once])
        for byte in data[at_once:]:
            self.stream.sendall(bytes([byte]))
            self.pause(exchange["drip"])

    # --- waiting and closing ---

    def wait_for_script(self, seconds):
        """Waits for the next script; returns whether it has come."""
        with self.journal.resting():
            return self.journal.changed.wait(seconds)

    def pause(self, seconds):
        """Waits; the next script ends it, and the connection."""
        if self.wait_for_script(seconds):
            raise Cut

    def stall(self):
        """Neither reads nor writes until the next script."""
        self.pause(PATIENCE)
        raise Cut

    def wait_for_peer(self):
        while self.receive(65536):
            pass

    def close(self):
        try:
            if self.kind == "hold":
                self.wait_for_peer()
            elif self.kind == "rst":
                self.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif self.kind == "fin" and isinstance(self.stream, ssl.SSLSocket):
                self.stream.settimeout(1)
                self.stream = self.stream.unwrap()
        except OSError:
            pass
        self.stream.close()
