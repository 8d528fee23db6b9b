# SPDX-License-Identifier: ISC
"""A service manager for the suites: receives the datagrams of sd_notify(3).

    notify.py SOCKET LOG

Of each datagram, one line is written to LOG: seconds on the monotonic clock,
the sender's pid, and the datagram with blanks for newlines.  The first line
is "listening".  It ends when its stdin does.
"""

import select
import socket
import struct
import sys
import time

where, path = sys.argv[1:]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
s.bind("\0" + where[1:] if where[0] == "@" else where)
with open(path, "w") as log:
    print("listening", file=log, flush=True)
    while True:
        ready, _, _ = select.select([s, sys.stdin], [], [], 120)
        if s in ready:
            data, control, _, _ = s.recvmsg(4096, 256)
            pid = struct.unpack("3i", control[0][2])[0]
            print("%.3f" % time.monotonic(), pid,
                  data.decode().rstrip("\n").replace("\n", " "),
                  file=log, flush=True)
        elif not ready or sys.stdin in ready:
            break
