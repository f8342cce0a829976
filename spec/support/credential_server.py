#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The places that hand out credentials, on one port of 127.0.0.1: an instance metadata service of
version 2, the agent of a container, AWS STS, and a DynamoDB that knows who was given what.

It speaks JSON, a line each way, on its standard streams:

  out  {"port": 43121}                     once, at the start
  in   {"cmd": "set", ...}      out  {}    begins anew: what was handed out and seen is forgotten
  in   {"cmd": "log"}           out  {"requests": [...], "connections": open ones, "issued": n}

What "set" takes, all optional:

  "lives": [seconds, ...]       of the sets that are handed out (3600); the last one of all later
  "token_life": seconds         of a metadata session token (21600)
  "authorization": text         what the container's agent wants in that header
  "web_token": text             the only web identity that STS knows
  "faults": [{"at": step, "times": n, "status": n, "stall": true, "cut": bytes, "body": text,
              "code": text, "past": true, "header": [name, value]}, ...]

A step is "token", "role", "keys", "container", "sts" or "dynamodb". A fault holds for so many
requests (absent: for all): it does not answer before the next command of "set" or "go", or with
another status or body, cuts the answer short and closes, says another Code than Success, or hands out
what has ended. "go" lets stalled answers go, and the faults' later ones at once.

