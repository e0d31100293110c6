#!/usr/bin/env python3
"""./dev bench transactions: OPTIONS and 200, and INVITE, 200, ACK, BYE and 200, at the transaction layer over UDP loopback, each side by itself
beside the bare limit of that side, which is run before and after: the same messages by the same system calls, without SIP. Runs go on for --seconds (40), so that Timers J, L, M
and K expire at the rate they are set. Then OPTIONS again beside a million idle INVITEs, and the peers on the same work."""

import argparse
import json
import math
import os
import subprocess
import tempfile
import time

import benchlib
from benchlib import BenchError, DRIVER_CPU, SUBJECT_CPU, WINDOW

LIMIT_SECONDS = 5
MESSAGES = {"options": 2, "calls": 5}


class Probe:
    """CPU time and memory of our subject, and what it last said of itself."""

    def __init__(self, pid, log):
        self.pid, self.log = pid, log
        self.first_rss = benchlib.rss_bytes(pid)

    def said(self):
        self.log.seek(0)
        lines = [line for line in self.log.read().decode().splitlines() if line.startswith("{")]
        if not lines:
            raise BenchError("transactions_parley said nothing")
        return json.loads(lines[-1])

    def next_said(self):
        """What it says next: it does so once a second."""
        before = self.log.seek(0, os.SEEK_END)
        for _ in range(300):
            if self.log.seek(0, os.SEEK_END) != before:
                return self.said()
            time.sleep(0.01)
        raise BenchError("transactions_parley has fallen silent")

    def memory(self):
        live = self.said()["live"]
        grown = benchlib.rss_bytes(self.pid) - self.first_rss
        return {"live": live, "bytes_each": round(grown / live) if live > 10000 else None, "rss_mb": round(benchlib.rss_bytes(self.pid) / 1e6)}


def steady(probe, mallocs):
    """Mallocs a flow in a second near the end, live transactions and bytes each then."""
    begin = probe.next_said()["done"]
    first = mallocs.read()
    end = probe.next_said()["done"]
    return dict(probe.memory(), mallocs_each=round((mallocs.read() - first) / max(1, end - begin), 4))


def driver_argv(build, flow, port, count, cpu):
    return [f"{build}/tests/bench/driver", flow, "127.0.0.1", str(port), str(count), str(WINDOW), str(cpu)]


def run_driver(build, flow, port, count, cpu):
    out = subprocess.run(driver_argv(build, flow, port, count, cpu), capture_output=True, text=True)
    if out.returncode != 0:
        raise BenchError(f"the run failed: {out.stdout.strip()} {out.stderr.strip()}")
    return json.loads(out.stdout)


def ours(build):
    return benchlib.Subject("parley", lambda port: [f"{build}/tests/bench/transactions_parley", "server", port])


def limit(build, sizes):
    return benchlib.Subject("limit", lambda port: [f"{build}/tests/bench/limit", port, 0, round(sizes["final_bytes"]), round(sizes["bye_bytes"])])


def bare_server(build, flow, sizes):
    """Flows a CPU second of the bare limit."""
    subject = limit(build, sizes)
    subject.start()
    try:
        run_driver(build, flow, subject.port, 20000, DRIVER_CPU)
        before = benchlib.cpu_seconds(subject.child.pid)
        run = run_driver(build, flow, subject.port, f"{LIMIT_SECONDS}s", DRIVER_CPU)
        return run["finished"] / (benchlib.cpu_seconds(subject.child.pid) - before)
    finally:
        subject.stop()


def measure_server(build, flow, seconds, idle=0):
    """Our server for so many seconds: flows a CPU second, live transactions, bytes each, and mallocs a flow at the end."""
    mallocs = benchlib.MallocCount(os.path.abspath(f"{build}/tests/bench/libmalloc_count.so"))
    subject = ours(build)
    subject.start(env=mallocs.env)
    try:
        pid = subject.child.pid
        facts = {}
        probe = Probe(pid, subject.log)
        if idle:
            run_driver(build, "idle", subject.port, idle, DRIVER_CPU)
            time.sleep(1.5)
            facts["idle"] = probe.memory()
        before, begin = benchlib.cpu_seconds(pid), time.monotonic()
        driver = subprocess.Popen(driver_argv(build, flow, subject.port, f"{seconds}s", DRIVER_CPU), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  text=True)
        time.sleep(max(0.0, begin + seconds - 4 - time.monotonic()))
        facts.update(steady(probe, mallocs))
        out, err = driver.communicate()
        spent = benchlib.cpu_seconds(pid) - before
        if driver.returncode != 0:
            raise BenchError(f"the run failed: {out.strip()} {err.strip()}")
        run = json.loads(out)
        facts.update(rate=run["finished"] / spent, finished=run["finished"], repeats=run["repeats"], seconds=round(run["seconds"], 1))
        return facts, run
    finally:
        subject.stop()


def start_responder(build):
    port = benchlib.free_port()
    child = subprocess.Popen([f"{build}/tests/bench/responder", str(port), str(DRIVER_CPU)])
    time.sleep(0.3)
    return child, port


def bare_client(build, flow):
    """The driver itself as the client, on the subject's CPU."""
    responder, port = start_responder(build)
    try:
        child = subprocess.Popen(driver_argv(build, flow, port, f"{LIMIT_SECONDS}s", SUBJECT_CPU), stdout=subprocess.PIPE, text=True)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        run = json.loads(child.stdout.read())
        child.stdout.close()
        return run["finished"] / (usage.ru_utime + usage.ru_stime)
    finally:
        responder.terminate()
        responder.wait()


