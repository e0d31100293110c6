#!/usr/bin/env python3
"""./dev bench parse: parse a message as a transport does, validate it, read seven values, free it; messages a CPU second."""

import os
import re
import subprocess
import tempfile

import benchlib

CASES = ["a_invite", "b_200", "c_register", "d_bye", "e_options"]
PEERS = {"sofia": "libsofia-sip-ua-dev", "osip": "libosip2-dev", "re": "libre-dev", "bellesip": "libbellesip-dev"}
HERE = os.path.dirname(os.path.abspath(__file__))
ROUND_SECONDS = 0.2


class Parser:
    """A subject: a program that parses one file so many times."""

    def __init__(self, build, name):
        self.name, self.program = name, f"{build}/tests/bench/parse_{name}"

    def is_built(self):
        return os.path.exists(self.program)

    def argv(self, case, count):
        return [self.program, f"{HERE}/msgs/{case}.sip", str(count)]

    def run(self, argv, env=None):
        out = subprocess.run(argv, capture_output=True, text=True, env=env)
        if out.returncode != 0:
            raise benchlib.BenchError(f"{self.name}: {' '.join(argv)}: {out.stderr.strip()[-1000:]}")
        return out

    def nanoseconds(self, case, count):
        pinned = ["taskset", "-c", str(benchlib.SUBJECT_CPU)]
        return float(self.run(pinned + self.argv(case, count)).stdout)

    def _each(self, case, few, many, measure):
        """What a message costs: the difference of two runs, so that start and end of the process do not count."""
        return (measure(self.argv(case, many)) - measure(self.argv(case, few))) / (many - few)

    def instructions(self, case):
        def measure(argv):
            with tempfile.NamedTemporaryFile() as out:
                done = self.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}"] + argv)
            return int(re.search(r"Collected : (\d+)", done.stderr).group(1))

        return self._each(case, 10, 60, measure)

    def mallocs(self, case, library):
        def measure(argv):
            counter = benchlib.MallocCount(library)
            self.run(argv, env=counter.env)
            return counter.read()

        return self._each(case, 10, 60, measure)


def table_of(build):
    parser = Parser(build, "parley")
    return {case: round(parser.instructions(case)) for case in CASES}


def measure_rounds(args, parsers):
    """Five rounds, all subjects in each, so that what else the machine does meets all of them."""
    counts = {(p.name, c): max(20, int(ROUND_SECONDS * 1e9 / p.nanoseconds(c, 200))) for p in parsers for c in CASES}
    samples = {p.name: {c: [] for c in CASES} for p in parsers}
    for _ in range(benchlib.ROUNDS):
        for case in CASES:
            for parser in parsers:
                count = args.count or counts[parser.name, case]
                samples[parser.name][case].append(1e9 / parser.nanoseconds(case, count))
    return {name: {case: benchlib.summarize(rates) for case, rates in cases.items()} for name, cases in samples.items()}


def run():
    args = benchlib.parse_args(__doc__)
    if args.check or args.update:
        benchlib.check_instructions(args, "parse", table_of(args.build))
        return
    parsers = [p for p in (Parser(args.build, n) for n in ["parley", "limit", *PEERS]) if p.is_built()]
    facts = benchlib.build_facts(args.build)
    library = os.path.abspath(f"{args.build}/tests/bench/libmalloc_count.so")
    facts["packages"] = benchlib.package_versions(*PEERS.values(), "valgrind")
    facts["message_bytes"] = {case: os.path.getsize(f"{HERE}/msgs/{case}.sip") for case in CASES}
    facts["instructions_each"] = {p.name: {c: round(p.instructions(c)) for c in CASES} for p in parsers}
    facts["mallocs_each"] = {p.name: {c: p.mallocs(c, library) for c in CASES} for p in parsers}
    benchlib.report(args, "parse", "messages per CPU second", measure_rounds(args, parsers), facts)


benchlib.main(run)
