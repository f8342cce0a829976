# SPDX-License-Identifier: MIT
"""AWS Signature Version 4 as the receiving side sees it, from AWS's description alone.

It shares nothing with csrc/core/sigv4.c, so that a mistake there is not made here too.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""
import hashlib
import hmac
import re

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/, ]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$")


class Claim:
    """What an Authorization header says; None in `parts` if it is none of SigV4."""

    def __init__(self, request):
        self.request = request
        found = AUTHORIZATION.match(request.header("authorization") or "")
        self.parts = found and found.groups()

    @property
    def access_key(self):
        return self.parts and self.parts[0]

    def problem(self, secret, token, service):
        """Returns None for the signature that `secret` makes, else what is wrong."""
        if not self.parts:
            return "no Authorization header of AWS4-HMAC-SHA256"
        _, day, region, name, signed, signature = self.parts
        problem = self.scope_problem(day, name, signed.split(";"), token, service)
        if problem:
            return problem
        text = self.string_to_sign("/".join((day, region, name, "aws4_request")), signed.split(";"))
        mine = hmac.new(signing_key(secret, day, region, name), text, hashlib.sha256).hexdigest()
        return None if hmac.compare_digest(mine, signature) else "the signature does not match"

    def scope_problem(self, day, name, signed, token, service):
        request = self.request
        if name != service:
            return "signed for the service " + name
        if not re.match(day + r"T\d{6}Z$", request.header("x-amz-date") or ""):
            return "x-amz-date does not belong to the credential's day"
        if (request.header("x-amz-security-token") or None) != (token or None):
            return "the session token is not the key's"
        needed = {key.lower() for key, _ in request.headers if key.lower().startswith("x-amz-")}
        missing = (needed | {"host"}) - set(signed)
        if missing or signed != sorted(signed):
            return "headers not signed, or not sorted: " + ";".join(sorted(missing) or signed)
        return None

    def string_to_sign(self, scope, signed):
        request = self.request
        path, _, query = re.sub("^http://[^/]*", "", request.path).partition("?")  # of a proxy
        lines = [request.method, path, "&".join(sorted(query.split("&")))]
        for name in signed:
            values = [value for key, value in request.headers if key.lower() == name]
            lines.append(name + ":" + ",".join(" ".join(value.split()) for value in values))
        lines += ["", ";".join(signed), hashlib.sha256(request.body).hexdigest()]
        canonical = hashlib.sha256("\n".join(lines).encode("latin-1")).hexdigest()
        return "\n".join(("AWS4-HMAC-SHA256", request.header("x-amz-date"), scope,
                          canonical)).encode("ascii")


def signing_key(secret, *scope):
    key = ("AWS4" + secret).encode("utf-8")
    for part in scope + ("aws4_request",):
        key = hmac.new(key, part.encode("ascii"), hashlib.sha256).digest()
    return key
