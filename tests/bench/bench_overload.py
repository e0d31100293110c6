#!/usr/bin/env python3
"""./dev bench overload: three times the calls that a server can answer, for a minute; what it still answers, its memory, and how
soon it is over. Once with an application that works 200 us on each call and callers who heed nothing, once with one that does
nothing but answer and callers who heed what it says of its load (RFC 7339)."""

import json
import os
import subprocess

import benchlib

PEAK_S, TIMES, OVER_S, AFTER_S = 45, 3, 60, 5
# Over which peak and goodput are judged: a second of a shared machine says little. The peak is that of the last stretch, when
# what began first expires, as it does all the time from then on.
STRETCH_S = 10
# Before what else the machine does, where that may be had.
FIRST = ["chrt", "-f", "5"] if os.geteuid() == 0 else []
CASES = {"deaf": 200, "heeding": 0}  # who calls: the server's work on each call in microseconds


def drive(build, case, subject):
    """The driver's seconds, each with the server's memory at its end."""
    seconds = []
    argv = [*FIRST, f"{build}/tests/bench/overload_driver", case, subject.port, benchlib.DRIVER_CPU, PEAK_S, TIMES, OVER_S, AFTER_S]
    with subprocess.Popen([str(word) for word in argv], stdout=subprocess.PIPE, text=True) as driver:
        for line in driver.stdout:
            seconds.append(dict(json.loads(line), rss_bytes=benchlib.rss_bytes(subject.child.pid)))
    if driver.returncode != 0:
        raise benchlib.BenchError(f"{case}: the driver failed")
    return seconds


def stretches(phase):
    """Means of what was finished a second."""
    finished = [s["finished"] for s in phase]
    return [sum(finished[i:i + STRETCH_S]) / STRETCH_S for i in range(len(finished) - STRETCH_S + 1)]


def judge(seconds):
    phase = {name: [s for s in seconds if s["phase"] == name] for name in ("peak", "over", "after")}
    peak = stretches(phase["peak"])[-1]
    goodput = [s["finished"] for s in phase["over"]]
    least = min(stretches(phase["over"]))
    rss = [s["rss_bytes"] for s in phase["over"]]
    over = {key: sum(s[key] for s in phase["over"]) for key in ("started", "held", "refused", "repeated", "given_up", "late")}
    recovered = next((i for i, s in enumerate(phase["after"]) if s["finished"] >= 0.95 * (s["started"] + s["held"])), None)
    return {
        "peak": round(peak),
        "offered": round((over["started"] + over["held"]) / len(goodput)),
        "goodput": round(sum(goodput) / len(goodput)),
        "goodput_of_peak": sum(goodput) / len(goodput) / peak,
        "least_stretch_of_peak": least / peak,
        "over": over,
        "most_setup_ms": max(s["most_setup_ms"] for s in phase["over"]),
        "rss_bytes": {"after_20_s": rss[19], "after_40_s": rss[39], "after_60_s": rss[-1]},
        "recovered_within_s": recovered,
        "meets": {
            "goodput over 80 % of its peak": least / peak >= 0.8,
            "memory bounded": rss[-1] <= 1.1 * rss[39],
            "recovered within a second": recovered is not None and recovered <= 1,
        },
    }


def run():
    args = benchlib.parse_args(__doc__)
    results = {}
    for case, work_us in CASES.items():
        subject = benchlib.Subject("parley", lambda port, work_us=work_us: [*FIRST, f"{args.build}/tests/bench/overload_parley", port, work_us])
        subject.start()
        try:
            results[case] = judge(drive(args.build, case, subject))
        finally:
            subject.stop()
    facts = benchlib.build_facts(args.build)
    if args.json:
        print(json.dumps({"bench": "overload", "unit": "calls answered and ended in a second", "results": results, "facts": facts}))
        return
    print(f"overload: calls answered and ended in a second, {TIMES} times as many offered as the server can for {OVER_S} s")
    for case, result in results.items():
        print(f"  {case}: {CASES[case]} us of work on each call")
        for key, value in result.items():
            print(f"    {key}: {value:.3f}" if isinstance(value, float) else f"    {key}: {value}")
    for key, value in facts.items():
        print(f"  {key}: {value}")


benchlib.main(run)
