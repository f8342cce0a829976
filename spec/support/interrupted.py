# SPDX-License-Identifier: MIT
"""Runs a command again and again, and ends it in the middle: interrupted.py HOST:PORT FILE ENDS COMMAND...

FILE is the resume file of the command. ENDS is a list with commas of INT, KILL (signals), CUT (the network
is gone) and NONE (it may end by itself). Before each the command runs until FILE tells of more items than at
its start. "{slow}" and what follows to the end of an argument is left out of the command that may end by
itself. The network is a forwarder to HOST:PORT, the same for all runs, whose address takes the place of
what a word AWS_ENDPOINT_URL=... says. Prints a line for each run: how it was ended, its exit code, how many items FILE told.
"""
import json, os, signal, socket, subprocess, sys, threading, time

PATIENCE = 120


class Network:
    """Forwards connections until it is cut; mended, it has the same address."""

    def __init__(self, target):
        self.target, self.port, self.connections, self.listener = target, 0, [], None
        self.mend()

    def mend(self):
        if self.listener:
            return
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        self.listener.listen(64)
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def accept(self, listener):
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(self.target)
            except OSError:
                return
            self.connections += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self.forward, args=(source, sink), daemon=True).start()

    @staticmethod
    def forward(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        listener, self.listener = self.listener, None
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for end in self.connections:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.connections = []


def items_of(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)["state"]["items"]
    except FileNotFoundError:
        return 0


def words_of(command, is_slow, port):
    for word in command:
        if word.startswith("AWS_ENDPOINT_URL="):
            word = "AWS_ENDPOINT_URL=http://127.0.0.1:%d" % port
        yield word.replace("{slow}", "") if is_slow else word.split("{slow}")[0]


def run(network, path, how, command):
    before = items_of(path)
    with open(os.devnull) as nothing:
        child = subprocess.Popen(list(words_of(command, how != "NONE", network.port)), stdin=nothing)
    deadline = time.monotonic() + PATIENCE
    while how != "NONE" and items_of(path) <= before:
        if child.poll() is not None or time.monotonic() > deadline:
            child.kill()
            sys.exit("it ended by itself, or did not come on, before %s" % how)
        time.sleep(0.005)
    if how == "CUT":
        network.cut()
    elif how != "NONE":
        child.send_signal(getattr(signal, "SIG" + how))
    status = child.wait(PATIENCE)
    network.mend()
    print(how, status, items_of(path), flush=True)


def main():
    host, port = sys.argv[1].rsplit(":", 1)
    network = Network((host, int(port)))
    for how in sys.argv[3].split(","):
        run(network, sys.argv[2], how, sys.argv[4:])


main()
