# SPDX-License-Identifier: MIT
"""What botocore makes of the token files that the AWS CLI leaves, and of a DPoP proof.

usage: token_oracle.py HOME PROFILE...
       token_oracle.py verify PEM_FILE PROOF

The first line is "oracle botocore VERSION", the second a JSON document. In the first form botocore
gets the credentials of each profile of HOME/.aws/config from a server in this process:

  {"profiles": {name: {"credentials": {...}, "requests": [{"method", "path", "query", "headers",
   "body"}...]}}, "answers": {path: body}, "files": {path under HOME: parsed JSON, afterwards},
   "hosts": {service: {region: host}}}

In the second, {"header": {...}, "claims": {...}} of a proof whose signature verifies by the key in
the proof and by that of the file, as the cryptography package sees it; else {"problem": text}.
"""

import base64
import glob
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

ANSWERS = {
    "/federation/credentials": {"roleCredentials": {
        "accessKeyId": "ASIAROLE", "secretAccessKey": "role-secret", "sessionToken": "role-token",
        "expiration": 4102444800000}},
    "/token": {"accessToken": "bearer-two", "expiresIn": 28800, "refreshToken": "refresh-two",
               "tokenType": "Bearer"},
    "/v1/token": {"accessToken": {"accessKeyId": "ASIALOGIN", "secretAccessKey": "login-secret",
                                  "sessionToken": "login-token"},
                  "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": "refresh-four"},
}
SHOWN_HEADERS = ("content-type", "x-amz-sso_bearer_token", "dpop")


class Handler(BaseHTTPRequestHandler):
    """Answers by path, and notes what was asked."""

    requests = []

    def answer(self):
        place = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.requests.append({
            "method": self.command,
            "path": place.path,
            "query": {name: values[0] for name, values in parse_qs(place.query).items()},
            "headers": {name: headers[name] for name in SHOWN_HEADERS if name in headers},
            "body": json.loads(body) if body else None,
        })
        text = json.dumps(ANSWERS[place.path]).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class KeyOfCryptography:
    """Stands in for the key of awscrt, which botocore signs with and which is not installed."""

    def __init__(self, key):
        self.key = key

    @classmethod
    def new_key_from_der_data(cls, der):
        return cls(serialization.load_der_private_key(der, None))

    def get_public_coords(self):
        numbers = self.key.public_key().public_numbers()
        return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")

    def sign(self, digest):
        return self.key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))

    @staticmethod
    def decode_der_signature_to_padded_pair(signature, pad_to):
        pair = utils.decode_dss_signature(signature)
        return b"".join(number.to_bytes(pad_to, "big") for number in pair)


def credentials_of(profile):
    import botocore.session

    credentials = botocore.session.Session(profile=profile).get_credentials()
    frozen = credentials.get_frozen_credentials()
    return {
        "access_key_id": frozen.access_key,
        "secret_access_key": frozen.secret_key,
        "session_token": frozen.token,
        "account_id": frozen.account_id,
    }


def hosts():
    """Returns, for each service, the host botocore's rules give for each region it knows."""
    import botocore
    import botocore.session

    data = os.path.join(os.path.dirname(botocore.__file__), "data", "partitions.json")
    with open(data, encoding="utf-8") as file:
        regions = [region for partition in json.load(file)["partitions"]
                   for region in partition["regions"] if "global" not in region]
    found = {}
    for service in ("sso", "sso-oidc", "signin"):
        client = botocore.session.Session().create_client(
            service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        rules = client._ruleset_resolver._provider
        found[service] = {
            region: urlsplit(rules.resolve_endpoint(
                Region=region, UseFIPS=False, UseDualStack=False).url).netloc
            for region in regions}
    return found


def files_in(home):
    found = {}
    for path in glob.glob(os.path.join(home, ".aws", "*", "cache", "*.json")):
        with open(path, encoding="utf-8") as file:
            found[os.path.relpath(path, home)] = json.load(file)
    return found


def observe(home, profiles):
    os.environ["HOME"] = home  # before botocore is loaded, which looks at it then
    import botocore.credentials

    botocore.credentials.EC = KeyOfCryptography
    known_hosts = hosts()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:%d" % server.server_port
    os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"
    seen = {}
    for profile in profiles:
        Handler.requests.clear()
        seen[profile] = {"credentials": credentials_of(profile), "requests": list(Handler.requests)}
    server.shutdown()
    return {"profiles": seen, "answers": ANSWERS, "files": files_in(home), "hosts": known_hosts}


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verify(path, proof):
    signed, _, signature = proof.rpartition(".")
    header, claims = (json.loads(from_base64url(part)) for part in signed.split("."))
    with open(path, "rb") as file:
        own = serialization.load_pem_private_key(file.read(), None).public_key()
    x, y = (int.from_bytes(from_base64url(header["jwk"][name]), "big") for name in "xy")
    if own.public_numbers() != ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()):
        return {"problem": "the key in the proof is not that of the file"}
    raw = from_base64url(signature)
    if len(raw) != 64:
        return {"problem": "a signature of %d bytes" % len(raw)}
    pair = utils.encode_dss_signature(
        int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    own.verify(pair, signed.encode(), ec.ECDSA(hashes.SHA256()))
    return {"header": header, "claims": claims}


def main(arguments):
    import importlib.metadata

    print("oracle botocore", importlib.metadata.version("botocore"))
    if arguments[0] == "verify":
        print(json.dumps(verify(*arguments[1:])))
    else:
        print(json.dumps(observe(arguments[0], arguments[1:])))


main(sys.argv[1:])
