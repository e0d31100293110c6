#!/usr/bin/env python3
"""What parley-proxy serves for Prometheus, judged by promtool, after a call through it."""
import os
import shutil
import subprocess
import sys
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from programs import Failed, Phone, Proxy, run_cases, stop_all  # noqa: E402

PHONE, PROXY = sys.argv[1:3]


def promtool(*words, text):
    if shutil.which("promtool") is None:
        raise Failed("there is no promtool (Debian's package prometheus)")
    return subprocess.run(["promtool", *words], input=text, capture_output=True, text=True, timeout=60, check=False)


def call(proxy):
    """One registers, the other calls, and to a name that is unknown."""
    over = (f"sip:{proxy.address()};lr",)
    bob = Phone(PHONE, "bob", "--proxy", *over, "--answer", "auto")
    alice = Phone(PHONE, "alice", "--proxy", *over)
    try:
        for phone in (alice, bob):
            phone.say("register")
            phone.expect("registered")
        alice.say("call sip:bob@example.com")
        alice.expect("connected")
        alice.say("hangup")
        bob.expect("terminated")
        alice.say("options sip:nobody@example.com")
        alice.expect("options-failed")
        alice.quit(1)
        bob.quit()
    finally:
        stop_all(alice, bob)


def sample(text, name, *labels):
    for line in text.splitlines():
        if line.startswith(name + "{") and all(label in line for label in labels):
            return float(line.split()[-1])
    raise Failed(f"no {name} {labels} in:\n{text}")


def judged():
    proxy = Proxy(PROXY, "--metrics", "127.0.0.1:0")
    try:
        site = "http://" + next(line for line in proxy.lines if line.startswith("metrics ")).split()[1]
        call(proxy)
        with urllib.request.urlopen(site + "/metrics", timeout=10) as answer:
            text = answer.read().decode()
        result = promtool("check", "metrics", text=text)
        if result.returncode != 0 or result.stdout or result.stderr:
            raise Failed(f"promtool: {result.returncode}\n{result.stdout}{result.stderr}")
        if sample(text, "parley_messages_received_total") < 10:
            raise Failed(text)
        for side in ("client", "server"):
            name = f"parley_{side}_transaction_seconds_count"
            if sample(text, name, 'method="INVITE"', 'class="2xx"') != 1 or sample(text, name, 'method="BYE"', 'class="2xx"') < 1:
                raise Failed(text)
        if sample(text, "parley_server_transaction_seconds_count", 'method="OPTIONS"', 'class="4xx"') != 1:
            raise Failed(text)
    finally:
        stop_all(proxy)


def a_bad_one_is_refused():
    """The judge can say no."""
    if promtool("check", "metrics", text="# TYPE a counter\na{b=} 1\n").returncode == 0:
        raise Failed("promtool takes anything")


if __name__ == "__main__":
    sys.exit(run_cases([("judged", judged), ("a bad one is refused", a_bad_one_is_refused)]))
