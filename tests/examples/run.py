#!/usr/bin/env python3
"""The programs of docs/examples, run: parley-phone and parley-proxy are at the other end."""

import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from programs import Failed, Phone, Process, Proxy, free_port, listens, run_cases, stop_all, wait_until  # noqa: E402

WHAT, EXAMPLE, PHONE, PROXY = sys.argv[1:5]


def end_with(process, signum, status):
    process.child.send_signal(signum)
    got = process.wait()
    if got != status:
        raise Failed(f"{process.name} ended with {got}, not {status}:\n" + process.tail())


def call_it(listen, uri):
    """alice calls an example that answers, and hangs up."""
    alice = Phone(PHONE, "alice", listen=(listen,))
    try:
        alice.say(f"call {uri}")
        alice.expect("connected")
        alice.say("hangup")
        alice.expect("terminated")
        alice.quit()
    finally:
        stop_all(alice)


def answer():
    port = free_port()
    for where in (f"udp:127.0.0.1:{port}", f"tcp:127.0.0.1:{port}"):
        program = Process("answer", [EXAMPLE, where])
        protocol = where.split(":")[0]
        try:
            program.expect_line("listening on")
            call_it(f"{protocol}:127.0.0.1:0", f"sip:bob@127.0.0.1:{port};transport={protocol}")
            program.expect_line("call from sip:alice@example.com")
            program.expect_line("connected with")
            program.expect_line("ended:")
            end_with(program, signal.SIGINT, 0)
        finally:
            stop_all(program)


def answer_says_what_is_wrong():
    program = Process("answer", [EXAMPLE, "udp:nonsense"])
    if program.wait() != 1 or not any(line.startswith("answer: ") and "nonsense" in line for line in program.lines):
        raise Failed("a bad address was not named:\n" + program.tail())


def bodies():
    program = Process("bodies", [EXAMPLE])
    program.expect_line("room kitchen on floor 2")
    program.expect_line("text dinner is ready")
    program.expect_line("415 application/x-room, text/plain, multipart/mixed")
    if program.wait() != 0:
        raise Failed("bodies did not end well:\n" + program.tail())


def fifo_app():
    port, app = free_port(), free_port()
    program = Process("fifo_app", [EXAMPLE, f"udp:127.0.0.1:{app}"])
    alice = Phone(PHONE, "alice", domain=f"127.0.0.1:{port}", listen=(f"udp:127.0.0.1:{port}",))
    try:
        wait_until(lambda: listens(app, "udp"), "fifo_app's listening")
        alice.say(f"options sip:fifo@127.0.0.1:{app}")
        alice.expect("options-answered", code=200)
        for text in ("one", "two"):
            alice.say(f"message sip:fifo@127.0.0.1:{app} {text}")
            alice.expect("message", text=text)
            program.expect_line("answered 200 OK")
        alice.say(f"call sip:fifo@127.0.0.1:{app}")
        alice.expect("terminated", code=405)
        alice.quit(1)
        end_with(program, signal.SIGINT, 0)
    finally:
        stop_all(program, alice)


def event_driven():
    program = Process("event_driven", ["stdbuf", "-oL", EXAMPLE])
    for line in ("    0 ms  caller  sent: INVITE sip:callee@192.0.2.2 SIP/2.0", "  500 ms  caller  sent again",
                 "  500 ms  callee  sent: SIP/2.0 486 Busy Here", "  500 ms  caller  sent: ACK sip:callee@192.0.2.2 SIP/2.0",
                 "  500 ms  caller  came: SIP/2.0 486 Busy Here", "  500 ms  callee  came: ACK sip:callee@192.0.2.2 SIP/2.0",
                 " 5500 ms  callee  transaction over", "32500 ms  caller  transaction over"):
        program.expect_line(line)
    if program.wait() != 0:
        raise Failed("event_driven did not end well:\n" + program.tail())


def hello():
    program = Process("hello", ["stdbuf", "-oL", EXAMPLE])
    try:
        wait_until(lambda: listens(5060, "udp6"), "hello's listening")
        call_it("udp:[::1]:0", "sip:bob@[::1]:5060")
        program.expect_line("call from sip:alice@example.com")
        program.expect_line("ended:")
    finally:
        stop_all(program)


def call():
    proxy = bob = caller = None
    try:
        proxy = Proxy(PROXY, "--user", "alice:wonderland", "--user", "bob:builder", listen=("udp:[::1]:0",), domain="[::1]")
        bob = Phone(PHONE, "bob", "--proxy", f"sip:{proxy.address()};lr", "--password", "builder", domain="[::1]",
                    listen=("udp:[::1]:0",))
        bob.say("register")
        bob.expect("registered")
        port = proxy.address().rsplit(":", 1)[1]
        caller = Process("call", ["stdbuf", "-oL", EXAMPLE, f"sip:alice@[::1]:{port}", "wonderland", f"sip:bob@[::1]:{port}"])
        caller.expect_line("registered for")
        bob.expect("incoming")
        caller.expect_line("180 Ringing")
        bob.say("answer")
        bob.expect("connected")
        caller.expect_line("connected")
        caller.child.send_signal(signal.SIGINT)
        bob.expect("terminated")
        caller.expect_line("over:")
        caller.expect_line("registration over:")
        if caller.wait() != 0:
            raise Failed("call did not end well:\n" + caller.tail())
        bob.quit()
    finally:
        stop_all(proxy, bob, caller)


