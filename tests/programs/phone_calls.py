#!/usr/bin/env python3
"""Two parley-phones: what a call, a hold, a text and a signal do."""
import os
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from programs import Failed, Phone, Process, run_cases, stop_all  # noqa: E402

PHONE = sys.argv[1]


def pair(*options, listen="udp:127.0.0.1:0"):
    return Phone(PHONE, "alice", listen=(listen,)), Phone(PHONE, "bob", *options, listen=(listen,))


def connect(alice, bob, address):
    alice.say(f"call sip:bob@{address}")
    bob.expect("incoming", **{"from": "sip:alice@example.com"})
    alice.expect("ringing")
    bob.say("answer")
    bob.expect("connected")
    alice.expect("connected")


def over(listen):
    alice, bob = pair(listen=listen)
    try:
        where = bob.address() + (";transport=tcp" if listen.startswith("tcp") else "")
        for held_too in (False, True):
            connect(alice, bob, where)
            alice.say("hold")
            bob.expect("held", by="remote")
            if held_too:
                bob.say("hold")  # at once, when the other's re-INVITE has hardly had its ACK
                alice.expect("held", by="remote")
                alice.say("resume")
                bob.expect("resumed", by="remote")
                bob.say("resume")
                alice.expect("resumed", by="remote")
            (bob if held_too else alice).say("hangup")
            alice.expect("terminated")
            bob.expect("terminated")
        alice.quit()
        bob.quit()
    finally:
        stop_all(alice, bob)


def hold_twice():
    alice, bob = pair("--answer", "auto")
    try:
        alice.say(f"call sip:bob@{bob.address()}")
        alice.expect("connected")
        alice.say("resume")
        alice.expect("error", command="resume", reason="the call is not held")
        alice.say("hold")
        alice.expect("held")
        alice.say("hold")
        alice.expect("error", command="hold", reason="the call is held already")
        alice.say("status")
        if not alice.expect("status")["calls"][0]["held"]:
            raise Failed(alice.tail())
        alice.quit(1)
        bob.quit()
    finally:
        stop_all(alice, bob)


def refusals():
    alice, bob = pair()
    try:
        address = bob.address()
        for command, code in (("reject", 486), ("reject 603", 603), ("hangup", 480)):
            alice.say(f"call sip:bob@{address}")
            bob.expect("incoming")
            bob.say(command)
            alice.expect("terminated", code=code)
        alice.say(f"call sip:bob@{address}")
        bob.expect("incoming")
        alice.expect("ringing")
        alice.say("hangup")
        alice.expect("terminated", code=487)
        bob.expect("terminated", code=487)
        bob.quit()
        alice.quit(1)
    finally:
        stop_all(alice, bob)


def strict_user():
    alice, bob = pair("--strict-user", "--answer", "auto")
    try:
        address = bob.address()
        alice.say(f"call sip:carol@{address}")
        alice.expect("terminated", code=404)
        alice.say(f"message sip:carol@{address} hello")
        alice.expect("message-failed", code=404)
        alice.say(f"options sip:carol@{address}")
        alice.expect("options-failed", code=404)
        for uri in (f"sip:{address}", f"sip:bob@{address}"):
            alice.say(f"options {uri}")
            if "INVITE" not in alice.expect("options-answered", code=200)["allow"]:
                raise Failed(alice.tail())
        alice.say(f"call sip:bob@{address}")
        alice.expect("connected")
        bob.expect("connected", call=1)
        if [event["event"] for event in bob.events] != ["status", "incoming", "connected"]:
            raise Failed("what was refused is told:\n" + bob.tail())
        alice.quit(1)
        bob.quit()
    finally:
        stop_all(alice, bob)


def two_calls():
    alice, bob = pair("--answer", "auto")
    try:
        address = bob.address()
        for number in (1, 2):
            alice.say(f"call sip:bob@{address}")
            alice.expect("connected", call=number)
        alice.say("hold")
        bob.expect("held", call=2)
        alice.say("hangup")
        bob.expect("terminated", call=2)
        alice.say("hangup")
        bob.expect("terminated", call=1)
        alice.quit()
        bob.quit()
    finally:
        stop_all(alice, bob)


