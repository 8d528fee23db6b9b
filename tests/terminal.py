# SPDX-License-Identifier: ISC
"""A program on a terminal of its own, for the suites; every wait has a limit.

with Terminal(argv, rows=24, columns=80) as t:
    t.until(b"text"); t.type(b"q"); t.end() -> what waitpid says
"""

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time

LIMIT = 30


class Terminal:
    def __init__(self, argv, rows=24, columns=80, **environment):
        self.seen = b""
        self.status = None
        self.master, self.slave = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(self.slave)
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(self.slave, fd)
            os.closerange(3, 256)
            environment = {"TERM": "xterm", **os.environ, **environment}
            environment.pop("COLUMNS", None)
            try:
                os.execve(argv[0], argv, environment)
            finally:
                os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        os.close(self.master)
        os.close(self.slave)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys):
        os.write(self.master, keys)

    def read(self, seconds):
        """What comes in a moment, b"" for nothing."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        piece = os.read(self.master, 65536)
        self.seen += piece
        return piece

    def until(self, text, limit=LIMIT):
        """Reads until the text has come; what came before is forgotten."""
        end = time.monotonic() + limit
        while text not in self.seen:
            assert time.monotonic() < end, "%r is not in %r" % (
                text, self.seen[-3000:])
            self.read(0.1)
        before, self.seen = self.seen.split(text, 1)
        return before

    def end(self, limit=LIMIT):
        """Reads until the program has ended; its wait status."""
        end = time.monotonic() + limit
        while True:
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                break
            assert time.monotonic() < end, "it does not end"
        while self.read(0.05):
            pass
        self.status = status
        return status

    def is_restored(self):
        """Is the terminal as it was before?"""
        return termios.tcgetattr(self.slave) == self.before


def plain(picture):
    """Text without what paints and moves."""
    return re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", picture).decode()


def show(picture):
    sys.stdout.write(plain(picture).replace("\r", ""))
