#!/usr/bin/env python3
"""./dev bench connections: what 10,000 idle TCP connections cost a server in memory and a busy one in time, and whether 1,000 peers that
never finish a message keep a normal one from being served."""

import json
import os
import signal
import socket
import statistics
import subprocess
import time

import benchlib

IDLE, HALF, PATIENCE_MS = 10000, 1000, 3000
MOST_BYTES, MOST_RATIO = 1024, 1.1


class Server:
    """Ours, on a CPU of its own."""

    def __init__(self, build, patience_ms=0):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.child = subprocess.Popen(["taskset", "-c", str(benchlib.SUBJECT_CPU), f"{build}/tests/bench/connections_parley", str(self.port),
                                       str(patience_ms)], stdout=subprocess.PIPE, text=True, start_new_session=True)
        if self.child.stdout.readline().strip() != "ready":
            raise benchlib.BenchError("connections_parley did not start")

    def stop(self):
        """What it says of its connections."""
        os.kill(self.child.pid, signal.SIGTERM)
        out, _ = self.child.communicate(timeout=20)
        return json.loads(out.strip().splitlines()[-1])


class Driver:
    """The client: one line in, one line out."""

    def __init__(self, build, server):
        self.child = subprocess.Popen(["taskset", "-c", str(benchlib.DRIVER_CPU), f"{build}/tests/bench/connections_driver", str(server.port)],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)

    def ask(self, line):
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        answer = self.child.stdout.readline().strip()
        if not answer:
            raise benchlib.BenchError(f"connections_driver ended at '{line}'")
        return answer

    def busy(self, count):
        return [float(value) for value in self.ask(f"busy {count}").split()]

    def stop(self):
        self.child.stdin.close()
        self.child.wait(20)


def pair(build, patience_ms=0):
    server = Server(build, patience_ms)
    return server, Driver(build, server)


def idle_bench(build, count):
    """Bytes a connection, and the percentiles of the busy one beside none and beside all of them, in rounds by turns."""
    alone, crowded = pair(build), pair(build)
    alone[1].busy(2000)
    crowded[1].busy(2000)
    before = benchlib.rss_bytes(crowded[0].child.pid)
    crowded[1].ask(f"idle {IDLE}")
    time.sleep(1)
    grown = benchlib.rss_bytes(crowded[0].child.pid) - before
    rounds = {"alone": [], "crowded": []}
    for _ in range(2 * benchlib.ROUNDS):
        for name, (server, driver) in (("alone", alone), ("crowded", crowded)):
            cpu = benchlib.cpu_seconds(server.child.pid)
            values = driver.busy(count)
            rounds[name].append(values + [(benchlib.cpu_seconds(server.child.pid) - cpu) / count * 1e6])
    for server, driver in (alone, crowded):
        driver.stop()
        stats = server.stop()
    return grown / IDLE, rounds, stats


def half_bench(build, count):
    """A normal client while others never finish a message, until the server has had enough of them."""
    server, driver = pair(build, PATIENCE_MS)
    driver.busy(2000)
    driver.ask(f"half {HALF}")
    begun = time.monotonic()
    rounds = []
    while time.monotonic() - begun < PATIENCE_MS / 1000 + 3:
        rounds.append(driver.busy(count))
    closed = int(driver.ask("closed"))
    driver.stop()
    return rounds, closed, server.stop()


def go_first():
    """Percentiles are the server's, not those of whatever else runs here: server and client go first where that is permitted."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        return True
    except PermissionError:
        return False


def median(rounds, which):
    return statistics.median(values[which] for values in rounds)


def run():
    args = benchlib.parse_args(__doc__)
    count = args.count or 10000
    first = go_first()
    each, rounds, _ = idle_bench(args.build, count)
    half, closed, stats = half_bench(args.build, count)
    ratio = median(rounds["crowded"], 1) / median(rounds["alone"], 1)
    found = {
        "idle": IDLE,
        "bytes_each": round(each),
        "p50_us": {name: median(values, 0) for name, values in rounds.items()},
        "p99_us": {name: median(values, 1) for name, values in rounds.items()},
        "real_time": first,
        "p99_ratio": round(ratio, 3),
        "cpu_us": {name: round(median(values, 3), 2) for name, values in rounds.items()},
        "half": {"peers": HALF, "p50_us": median(half, 0), "p99_us": median(half, 1), "longest_us": max(values[2] for values in half),
                 "closed_by_server": closed, "server": stats},
    }
    if args.json:
        print(json.dumps({"bench": "connections", "unit": "bytes, microseconds", "results": found, "facts": benchlib.build_facts(args.build)}))
    else:
        print(f"connections: {IDLE:,} idle ones cost {each:,.0f} bytes each in the server; a busy one beside them, request to answer:")
        for name, values in rounds.items():
            print(f"  {name:10} median {median(values, 0):7.1f} µs   99th percentile {median(values, 1):7.1f} µs   "
                  f"CPU of the server {median(values, 3):5.1f} µs   (median of {len(values)} rounds)")
        print(f"  ratio of the 99th percentiles: {ratio:.3f}{'' if first else ' (not permitted to go before other work, which shows in them)'}")
        print(f"  beside {HALF:,} that never finish a message: median {median(half, 0):.1f} µs, 99th percentile {median(half, 1):.1f} µs; "
              f"closed by the server {closed:,} ({stats['silent']:,} silent, {stats['slow']:,} slow)")
    if each > MOST_BYTES or ratio > MOST_RATIO or closed != HALF:
        raise benchlib.BenchError(f"wanted: at most {MOST_BYTES} bytes, a ratio of at most {MOST_RATIO}, {HALF} closed")


benchlib.main(run)