def move_to_a_network_of_its_own():
    """Begin anew where the addresses of the documentation are nobody else's. False where that is not allowed.

    Root needs no user namespace for it, which a chroot would refuse."""
    if "PARLEY_OWN_NETWORK" in os.environ:
        return True
    for way in (["unshare", "-n"], ["unshare", "-rn"]):
        if subprocess.run([*way, "ip", "link", "set", "lo", "up"], check=False, stderr=subprocess.DEVNULL).returncode == 0:
            os.environ["PARLEY_OWN_NETWORK"] = "1"
            os.execvp("unshare", [*way, sys.executable, *sys.argv])
    return False


class OtherHosts:
    """192.0.2.10 and 192.0.2.11, a cable away from 192.0.2.1, which is here."""

    def __init__(self):
        self.holder = subprocess.Popen(["unshare", "-n", "sleep", "300"])
        here = os.readlink("/proc/self/ns/net")
        wait_until(lambda: os.readlink(f"/proc/{self.holder.pid}/ns/net") != here, "another network")
        self.enter = ["nsenter", "-t", str(self.holder.pid), "-n"]
        self.ip("link set lo up", here=True)
        self.ip(f"link add near type veth peer name far netns {self.holder.pid}", here=True)
        self.ip("addr add 192.0.2.1/24 dev near", here=True)
        self.ip("link set near up", here=True)
        self.ip("addr add 192.0.2.10/24 dev far")
        self.ip("addr add 192.0.2.11/24 dev far")
        self.ip("link set far up")

    def ip(self, words, here=False):
        subprocess.run(([] if here else self.enter) + ["ip", *words.split()], check=True)

    def kill(self):
        # The system takes its time to do this by itself, and the next pair has the same names.
        subprocess.run(["ip", "link", "del", "near"], check=False)
        self.holder.kill()
        self.holder.wait()


class FarPhone(Phone):
    """alice's, on the other hosts."""

    def __init__(self, hosts, *listen):
        self.events = []
        where = [word for address in listen for word in ("--listen", address)]
        Process.__init__(self, "alice", [*hosts.enter, PHONE, "--aor", "sip:alice@example.com", "--json", *where])


def forks(answering, hanging_up):
    """bob calls alice, whose phones both ring; one answers, the other is cancelled; somebody hangs up."""
    hosts = proxy = bob = None
    phones = [None, None]
    try:
        hosts = OtherHosts()
        proxy = Process("proxy", [EXAMPLE])
        wait_until(lambda: listens(5060, "udp") and listens(5060, "tcp"), "the proxy's listening")
        phones[0] = FarPhone(hosts, "udp:192.0.2.10:5070")
        phones[1] = FarPhone(hosts, "tcp:192.0.2.11:5060", "udp:192.0.2.11:5060")
        for phone in phones:
            phone.address()
        bob = Phone(PHONE, "bob", "--proxy", "sip:192.0.2.1;lr", listen=("udp:192.0.2.1:0",))
        bob.say("call sip:alice@example.com")
        for phone in phones:
            phone.expect("incoming", **{"from": "sip:bob@example.com"})
        bob.expect("ringing")
        phones[answering].say("answer")
        phones[answering].expect("connected")
        bob.expect("connected")
        phones[1 - answering].expect("terminated")
        ends = {"bob": bob, "alice": phones[answering]}
        ends[hanging_up].say("hangup")
        for end in ends.values():
            end.expect("terminated")
        bob.say("call sip:nobody@example.com")
        bob.expect("terminated", code=404)
        for phone in phones:
            phone.quit()
        bob.quit(1)  # its last call failed
        end_with(proxy, signal.SIGTERM, -signal.SIGTERM)
    finally:
        stop_all(proxy, bob, *phones, hosts)


class StatelessProxy(Process):
    def __init__(self, *users):
        super().__init__("proxy", [EXAMPLE, "udp:127.0.0.1:0", "example.com", *users])
        self.address = self.expect_line("listening on").split()[-1]


