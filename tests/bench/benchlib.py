"""What the benches share: subjects started and pinned, the template driver, CPU time by process, interleaved rounds, table and JSON."""

import argparse
import json
import math
import mmap
import os
import platform
import shlex
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
WINDOW = 64
DRIVER_CPU, SUBJECT_CPU = 0, 1


class BenchError(Exception):
    pass


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def descendants(pid):
    """The process and all its children and theirs."""
    found = [pid]
    for one in found:
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                with open(f"/proc/{one}/task/{task}/children") as file:
                    found += [int(child) for child in file.read().split()]
        except OSError:
            continue
    return found


def cpu_seconds(pid):
    """User and system time of all threads of a process and its descendants, to the nanosecond where the kernel keeps it."""
    total = 0.0
    for one in descendants(pid):
        try:
            tasks = os.listdir(f"/proc/{one}/task")
        except OSError:
            continue
        for task in tasks:
            with open(f"/proc/{one}/task/{task}/schedstat") as file:
                total += int(file.read().split()[0]) / 1e9
    return total


def rss_bytes(pid):
    pages = 0
    for one in descendants(pid):
        with open(f"/proc/{one}/statm") as file:
            pages += int(file.read().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class MallocCount:
    """Counts mallocs in a subject's process while it runs."""

    def __init__(self, library):
        self.file = tempfile.NamedTemporaryFile()
        self.file.write(b"\0" * 8)
        self.file.flush()
        self.map = mmap.mmap(self.file.fileno(), 8)
        self.env = dict(os.environ, LD_PRELOAD=library, PARLEY_MALLOC_COUNT=self.file.name)

    def read(self):
        return struct.unpack("Q", self.map[:8])[0]


class Subject:
    """A server under test: `argv` is a function of its port. Its readiness is asked for by sending it OPTIONS until it answers."""

    def __init__(self, name, argv, probe=True, cwd=None, cpu=SUBJECT_CPU):
        self.name, self.make_argv, self.probe, self.cwd, self.cpu = name, argv, probe, cwd, cpu
        self.child = None

    def start(self, env=None):
        self.port = free_port()
        argv = ["taskset", "-c", str(self.cpu)] + [str(a) for a in self.make_argv(self.port)]
        self.log = tempfile.TemporaryFile()
        self.child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, env=env,
                                      cwd=self.cwd, start_new_session=True)
        self._await_port()

    def _await_port(self):
        wanted = f"{socket.inet_aton('127.0.0.1')[::-1].hex().upper()}:{self.port:04X}"
        for _ in range(200):
            if self.child.poll() is not None:
                self.log.seek(0)
                raise BenchError(f"{self.name} did not start: {self.log.read()[-2000:].decode('utf-8', 'replace')}")
            with open("/proc/net/udp") as file:
                if any(line.split()[1] == wanted for line in file.readlines()[1:]):
                    time.sleep(0.3)
                    return
            time.sleep(0.05)
        raise BenchError(f"{self.name} does not listen on port {self.port}")

    def stop(self):
        if self.child is not None and self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGTERM)
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait()
        self.child = None


def drive(build, flow, subject, count):
    """One run of the template driver against a running subject: what it reports, and the subject's CPU seconds."""
    before = cpu_seconds(subject.child.pid)
    out = subprocess.run([f"{build}/tests/bench/driver", flow, "127.0.0.1", str(subject.port), str(count), str(WINDOW), str(DRIVER_CPU)],
                         capture_output=True, text=True)
    after = cpu_seconds(subject.child.pid)
    if out.returncode != 0:
        raise BenchError(f"{subject.name}: the run failed: {out.stdout.strip()} {out.stderr.strip()}")
    return json.loads(out.stdout), after - before


def package_versions(*names):
    """Debian versions of the peers measured."""
    versions = {}
    for name in names:
        out = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True, text=True)
        versions[name] = out.stdout if out.returncode == 0 else "not installed"
    return versions


def build_facts(build):
    """Compiler, flags and machine."""
    with open(os.path.join(build, "compile_commands.json")) as file:
        command = shlex.split(json.load(file)[0]["command"])
    compiler = command[1] if "ccache" in command[0] else command[0]
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    options = json.loads(subprocess.run(["meson", "introspect", "--buildoptions", build], capture_output=True, text=True, check=True).stdout)
    values = {o["name"]: o["value"] for o in options}
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    return {
        "compiler": version,
        "flags": f"buildtype={values['buildtype']} c_args={values.get('c_args', [])}",
        "kernel": platform.release(),
        "cpu": cpu,
        "cores": os.cpu_count(),
        "window": WINDOW,
        "rounds": ROUNDS,
    }


def summarize(samples):
    """Median, least and most."""
    return {"median": statistics.median(samples), "min": min(samples), "max": max(samples)}


def geometric_mean(values):
    return math.exp(sum(math.log(v) for v in values) / len(values))


def ratios(results):
    """Ours over each subject's: the geometric mean over the cases that both ran."""
    found = {}
    for subject, cases in results.items():
        shared = [case for case in cases if case in results["parley"]]
        if subject != "parley" and shared:
            found[subject] = geometric_mean([results["parley"][c]["median"] / cases[c]["median"] for c in shared])
    return found