def measure_client(build, flow, seconds):
    mallocs = benchlib.MallocCount(os.path.abspath(f"{build}/tests/bench/libmalloc_count.so"))
    responder, port = start_responder(build)
    log = tempfile.TemporaryFile()
    argv = ["taskset", "-c", str(SUBJECT_CPU), f"{build}/tests/bench/transactions_parley", flow, str(port), str(seconds), str(WINDOW)]
    child = subprocess.Popen(argv, stdout=log, env=mallocs.env)
    try:
        time.sleep(0.2)
        probe = Probe(child.pid, log)
        time.sleep(seconds - 4)
        facts = steady(probe, mallocs)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise BenchError(f"the client ended with {child.returncode}")
        last = probe.said()
        if last["failed"]:
            raise BenchError(f"transactions failed: {last}")
        facts.update(rate=last["done"] / (usage.ru_utime + usage.ru_stime), finished=last["done"], retransmitted=last["retransmitted"])
        return facts
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        responder.terminate()
        responder.wait()


def peers(build, seconds):
    """Kamailio and SIPp as servers of OPTIONS, flows a CPU second each, where they are installed."""
    here = os.path.dirname(os.path.abspath(__file__))
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        subjects = [
            benchlib.Subject("kamailio", lambda port: ["kamailio", "-f", f"{here}/kamailio-options.cfg", "-DD", "-E", "-m", 6144, "-M", 64,
                                                       "-A", f"LPORT={port}", "-x", "fm", "-X", "fm", "-Y", scratch, "-P", f"{scratch}/pid"]),
            benchlib.Subject("sipp", lambda port: ["sipp", "-sf", f"{here}/sipp_options_uas.xml", "-i", "127.0.0.1", "-p", port, "-nostdin",
                                                   "-trace_screen", "-screen_file", "/dev/null", "-buff_size", 8388608]),
        ]
        for subject in subjects:
            subject.start()
            try:
                run_driver(build, "options", subject.port, 5000, DRIVER_CPU)
                before = benchlib.cpu_seconds(subject.child.pid)
                run = run_driver(build, "options", subject.port, f"{seconds}s", DRIVER_CPU)
                found[subject.name] = run["finished"] / (benchlib.cpu_seconds(subject.child.pid) - before)
            finally:
                subject.stop()
    return found


def line(name, facts, bare):
    each = f"{facts['bytes_each']:,} bytes each" if facts["bytes_each"] else ""
    return (f"  {name:16} {facts['rate']:10,.0f}  of {bare:10,.0f}  {100 * facts['rate'] / bare:5.1f} %   {facts['live']:>9,} live  {each}"
            f"  {facts['mallocs_each']} mallocs a flow")


def measure(args):
    build, seconds = args.build, args.seconds
    results = {}
    for flow in ("options", "calls"):
        sizes = measure_server(build, flow, 5)[1]
        bare = [bare_server(build, flow, sizes)]
        facts, sizes = measure_server(build, flow, seconds)
        bare.append(bare_server(build, flow, sizes))
        results[f"{flow} server"] = dict(facts, bare=sum(bare) / 2, response_bytes={k: sizes[k] for k in ("final_bytes", "bye_bytes")})
        bare = [bare_client(build, flow)]
        facts = measure_client(build, flow, seconds)
        bare.append(bare_client(build, flow))
        results[f"{flow} client"] = dict(facts, bare=sum(bare) / 2)
    if args.idle:
        with_idle = []
        without = []
        for _ in range(args.idle_rounds):
            without.append(measure_server(build, "options", seconds)[0]["rate"])
            facts, _ = measure_server(build, "options", seconds, idle=args.idle)
            with_idle.append(facts["rate"])
        results["idle"] = dict(facts, rate=max(with_idle), bare=max(without), added=args.idle)
    return results


def report(args, results, others, facts):
    shares = {name: r["rate"] / r["bare"] for name, r in results.items()}
    mean = math.exp(sum(math.log(shares[n]) for n in shares if n != "idle") / len([n for n in shares if n != "idle"]))
    if args.json:
        print(json.dumps({"bench": "transactions", "unit": "flows a CPU second", "results": results, "shares": shares, "mean_share": mean,
                          "peers": others, "facts": facts}))
        return
    print(f"transactions: flows a CPU second of one side, of the bare limit's, over {args.seconds} s")
    for name, r in results.items():
        if name != "idle":
            print(line(name, r, r["bare"]))
    print(f"  geometric mean of the four: {100 * mean:.1f} % of the bare limit")
    if "idle" in results:
        r = results["idle"]
        print(f"  options server beside {r['added']:,} idle INVITEs ({r['idle']['bytes_each']:,} bytes each): {r['rate']:,.0f} of {r['bare']:,.0f}, "
              f"{100 * shares['idle']:.1f} %")
    for name, rate in others.items():
        print(f"  {name}: {rate:,.0f} OPTIONS a CPU second as a server; ours is {results['options server']['rate'] / rate:.1f} times that")
    for key, value in facts.items():
        print(f"  {key}: {value}")


def run():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", help="a build made with -Dbench=true")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--seconds", type=int, default=40, help="how long each run of ours goes on")
    parser.add_argument("--idle", type=int, default=1000000, help="how many idle INVITEs; 0: without that part")
    parser.add_argument("--idle-rounds", type=int, default=1, help="how often that is measured, with and without by turns")
    args = parser.parse_args()
    results = measure(args)
    others = peers(args.build, min(args.seconds, 10))
    facts = benchlib.build_facts(args.build)
    facts["packages"] = benchlib.package_versions("kamailio", "sip-tester")
    report(args, results, others, facts)


benchlib.main(run)
