# SPDX-License-Identifier: MIT
"""Runs a program on a pseudo-terminal and types: terminal.py ROWS COLUMNS STEPS PROGRAM ARGUMENTS...

STEPS is a file of JSON: a list of [wait for this text, then type this], in order. What appears on the
terminal goes to standard output; behind it a line "status N". A text that does not appear within PATIENCE
seconds ends it all with status 1, and the text on standard error.
"""
import fcntl, json, os, pty, select, struct, sys, termios, time

PATIENCE = 60


def main():
    rows, columns, steps = int(sys.argv[1]), int(sys.argv[2]), json.load(open(sys.argv[3]))
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(sys.argv[4], sys.argv[4:])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    seen, looked = b"", 0
    for wanted, keys in steps + [[None, ""]]:
        deadline = time.monotonic() + PATIENCE
        while wanted is None or wanted.encode() not in seen[looked:]:
            if not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
                sys.stderr.write("waited in vain for %r; seen: %r\n" % (wanted, seen))
                os.kill(child, 9)
                sys.exit(1)
            try:
                got = os.read(terminal, 65536)
            except OSError:  # the program ended
                got = b""
            if not got:
                break
            seen += got
        if wanted is not None and wanted.encode() not in seen[looked:]:
            sys.stderr.write("ended before %r; seen: %r\n" % (wanted, seen))
            sys.exit(1)
        if wanted is not None:
            looked += seen[looked:].index(wanted.encode()) + len(wanted.encode())
        os.write(terminal, keys.encode()) if keys else None
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.stdout.buffer.write(seen + b"status %d\n" % status)


main()
