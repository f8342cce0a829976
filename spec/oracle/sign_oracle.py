# SPDX-License-Identifier: MIT
"""Writes random requests and what botocore's SigV4Auth makes of them.

usage: sign_oracle.py COUNT SEED

The first line is "oracle botocore VERSION". Each line after it is a record of fields separated by
tabs, every field percent-encoded where it holds a control byte, a '%' or a byte above 0x7E:
method scheme host port path query body region service access_key_id secret_access_key token time
canonical_request string_to_sign signature authorization, then name and value of each header.
"""

import calendar
import random
import sys
from datetime import datetime, timedelta
from urllib.parse import quote

import botocore
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
UNICODE = "\u00e9\u00df\u4e2d\u1234\U0001f600"
# No tab or line break (urlsplit drops them), no '?' or '#' (they end a path).
PATH = ALPHANUMERIC + "-._~!$&'()*+,;=:@%[]\"<>^`{|} \\" + UNICODE
QUERY = ALPHANUMERIC + "-._~!$'()*+,;:@/?%[]\"<> \\=&#\x00\n" + UNICODE
HEADER = ALPHANUMERIC + "-._~!\"#$%&'()*+,/:;<=>?@[]^`{|}\\    " + UNICODE
TOKEN = ALPHANUMERIC + "-_"
UNSIGNED = ["User-Agent", "Expect", "connection", "Transfer-Encoding", "X-Amzn-Trace-Id", "TE"]
STALE = ["Authorization", "X-Amz-Date", "x-amz-security-token"]
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]
HOSTS = ["dynamodb.eu-west-1.amazonaws.com", "localhost", "127.0.0.1", "[::1]", "EXAMPLE.com"]


def text(rng, alphabet, low, high):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(low, high)))


def make_path(rng):
    if rng.random() < 0.4:
        return "/"
    pieces = ["", ".", "..", "a", "%20", "%2F"]
    count = rng.randint(1, 6)
    return "/" + "/".join(
        rng.choice(pieces) if rng.random() < 0.5 else text(rng, PATH, 0, 8) for _ in range(count)
    )


def loosely(rng, raw):
    """Returns `raw` encoded in one of the ways clients do it, equal once decoded."""
    encoded = quote(raw, safe="-_.~")
    style = rng.random()
    if style < 0.4:
        return encoded
    if style < 0.7:
        return "".join(
            "%" + part[:2].lower() + part[2:] if i else part
            for i, part in enumerate(encoded.split("%"))
        )
    return "".join(c if c in UNICODE + "/:,!'" else quote(c, safe="-_.~") for c in raw)


def make_query(rng):
    """Returns the parameters, and the same as the query of a URL."""
    if rng.random() < 0.5:
        return [], ""
    pairs = [
        (text(rng, QUERY, 0, 4) or "k", text(rng, QUERY, 0, 6)) for _ in range(rng.randint(1, 6))
    ]
    if rng.random() < 0.3:
        pairs.append((pairs[0][0], text(rng, QUERY, 0, 3)))
    parts = []
    for name, value in pairs:
        bare = value == "" and rng.random() < 0.5
        parts.append(loosely(rng, name) + ("" if bare else "=" + loosely(rng, value)))
    return pairs, "&".join(parts)


def make_headers(rng):
    headers = []
    for _ in range(rng.randint(0, 6)):
        name = rng.choice(["X-", "x-Amz-", ""]) + text(rng, TOKEN, 1, 10)
        if name.lower() == "date":  # botocore would sign that instead of x-amz-date
            continue
        headers.append((name, text(rng, HEADER, 0, 30)))
        if rng.random() < 0.2:
            headers.append((name.swapcase(), text(rng, HEADER, 0, 10)))
    if rng.random() < 0.3:
        headers.append((rng.choice(UNSIGNED), "anything at  all"))
    if rng.random() < 0.1:
        headers.append((rng.choice(STALE), "of the last attempt"))
    if rng.random() < 0.1:
        headers.append(("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"))
    rng.shuffle(headers)
    return headers


def make_body(rng):
    style = rng.random()
    if style < 0.2:
        return b""
    if style < 0.6:
        return bytes(rng.randrange(256) for _ in range(rng.randint(1, 300)))
    return text(rng, QUERY, 1, 400).encode()


def make_time(rng):
    return datetime(1970, 1, 1) + timedelta(seconds=rng.randrange(4102444800))  # to 2099


def sign(rng):
    method, scheme, host = rng.choice(METHODS), rng.choice(["http", "https"]), rng.choice(HOSTS)
    port = rng.choice(["", "", "80", "443", "8000"])
    path, (params, query) = make_path(rng), make_query(rng)
    headers, body, time = make_headers(rng), make_body(rng), make_time(rng)
    region, service = text(rng, TOKEN, 1, 14), text(rng, TOKEN, 1, 12)
    access_key_id, secret = text(rng, ALPHANUMERIC, 16, 20), text(rng, TOKEN + "/+=", 1, 80)
    session_token = text(rng, TOKEN + "/+=", 1, 200) if rng.random() < 0.4 else ""
    if rng.random() < 0.3:
        headers.append(("Host", "other.example.com"))

    url = scheme + "://" + host + (":" + port if port else "") + path
    request = AWSRequest(method=method, url=url, data=body, params=params)
    for name, value in headers:
        request.headers.add_header(name, value)
    # The steps of add_auth, with a time of ours.
    request.context["timestamp"] = time.strftime("%Y%m%dT%H%M%SZ")
    auth = SigV4Auth(Credentials(access_key_id, secret, session_token or None), service, region)
    auth._modify_request_before_signing(request)
    canonical_request = auth.canonical_request(request)
    string_to_sign = auth.string_to_sign(request, canonical_request)
    signature = auth.signature(string_to_sign, request)
    auth._inject_signature_to_request(request, signature)

    # botocore takes the name of the host in lower case, we take it as it is sent.
    record = [method, scheme, host.lower(), port, path, query, body, region, service]
    record += [access_key_id, secret, session_token, str(calendar.timegm(time.timetuple()))]
    record += [canonical_request, string_to_sign, signature, request.headers["Authorization"]]
    for header in headers:
        record += header
    return record


def field(value):
    data = value if isinstance(value, bytes) else value.encode()
    return "".join("%%%02X" % b if b < 0x20 or b > 0x7E or b == 0x25 else chr(b) for b in data)


def main():
    count, rng = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    print("oracle botocore", botocore.__version__)
    for _ in range(count):
        print("\t".join(field(value) for value in sign(rng)))


main()
