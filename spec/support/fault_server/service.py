# SPDX-License-Identifier: MIT
"""DynamoDB for the fault specs: who asks, when, and what becomes of the items."""
import calendar
import json
import time

from sigv4 import Claim
from store import Refused, Store
from streams import Streams

NOT_DONE = {"code": "InternalServerError", "message": "not done"}
WINDOW = 300  # seconds that a request's date may be off
NAMESPACE = "com.amazonaws.dynamodb.v20120810#"
DENIED = "com.amazon.coral.service#"
STATUS = {"InternalServerError": 500, "ServiceUnavailable": 503}


class BadSignature(Refused):
    """Not what the key's owner signed: a mistake of the client's, unless a spec means it."""

    def __init__(self, problem):
        super().__init__("InvalidSignatureException", "The request signature we calculated does not "
                         "match the signature you provided: " + problem)
        self.problem = problem


def stamp(moment):
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(moment))


class Service:
    """`keys`: access key id -> {"secret", "token", "expired"}; `skew`: seconds its clock is fast."""

    def __init__(self):
        self.store, self.streams, self.keys, self.skew = Store(), Streams(self.now), {}, 0

    def now(self):
        return time.time() + self.skew

    def verify(self, request):
        """Raises Refused unless a request is signed by a known key and not out of date."""
        claim = Claim(request)
        key = self.keys.get(claim.access_key)
        if not key:
            raise Refused("UnrecognizedClientException",
                          "The security token included in the request is invalid.")
        problem = claim.problem(key["secret"], key.get("token"), "dynamodb")
        if problem:
            raise BadSignature(problem)
        self.verify_date(request.header("x-amz-date"))
        if key.get("expired"):
            raise Refused("ExpiredTokenException",
                          "The security token included in the request is expired")

    def verify_date(self, text):
        moment, now = calendar.timegm(time.strptime(text, "%Y%m%dT%H%M%SZ")), int(self.now())
        if moment < now - WINDOW:
            raise Refused("InvalidSignatureException",
                          "Signature expired: %s is now earlier than %s (%s - 5 min.)" % (
                              text, stamp(now - WINDOW), stamp(now)))
        if moment > now + WINDOW:
            raise Refused("InvalidSignatureException",
                          "Signature not yet current: %s is still later than %s (%s + 5 min.)" % (
                              text, stamp(now + WINDOW), stamp(now)))

    def obey(self, request, exchange):
        """Returns status, body, whether the request was carried out, and what is wrong with its
        signature (or None). An exchange's `error` (a dict: code, message, status, more members)
        takes the answer's place; with it nothing is carried out, unless `apply` says so."""
        error = exchange.get("error")
        apply = exchange.get("apply", not error)
        try:
            self.verify(request)
        except Refused as refused:
            return self.refusal(refused) + (False, getattr(refused, "problem", None))
        status, body, applied = (self.carry_out(request, exchange) if apply
                                 else self.error(NOT_DONE) + (False,))
        if error:
            status, body = self.error(error)
        return status, body, applied, None

    def execute(self, operation, body, exchange):
        params = json.loads(body) if self.streams.by_table else {}
        if self.streams.knows(operation, params):
            return self.streams.execute(operation, params)
        return self.store.execute(operation, body, exchange.get("held"), exchange.get("leave"))

    def carry_out(self, request, exchange):
        """Returns status, body and whether anything was done."""
        try:
            answer = self.execute(request.operation, request.body, exchange)
        except Refused as refused:
            return self.refusal(refused) + (False,)
        return 200, json.dumps(answer).encode(), True

    def refusal(self, refused):
        return self.error({"code": refused.code, "message": refused.message, **refused.members})

    def error(self, error):
        """Returns the status and body of an error; `code` may bring its own namespace."""
        members = dict(error)
        code, status = members.pop("code"), members.pop("status", None)
        if "#" not in code:
            code = (DENIED if code.startswith(("Invalid", "Unrecog", "Expired")) else NAMESPACE) + code
        body = json.dumps({"__type": code, **members}).encode()
        return status or STATUS.get(error["code"], 400), body
