#!/usr/bin/env python3
"""./dev bench calls: INVITE, 180, 200, ACK, BYE, 200 into a server's side; calls a CPU second of the server's process."""

import benchlib


def run():
    args = benchlib.parse_args(__doc__)
    n = args.count or 100000
    subjects = [
        benchlib.Subject("parley", lambda port: [f"{args.build}/tests/bench/calls_parley", port]),
        benchlib.Subject("sipp", lambda port: ["sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", port, "-nostdin", "-trace_screen", "-screen_file",
                                               "/dev/null", "-buff_size", 8388608]),
    ]
    results, facts = benchlib.server_bench(args, "calls", "calls", subjects, {"default": n, "sipp": max(1000, n // 3)})
    facts["packages"] = benchlib.package_versions("sip-tester")
    benchlib.report(args, "calls", "calls per CPU second of the server", results, facts)


benchlib.main(run)
