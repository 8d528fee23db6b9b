# SPDX-License-Identifier: ISC
"""The other end of a handler, for the suites: starts one on a socket pair, a
TCP connection, pipes or a terminal, and never waits for ever."""

import os
import pty
import random
import shutil
import socket
import subprocess
import sys
import threading
import tty

TIMEOUT = 60


def pair(kind):
    """Two connected stream sockets: ours, the handler's."""
    if kind == "unix":
        return socket.socketpair()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        ours = socket.create_connection(listener.getsockname())
        return ours, listener.accept()[0]


def noise(size):
    """The same random bytes in each run."""
    return random.Random(size).randbytes(size)


class Peer:
    """A client of one handler on a socket; `early` is there before it."""

    def __init__(self, *command, kind="tcp", blocking=True, early=b""):
        self.sock, theirs = pair(kind)
        self.sock.settimeout(TIMEOUT)
        self.sock.sendall(early)
        theirs.setblocking(blocking)
        self.proc = subprocess.Popen(command, stdin=theirs, stdout=theirs,
                                     stderr=subprocess.PIPE)
        theirs.close()

    def send(self, data):
        self.sock.sendall(data)

    def half_close(self):
        self.sock.shutdown(socket.SHUT_WR)

    def receive(self, size):
        """Exactly so many bytes, or fewer at the end of the stream."""
        data = bytearray()
        while len(data) < size:
            part = self.sock.recv(min(size - len(data), 65536))
            if not part:
                break
            data += part
        return bytes(data)

    def receive_all(self):
        return self.receive(1 << 40)

    def converse(self, data):
        """Sends all, then the end, and reads at the same time."""
        sender = threading.Thread(
            target=lambda: (self.send(data), self.half_close()))
        sender.start()
        answer = self.receive_all()
        sender.join()
        return answer

    def reset(self):
        """Leaves without a farewell."""
        linger = (1).to_bytes(4, sys.byteorder) + bytes(4)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.sock.close()

    def end(self, status=0, stderr=b""):
        """The handler ends by itself, with this status and these words."""
        words = self.proc.communicate(timeout=TIMEOUT)[1]
        self.sock.close()
        assert self.proc.returncode == status, (self.proc.returncode, words)
        assert words == stderr, words


def on_terminal(*command, typed):
    """What a handler on a terminal shows when this is typed, ended by ^D."""
    ours, theirs = pty.openpty()
    proc = subprocess.Popen(command, stdin=theirs, stdout=theirs)
    settings = tty.tcgetattr(theirs)
    settings[3] &= ~tty.ECHO
    tty.tcsetattr(theirs, tty.TCSANOW, settings)
    os.write(ours, typed + b"\x04")
    assert proc.wait(timeout=TIMEOUT) == 0
    os.set_blocking(ours, False)
    try:
        shown = os.read(ours, 65536)
    except BlockingIOError:
        shown = b""
    os.close(theirs)
    os.close(ours)
    return shown


def handler(name):
    return shutil.which(name, path=os.environ["HANDLER_DIR"])


def example(name):
    return os.environ["TOP_SRCDIR"] + "/handlers/examples/" + name
