#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""parallel_client.py PORT PATH CONNECTIONS REQUESTS: many HTTP requests to 127.0.0.1 at once.

Each connection sends one request after the other and is kept open. "{n}" in PATH becomes the number
of the request, from 1. Prints one line of JSON, the outcomes and how often each was seen:

  {"200 ok": 990, "502 bad": 9, "200 wrong 7": 1}

An outcome is status and body. Where PATH has "{n}", the body must be that number: "200 ok" then
counts those that are, "200 wrong ..." the answers that are another request's. A kept connection that
the server closes before it answers is replaced: a server that reloads does that.
"""
import asyncio
import collections
import json
import sys


async def read_answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
    if fields.get(b"transfer-encoding") != b"chunked":
        body = await reader.readexactly(int(fields.get(b"content-length", b"0")))
    else:
        body = b""
        while True:
            size = int(await reader.readline(), 16)
            body += (await reader.readexactly(size + 2))[:size]
            if size == 0:
                break
    return status, body.decode("latin-1").strip(), fields.get(b"connection") != b"close"


class Client:
    def __init__(self, port, path):
        self.port, self.path, self.reader, self.writer = port, path, None, None

    async def exchange(self, target):
        """One request; returns its answer. A kept connection that was closed is replaced once."""
        for attempt in range(2):
            kept = self.writer is not None
            if not kept:
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                self.writer.write(b"GET %s HTTP/1.1\r\nHost: h\r\n\r\n" % target.encode())
                status, body, keep = await read_answer(self.reader)
            except (asyncio.IncompleteReadError, ConnectionError) as problem:
                self.drop()
                begun = getattr(problem, "partial", b"")
                if kept and not begun and attempt == 0:
                    continue
                return 0, repr(problem)
            if not keep:
                self.drop()
            return status, body

    def drop(self):
        self.writer.close()
        self.writer = None

    async def run(self, numbers, seen):
        for number in numbers:
            status, body = await self.exchange(self.path.replace("{n}", str(number)))
            if status == 200 and "{n}" in self.path:
                body = "ok" if body == str(number) else "wrong " + body
            seen["%d %s" % (status, body[:200])] += 1


async def main():
    port, path, connections, requests = sys.argv[1:5]
    seen, numbers = collections.Counter(), iter(range(1, int(requests) + 1))
    clients = [Client(int(port), path) for _ in range(int(connections))]
    await asyncio.gather(*(client.run(numbers, seen) for client in clients))
    print(json.dumps(seen))


asyncio.run(main())
