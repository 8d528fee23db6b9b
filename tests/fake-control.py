# SPDX-License-Identifier: ISC
"""A superd that only talks: fake-control.py SOCKET READY [LOG].

It answers the protocol of superctl(8) as the superd of a good day would; what
is special is asked for by the name of a service. Each request is a line in
LOG. A line on stdin, or its end, ends it.
"""

import json
import os
import socket
import sys
import threading
import time

VERSION = "0.5"
state = {"upgrades": 0, "level": "info", "generation": 1, "looks": 0}
lock = threading.Lock()
requests = None


def stamp(ago=0.0):
    now = time.time() - ago
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + \
        ".%06dZ" % (now % 1 * 1000000)


def daemon():
    return {"type": "superd", "version": VERSION, "pid": 71,
            "state": "running", "start": stamp(3800), "uptime": 3800.5,
            "generation": state["generation"], "upgrades": state["upgrades"],
            "config": "/etc/superd.ini", "live": 3, "max": 4096,
            "services": 4, "accepted": 1234567, "refused": 14,
            "rate": 1.25 + state["looks"] % 7, "bans": 1, "sources": 3,
            "max_sources": 65536, "log_level": state["level"],
            "log_dropped": 0}


def service(name, **more):
    row = {"type": "service", "service": name, "state": "running",
           "listen": ["0.0.0.0:7", "[::]:7"], "live": 1, "max": 256,
           "accepted": 17, "refused": {}, "rate": 0.5, "failures": 0}
    row.update(more)
    return row


def services():
    return [
        service("echo", refused={"deny": 12, "max_per_source": 2}),
        service("git", state="paused", listen=["192.0.2.1:9418"], live=0,
                refused={"ban": 3}, failures=1,
                last_failure={"time": stamp(float(
                    os.environ.get("FAILED_AGO", "133"))),
                              "what": "exec: cannot execute '/x': "
                                      "No such file or directory"}),
        service("local", state="full", listen=["unix:/run/local.sock"],
                live=2, max=2, rate=1234.5, new_member={"of": ["later"]}),
        service("evil", state="disabled", listen=[], live=0,
                description="\u001b[31mred\u0007 \u202eturned",
                last_failure={"time": "never", "what": "a\u001b]0;x\u0007b"}),
    ]


def connection(number, name="echo", **more):
    row = {"id": number, "service": name,
           "peer": "192.0.2.1:%d" % (10000 + number % 50000),
           "listen": "0.0.0.0:7", "pid": 4000000 + number,
           "start": stamp(1.5), "age": 1.5, "cookie": 81234 + number}
    row.update(more)
    return row


