#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""hello-http.py: answers one HTTP request with one page. As a service:

    [hello]
    listen  = 8080
    handler = /usr/share/doc/superd/examples/hello-http.py

What it shows:
  - The environment tells who the client is: REMOTE_ADDR, REMOTE_PORT.
  - The request is read to its end before the answer is sent: a socket that
    is closed while it holds unread input is reset, and the client may lose
    the answer.
  - Closing is the end of the answer, and the end of the handler closes.
  - What strangers send goes into the page, and into the log, escaped.
"""

import html
import os
import signal
import sys

LONGEST_LINE = 8192
MOST_LINES = 100


def read_request(stream):
    """The request line, or None if this is not HTTP. Skips the header."""
    request = stream.readline(LONGEST_LINE)
    for _ in range(MOST_LINES):
        line = stream.readline(LONGEST_LINE)
        if line in (b"", b"\n", b"\r\n"):
            words = request.decode("latin-1").split()
            return words if len(words) == 3 else None
    return None


def page(path):
    peer = os.environ.get("REMOTE_ADDR", "someone")
    return (
        "<!DOCTYPE html><title>Hello</title>"
        f"<p>Hello {html.escape(peer)}, this is {html.escape(path)}.\n"
    ).encode("utf-8")


def respond(stream, status, body):
    head = (
        f"HTTP/1.0 {status}\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    stream.write(head.encode("ascii") + body)
    stream.flush()


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    request = read_request(sys.stdin.buffer)
    if request is None:
        respond(sys.stdout.buffer, "400 Bad Request", b"What?\n")
        return
    method, path, _version = request
    print(f"{method!a} {path!a}", file=sys.stderr)
    if method not in ("GET", "HEAD"):
        respond(sys.stdout.buffer, "405 Method Not Allowed", b"GET only\n")
        return
    body = page(path)
    respond(sys.stdout.buffer, "200 OK", body if method == "GET" else b"")


if __name__ == "__main__":
    main()
