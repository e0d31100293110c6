#!/usr/bin/env python3
"""./dev demo: a proxy and two phones on loopback register, call, hold, resume, send a message and hang up.

Prints the ladder of the messages as the proxy sees them, and exits 0 only if both sides saw every step."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "support"))
from programs import Failed, Phone, Proxy, free_port, stop_all  # noqa: E402


class Show:
    """Headings between the rungs of the ladder."""

    def __init__(self, proxy):
        self.proxy = proxy
        self.shown = 0

    def ladder(self):
        time.sleep(0.15)  # the last answers of a step are still on their way
        lines = self.proxy.lines
        while self.shown < len(lines):
            line = lines[self.shown]
            self.shown += 1
            if not line.startswith("listening "):
                print(line)
        sys.stdout.flush()

    def step(self, text):
        self.ladder()
        print(f"\n== {text}", flush=True)


def run(phone_program, proxy_program):
    ports = {"alice": free_port(), "bob": free_port()}
    proxy = Proxy(
        proxy_program, "--user", "alice:wonderland", "--user", "bob:builder", "--trace", "ladder",
        "--column", f"alice=127.0.0.1:{ports['alice']}", "--column", "proxy=127.0.0.1:0",
        "--column", f"bob=127.0.0.1:{ports['bob']}", listen=("udp:127.0.0.1:0",))
    phones = {}
    try:
        show = Show(proxy)
        for name, password in (("alice", "wonderland"), ("bob", "builder")):
            phones[name] = Phone(
                phone_program, name, "--proxy", f"sip:{proxy.address()};lr", "--password", password,
                listen=(f"udp:127.0.0.1:{ports[name]}",))
        steps(show, phones["alice"], phones["bob"])
        show.ladder()
    finally:
        stop_all(*phones.values(), proxy)


def steps(show, alice, bob):
    show.step("alice and bob register, and prove who they are with digest")
    for phone in (alice, bob):
        phone.say("register")
        phone.expect("registered")
    show.step("alice calls bob, whose phone rings")
    alice.say("call sip:bob@example.com")
    bob.expect("incoming", **{"from": "sip:alice@example.com"})
    alice.expect("ringing")
    show.step("bob answers")
    bob.say("answer")
    bob.expect("connected")
    alice.expect("connected")
    show.step("alice puts bob on hold")
    alice.say("hold")
    bob.expect("held", by="remote")
    alice.expect("held", by="local")
    show.step("and takes the call up again")
    alice.say("resume")
    bob.expect("resumed", by="remote")
    alice.expect("resumed", by="local")
    show.step("bob sends alice a message")
    bob.say('message sip:alice@example.com "On my way."')
    alice.expect("message", text="On my way.")
    bob.expect("message-sent")
    show.step("bob hangs up")
    bob.say("hangup")
    alice.expect("terminated")
    bob.expect("terminated")
    show.step("both leave, and unregister")
    for phone in (alice, bob):
        phone.quit()


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: demo.py PARLEY-PHONE PARLEY-PROXY (./dev demo does it)")
    began = time.monotonic()
    try:
        run(sys.argv[1], sys.argv[2])
    except Failed as why:
        print(f"\ndemo failed: {why}", file=sys.stderr)
        return 1
    print(f"\nEvery step was seen on both sides ({time.monotonic() - began:.1f} s).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
