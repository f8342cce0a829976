# SPDX-License-Identifier: MIT
"""The bytes of an HTTP answer, right or damaged in one way."""
import email.utils
import gzip
import zlib

CONTENT_TYPE = "application/x-amz-json-1.0"


def zipped(body, how):
    """Returns the gzip of a body: "good", "cut" before its trailer, or with a "bad_crc"."""
    data = gzip.compress(body, 6)
    if how == "cut":
        return data[:-8]
    if how == "bad_crc":
        return data[:-8] + bytes(byte ^ 0xFF for byte in data[-8:-4]) + data[-4:]
    return data


def chunked(body):
    """Returns a body in three chunks or fewer, and the last one."""
    size = max(1, len(body) // 3 + 1)
    parts = [body[at:at + size] for at in range(0, len(body), size)] + [b""]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def framed(body, how):
    """Returns the headers that say where a body ends, and the body as they say."""
    if how == "chunked":
        return ["Transfer-Encoding: chunked"], chunked(body)
    if how == "close":
        return ["Connection: close"], body
    return ["Content-Length: %d" % len(body)], body


def build(status, body, request_id, now, change):
    """Returns the bytes of an answer. `change` says what differs from a right one:

      status     of the answer
      body       instead of the service's; a text, its characters are bytes
      pad        so many bytes of white space before the body's last byte
      gzip       "good", "cut" or "bad_crc"
      crc        False: no x-amz-crc32; a text: that one
      framing    "length", "chunked" or "close" (the end of the connection ends the body)
      headers    more lines, each with its end
    """
    status = change.get("status", status)
    if "body" in change:
        body = change["body"].encode("latin-1")
    if "pad" in change:
        body = body[:-1] + b" " * change["pad"] + body[-1:]
    lines = ["HTTP/1.1 %d Answer" % status, "Content-Type: " + CONTENT_TYPE,
             "Date: " + email.utils.formatdate(now, usegmt=True),
             "x-amzn-requestid: " + request_id]
    if "gzip" in change:
        body = zipped(body, change["gzip"])
        lines.append("Content-Encoding: gzip")
    crc = change.get("crc", str(zlib.crc32(body)))
    if crc is not False:
        lines.append("x-amz-crc32: " + crc)
    framing, body = framed(body, change.get("framing"))
    head = "\r\n".join(lines + framing) + "\r\n" + change.get("headers", "") + "\r\n"
    return head.encode("latin-1") + body
