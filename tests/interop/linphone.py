#!/usr/bin/env python3
"""linphonec, headless, calls the phone and is called by it: signalling complete, hang-up from either side, hold both ways."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from programs import Process, run_cases, with_peer  # noqa: E402

PHONE = sys.argv[1]

CONFIG = """\
[sip]
sip_port={port}
sip_tcp_port={port}
{sip}use_ipv6=0
bind_address=127.0.0.1
contact=sip:linphone@127.0.0.1
guess_hostname=1

[video]
enabled=0
capture=0
display=0
automatically_initiate=0
automatically_accept=0
"""


class Linphone(Process):
    """linphonec with files for a sound card, told what to do on its terminal."""

    def __init__(self, scratch, port, sip="sip_tls_port=-1\n", more=""):
        rc = os.path.join(scratch, "rc")
        with open(rc, "w") as file:
            file.write(CONFIG.format(port=port, sip=sip) + more)
        os.makedirs(os.path.join(scratch, ".local/share/linphone"))
        env = dict(os.environ, HOME=scratch, XDG_DATA_HOME=os.path.join(scratch, ".local/share"), XDG_CONFIG_HOME=scratch)
        super().__init__("linphone", ["linphonec", "-c", rc], env=env, cwd=scratch)
        self.expect_line("linphone", 15)
        self.say("soundcard use files")
        self.expect_line("Using wav files", 15)


def with_both(protocol, steps):
    with_peer(PHONE, protocol, "linphone", Linphone, steps, f";transport={protocol}")


def we_call(phone, linphone, linphone_uri, phone_uri):
    phone.say(f"call {linphone_uri}")
    linphone.expect_line("incoming call")
    phone.expect("ringing")
    linphone.say("answer")
    phone.expect("connected")
    linphone.expect_line("connected")
    phone.say("hold")
    phone.expect("held", by="local")
    phone.say("resume")
    phone.expect("resumed", by="local")
    phone.say("hangup")
    phone.expect("terminated")
    linphone.expect_line("ended")
    phone.say(f"call {linphone_uri}")
    linphone.expect_line("incoming call")
    linphone.say("answer")
    phone.expect("connected")
    time.sleep(0.3)
    linphone.say("terminate")
    phone.expect("terminated")


def linphone_calls(phone, linphone, linphone_uri, phone_uri):
    linphone.say(f"call {phone_uri}")
    phone.expect("incoming")
    linphone.expect_line("ringing")
    phone.say("answer")
    phone.expect("connected")
    linphone.expect_line("connected")
    linphone.expect_line("Media streams established")
    linphone.say("pause")
    phone.expect("held", by="remote")
    linphone.expect_line("is now paused")
    linphone.say("resume")
    phone.expect("resumed", by="remote")
    linphone.say("terminate")
    phone.expect("terminated")
    linphone.say(f"call {phone_uri}")
    phone.expect("incoming")
    phone.say("answer")
    phone.expect("connected")
    linphone.expect_line("connected")
    phone.say("hangup")
    phone.expect("terminated")
    linphone.expect_line("ended")


if __name__ == "__main__":
    sys.exit(run_cases([
        ("the phone calls linphonec over UDP", lambda: with_both("udp", we_call)),
        ("the phone calls linphonec over TCP", lambda: with_both("tcp", we_call)),
        ("linphonec calls the phone over UDP", lambda: with_both("udp", linphone_calls)),
        ("linphonec calls the phone over TCP", lambda: with_both("tcp", linphone_calls)),
    ]))
