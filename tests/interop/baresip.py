#!/usr/bin/env python3
"""baresip calls the phone and is called by it: signalling complete, hang-up from either side, hold both ways."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from programs import Failed, Process, run_cases, with_peer  # noqa: E402

PHONE = sys.argv[1]

CONFIG = """\
sip_listen 127.0.0.1:{port}
audio_player aubridge,none
audio_source aubridge,none
audio_alert aubridge,none
module_path {modules}
module stdio.so
module g711.so
module aubridge.so
module_app account.so
module_app menu.so
"""


def module_path():
    for root in ("/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules"):
        if os.path.isdir(root):
            return root
    raise Failed("baresip's modules are not there: install baresip-core")


class Baresip(Process):
    """One account that answers by itself, told what to do on its terminal."""

    def __init__(self, scratch, port, protocol, answer, more=""):
        with open(os.path.join(scratch, "config"), "w") as file:
            file.write(CONFIG.format(port=port, modules=module_path()) + more)
        with open(os.path.join(scratch, "accounts"), "w") as file:
            file.write(f"<sip:baresip@127.0.0.1:{port};transport={protocol}>;regint=0;answermode={answer};"
                       "audio_codecs=PCMU,PCMA\n")
        open(os.path.join(scratch, "contacts"), "w").close()
        super().__init__("baresip", ["baresip", "-f", scratch])
        self.expect_line("baresip is ready", 10)


def with_both(protocol, answer, steps):
    # Of the phone's URI it makes one of its account's transport.
    with_peer(PHONE, protocol, "baresip", lambda scratch, port: Baresip(scratch, port, protocol, answer), steps)


def we_call(phone, baresip, baresip_uri, phone_uri):
    phone.say(f"call {baresip_uri}")
    phone.expect("connected")
    phone.say("hold")
    phone.expect("held", by="local")
    phone.say("resume")
    phone.expect("resumed", by="local")
    phone.say("hangup")
    phone.expect("terminated")
    baresip.expect_line("session closed")
    phone.say(f"call {baresip_uri}")  # and once more, to be hung up on
    phone.expect("connected")
    time.sleep(0.3)
    baresip.say("/hangup")
    phone.expect("terminated")


def baresip_calls(phone, baresip, baresip_uri, phone_uri):
    baresip.say(f"/dial {phone_uri}")
    phone.expect("incoming")
    baresip.expect_line("180 Ringing")
    phone.say("answer")
    phone.expect("connected")
    time.sleep(0.3)
    baresip.say("/hold")
    phone.expect("held", by="remote")
    baresip.say("/resume")
    phone.expect("resumed", by="remote")
    baresip.say("/hangup")
    phone.expect("terminated")
    baresip.say(f"/dial {phone_uri}")
    phone.expect("incoming")
    phone.say("answer")
    phone.expect("connected")
    phone.say("hangup")
    phone.expect("terminated")
    baresip.expect_line("session closed")


def refusals(phone, baresip, baresip_uri, phone_uri):
    baresip.say(f"/dial {phone_uri}")
    phone.expect("incoming")
    phone.say("reject 486")
    phone.expect("terminated", code=486)
    baresip.expect_line("486")
    baresip.say(f"/dial {phone_uri}")
    phone.expect("incoming")
    baresip.expect_line("180 Ringing")
    baresip.say("/hangup")  # CANCEL
    phone.expect("terminated")
    phone.say(f"call {baresip_uri}")
    phone.expect("ringing")
    phone.say("hangup")  # our CANCEL
    phone.expect("terminated")
    baresip.expect_line("session closed")


if __name__ == "__main__":
    sys.exit(run_cases([
        ("the phone calls baresip over UDP", lambda: with_both("udp", "auto", we_call)),
        ("the phone calls baresip over TCP", lambda: with_both("tcp", "auto", we_call)),
        ("baresip calls the phone over UDP", lambda: with_both("udp", "manual", baresip_calls)),
        ("baresip calls the phone over TCP", lambda: with_both("tcp", "manual", baresip_calls)),
        ("busy and cancelled, both ways", lambda: with_both("udp", "manual", refusals)),
    ]))
