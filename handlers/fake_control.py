#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A control socket without superd behind it, for the suites of the handlers
that ask one: fake_control.py SOCKET [MODE...]. It says "ready" when it
listens, then each request that is not a question. Modes:

  denied     refuses everything
  dumb       answers nothing, ever
  garbage    answers what is no answer
  hangup     closes instead of answering
  unread     refuses and closes before it reads
  impatient  closes after each answer
  many=N     has N connections, and N / 100 services
  huge       answers everything with more than a handler keeps
  hostile    has texts that a careless page would take for markup
"""

import json
import math
import os
import socket
import sys
import threading
import time

START = time.time()
HOSTILE = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"


def stamp(when):
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(when))
    return f"{whole}.{int(when % 1 * 1e6):06d}Z"


def dump(thing):
    return json.dumps(thing, ensure_ascii=False)


class Superd:
    def __init__(self, modes):
        self.modes = dict(mode.partition("=")[::2] for mode in modes)
        self.many = int(self.modes.get("many", 0))
        self.states = {}
        self.killed = set()

    def rate(self, phase=0.0):
        """A day in two minutes."""
        wave = math.sin((time.time() + phase * 40) / 9) + math.sin(time.time())
        return round(max(0, 14 + 6 * wave * (1 + phase)), 2)

    def services(self):
        age = time.time() - START
        names = ["echo", "git", "ssh", "mail", "rsync"]
        names += [f"s{i:04}" for i in range(self.many // 100)]
        for i, name in enumerate(names):
            live = [3, 61, 256, 0, 12][i] if i < 5 else i % 7
            state = ["running", "waiting", "full", "paused", "running"][i % 5]
            row = {
                "type": "service", "service": name,
                "state": self.states.get(name, state if i < 5 else "running"),
                "listen": [f"0.0.0.0:{7 + i}", f"[2001:db8::1]:{7 + i}"],
                "live": live, "max": 256 if i != 1 else 64,
                "accepted": int(100 * (i + 1) + age * 3),
                "refused": [{}, {"rate": 40, "max_per_source": 2},
                            {"deny": 2}, {}, {"hours": 7}][i % 5],
                "rate": self.rate(i) if state == "running" else 0,
                "failures": 0,
                "description": f"The {name} service",
            }
            if name == "git":
                row["failures"] = 3
                row["last_failure"] = {
                    "time": stamp(START - 95),
                    "what": "exec: cannot execute '/usr/bin/git': "
                            "permission denied"}
            if name == "mail" and "hostile" in self.modes:
                row["description"] = HOSTILE
                row["listen"] = [HOSTILE]
                row["last_failure"] = {"time": HOSTILE, "what": HOSTILE}
                row["refused"] = {HOSTILE: 3}
                row["state"] = HOSTILE
                row["some_day"] = {"new": [1, None]}
            yield row

    def status(self, words):
        services = list(self.services())
        if len(words) == 1:
            yield dump({
                "type": "superd", "version": "0.5", "pid": 71,
                "state": "running", "start": stamp(START - 93784),
                "uptime": time.time() - START + 93784, "generation": 4,
                "upgrades": 1, "config": "/etc/superd.ini",
                "live": sum(row["live"] for row in services), "max": 4096,
                "services": len(services),
                "accepted": sum(row["accepted"] for row in services),
                "refused": 51, "rate": self.rate(), "bans": 2, "sources": 19,
                "max_sources": 65536, "log_level": "info", "log_dropped": 0})
        for row in services:
            if len(words) == 1 or row["service"] == words[1]:
                yield dump(row)

    def list(self, _words):
        names = ["echo", "git", "ssh", "rsync"]
        for i in range(1, (self.many or 24) + 1):
            if i in self.killed:
                continue
            row = {"id": i, "service": names[i % 4],
                   "peer": f"192.0.2.{i % 250}:{40000 + i % 20000}",
                   "listen": "0.0.0.0:7", "pid": 4000 + i,
                   "start": stamp(START - i), "cookie": 81234 + i,
                   "age": time.time() - START + (self.many or 24) - i}
            if i % 9 == 0:
                row["ending"] = "runtime"
            if i % 5 == 0:
                row["peer"] = f"[2001:db8:85a3::8a2e:370:{i % 9999}]:50123"
            if i == 3 and "hostile" in self.modes:
                row["peer"] = HOSTILE
            if i == 4 and "hostile" in self.modes:
                del row["peer"], row["pid"], row["age"]
            yield dump(row)

    def metrics(self, _words):
        yield "# HELP superd_build_info What runs: \"superd\"."
        yield "# TYPE superd_build_info gauge"
        yield 'superd_build_info{version="0.5"} 1'
        yield "# HELP superd_accepted_total Connections taken."
        yield "# TYPE superd_accepted_total counter"
        for row in self.services():
            yield 'superd_accepted_total{service="%s"} %d' % (
                row["service"], row["accepted"])
        yield "# HELP superd_sources_banned Bans now."
        yield "# TYPE superd_sources_banned gauge"
        yield "superd_sources_banned 2"
        yield "# HELP superd_bans_total Bans made."
        yield "# TYPE superd_bans_total counter"
        yield "superd_bans_total 7"
        yield "# HELP superd_connections_live Connections now."
        yield "# TYPE superd_connections_live gauge"
        yield "superd_connections_live 332"
        yield "# HELP superd_spawn_latency_seconds From accept to exec."
        yield "# TYPE superd_spawn_latency_seconds histogram"
        for le, count in ("0.001", 3), ("0.01", 5), ("+Inf", 6):
            yield ('superd_spawn_latency_seconds_bucket'
                   '{service="echo",le="%s"} %d' % (le, count))
        yield 'superd_spawn_latency_seconds_sum{service="echo"} 0.0281'
        yield 'superd_spawn_latency_seconds_count{service="echo"} 6'
        yield "# HELP process_cpu_seconds_total Processor time."
        yield "# TYPE process_cpu_seconds_total counter"
        yield f"process_cpu_seconds_total {time.time() - START:.2f}"

    def kill(self, words):
        if words[1] == "id:0":
            raise KeyError("there is no connection 0")
        if words[1].startswith("id:"):
            self.killed.add(int(words[1][3:]))
        yield dump({"killed": 1})

    def turn(self, state, words):
        if words[1] not in (row["service"] for row in self.services()):
            raise KeyError(f"there is no service '{words[1]}'")
        self.states[words[1]] = state
        return self.status(words)

    def reload(self, _words):
        yield dump({"file": "/etc/superd.ini", "line": 14, "mistake": True,
                    "text": "unknown key \"lisen\""})
        raise ValueError("the configuration has mistakes")

    def answer(self, line):
        words = line.split("\t")
        turns = {"pause": "paused", "disable": "disabled",
                 "resume": "running", "enable": "running"}
        if words[0] not in ("status", "list", "metrics", "ping"):
            print("asked", *words, flush=True)
        if "denied" in self.modes:
            return [".error denied only some may look"]
        if "garbage" in self.modes:
            return ["x" * 40000]
        if "huge" in self.modes:
            return [*(dump({"id": i, "text": "x" * 16000})
                      for i in range(1, 4301)), ".ok"]
        try:
            if words[0] in turns:
                return [*self.turn(turns[words[0]], words), ".ok"]
            if words[0] in ("status", "list", "metrics", "kill", "reload"):
                lines = []
                try:
                    for piece in getattr(self, words[0])(words):
                        lines.append(piece)
                except ValueError as mistake:
                    return [*lines, f".error refused {mistake}"]
                return [*lines, ".ok"]
            return [f".error usage no such command: {words[0]}"]
        except KeyError as missing:
            return [f".error missing {missing.args[0]}"]


def serve(superd, conn):
    stream = conn.makefile("rwb")
    try:
        for line in stream:
            if "dumb" in superd.modes:
                continue
            if "hangup" in superd.modes:
                break
            answer = superd.answer(line.decode().rstrip("\n"))
            stream.write("".join(f"{row}\n" for row in answer).encode())
            stream.flush()
            if "impatient" in superd.modes:
                break
    except OSError:
        pass
    try:
        conn.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def main():
    path, *modes = sys.argv[1:]
    superd = Superd(modes)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        os.chmod(path, 0o666)
        listener.listen(64)
        print("ready", flush=True)
        while True:
            conn, _ = listener.accept()
            if "unread" in superd.modes:
                with conn:
                    conn.sendall(b".error denied only some may look\n")
                continue
            threading.Thread(target=serve, args=(superd, conn),
                             daemon=True).start()


if __name__ == "__main__":
    main()
