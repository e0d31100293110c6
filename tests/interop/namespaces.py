#!/usr/bin/env python3
"""Hosts with several addresses, and with addresses that change: in networks of the test's own, skipped where there can be none."""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from programs import Failed, Phone, Process, run_cases, stop_all, wait_until  # noqa: E402

PHONE, PROXY = sys.argv[1:3]
SKIPPED = 77

# Asks each address given for its options; says where the answer came from.
ASK = """
import os, socket, sys
for i, host in enumerate(sys.argv[1:]):
    s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(5)
    s.connect((host, 5060)) if "%" in host else s.bind(("", 0))
    bracketed = f"[{host}]" if ":" in host else host
    s.sendto((f"OPTIONS sip:{bracketed} SIP/2.0\\r\\nVia: SIP/2.0/UDP 192.0.2.250:9;rport;branch=z9hG4bKask{os.getpid()}.{i}\\r\\n"
              "From: <sip:ask@example.com>;tag=1\\r\\nTo: <sip:you@example.com>\\r\\nMax-Forwards: 70\\r\\n"
              f"Call-ID: {os.getpid()}.{i}\\r\\nCSeq: 1 OPTIONS\\r\\nContent-Length: 0\\r\\n\\r\\n").encode(), (host, 5060))
    answer, source = s.recvfrom(65536)
    print(host, "answered by", source[0], answer.split(b"\\r\\n")[0].decode(), flush=True)
"""

# Says what the first INVITE looks like, and is busy.
BUSY = """
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 5060))
print("ready", flush=True)
text, source = s.recvfrom(65536)
lines = text.decode().split("\\r\\n")
print("source", source[0], flush=True)
for line in lines:
    if line.startswith(("Via:", "Contact:", "c=")):
        print(line, flush=True)
kept = [line for line in lines if line.startswith(("Via:", "From:", "To:", "Call-ID:", "CSeq:"))]
s.sendto("\\r\\n".join(["SIP/2.0 486 Busy Here", *kept, "Content-Length: 0", "", ""]).encode(), source)
s.recvfrom(65536)
print("done", flush=True)
"""


def move_to_a_network_of_its_own():
    """Begin anew where the addresses of the documentation are nobody else's. False where that is not allowed."""
    if "PARLEY_OWN_NETWORK" in os.environ:
        return True
    for way in (["unshare", "-n"], ["unshare", "-rn"]):
        if subprocess.run([*way, "ip", "link", "set", "lo", "up"], check=False, stderr=subprocess.DEVNULL).returncode == 0:
            os.environ["PARLEY_OWN_NETWORK"] = "1"
            os.execvp("unshare", [*way, sys.executable, *sys.argv])
    return False


def ip(words, enter=()):
    subprocess.run([*enter, "ip", *words.split()], check=True)


class Cable:
    """An interface `name` here with the addresses `near`; at its other end another host with `far`."""

    def __init__(self, name, near, far):
        self.name = name
        self.holder = subprocess.Popen(["unshare", "-n", "sleep", "300"])
        here = os.readlink("/proc/self/ns/net")
        wait_until(lambda: os.readlink(f"/proc/{self.holder.pid}/ns/net") != here, "another network")
        self.enter = ["nsenter", "-t", str(self.holder.pid), "-n"]
        ip(f"link add {name} type veth peer name far netns {self.holder.pid}")
        for where, device, addresses in (((), name, near), (self.enter, "far", far)):
            ip(f"link set {device} addrgenmode none", where)
            ip("link set lo up", where)
            for address in addresses:
                ip(f"addr add {address} dev {device}" + (" nodad" if ":" in address else ""), where)
            ip(f"link set {device} up", where)

    def script(self, text, *args):
        return Process("far", [*self.enter, sys.executable, "-c", text, *args])

    def phone(self, user, *options):
        phone = Phone.__new__(Phone)
        phone.events = []
        Process.__init__(phone, user, [*self.enter, PHONE, "--aor", f"sip:{user}@example.com", "--json", *options])
        return phone

    def kill(self):
        """Its end of the cable goes with the other host, once nobody is there any more."""
        subprocess.run(["ip", "link", "del", self.name], check=False, stderr=subprocess.DEVNULL)
        self.holder.kill()
        self.holder.wait()


def answers_from_where_it_was_asked():
    hosts = ["192.0.2.1", "192.0.2.2", "2001:db8:1::1", "2001:db8:1::2"]
    cable = bob = None
    try:
        cable = Cable("one", ["192.0.2.1/24", "192.0.2.2/24", "2001:db8:1::1/64", "2001:db8:1::2/64"],
                      ["192.0.2.10/24", "2001:db8:1::10/64"])
        bob = Phone(PHONE, "bob", listen=("udp:*:5060", "udp:[::]:5060"))
        bob.address()
        far = cable.script(ASK, *hosts)
        for host in hosts:
            far.expect_line(f"{host} answered by {host} SIP/2.0 200")
        local = Process("local", [sys.executable, "-c", ASK, "127.0.0.2", "127.0.0.3", "::1"])
        for host in ("127.0.0.2", "127.0.0.3", "::1"):
            local.expect_line(f"{host} answered by {host} SIP/2.0 200")
        bob.quit()
    finally:
        stop_all(bob, cable)


