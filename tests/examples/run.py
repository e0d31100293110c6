#!/usr/bin/env python3
"""The programs of docs/examples, run: parley-phone and parley-proxy are at the other end."""

import os
import signal
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


CASES = {
    "answer": [("answer takes calls over UDP and TCP", answer), ("answer says what is wrong", answer_says_what_is_wrong)],
    "hello": [("hello answers a call on [::]:5060", hello)],
    "call": [("call registers, calls through a proxy, and unregisters", call)],
}

if __name__ == "__main__":
    sys.exit(run_cases(CASES[WHAT]))