def stateless_proxy():
    """alice calls bob through it, either hangs up, she gives up, he refuses; strangers' requests end there."""
    proxy = alice = bob = None
    try:
        bob = Phone(PHONE, "bob", listen=("udp:127.0.0.1:0",))
        proxy = StatelessProxy(f"bob=sip:bob@{bob.address()}")
        alice = Phone(PHONE, "alice", "--proxy", f"sip:{proxy.address};lr", listen=("udp:127.0.0.1:0",))
        for hanging_up, other in ((alice, bob), (bob, alice)):
            alice.say("call sip:bob@example.com")
            bob.expect("incoming")
            alice.expect("ringing")
            bob.say("answer")
            alice.expect("connected")
            bob.expect("connected")
            hanging_up.say("hangup")
            other.expect("terminated")
            hanging_up.expect("terminated")
        alice.say("call sip:bob@example.com")
        bob.expect("incoming")
        alice.expect("ringing")
        alice.say("hangup")
        alice.expect("terminated", code=487)
        bob.expect("terminated", code=487)
        alice.say("call sip:bob@example.com")
        bob.expect("incoming")
        bob.say("reject 486")
        alice.expect("terminated", code=486)
        for uri, code in (("sip:nobody@example.com", 404), ("sip:bob@example.org", 403)):
            alice.say(f"call {uri}")
            alice.expect("terminated", code=code)
        alice.say("options sip:example.com")
        alice.expect("options-answered", code=200)
        proxy.expect_line("CANCEL")
        bob.quit()
        alice.quit(1)
        end_with(proxy, signal.SIGINT, 0)
    finally:
        stop_all(proxy, alice, bob)


def stateless_proxy_says_what_is_wrong():
    program = Process("proxy", [EXAMPLE, "udp:nonsense", "example.com"])
    if program.wait() != 1 or not any("nonsense" in line for line in program.lines):
        raise Failed("a bad address was not named:\n" + program.tail())


def knows_its_users():
    """What can be seen without a network of one's own: who is not in the program's table is not found."""
    proxy = bob = None
    try:
        proxy = Process("proxy", [EXAMPLE])
        wait_until(lambda: listens(5060, "udp") and listens(5060, "tcp"), "the proxy's listening")
        bob = Phone(PHONE, "bob", "--proxy", "sip:127.0.0.1;lr")
        bob.say("call sip:nobody@example.com")
        bob.expect("terminated", code=404)
        bob.quit(1)
        end_with(proxy, signal.SIGTERM, -signal.SIGTERM)
    finally:
        stop_all(proxy, bob)


def refused(port, times=1):
    """alice calls an example that answers 486, so many times."""
    alice = Phone(PHONE, "alice", listen=("udp:[::1]:0",))
    try:
        for _ in range(times):
            alice.say(f"call sip:bob@[::1]:{port}")
            alice.expect("terminated", code=486)
        alice.quit(1)
    finally:
        stop_all(alice)


def embed_in_poll():
    program = Process("embed", [EXAMPLE, "poll"], stdin=subprocess.PIPE)
    try:
        wait_until(lambda: listens(5060, "udp6"), "embed's listening")
        refused(5060)
        program.child.stdin.close()
        if program.wait() != 0:
            raise Failed("embed did not end well:\n" + program.tail())
    finally:
        stop_all(program)


def embed_until_killed(*words):
    program = Process("embed", [EXAMPLE, *words])
    try:
        wait_until(lambda: listens(5060, "udp6"), "embed's listening")
        refused(5060, times=8)
        end_with(program, signal.SIGTERM, -signal.SIGTERM)
    finally:
        stop_all(program)


def embed_libuv():
    port = free_port()
    program = Process("embed_libuv", [EXAMPLE, f"udp:[::1]:{port}"])
    try:
        wait_until(lambda: listens(port, "udp6"), "embed_libuv's listening")
        refused(port)
        program.expect_line("1 calls so far")
        refused(port)
        program.expect_line("2 calls so far")
        end_with(program, signal.SIGINT, 0)
    finally:
        stop_all(program)


CASES = {
    "embed": [
        ("embed runs in poll() and stops when its input ends", embed_in_poll),
        ("embed runs in GLib's loop", lambda: embed_until_killed("glib")),
        ("embed runs a worker and a manager on each processor", embed_until_killed),
    ],
    "embed_libuv": [("embed_libuv runs in an application's own loop", embed_libuv)],
    "answer": [("answer takes calls over UDP and TCP", answer), ("answer says what is wrong", answer_says_what_is_wrong)],
    "forking_proxy": [
        ("forking_proxy forks: the phone on UDP answers and hangs up", lambda: forks(0, "alice")),
        ("forking_proxy forks: the phone on TCP answers, the caller hangs up", lambda: forks(1, "bob")),
        ("forking_proxy forks: the phone on TCP answers and hangs up", lambda: forks(1, "alice")),
    ],
    "stateless_proxy": [
        ("stateless_proxy passes calls on", stateless_proxy),
        ("stateless_proxy says what is wrong", stateless_proxy_says_what_is_wrong),
    ],
    "bodies": [("bodies reads a type of its own and answers 415 to another", bodies)],
    "fifo_app": [("fifo_app sends messages back, one after the other", fifo_app)],
    "event_driven": [("event_driven runs two machines without a stack", event_driven)],
    "hello": [("hello answers a call on [::]:5060", hello)],
    "call": [("call registers, calls through a proxy, and unregisters", call)],
}

if __name__ == "__main__":
    if WHAT == "forking_proxy" and not move_to_a_network_of_its_own():
        print("no network of our own here: the forks are not tried")
        sys.exit(run_cases([("forking_proxy knows its users", knows_its_users)]))
    sys.exit(run_cases(CASES[WHAT]))