def says_the_same_everywhere(listen, listen6):
    """A call on either way out: Via, Contact and the media's address are that of the interface it leaves by."""
    ways = [("192.0.2.10", "192.0.2.1"), ("198.51.100.10", "198.51.100.1"),
            ("2001:db8:1::10", "2001:db8:1::1"), ("2001:db8:2::10", "2001:db8:2::1")]
    one = two = bob = None
    try:
        one = Cable("one", ["192.0.2.1/24", "2001:db8:1::1/64"], ["192.0.2.10/24", "2001:db8:1::10/64"])
        two = Cable("two", ["198.51.100.1/24", "2001:db8:2::1/64"], ["198.51.100.10/24", "2001:db8:2::10/64"])
        bob = Phone(PHONE, "bob", listen=(*listen, *listen6))
        bob.address()
        for far_host, near_host in ways:
            if ":" in far_host and not listen6:
                continue
            peer = (one if far_host.startswith(("192", "2001:db8:1")) else two).script(BUSY, far_host)
            peer.expect_line("ready")
            in_uri = f"[{far_host}]" if ":" in far_host else far_host
            bob.say(f"call sip:carol@{in_uri}")
            bob.expect("terminated", code=486)
            peer.expect_line("done")
            said = "\n".join(peer.lines)
            host = f"[{near_host}]" if ":" in near_host else near_host
            family = "IP6" if ":" in near_host else "IP4"
            for wanted in (f"source {near_host}\n", f"Via: SIP/2.0/UDP {host}:5060;", f"@{host}:5060>", f"c=IN {family} {near_host}\n"):
                if wanted not in said:
                    raise Failed(f"towards {far_host} '{wanted}' was not said:\n{said}")
        bob.quit(1)  # its last call failed
    finally:
        stop_all(bob, one, two)


def follows_its_address(listen):
    """bob is registered and in a call when his address changes: he registers anew, the call goes on, and he is found."""
    cable = proxy = alice = bob = None
    try:
        cable = Cable("one", ["192.0.2.1/24"], ["192.0.2.10/24"])
        proxy = Process("proxy", [*cable.enter, PROXY, "--domain", "example.com", "--listen", "udp:192.0.2.10:5060"])
        proxy.expect_line("listening")
        alice = cable.phone("alice", "--proxy", "sip:192.0.2.10;lr", "--listen", "udp:192.0.2.10:5070")
        bob = Phone(PHONE, "bob", "--proxy", "sip:192.0.2.10;lr", listen=listen)
        for phone in (alice, bob):
            phone.say("register")
            phone.expect("registered")
        bob.say("call sip:alice@example.com")
        alice.expect("incoming")
        alice.say("answer")
        for phone in (alice, bob):
            phone.expect("connected")
        before = len(bob.lines)
        ip("addr add 192.0.2.77/24 dev one")
        ip("addr del 192.0.2.1/24 dev one")
        # Deleting the first address of a network may take the others along.
        if "192.0.2.77" not in subprocess.run(["ip", "addr", "show", "dev", "one"], capture_output=True, text=True, check=True).stdout:
            ip("addr add 192.0.2.77/24 dev one")
        # The call and the registration, whichever is first.
        wait_until(lambda: {"moved", "registered"} <= {json.loads(line)["event"] for line in bob.lines[before:]}, "bob's moving")
        alice.say("hangup")  # her BYE goes where he is now
        for phone in (alice, bob):
            phone.expect("terminated")
        alice.say("call sip:bob@example.com")
        bob.expect("incoming")
        bob.say("answer")
        alice.expect("connected")
        bob.say("hangup")
        alice.expect("terminated")
        alice.quit()
        bob.quit()
    finally:
        stop_all(proxy, alice, bob, cable)


if __name__ == "__main__":
    if not move_to_a_network_of_its_own():
        print("no network namespace can be had here")
        sys.exit(SKIPPED)
    sys.exit(run_cases([
        ("a host with two addresses answers from the one asked", answers_from_where_it_was_asked),
        ("one socket, two ways out", lambda: says_the_same_everywhere(("udp:*:5060",), ("udp:[::]:5060",))),
        ("a socket for each address", lambda: says_the_same_everywhere(
            ("udp:192.0.2.1:5060", "udp:198.51.100.1:5060"), ("udp:[2001:db8:1::1]:5060", "udp:[2001:db8:2::1]:5060"))),
        ("a socket for each interface", lambda: says_the_same_everywhere(("udp:*%one:5060", "udp:*%two:5060"), ())),
        ("the address changes under a socket for all", lambda: follows_its_address(("udp:*:5060",))),
        ("the address of an interface changes", lambda: follows_its_address(("udp:one:5060",))),
    ]))