class Own:
    """A connection of our own, for the kernel's figures: it is true."""
    def __init__(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.ours = socket.create_connection(listener.getsockname())
        self.theirs, peer = listener.accept()
        self.ours.sendall(b"x" * 1000)
        self.theirs.recv(1000)
        self.theirs.sendall(b"y" * 300)
        self.ours.recv(300)
        self.peer = "127.0.0.1:%d" % peer[1]
        self.cookie = int.from_bytes(
            self.theirs.getsockopt(socket.SOL_SOCKET, 57, 8), sys.byteorder)
        self.start = time.monotonic()

    def row(self, **more):
        return connection(12, peer=self.peer, pid=os.getpid(),
                          cookie=self.cookie,
                          age=time.monotonic() - self.start, **more)


own = Own()


class Answer(Exception):
    """An end that is not .ok"""


class Cut(Exception):
    """An end in the middle of a line."""


def refuse(code, text):
    raise Answer(".error %s %s" % (code, text))


def known(name):
    for row in services():
        if row["service"] == name:
            return row
    refuse("missing", "there is no service '%s'" % name)


def do_ping(say, words):
    say({"version": VERSION if state["upgrades"] == 0 else "0.6", "pid": 71,
         "state": "running", "uptime": 3.2,
         "generation": state["generation"], "upgrades": state["upgrades"],
         "role": "act"})


def do_status(say, words):
    state["looks"] += 1
    if words:
        say(known(words[0]))
        return
    say(daemon())
    for row in services():
        say(row)


def do_list(say, words):
    name = words[0] if words else ""
    if name.startswith("many"):
        for number in range(int(name[4:])):
            say(connection(number))
    elif name == "nobody":
        pass
    else:
        if name:
            known(name)
        say(own.row())
        say(connection(13, "local", peer="unix:uid=0,pid=7", cookie=None))
        say(connection(14, "git", age=99999, pid=os.getpid(),
                       ending="runtime"))


def do_show(say, words):
    if words[0] == "12":
        say(own.row(deadline=55.2, source="127.0.0.1"))
    else:
        refuse("missing", "there is no connection %s" % words[0])


def do_kill(say, words):
    if words[0] == "99":
        refuse("missing", "there is no connection 99")
    say({"killed": 1 if words[0] == "id:12" else 2})


def do_state(new, but):
    """A service in one of the states `but` stays as it is."""
    def change(say, words):
        row = known(words[0])
        if row["state"] not in but:
            row["state"] = new
        say(row)
    return change


def do_drain(say, words):
    row = known(words[0])
    for live in range(row["live"], 0, -1):
        say({"service": row["service"], "live": live})
        mood = os.environ.get("DRAIN", "good")
        if mood == "dead":
            os.unlink(sys.argv[1])
            raise EOFError
        if mood == "upgrade" and state["upgrades"] == 0:
            state["upgrades"] = 1
            raise EOFError
        time.sleep(0.05)


def do_reload(say, words):
    mood = os.environ.get("RELOAD", "good")
    if mood == "busy":
        refuse("refused", "superd is stopping")
    say({"file": "/etc/superd.ini", "line": 3, "mistake": False,
         "text": "nobody can reach this"})
    if mood == "bad":
        say({"file": "/etc/superd.ini", "line": 14, "mistake": True,
             "text": "service 'ssh': unknown user 'sshd'"})
        say({"file": "/etc/superd.ini", "line": 0, "mistake": True,
             "text": "no service is left"})
        refuse("refused", "the configuration has 2 mistakes: "
               "superd goes on with the old one")
    state["generation"] += 1
    say({"generation": state["generation"], "services": 3, "opened": 1,
         "kept": 2, "retired": 0})


def do_upgrade(say, words):
    say({"upgrade": "asked"})
    mood = os.environ.get("UPGRADE", "good")
    if mood == "refused":
        refuse("refused", "the new program does not understand the state")
    if mood == "good":
        state["upgrades"] += 1
    raise EOFError


def do_bans(say, words):
    say({"service": "git", "source": "192.0.2.7", "left": 532.1,
         "strikes": 0})


def do_ban(say, words):
    for name in [words[2]] if len(words) > 2 else ["echo", "git"]:
        say({"service": name, "source": words[0], "left": 600.0,
             "strikes": 1})


def do_unban(say, words):
    if words[0] != "192.0.2.7":
        refuse("missing", "%s is not banned" % words[0])
    say({"lifted": 2})


def do_log_level(say, words):
    if words and words[0] not in ("error", "notice", "info", "debug"):
        refuse("usage", "'%s' is no level" % words[0])
    if words:
        state["level"] = words[0]
    say({"log_level": state["level"]})


def do_events(say, words):
    say({"time": "2026-11-20T15:05:40.123Z", "level": "info",
         "event": "conn.open", "service": "echo",
         "peer": "192.0.2.1:4711", "text": "a\u001bb", "words": words})
    if os.environ.get("FORGE"):
        say({"event": "conn.note", "text": "x status=exit:0 service=fake",
             "quote": "say \"a\\b\"", "lines": "1\n2\u00e9", "none": "",
             "bare": "a=b", "count": 7, "not": None})
    say({"event": "events.lost", "count": 12})
    time.sleep(0.3)
    say({"time": "2026-11-20T15:05:41.123Z", "level": "error",
         "event": "spawn.failed", "service": "echo", "step": "exec"})
    if os.environ.get("CUT"):
        raise Cut
    raise EOFError


def do_metrics(say, words):
    say("# HELP superd_live Live connections.")
    say("# TYPE superd_live gauge")
    say('superd_live{service="echo"} 1')


COMMANDS = {
    "ping": do_ping, "status": do_status, "list": do_list, "show": do_show,
    "kill": do_kill, "pause": do_state("paused", ["disabled"]),
    "resume": do_state("running", ["disabled"]),
    "enable": do_state("running", ["paused"]),
    "disable": do_state("disabled", []), "drain": do_drain, "reload": do_reload,
    "upgrade": do_upgrade, "reopen": lambda say, words: None,
    "bans": do_bans, "ban": do_ban, "unban": do_unban,
    "log-level": do_log_level, "events": do_events, "metrics": do_metrics,
}


def hostile(mood, s):
    """What no superd says; the mood is in the environment."""
    answers = {
        "garbage": bytes(range(256)) * 20 + b"\n.ok\n",
        "binary": b'{"a":"\x1b[31m"}\n.ok\n',
        "notjson": b"hello\n.ok\n",
        "array": b"[1,2]\n.ok\n",
        "deep": b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}\n.ok\n",
        "huge": b"x" * 200000,
        "half": b'{"version":"0.5"',
        "early": b'{"version":"0.5"}\n',
        "end": b".maybe\n",
        "bare": b".error\n",
        "nocode": b".error xyzzy\n",
        "strange": b".error xyzzy what \x7e is this\n",
        "denied": b".error denied only 'control_admin_group' may do that\n",
        "nothing": b"", "empty": b"\n.ok\n", "ok": b".ok\n",
        "numbers": b'{"live":1e999,"max":-5,"pid":99999999999999999999,'
                   b'"uptime":1e-9,"version":17,"state":null}\n.ok\n',
    }
    if mood == "silent":
        time.sleep(30)
    elif mood == "trickle":
        for _ in range(300):
            s.sendall(b"x")
            time.sleep(0.1)
    else:
        s.sendall(answers[mood])


