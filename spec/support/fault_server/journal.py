# SPDX-License-Identifier: MIT
"""What is to happen, and what was seen and done since that was said."""
import contextlib
import threading

SECRET_HEADERS = ("authorization", "proxy-authorization", "x-amz-security-token")


class Request:
    """One HTTP request as it is read."""

    def __init__(self, head):
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.path, _ = first.split(" ", 2)
        self.headers = [[part.strip() for part in line.split(":", 1)] for line in lines]
        self.body, self.complete = b"", False
        self.log = {"method": self.method, "path": self.path, "complete": False, "body_bytes": 0,
                    "headers": [[name, "[redacted]" if name.lower() in SECRET_HEADERS else value]
                                for name, value in self.headers]}

    def header(self, name):
        for key, value in self.headers:
            if key.lower() == name:
                return value
        return None

    @property
    def length(self):
        return sum(int(value) for name, value in self.headers if name.lower() == "content-length")

    @property
    def operation(self):
        """The operation of a request to DynamoDB, None for any other."""
        return (self.header("x-amz-target") or "").partition(".")[2] or None


class Journal:
    """The scripts, and the log of what they brought about. Every method may be called by any thread.

    Since the start of the server: `bad_signatures` counts those that no exchange expected,
    `problem` is the server's own failure, which no spec may overlook."""

    def __init__(self):
        self.lock = threading.Lock()
        self.changed, self.at_rest = threading.Event(), threading.Condition(self.lock)
        self.working = 0  # connections that do something
        self.bad_signatures, self.problem = 0, None
        self.load({})

    def load(self, script):
        """Begins anew; wakes those who wait for that."""
        with self.lock:
            self.changed.set()
            self.changed = threading.Event()
            self.script, self.applied = script, 0
            self.connections, self.requests = [], []
            self.open = self.peak = 0  # requests that are read or answered now; the most there were
            self.queue = [each or {} for each in script.get("requests") or []]  # Lua's {} is []

    @contextlib.contextmanager
    def counted(self):
        """While a request is read and answered; what was begun before a script does not count."""
        script = self.script
        with self.at_rest:
            self.open += 1
            self.peak = max(self.peak, self.open)
            self.at_rest.notify_all()
        try:
            yield
        finally:
            with self.at_rest:
                self.open -= 1 if script is self.script else 0

    def gather(self, count, patience):
        """Waits until there were so many requests at once."""
        with self.resting(), self.at_rest:
            self.at_rest.wait_for(lambda: self.peak >= count, patience)

    def settle(self):
        """Waits until every connection waits for its peer or the next script, or is closed. Who has
        had an answer and then settles this finds closed what closes after that answer."""
        with self.at_rest:
            self.at_rest.wait_for(lambda: self.working == 0)

    def work(self, change):
        """Notes that a connection does something from now on (1), or no longer (-1)."""
        with self.at_rest:
            self.working += change
            self.at_rest.notify_all()

    @contextlib.contextmanager
    def resting(self):
        """While a connection waits."""
        self.work(-1)
        try:
            yield
        finally:
            self.work(1)

    def admit(self):
        """Notes a connection, which does something until it says otherwise. Returns its script, its
        entry in the log, and its exchanges: None for those of the queue."""
        self.work(1)
        with self.lock:
            script = self.next_connection()
            entry = {"number": len(self.connections) + 1, "tls": script.get("tls"), "bytes": 0,
                     "handshake": None, "closed": False}
            self.connections.append(entry)
            queued = "requests" in self.script
            return script, entry, None if queued else script.get("exchanges", [])

    def next_connection(self):
        if "requests" in self.script:
            if self.queue and self.queue[0].get("connect"):
                return {**self.script, **self.take()}
            return self.script
        scripts = self.script.get("connections")
        return scripts and scripts[min(len(self.connections), len(scripts) - 1)] or {}

    def take(self):
        """Takes the first of the queue; with `repeat`, the last one stays."""
        last = len(self.queue) == 1 and self.script.get("repeat")
        return self.queue[0] if last else self.queue.pop(0)

    def next_exchange(self):
        """Returns what happens to the next request of a connection that has no exchanges."""
        with self.lock:
            while self.queue and self.queue[0].get("connect"):
                if len(self.queue) == 1 and self.script.get("repeat"):
                    return {}
                self.queue.pop(0)
            return self.take() if self.queue else {}

    def note(self, request, connection):
        """Adds a request to the log of now, whenever its connection began."""
        with self.lock:
            here = any(entry is connection for entry in self.connections)
            request.log["connection"] = connection["number"] if here else 0
            self.requests.append(request.log)

    def done(self, request, applied, bad_signature=None, expected=False):
        """Says what became of a request; `bad_signature` is what is wrong with it, if anything."""
        with self.lock:
            self.applied += 1 if applied else 0
            request.log["applied"] = applied
            if bad_signature:
                request.log["bad_signature"] = bad_signature
                self.bad_signatures += 0 if expected else 1

    def log(self):
        with self.lock:
            return {"applied": self.applied, "bad_signatures": self.bad_signatures,
                    "problem": self.problem, "peak": self.peak,
                    "connections": self.connections, "requests": self.requests}