STS and DynamoDB check each signature with an implementation of their own. A request in the log is
{"method", "path", "headers": {lower-case name: value}, "body", "status", "step"}.
"""
import datetime
import hashlib
import hmac
import http.server
import json
import sys
import threading
import time
import urllib.parse

SOURCE = ("AKIDSOURCE", "source-secret", None)  # who may ask STS for a role
ROLE = "server+role@1"
METADATA = "/latest/meta-data/iam/security-credentials/"


class State:
    """What was set, handed out and seen."""

    def __init__(self):
        self.lock = threading.RLock()
        self.go = threading.Event()
        self.connections = 0
        self.set({})

    def set(self, given):
        self.go.set()
        self.go = threading.Event()
        self.given, self.requests, self.tokens, self.issued = given, [], {}, {}
        self.issued[SOURCE[0]] = SOURCE

    def fault(self, step):
        for fault in self.given.get("faults", []):
            if fault["at"] == step and fault.get("times", 1) > 0:
                if "times" in fault:
                    fault["times"] -= 1
                return fault
        return {}

    def issue(self, fault):
        number = len(self.issued)
        lives = self.given.get("lives", [3600])
        life = -60 if fault.get("past") else lives[min(number, len(lives)) - 1]
        moment = datetime.datetime.fromtimestamp(time.time() + life, datetime.timezone.utc)
        keys = ("ASIA%04d" % number, "canary-secret-%04d" % number, "canary-token-%04d" % number)
        self.issued[keys[0]] = keys
        return keys, moment.strftime("%Y-%m-%dT%H:%M:%SZ")


STATE = State()


def keyed(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature_problem(request):
    """Nothing, or what is wrong with the SigV4 signature of a request."""
    given = request.headers.get("authorization", "")
    parts = dict(part.strip().split("=", 1) for part in given.partition(" ")[2].split(",") if part)
    if not given.startswith("AWS4-HMAC-SHA256 ") or len(parts) != 3:
        return "MissingAuthenticationToken"
    key_id, *scope = parts["Credential"].split("/")
    known = STATE.issued.get(key_id)
    if known is None or request.headers.get("x-amz-security-token") != known[2]:
        return "UnrecognizedClientException"
    names = parts["SignedHeaders"].split(";")
    if "host" not in names or "x-amz-date" not in names:
        return "IncompleteSignature"
    lines = [request.command, request.path, ""]
    lines += ["%s:%s" % (name, " ".join(request.headers[name].split())) for name in names]
    lines += ["", parts["SignedHeaders"], hashlib.sha256(request.body).hexdigest()]
    text = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], "/".join(scope),
                      hashlib.sha256("\n".join(lines).encode()).hexdigest()])
    key = ("AWS4" + known[1]).encode()
    for part in scope:
        key = keyed(key, part)
    return None if keyed(key, text).hex() == parts["Signature"] else "SignatureDoesNotMatch"


def json_keys(fault):
    keys, ends = STATE.issue(fault)
    return json.dumps({"Code": fault.get("code", "Success"), "Type": "AWS-HMAC",
                       "AccessKeyId": keys[0], "SecretAccessKey": keys[1], "Token": keys[2],
                       "Expiration": ends, "LastUpdated": ends})


def sts_refusal(code, message):
    return 403, ("<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message>"
                 "</Error><RequestId>r</RequestId></ErrorResponse>") % (code, message)


def sts_keys(action, fault):
    keys, ends = STATE.issue(fault)
    return 200, ("<{0}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{0}Result>"
                 "<AssumedRoleUser><Arn>arn:aws:sts::012345678901:assumed-role/r/s</Arn>"
                 "</AssumedRoleUser><Credentials><AccessKeyId>{1}</AccessKeyId><SecretAccessKey>{2}"
                 "</SecretAccessKey><SessionToken>{3}</SessionToken><Expiration>{4}</Expiration>"
                 "</Credentials></{0}Result></{0}Response>").format(action, *keys, ends)


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        with STATE.lock:
            STATE.connections += 1

    def finish(self):
        with STATE.lock:
            STATE.connections -= 1
        try:
            super().finish()
        except OSError:
            pass  # the client went away first

    def log_message(self, *_):
        pass

    def serve(self):
        self.body = self.rfile.read(int(self.headers.get("content-length") or 0))
        with STATE.lock:
            step, answer = self.route()
            fault, go = STATE.fault(step), STATE.go
            status, body, headers = answer(fault)
            status, body = fault.get("status", status), fault.get("body", body)
            STATE.requests.append({
                "method": self.command, "path": self.path, "status": status, "step": step,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": self.body.decode("latin-1")})
        if "header" in fault:
            headers = headers + [fault["header"]]
        if fault.get("stall"):
            go.wait()
        self.answer(status, body.encode(), headers, fault.get("cut"))

    do_GET = do_PUT = do_POST = serve

    def answer(self, status, body, headers, cut):
        try:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if cut is None else body[:cut])
        except OSError:
            cut = 0  # the client went away
        if cut is not None:
            self.close_connection = True

    def route(self):
        if self.path == "/latest/api/token":
            return "token", self.token
        if self.path == METADATA:
            return "role", self.guarded(lambda fault: (200, ROLE + "\n", []))
        if self.path.startswith(METADATA):
            return "keys", self.guarded(self.keys)
        if self.path.startswith("/container"):
            return "container", self.container
        if self.path == "/sts/":
            return "sts", self.sts
        if self.path == "/dynamodb/":
            return "dynamodb", self.dynamodb
        return "lost", lambda fault: (404, "", [])

    def token(self, _):
        life = self.headers.get("x-aws-ec2-metadata-token-ttl-seconds", "")
        if self.command != "PUT":
            return 405, "", []
        if "x-forwarded-for" in self.headers or not life.isdigit():
            return 403, "", []
        life = min(int(life), STATE.given.get("token_life", 21600))
        token = "session-token-%d==" % len(STATE.tokens)
        STATE.tokens[token] = time.time() + life
        return 200, token, [("x-aws-ec2-metadata-token-ttl-seconds", str(life))]

    def guarded(self, answer):
        ends = STATE.tokens.get(self.headers.get("x-aws-ec2-metadata-token"), 0)
        return answer if ends > time.time() else lambda fault: (401, "", [])

    def keys(self, fault):
        if self.path != METADATA + ROLE:
            return 404, "", []
        return 200, json_keys(fault), []

    def container(self, fault):
        wanted = STATE.given.get("authorization")
        if wanted and self.headers.get("authorization") != wanted:
            return 401, '{"Code":"Unauthorized"}', []
        return 200, json_keys(fault), []

    def sts(self, fault):
        form = dict(urllib.parse.parse_qsl(self.body.decode(), strict_parsing=True))
        action = form.get("Action")
        if action == "AssumeRole":
            problem = signature_problem(self)
        else:
            known = form.get("WebIdentityToken") == STATE.given.get("web_token")
            problem = None if known else "InvalidIdentityToken"
            if "authorization" in self.headers:
                problem = "SignedWithoutNeed"
        if form.get("Version") != "2011-06-15" or not form.get("RoleSessionName"):
            problem = "ValidationError"
        if "code" in fault:
            problem = fault["code"]
        if problem:
            token = self.headers.get("x-amz-security-token", "") + form.get("WebIdentityToken", "")
            return sts_refusal(problem, "this is refused: " + token) + ([],)
        return sts_keys(action, fault) + ([],)

    def dynamodb(self, _):
        problem = signature_problem(self)
        if problem:
            return 400, json.dumps({"__type": problem, "message": "no"}), []
        key_id = self.headers["authorization"].partition("Credential=")[2].partition("/")[0]
        return 200, json.dumps({"TableNames": [key_id]}), []


def obey(message):
    with STATE.lock:
        if message["cmd"] == "set":
            STATE.set(message)
            return {}
        if message["cmd"] == "go":
            STATE.go.set()
            return {}
        return {"requests": STATE.requests, "connections": STATE.connections,
                "issued": len(STATE.issued) - 1}


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"port": server.server_address[1]}), flush=True)
    for line in sys.stdin:
        print(json.dumps(obey(json.loads(line))), flush=True)


main()
