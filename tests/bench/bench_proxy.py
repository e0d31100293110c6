#!/usr/bin/env python3
"""./dev bench proxy: calls through a record-routing, stateful proxy, SIPp at both ends; calls a CPU second of the proxy's process."""

import os
import socket
import subprocess
import tempfile

import benchlib

RATE = 4000  # calls a second that SIPp offers: below what any of the proxies can take with a processor of its own
USER = "service"


def sipp(here, scenario, *words):
    return ["sipp", "-sf", f"{here}/sipp_rr_{scenario}.xml", "-i", "127.0.0.1", "-nostdin", "-buff_size", "8388608",
            "-trace_screen", "-screen_file", "/dev/null", *[str(word) for word in words]]


def register(port, contact_port):
    """Have the registrar of the proxy at `port` know where the user is."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        s.settimeout(5)
        here = f"127.0.0.1:{s.getsockname()[1]}"
        aor = f"sip:{USER}@127.0.0.1:{port}"
        s.sendto((f"REGISTER sip:127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bKbench\r\nMax-Forwards: 70\r\n"
                  f"From: <{aor}>;tag=bench\r\nTo: <{aor}>\r\nCall-ID: bench@{here}\r\nCSeq: 1 REGISTER\r\n"
                  f"Contact: <sip:{USER}@127.0.0.1:{contact_port}>\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n").encode(),
                 ("127.0.0.1", port))
        answer = s.recv(65536).decode("utf-8", "replace")
    if not answer.startswith("SIP/2.0 200 "):
        raise benchlib.BenchError(f"the registration was answered {answer.splitlines()[0]}")


def call(here, port, count):
    """`count` calls through the proxy at `port`, each of which must succeed; how many messages were sent again."""
    with tempfile.TemporaryDirectory() as scratch:
        stats = f"{scratch}/stats.csv"
        words = sipp(here, "uac", "-s", USER, "-m", count, "-r", RATE, "-l", 2 * RATE, "-d", 1, "-trace_stat", "-stf", stats,
                     "-timeout_error", "-timeout", f"{60 + 4 * count // RATE}s", f"127.0.0.1:{port}")
        run = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=scratch)
        with open(stats) as file:
            lines = [line.rstrip("\n").split(";") for line in file]
    last = dict(zip(lines[0], lines[-1]))
    good, failed = int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"])
    if run.returncode != 0 or failed != 0 or good != count:
        raise benchlib.BenchError(f"{good} of {count} calls succeeded, {failed} failed: {run.stderr.strip()[-500:]}")
    return int(last["Retransmissions(C)"])


def measure(here, subject, uas_port, count, env=None):
    """Calls a CPU second of one proxy, after some to warm it up, and what else is to be told."""
    subject.start(env=env)
    try:
        if subject.name == "parley":
            register(subject.port, uas_port)
        call(here, subject.port, max(200, count // 10))
        before = benchlib.cpu_seconds(subject.child.pid)
        repeats = call(here, subject.port, count)
        spent = benchlib.cpu_seconds(subject.child.pid) - before
        return count / spent, {"repeats": repeats, "rss_bytes": benchlib.rss_bytes(subject.child.pid)}
    finally:
        subject.stop()


def run():
    args = benchlib.parse_args(__doc__)
    here = os.path.dirname(os.path.abspath(__file__))
    count = args.count or 15000
    samples, facts = {}, benchlib.build_facts(args.build)
    callee = benchlib.Subject("sipp", lambda port: sipp(here, "uas", "-p", port), cpu=benchlib.DRIVER_CPU)
    callee.start()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            subjects = [
                benchlib.Subject("parley", lambda port: [f"{args.build}/apps/proxy/parley-proxy", "--listen", f"udp:127.0.0.1:{port}",
                                                         "--domain", "127.0.0.1"]),
                benchlib.Subject("kamailio", lambda port: ["kamailio", "-f", f"{here}/kamailio-relay.cfg", "-DD", "-E", "-m", 1024, "-M", 32,
                                                           "-A", "CHILDREN=1", "-A", f"LPORT={port}", "-A", f"UASPORT={callee.port}",
                                                           "-x", "fm", "-X", "fm", "-Y", scratch, "-P", f"{scratch}/pid"]),
            ]
            for _ in range(benchlib.ROUNDS):
                for subject in subjects:
                    rate, told = measure(here, subject, callee.port, count)
                    samples.setdefault(subject.name, []).append(rate)
                    for key, value in told.items():
                        facts.setdefault(key, {})[subject.name] = value
    finally:
        callee.stop()
    results = {s: {"calls": benchlib.summarize(v)} for s, v in samples.items()}
    facts["packages"] = benchlib.package_versions("kamailio", "sip-tester")
    benchlib.report(args, "proxy", "calls per CPU second of the proxy", results, facts)


benchlib.main(run)