def answer(s, line):
    out = []

    def say(row):
        if isinstance(row, dict):
            row = {k: v for k, v in row.items() if v is not None}
            row = json.dumps(row, separators=(",", ":"))
        out.append(row)
        if len(out) >= 500 or words[0] in ("events", "drain"):
            s.sendall(("\n".join(out) + "\n").encode())
            out.clear()

    words = line.split("\t")
    with lock:
        if requests:
            requests.write(" ".join(words) + "\n")
            requests.flush()
    end = ".ok"
    try:
        if words[0] not in COMMANDS:
            refuse("usage", "there is no command '%s'" % words[0])
        COMMANDS[words[0]](say, words[1:])
    except Answer as e:
        end = str(e)
    except EOFError:
        end = None
    except Cut:
        s.sendall(b'{"event":"conn.op')
        return False
    s.sendall(("\n".join(out) + "\n" if out else "").encode())
    if end is None:
        return False
    s.sendall((end + "\n").encode())
    return True


def serve(s):
    mood = os.environ.get("HOSTILE", "")
    with s:
        try:
            for line in s.makefile("r"):
                if mood:
                    hostile(mood, s)
                    return
                if not answer(s, line.rstrip("\n")):
                    return
        except OSError:
            pass


def main():
    global requests
    path, ready = sys.argv[1:3]
    if len(sys.argv) > 3:
        requests = open(sys.argv[3], "a")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)

    def loop():
        while True:
            s, _ = listener.accept()
            if os.environ.get("HOSTILE") == "unread":
                with s:
                    s.sendall(b".error denied you may not even ask\n")
                continue
            threading.Thread(target=serve, args=(s,), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()
    with open(ready, "w") as f:
        f.write("ready\n")
    sys.stdin.readline()
    os._exit(0)


main()
