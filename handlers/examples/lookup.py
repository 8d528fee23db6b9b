#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""lookup.py FILE: answers each line, a key, with its value from a file of
KEY=VALUE lines, or with "?" if it has none. As a service:

    [lookup]
    listen  = unix:/run/lookup.sock
    handler = /usr/share/doc/superd/examples/lookup.py /etc/os-release

What it shows:
  - stdout to a socket is buffered in blocks. flush() when the client waits
    for the answer, or it waits for ever.
  - Bytes in, bytes out: text decoding fails on what some client sends.
  - A line from a stranger has a limit, or it is as long as the memory.
  - Exit codes as superd's own handlers have them: 100 for a wrong call,
    111 when the system fails. superd writes them to its log.
  - Python ignores SIGPIPE and ends in a traceback when the client has gone;
    with the default action it just ends.
"""

import signal
import sys

LONGEST_LINE = 1024


def load(path):
    table = {}
    with open(path, "rb") as file:
        for line in file:
            key, separator, value = line.strip().partition(b"=")
            if separator and not key.startswith(b"#"):
                table[key] = value
    return table


def serve(table, requests, answers):
    while line := requests.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            print("a client sent a line that is too long", file=sys.stderr)
            return
        answers.write(table.get(line.strip(), b"?") + b"\n")
        answers.flush()


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if len(sys.argv) != 2:
        print("usage: lookup.py FILE", file=sys.stderr)
        return 100
    try:
        table = load(sys.argv[1])
    except OSError as error:
        print(f"lookup.py: {error}", file=sys.stderr)
        return 111
    serve(table, sys.stdin.buffer, sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