def texts():
    alice, bob = pair()
    try:
        address = bob.address()
        for line, text in (('"two words"', "two words"), ('"grüße 你好"', "grüße 你好"), ('"a \\"quote\\" and \\\\"', 'a "quote" and \\')):
            alice.say(f"message sip:bob@{address} {line}")
            bob.expect("message", text=text)
            alice.expect("message-sent", code=200)
        host, port = address.rsplit(":", 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as raw:
            raw.sendto(b"MESSAGE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKa\r\nFrom: <sip:x@y>;tag=1\r\n"
                       b"To: <sip:bob@example.com>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\nContent-Type: text/plain\r\n"
                       b"Content-Length: 5\r\n\r\ngr\xfc\xdfe", (host, int(port)))
        bob.expect("message", text="gr??e")
        alice.quit()
        bob.quit()
    finally:
        stop_all(alice, bob)


def long_texts_whole():
    bob = Process("bob", [PHONE, "--aor", "sip:bob@example.com", "--listen", "tcp:127.0.0.1:0"])
    try:
        bob.say("status")
        port = int(bob.expect_line("status").split("TCP:127.0.0.1:")[1].split(";")[0])
        body = b"x" * 5000 + b"end\x1b"
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(b"MESSAGE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKb\r\nFrom: <sip:x@y>;tag=1\r\n"
                        b"To: <sip:bob@example.com>\r\nCall-ID: 2\r\nCSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\nContent-Type: text/plain\r\n"
                        b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            if not bob.expect_line("message from").endswith("xend?"):
                raise Failed("cut, or a control character came through")
    finally:
        stop_all(bob)


def signals_end_calls():
    for signum in (signal.SIGINT, signal.SIGTERM):
        alice, bob = pair("--answer", "auto")
        try:
            alice.say(f"call sip:bob@{bob.address()}")
            alice.expect("connected")
            bob.expect("connected")
            alice.child.send_signal(signum)
            alice.expect("terminated")
            bob.expect("terminated")
            if alice.wait() != 0:
                raise Failed(alice.tail())
            bob.say("status")
            bob.say("sleep 60")
            bob.expect("status")
            time.sleep(0.1)
            bob.child.send_signal(signum)
            if bob.wait() != 1:  # it did not get to do what it was told
                raise Failed(bob.tail())
        finally:
            stop_all(alice, bob)


def stays_until_calls_end():
    alice, bob = pair("--answer", "auto")
    try:
        address = bob.address()
        alice.say(f"call sip:bob@{address}")
        alice.expect("connected")
        bob.expect("connected")
        alice.child.stdin.close()
        bob.child.stdin.close()
        time.sleep(0.3)
        if alice.child.poll() is not None or bob.child.poll() is not None:
            raise Failed("a phone left its call at the end of its input")
        third = Process("third", [PHONE, "--aor", "sip:t@example.com", "--listen", "udp:127.0.0.1:0", f"call sip:bob@{address}",
                                  "wait connected", "hangup"])
        if third.wait() != 0:
            raise Failed(third.tail())
        alice.child.send_signal(signal.SIGINT)
        if alice.wait() != 0 or bob.wait() != 0:
            raise Failed(alice.tail() + bob.tail())
    finally:
        stop_all(alice, bob)


def codes():
    for code in (302, 486, 603):
        alice, bob = pair("--answer", str(code))
        try:
            alice.say(f"call sip:bob@{bob.address()}")
            alice.expect("terminated", code=code)
            bob.expect("incoming")
            bob.expect("terminated", code=code)
            alice.quit(1)
            bob.quit()
        finally:
            stop_all(alice, bob)


if __name__ == "__main__":
    sys.exit(run_cases([
        ("call and hold over UDP", lambda: over("udp:127.0.0.1:0")), ("over TCP", lambda: over("tcp:127.0.0.1:0")),
        ("over UDP and IPv6", lambda: over("udp:[::1]:0")), ("over TCP and IPv6", lambda: over("tcp:[::1]:0")),
        ("hold twice", hold_twice), ("refusals", refusals), ("--strict-user", strict_user), ("two calls", two_calls),
        ("texts", texts), ("long texts whole", long_texts_whole), ("signals end calls", signals_end_calls),
        ("stays until calls end", stays_until_calls_end), ("--answer CODE", codes)]))
