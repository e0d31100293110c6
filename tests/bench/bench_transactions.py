#!/usr/bin/env python3
"""./dev bench transactions: OPTIONS and 200 into a server's side; transactions a CPU second of the server's process."""

import os
import tempfile

import benchlib


def run():
    args = benchlib.parse_args(__doc__)
    here = os.path.dirname(os.path.abspath(__file__))
    n = args.count or 200000
    with tempfile.TemporaryDirectory() as scratch:
        subjects = [
            benchlib.Subject("parley", lambda port: [f"{args.build}/tests/bench/transactions_parley", port]),
            benchlib.Subject("kamailio", lambda port: ["kamailio", "-f", f"{here}/kamailio-options.cfg", "-DD", "-E", "-m", 6144, "-M", 64,
                                                       "-A", f"LPORT={port}", "-x", "fm", "-X", "fm", "-Y", scratch, "-P", f"{scratch}/pid"]),
            benchlib.Subject("sipp", lambda port: ["sipp", "-sf", f"{here}/sipp_options_uas.xml", "-i", "127.0.0.1", "-p", port, "-nostdin",
                                                   "-trace_screen", "-screen_file", "/dev/null", "-buff_size", 8388608]),
        ]
        results, facts = benchlib.server_bench(args, "transactions", "options", subjects,
                                               {"default": n, "sipp": max(1000, n // 4)})
    facts["packages"] = benchlib.package_versions("kamailio", "sip-tester")
    benchlib.report(args, "transactions", "transactions per CPU second of the server", results, facts)


benchlib.main(run)
