# SPDX-License-Identifier: MIT
"""dynoxide_server.py PROGRAM: runs Dynoxide on a free port of 127.0.0.1; prints the endpoint once it
answers.

Ends when the process that started it does, however that one ended. Dynoxide cannot be asked which
port it was given, so one is sought for it; when another program is quicker, the next is tried.
"""
import os
import signal
import socket
import subprocess
import sys
import time

PARENT = os.getppid()
ATTEMPTS = 5


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


def start():
    """Returns a Dynoxide that listens, and its port."""
    for _ in range(ATTEMPTS):
        port = free_port()
        command = [sys.argv[1], "--log", "quiet", "--port", str(port)]
        process = subprocess.Popen(command, stdout=sys.stderr)
        while process.poll() is None:
            if answers(port) and process.poll() is None:
                return process, port
            time.sleep(0.05)
    sys.exit("dynoxide does not start")


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
dynoxide, found = start()
try:
    print("http://127.0.0.1:%d" % found, flush=True)
    while os.getppid() == PARENT and dynoxide.poll() is None:
        time.sleep(0.5)
finally:
    dynoxide.terminate()
