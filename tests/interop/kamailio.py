#!/usr/bin/env python3
"""kamailio as registrar and proxy with digest: two phones register through it and call each other, with Record-Route."""

import os
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from programs import Capture, Failed, Phone, Process, free_port, run_cases, stop_all  # noqa: E402

PHONE = sys.argv[1]


class Kamailio(Process):
    """Ended with stop_all(), by SIGKILL to all its processes. Told to end by SIGTERM, now and then one of its children ends with
    a lock of their shared memory taken, the others wait for that in their signal handlers, and its main process for them: a
    minute, until it gives up. It keeps nothing that such an end could spoil."""

    def __init__(self, port, scratch, *more):
        super().__init__("kamailio", [
            "kamailio", "-f", os.path.join(HERE, "kamailio.cfg"), "-DD", "-E", "-m", "64", "-M", "8", "-A", f"LPORT={port}",
            "-Y", scratch, "-P", os.path.join(scratch, "pid"), *more], stdin=subprocess.DEVNULL, own_group=True)


def talk(protocol):
    """Register both, call, hold, resume, message, hang up, unregister, all through kamailio."""
    port = free_port()
    ports = [free_port(), free_port()]
    capture = Capture([port] + ports)
    with tempfile.TemporaryDirectory() as scratch:
        kamailio = Kamailio(port, scratch)
        phones = []
        try:
            wait_for_kamailio(kamailio, port)
            for user, own in zip(("alice", "bob"), ports):
                phones.append(Phone(PHONE, user, "--proxy", f"sip:127.0.0.1:{port};transport={protocol};lr",
                                    "--password", f"secret-{user}", listen=(f"{protocol}:127.0.0.1:{own}",)))
            steps(*phones)
        finally:
            stop_all(*phones, kamailio)
            capture.stop()
    capture.check(40)


def wait_for_kamailio(kamailio, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.3)
        own = sock.getsockname()[1]
        for n in range(50):
            sock.sendto(f"OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bKprobe{n}\r\n"
                        f"From: <sip:probe@127.0.0.1>;tag=p\r\nTo: <sip:127.0.0.1>\r\nCall-ID: probe{n}\r\nCSeq: 1 OPTIONS\r\n"
                        "Max-Forwards: 5\r\nContent-Length: 0\r\n\r\n".encode(), ("127.0.0.1", port))
            try:
                if sock.recv(4096).startswith(b"SIP/2.0"):  # whatever the status
                    return
            except OSError:
                time.sleep(0.1)
            if kamailio.child.poll() is not None:
                break
    raise Failed("kamailio does not answer:\n" + kamailio.tail())


def steps(alice, bob):
    for phone in (alice, bob):
        phone.say("register")
        phone.expect("registered")
    alice.say("call sip:bob@example.com")
    bob.expect("incoming")
    alice.expect("ringing")
    bob.say("answer")
    bob.expect("connected")
    alice.expect("connected")
    alice.say("hold")
    bob.expect("held", by="remote")
    alice.expect("held", by="local")
    alice.say("resume")
    bob.expect("resumed", by="remote")
    alice.expect("resumed", by="local")
    bob.say('message sip:alice@example.com "hello from bob"')
    alice.expect("message", text="hello from bob")
    bob.expect("message-sent")
    bob.say("hangup")
    alice.expect("terminated")
    bob.expect("terminated")
    bob.say("call sip:alice@example.com")
    alice.expect("incoming")
    alice.say("reject 486")
    alice.expect("terminated", code=486)
    bob.expect("terminated", code=486)
    alice.say("call sip:bob@example.com")
    bob.expect("incoming")
    alice.expect("ringing")
    alice.say("hangup")
    bob.expect("terminated")
    alice.expect("terminated")
    for phone in (alice, bob):
        phone.say("unregister")
        phone.expect("unregistered")
    alice.say("quit")
    bob.say("quit")
    if alice.wait() != 0:
        raise Failed("alice ended with a failure:\n" + alice.tail())
    if bob.wait() != 1:  # its second call was refused
        raise Failed("bob's refused call left no mark on its exit status:\n" + bob.tail())


def wrong_password():
    port = free_port()
    with tempfile.TemporaryDirectory() as scratch:
        kamailio = Kamailio(port, scratch)
        mallory = None
        try:
            wait_for_kamailio(kamailio, port)
            mallory = Phone(PHONE, "mallory", "--registrar", f"sip:127.0.0.1:{port}", "--password", "guess")
            mallory.say("register")
            mallory.expect("registration-failed", code=401)
            mallory.quit(status=1)
        finally:
            stop_all(mallory, kamailio)


if __name__ == "__main__":
    sys.exit(run_cases([
        ("two phones through kamailio over UDP", lambda: talk("udp")),
        ("two phones through kamailio over TCP", lambda: talk("tcp")),
        ("a wrong password is refused once and for all", wrong_password),
    ]))
