#!/usr/bin/env python3
"""SIPp: its built-in uac at 100 calls a second into an auto-answering phone, and the phone calling its uas; UDP and TCP."""

import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from programs import Capture, Failed, Phone, Process, free_port, listens, run_cases, stop_all, wait_until  # noqa: E402

PHONE = sys.argv[1]
MODES = {"udp": "u1", "tcp": "t1"}


def sipp(name, scratch, *options):
    return Process(name, ["sipp", "-i", "127.0.0.1", "-nostdin", "-trace_err", *options], stdin=subprocess.DEVNULL, cwd=scratch)


def errors_in(scratch):
    text = ""
    for name in os.listdir(scratch):
        if name.endswith("_errors.log"):
            with open(os.path.join(scratch, name)) as file:
                text += file.read()[-2000:]
    return text


def into_the_phone(protocol):
    """1,000 calls at 100 a second, none failed."""
    port, own = free_port(), free_port()
    capture = Capture([own])
    phone = Phone(PHONE, "bob", "--answer", "auto", listen=(f"{protocol}:127.0.0.1:{own}",))
    uac = None
    try:
        phone.address()
        with tempfile.TemporaryDirectory() as scratch:
            uac = sipp("uac", scratch, "-sn", "uac", "-t", MODES[protocol], "-p", str(port), "-r", "100", "-m", "1000",
                       "-d", "200", f"127.0.0.1:{own}")
            if uac.wait(60) != 0:
                raise Failed("calls failed:\n" + uac.tail(40) + errors_in(scratch))
        for _ in range(1000):
            phone.expect("terminated")
        connected = sum(1 for event in phone.events if event["event"] == "connected")
        if connected != 1000:
            raise Failed(f"the phone saw {connected} calls connected, not 1,000")
        phone.quit()
    finally:
        stop_all(phone, uac)
    capture.stop()
    capture.check(6000 if protocol == "udp" else 2000)  # tshark counts packets; TCP puts several messages in one


def out_of_the_phone(protocol):
    """The phone calls SIPp's uas, holds, resumes and hangs up."""
    port, own = free_port(), free_port()
    capture = Capture([own, port])
    phone = Phone(PHONE, "alice", listen=(f"{protocol}:127.0.0.1:{own}",))
    uas = None
    try:
        phone.address()
        with tempfile.TemporaryDirectory() as scratch:
            uas = sipp("uas", scratch, "-sn", "uas", "-t", MODES[protocol], "-p", str(port), "-m", "3")
            wait_until(lambda: listens(port, protocol), "SIPp's listening")
            for _ in range(3):
                phone.say(f"call sip:service@127.0.0.1:{port};transport={protocol}")
                phone.expect("ringing")
                phone.expect("connected")
                phone.say("hangup")
                phone.expect("terminated")
            if uas.wait(15) != 0:
                raise Failed("SIPp counts failed calls:\n" + uas.tail(40) + errors_in(scratch))
            phone.quit()
    finally:
        stop_all(phone, uas)
    capture.stop()
    capture.check(18 if protocol == "udp" else 9)


if __name__ == "__main__":
    sys.exit(run_cases([
        (f"{text} over {protocol.upper()}", lambda case=case, protocol=protocol: case(protocol))
        for protocol in ("udp", "tcp")
        for text, case in (("SIPp's uac into the phone", into_the_phone), ("the phone into SIPp's uas", out_of_the_phone))
    ]))
