#!/usr/bin/env python3
"""./dev bench udp: datagrams into the UDP transport alone and back; messages a CPU second of its process, beside the bare limit."""

import json
import os
import statistics
import subprocess

import benchlib

SIZES = (320, 900, 1300)
WINDOW = 256
ROUNDS = 9  # short ones, so that what else the machine does weighs on both alike


def drive(build, subject, size, count):
    """Messages a CPU second of the subject over one run."""
    before = benchlib.cpu_seconds(subject.child.pid)
    out = subprocess.run([f"{build}/tests/bench/udp_driver", str(subject.port), str(count), str(WINDOW), str(size), str(benchlib.DRIVER_CPU)],
                         capture_output=True, text=True)
    cpu = benchlib.cpu_seconds(subject.child.pid) - before
    if out.returncode != 0:
        raise benchlib.BenchError(f"{subject.name}: {out.stderr.strip()}")
    return json.loads(out.stdout)["finished"] / cpu


def count_mallocs(build, subject):
    mallocs = benchlib.MallocCount(os.path.abspath(f"{build}/tests/bench/libmalloc_count.so"))
    subject.start(env=mallocs.env)
    try:
        drive(build, subject, 900, 10000)
        before = mallocs.read()
        drive(build, subject, 900, 10000)
        return (mallocs.read() - before) / 10000
    finally:
        subject.stop()


def run():
    args = benchlib.parse_args(__doc__)
    build = args.build
    count = args.count or 100000
    subjects = [
        benchlib.Subject("parley", lambda port: [f"{build}/tests/bench/udp_parley", port]),
        benchlib.Subject("limit", lambda port: [f"{build}/tests/bench/udp_limit", port]),
    ]
    facts = benchlib.build_facts(build)
    facts["window"], facts["rounds"] = WINDOW, ROUNDS
    facts["parley_mallocs_each"] = count_mallocs(build, subjects[0])
    samples = {s.name: {f"{size} bytes": [] for size in SIZES} for s in subjects}
    for _ in range(ROUNDS):
        for subject in subjects:
            subject.start()
            try:
                drive(build, subject, SIZES[0], count // 10)
                for size in SIZES:
                    samples[subject.name][f"{size} bytes"].append(drive(build, subject, size, count))
            finally:
                subject.stop()
    facts["of_the_limit"] = {case: round(statistics.median(ours / bare for ours, bare in zip(values, samples["limit"][case])), 3)
                             for case, values in samples["parley"].items()}  # round by round
    results = {s: {case: benchlib.summarize(values) for case, values in cases.items()} for s, cases in samples.items()}
    benchlib.report(args, "udp", "messages in and out per CPU second", results, facts)


benchlib.main(run)
