# SPDX-License-Identifier: ISC
"""What becomes of clients at the gate, for the suites 55-gate-*."""

import ctypes
import os
import socket
import sys
import time

from client import HOST, LIMIT, connect, read_line

CLONE_NEWNET = 0x40000000


def connect_from(source, port, host=HOST):
    """A connection from that address; from None the kernel chooses."""
    if source is None or not str(port).isdigit():
        return connect(port, host)
    return socket.create_connection((host, int(port)), LIMIT, (source, 0))


def enter(port, source=HOST, host=HOST):
    """What the gate says, and the connection, for which the handler has to
    say a line: "served" or another one, "refused" (the end comes without a
    byte), "reset"."""
    s = None
    try:
        s = connect_from(source, port, host)
        line = read_line(s)
    except ConnectionResetError:
        return "reset", s
    return line.decode().strip() or "refused", s


def fate(port, source=HOST, host=HOST):
    """The same without the connection, which is closed."""
    said, s = enter(port, source, host)
    if s:
        s.close()
    return said


def fates(port, count, source=HOST, host=HOST):
    """What becomes of some, one after the other: {"served": 3, ...}."""
    said = {}
    for _ in range(count):
        word = fate(port, source, host)
        said[word] = said.get(word, 0) + 1
    return said


def expect(wanted, got, what=""):
    assert got == wanted, "%s: %r, not %r" % (what, got, wanted)


def reset(s):
    """Closes with a reset."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    s.close()


def logged(path, *words):
    """The lines in which all of the words stand."""
    with open(path) as f:
        return [line for line in f if all(word in line for word in words)]


def until(condition, what="", limit=30):
    """Waits until it is true."""
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "waited in vain: %s" % what
        time.sleep(0.01)


def enter_net(pid):
    """From here on in the network namespace of that process."""
    with open("/proc/%s/ns/net" % pid) as f:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(f.fileno(), CLONE_NEWNET) < 0:
            raise OSError(ctypes.get_errno(), "setns")
