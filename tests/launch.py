# SPDX-License-Identifier: ISC
"""A supervisor for the suites: makes sockets, passes them as sd_listen_fds(3)
has it, and becomes the program behind them.

    launch.py [NAME=KIND[:ADDRESS]]... -- PROGRAM [ARGUMENT]...

KIND is tcp, only6, both (IPv6 wildcard that takes IPv4), unix, udp, mute (not
listening), connection, gap.  "NAME PORT" of each is written to $PASSED.  Of
the environment:  LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES that are set stay
as they are; EARLY: a file for what a client gets who has connected before the
program runs; SOFT_FILES: the soft limit of open files.
"""

import fcntl
import os
import resource
import socket
import sys

kept = []  # what must not be closed


def listening(family, address, only6=None):
    s = socket.socket(family)
    if only6 is not None:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only6)
    s.bind(address)
    s.listen(16)
    return s


def make(kind, where):
    host, _, port = where.rpartition(":")
    if kind == "tcp":
        return listening(socket.AF_INET, (host or "127.0.0.1", int(port or 0)))
    if kind in ("only6", "both"):
        return listening(socket.AF_INET6, ("::", int(port or 0)),
                         kind == "only6")
    if kind == "unix":
        name = "\0" + where[1:] if where[0] == "@" else where
        return listening(socket.AF_UNIX, name)
    if kind == "udp":
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("127.0.0.1", 0))
        return s
    if kind == "mute":
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        return s
    if kind == "connection":
        ours, theirs = socket.socketpair()
        kept.append(theirs)
        return ours
    return None


def come_early(s, path):
    """A client who is in the backlog when this returns."""
    client = socket.socket(s.family)
    client.connect(s.getsockname())
    if os.fork() != 0:
        return
    client.settimeout(60)
    client.sendall(b"early")
    client.shutdown(socket.SHUT_WR)
    with open(path, "wb") as f:
        while True:
            piece = client.recv(4096)
            if not piece:
                break
            f.write(piece)
            f.flush()
    os._exit(0)


def main():
    end = sys.argv.index("--")
    names, high = [], []
    with open(os.environ["PASSED"], "w") as passed:
        for word in sys.argv[1:end]:
            name, _, rest = word.partition("=")
            kind, _, where = rest.partition(":")
            s = make(kind, where)
            kept.append(s)
            names.append(name)
            high.append(s and fcntl.fcntl(s.fileno(), fcntl.F_DUPFD, 300))
            at = s.getsockname() if s else ""
            passed.write("%s %s\n" % (name, at[1] if len(at) > 1 and
                                      isinstance(at, tuple) else ""))
    if os.environ.get("EARLY"):
        come_early(kept[0], os.environ["EARLY"])
    for i, fd in enumerate(high):
        if fd is None:
            try:
                os.close(3 + i)
            except OSError:
                pass
        else:
            os.dup2(fd, 3 + i)
            os.close(fd)
    os.environ.setdefault("LISTEN_PID", str(os.getpid()))
    os.environ.setdefault("LISTEN_FDS", str(len(names)))
    os.environ.setdefault("LISTEN_FDNAMES", ":".join(names))
    if "SOFT_FILES" in os.environ:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE,
                           (int(os.environ["SOFT_FILES"]), hard))
    program = sys.argv[end + 1:]
    os.execvp(program[0], program)


main()
