#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An HTTP proxy on a free port of 127.0.0.1 that opens tunnels, for specs.

  out  {"port": 3128}                         once, at the start
  in   {"target": port, "status": 200}        out  {}    what the next tunnels lead to, whatever host
                                              they ask for; any other status refuses them
  in   {}                                     out  {"asked": [{"line", "headers"}, ...]}

It ends when its standard input does.
"""
import json
import socket
import sys
import threading


class State:
    def __init__(self):
        self.target, self.status, self.asked = 0, 200, []


def read_head(stream):
    head = b""
    while b"\r\n\r\n" not in head:
        data = stream.recv(65536)
        if not data:
            return None
        head += data
    return head


def relay(source, sink):
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client, state):
    head = read_head(client)
    if head is None:
        return
    line, *fields = head.decode("latin-1").strip().split("\r\n")
    state.asked.append({"line": line, "headers": dict(field.split(": ", 1) for field in fields)})
    if state.status != 200:
        client.sendall(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % state.status)
        client.close()
        return
    server = socket.create_connection(("127.0.0.1", state.target))
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    threading.Thread(target=relay, args=(server, client), daemon=True).start()
    relay(client, server)


def accept(listener, state):
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, state), daemon=True).start()


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main():
    state, listener = State(), socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=accept, args=(listener, state), daemon=True).start()
    say({"port": listener.getsockname()[1]})
    for line in sys.stdin:
        order = json.loads(line)
        say({} if order else {"asked": state.asked})
        if order:
            state.target, state.status, state.asked = order["target"], order["status"], []


if __name__ == "__main__":
    main()
