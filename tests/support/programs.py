"""Start parley-phone and parley-proxy as real processes, tell them what to do, and see what they report."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time


class Failed(Exception):
    """A step did not happen."""


def free_port(host="127.0.0.1", kinds=(socket.SOCK_DGRAM, socket.SOCK_STREAM), run=1):
    """A port that is free for all of `kinds` just now, as are those after it: `run` in all."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for _ in range(100):
        held = []
        try:
            first = socket.socket(family, kinds[0])
            held.append(first)
            first.bind((host, 0))
            port = first.getsockname()[1]
            for number in range(port, port + run):
                for kind in kinds[1:] if number == port else kinds:
                    other = socket.socket(family, kind)
                    held.append(other)
                    other.bind((host, number))
            return port
        except (OSError, OverflowError):
            continue
        finally:
            for one in held:
                one.close()
    raise Failed("no free port")


def listens(port, kind):
    """True if some process has `port` of 127.0.0.1 or of every address open: kind is "udp", "tcp", "udp6" or "tcp6"."""
    wanted = f":{port:04X}"
    with open(f"/proc/net/{kind}") as file:
        rows = [line.split() for line in file.readlines()[1:]]
    return any(row[1].endswith(wanted) and (kind.startswith("udp") or row[3] == "0A") for row in rows)


