# SPDX-License-Identifier: ISC
"""Clients of superd for the suites; every wait has a limit."""

import errno
import json
import os
import select
import signal
import socket
import sys
import time

HOST = "127.0.0.1"
LIMIT = 60


def connect(port, host=HOST, limit=LIMIT):
    """A connection; unix paths and @names may stand for the port."""
    if str(port).isdigit():
        return socket.create_connection((host, int(port)), limit)
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(limit)
    s.connect("\0" + port[1:] if port[0] == "@" else port)
    return s


def read_all(s):
    """What comes until the end."""
    data = bytearray()
    while True:
        piece = s.recv(65536)
        if not piece:
            return bytes(data)
        data += piece


def read_line(s):
    """One line, without what is behind it."""
    data = bytearray()
    while not data.endswith(b"\n"):
        piece = s.recv(1)
        if not piece:
            break
        data += piece
    return bytes(data)


class Control:
    """Somebody who asks by the control socket."""

    def __init__(self, path):
        self.s = self.call(path)
        self.data = b""

    def call(self, path):
        """There may be no room in the backlog for a moment."""
        for _ in range(10 * LIMIT):
            try:
                return connect(path)
            except BlockingIOError:
                time.sleep(0.1)
        raise TimeoutError(path)

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.s.close()

    def line(self):
        while b"\n" not in self.data:
            piece = self.s.recv(65536)
            if not piece:
                raise EOFError("no end of an answer: %r" % self.data)
            self.data += piece
        line, self.data = self.data.split(b"\n", 1)
        return line.decode()

    def answer(self):
        """The rows, as objects or as lines, and the last line."""
        rows = []
        while True:
            line = self.line()
            if line.startswith("."):
                return rows, line
            rows.append(json.loads(line) if line.startswith("{") else line)

    def ask(self, *words):
        try:
            self.s.sendall("\t".join(words).encode() + b"\n")
        except BrokenPipeError:
            pass  # who may not ask is told so at once
        return self.answer()

    def is_closed(self):
        """Nothing comes any more, whatever was on its way."""
        try:
            return read_all(self.s) is not None
        except ConnectionResetError:
            return True

    def has_hung_up(self):
        poll = select.poll()
        poll.register(self.s, 0)
        return any(e & select.POLLHUP for _, e in poll.poll(0))


def ask(port, data=b"", host=HOST):
    """Sends, half-closes, gets the answer: it may come before all is sent."""
    with connect(port, host) as s:
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
        except BrokenPipeError:
            pass
        return read_all(s)


def let_go(port, data=b"", host=HOST):
    """Is the connection closed without a byte, whatever is sent?"""
    with connect(port, host) as s:
        try:
            s.sendall(data)
            return read_all(s) == b""
        except (ConnectionResetError, BrokenPipeError):
            return True


def begin(port, host=HOST):
    """A connection under way; it may never be established."""
    s = socket.socket()
    s.setblocking(False)
    s.connect_ex((host, int(port)))
    return s


def echoes(s, data=b"ping\n"):
    """Does what is sent come back?"""
    s.sendall(data)
    return read_line(s) == data


def answered(socks, count, seconds):
    """Those of `socks` that have something to read, once they are `count`
    or the time is over."""
    end = time.monotonic() + seconds
    ready = []
    waiting = list(socks)
    poll = select.poll()
    by_fd = {s.fileno(): s for s in waiting}
    for fd in by_fd:
        poll.register(fd, select.POLLIN)
    while len(ready) < count:
        left = end - time.monotonic()
        if left <= 0:
            break
        for fd, _ in poll.poll(left * 1000):
            poll.unregister(fd)
            ready.append(by_fd[fd])
    return ready


def exactly(socks, count):
    """Those that are answered: `count`, and no more within a moment."""
    first = answered(socks, count, LIMIT)
    assert len(first) == count, "%d of %d are answered" % (len(first), count)
    more = answered([s for s in socks if s not in first], 1, 0.2)
    assert not more, "more than %d are answered" % count
    return first


def established(socks, seconds, count=None):
    """How many are connected, when `count` of them are or the time is over."""
    end = time.monotonic() + seconds
    while True:
        n = 0
        for s in socks:
            try:
                s.getpeername()
                n += 1
            except OSError:
                pass
        if n == count or time.monotonic() > end:
            return n
        time.sleep(0.01)


def cpu_s(pid):
    """Processor time of a process, in seconds."""
    with open("/proc/%s/stat" % pid) as f:
        fields = f.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def say(*words):
    print(*words, flush=True)


def until_told():
    """Waits for client_end."""
    sys.stdin.read()