def report(args, name, unit, results, facts):
    """A table for people, or one JSON object."""
    ours = ratios(results)
    if args.json:
        plain = {s: {c: v["median"] for c, v in cases.items()} for s, cases in results.items()}
        spread = {s: {c: [v["min"], v["max"]] for c, v in cases.items()} for s, cases in results.items()}
        print(json.dumps({"bench": name, "unit": unit, "results": plain, "ratios": ours, "facts": dict(facts, spread=spread)}))
        return
    print(f"{name}: {unit}; median (least … most) of {facts['rounds']} interleaved rounds")
    for subject, cases in results.items():
        for case, value in cases.items():
            versus = f"   ours is {ours[subject]:.2f} times this" if subject in ours else ""
            print(f"  {subject:10} {case:10} {value['median']:12,.0f}  ({value['min']:,.0f} … {value['max']:,.0f}){versus}")
    for key, value in facts.items():
        print(f"  {key}: {value}")


def parse_args(text):
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("build", help="a build made with -Dbench=true")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--count", type=int, help="how many a run")
    parser.add_argument("--check", action="store_true", help="compare instructions with the table; 1 on a slow-down")
    parser.add_argument("--update", action="store_true", help="write the instructions of this build into the table")
    return parser.parse_args()


INSTRUCTIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instructions.json")
TOLERANCE = 0.05


def build_key(build):
    """What instruction counts depend on: compiler, its version, and the architecture."""
    with open(os.path.join(build, "compile_commands.json")) as file:
        command = shlex.split(json.load(file)[0]["command"])
    compiler = command[1] if "ccache" in command[0] else command[0]
    macros = subprocess.run([compiler, "-dM", "-E", "-x", "c", "/dev/null"], capture_output=True, text=True, check=True).stdout
    defined = dict(line.split(" ", 2)[1:] for line in macros.splitlines() if line.count(" ") > 1)
    name = "clang" if "__clang__" in defined else "gcc"
    parts = ("__clang_major__", "__clang_minor__") if name == "clang" else ("__GNUC__", "__GNUC_MINOR__")
    return f"{name} {'.'.join(defined[part] for part in parts)} {platform.machine()}"


def check_instructions(args, name, measured):
    """Compare with the checked-in table: BenchError with the cases that became slower; a key that it lacks is only told."""
    key = build_key(args.build)
    table = {}
    if os.path.exists(INSTRUCTIONS):
        with open(INSTRUCTIONS) as file:
            table = json.load(file)
    if args.update:
        table.setdefault(name, {})[key] = measured
        with open(INSTRUCTIONS, "w") as file:
            file.write(json.dumps(table, indent=2, sort_keys=True) + "\n")
    known = table.get(name, {}).get(key)
    slower = []
    lines = []
    for case, now in measured.items():
        before = known.get(case) if known else None
        change = f"{before:>9,} -> {now:>9,}  {100 * (now - before) / before:+6.1f} %" if before else f"{'':9}    {now:>9,}"
        lines.append(f"  {name:14} {case:12} {change}")
        if before and now > before * (1 + TOLERANCE):
            slower.append(case)
    text = f"{name}: instructions each, {key}" + ("" if known else " (not in the table: told, not compared)")
    if args.json:
        print(json.dumps({"bench": name, "check": {"key": key, "table": known, "measured": measured, "slower": slower}}))
    else:
        print("\n".join([text] + lines))
    if slower:
        raise BenchError(f"{name}: more than {100 * TOLERANCE:.0f} % more instructions than {os.path.basename(INSTRUCTIONS)} says: "
                         f"{', '.join(slower)}")


def server_bench(args, name, flow, subjects, counts):
    """Interleaved rounds over servers of one kind, the bare limit among them. Returns (results, facts)."""
    build = args.build
    malloc_library = os.path.abspath(f"{build}/tests/bench/libmalloc_count.so")
    samples, facts = {}, build_facts(build)
    first, rest = subjects[0], subjects[1:]
    mallocs = MallocCount(malloc_library)
    first.start(env=mallocs.env)
    try:  # warm-up, and what our answers measure: the limit sends as many bytes
        sizes, _ = drive(build, flow, first, 20000)
        before = mallocs.read()
        drive(build, flow, first, 20000)
        facts["parley_mallocs_each"] = (mallocs.read() - before) / 20000
    finally:
        first.stop()
    limit = Subject("limit", lambda port: [f"{build}/tests/bench/limit", port, round(sizes["provisional_bytes"]), round(sizes["final_bytes"]),
                                           round(sizes["bye_bytes"])])
    facts["response_bytes"] = {k: sizes[k] for k in ("provisional_bytes", "final_bytes", "bye_bytes")}
    for _ in range(ROUNDS):
        for subject in [first, limit] + rest:
            subject.start()
            try:
                count = counts.get(subject.name, counts["default"])
                drive(build, flow, subject, max(1000, count // 10))
                run, cpu = drive(build, flow, subject, count)
                samples.setdefault(subject.name, []).append(run["finished"] / cpu)
                facts.setdefault("repeats", {})[subject.name] = run["repeats"]
                facts.setdefault("rss_bytes", {})[subject.name] = rss_bytes(subject.child.pid)
            finally:
                subject.stop()
    return {s: {flow: summarize(v)} for s, v in samples.items()}, facts


def main(run):
    try:
        run()
    except BenchError as why:
        sys.exit(f"bench: {why}")