def wait_until(condition, what, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Failed(f"{what} did not come true within {seconds} s")
        time.sleep(0.02)


class Process:
    """A child whose output is read line by line, in a thread of its own."""

    def __init__(self, name, argv, echo=False, env=None, stdin=subprocess.PIPE, cwd=None, own_group=False):
        self.name = name
        self.own_group = own_group  # kill() takes its children along
        self.argv = [str(a) for a in argv]
        self.lines = []
        self.echo = echo
        self.fresh = queue.Queue()
        self.child = subprocess.Popen(
            self.argv, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, cwd=cwd,
            start_new_session=own_group
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for raw in self.child.stdout:
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            self.lines.append(line)
            self.fresh.put(line)
            if self.echo:
                print(f"{self.name}: {line}", flush=True)
        self.fresh.put(None)

    def say(self, text):
        try:
            self.child.stdin.write(text.encode() + b"\n")
            self.child.stdin.flush()
        except (BrokenPipeError, ValueError):
            raise Failed(f"{self.name} has gone:\n" + self.tail()) from None

    def tail(self, n=25):
        return "\n".join(f"  {self.name}| {line}" for line in self.lines[-n:])

    def expect_line(self, text, seconds=10):
        """Wait for a line that contains `text` (those already taken do not count again)."""
        end = time.monotonic() + seconds
        while True:
            try:
                line = self.fresh.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise Failed(f"{self.name} did not say '{text}' within {seconds} s:\n" + self.tail()) from None
            if line is None:
                raise Failed(f"{self.name} ended without saying '{text}':\n" + self.tail())
            if text in line:
                return line

    def wait(self, seconds=15):
        """The exit status."""
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed(f"{self.name} did not end within {seconds} s:\n" + self.tail()) from None
        finally:
            self.reader.join(2)

    def terminate(self, seconds=8):
        if self.child.poll() is None:
            self.child.terminate()
        return self.wait(seconds)

    def kill(self):
        if self.child.poll() is None:
            if self.own_group:
                os.killpg(self.child.pid, signal.SIGKILL)
            else:
                self.child.kill()
            self.child.wait()


class Phone(Process):
    """parley-phone with --json, told what to do on standard input."""

    def __init__(self, program, user, *options, domain="example.com", listen=("udp:127.0.0.1:0",), echo=False):
        argv = [program, "--aor", f"sip:{user}@{domain}", "--json"]
        for where in listen:
            argv += ["--listen", where]
        self.events = []
        super().__init__(user, argv + list(options), echo=echo)

    def expect(self, event, seconds=10, **members):
        """Wait for an event with these members; returns it."""
        end = time.monotonic() + seconds
        while True:
            try:
                line = self.fresh.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise Failed(f"{self.name}: no '{event}' {members} within {seconds} s:\n" + self.tail()) from None
            if line is None:
                raise Failed(f"{self.name} ended before '{event}':\n" + self.tail())
            try:
                seen = json.loads(line)
            except ValueError:
                raise Failed(f"{self.name} printed what is no JSON: {line}") from None
            self.events.append(seen)
            if seen["event"] == event and all(seen.get(k) == v for k, v in members.items()):
                return seen

    def address(self):
        """host:port of its first listener."""
        self.say("status")
        return self.expect("status")["listening"][0].split(":", 1)[1]

    def quit(self, status=0):
        self.say("quit")
        got = self.wait()
        if got != status:
            raise Failed(f"{self.name} ended with status {got}, not {status}:\n" + self.tail())


class Proxy(Process):
    """parley-proxy on ports of its own."""

    def __init__(self, program, *options, listen=("udp:127.0.0.1:0",), domain="example.com", echo=False):
        argv = [program, "--domain", domain]
        for where in listen:
            argv += ["--listen", where]
        super().__init__("proxy", argv + list(options), echo=echo)
        self.listeners = [self.expect_line("listening").split()[1:] for _ in listen]

    def address(self, protocol="UDP"):
        return next(addr for name, addr in self.listeners if name == protocol)


class Capture:
    """tshark on loopback: afterwards decode() says what it makes of every SIP message on some ports."""

    def __init__(self, ports):
        self.ports = ports
        self.file = tempfile.NamedTemporaryFile(suffix=".pcap", delete=False)
        self.file.close()
        os.chmod(self.file.name, 0o666)
        wanted = " or ".join(f"port {port}" for port in ports)
        self.dumper = Process("dumpcap", ["dumpcap", "-q", "-i", "lo", "-f", wanted, "-w", self.file.name], stdin=subprocess.DEVNULL)
        self.dumper.expect_line("File:", 15)

    def stop(self):
        time.sleep(1.2)  # dumpcap hands packets over in blocks
        if self.dumper.child.poll() is None:
            self.dumper.child.terminate()
        self.dumper.wait(10)

    def decode(self):
        """(number of SIP messages, list of those marked malformed)"""
        as_sip = []
        for port in self.ports:
            as_sip += ["-d", f"udp.port=={port},sip", "-d", f"tcp.port=={port},sip"]

        def rows(display):
            out = subprocess.run(
                ["tshark", "-n", "-r", self.file.name, *as_sip, "-Y", display, "-T", "fields", "-e", "frame.number",
                 "-e", "udp.srcport", "-e", "tcp.srcport", "-e", "_ws.col.Info"],
                capture_output=True, text=True, check=True)
            return out.stdout.splitlines()

        return len(rows("sip")), rows('_ws.malformed or (sip and _ws.expert.severity == "Error")')

    def check(self, least):
        """Fail unless there were that many messages, none of them malformed; the file stays after a failure."""
        messages, malformed = self.decode()
        if messages < least or malformed:
            raise Failed(f"tshark saw {messages} messages in {self.file.name}, of them malformed: {malformed}")
        os.unlink(self.file.name)


def with_peer(program, protocol, user, start_peer, steps, phone_suffix=""):
    """One case with a phone and a peer called `user` that is no program of ours: `start_peer(scratch, port)` starts it, then
    come `steps(phone, peer, peer's URI, phone's URI)`, and last what tshark makes of all that was sent."""
    port, own = free_port(run=2), free_port()  # baresip takes the next one too, for TLS
    capture = Capture([own, port])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        peer = phone = None
        try:
            peer = start_peer(scratch, port)
            phone = Phone(program, "alice", listen=(f"{protocol}:127.0.0.1:{own}",))
            phone.address()
            steps(phone, peer, f"sip:{user}@127.0.0.1:{port};transport={protocol}", f"sip:alice@127.0.0.1:{own}{phone_suffix}")
            phone.quit()
        except Failed as why:
            raise Failed(f"{why}\n{peer.tail() if peer else ''}") from None
        finally:
            stop_all(phone, peer)
            capture.stop()
    capture.check(6)


def run_cases(cases):
    """Run (name, function) pairs, printing each result; the exit status."""
    failed = 0
    for name, case in cases:
        began = time.monotonic()
        try:
            case()
            print(f"ok      {name} ({time.monotonic() - began:.1f} s)", flush=True)
        except Failed as why:
            failed += 1
            print(f"FAILED  {name}: {why}", flush=True)
    print(f"{len(cases) - failed} of {len(cases)} cases passed")
    return 1 if failed else 0


def stop_all(*processes):
    for process in processes:
        if process is not None:
            process.kill()


if __name__ == "__main__":
    sys.exit("this is a library")
