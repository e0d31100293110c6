#!/usr/bin/env python3
"""Datagrams and streams that are no SIP, or bad SIP: dropped or answered 400, and the phone still answers the next call."""

import os
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from programs import Failed, Phone, Process, free_port, run_cases, stop_all  # noqa: E402

PHONE = sys.argv[1]

GOOD = (b"OPTIONS sip:bob@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/%s 127.0.0.1:%d;branch=z9hG4bK%s;rport\r\n"
        b"From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:bob@127.0.0.1>\r\nCall-ID: %s@127.0.0.1\r\nCSeq: 1 OPTIONS\r\n"
        b"Max-Forwards: 70\r\n%sContent-Length: 0\r\n\r\n")


def good(protocol, port, name, extra=b""):
    return GOOD % (protocol, port, name, name, extra)


def without(message, header):
    return b"\r\n".join(line for line in message.split(b"\r\n") if not line.startswith(header))


def bad_messages(protocol, port):
    """(name, bytes, may be answered: the status wanted, or None for silence)"""
    base = good(protocol, port, b"bad")
    yield "empty", b"", None
    yield "white space", b"\r\n\r\n\r\n", None
    yield "binary", bytes(range(256)) * 4, None
    yield "zeros", b"\0" * 500, None
    yield "truncated in the Via", base[:base.index(b"branch") + 10], None
    # A datagram ends there; of a stream more may come.
    cut = b"400" if protocol == b"UDP" else None
    yield "truncated after the Via", base[:base.index(b"From") + 1], cut
    yield "truncated in a later header", base[:base.index(b"To:") + 10], cut
    yield "truncated in the CSeq", base[:base.index(b"CSeq") + 8], cut
    yield "truncated start line", b"OPTIONS sip:bob", None
    yield "no Via", without(base, b"Via"), None
    yield "no CSeq", without(base, b"CSeq"), b"400"
    yield "no Call-ID", without(base, b"Call-ID"), b"400"
    yield "no From", without(base, b"From"), b"400"
    yield "CSeq of another method", base.replace(b"1 OPTIONS", b"1 INVITE"), b"400"
    yield "huge CSeq", base.replace(b"CSeq: 1", b"CSeq: 99999999999999"), b"400"
    yield "SIP/7.0", base.replace(b"127.0.0.1 SIP/2.0\r\n", b"127.0.0.1 SIP/7.0\r\n", 1), b"505"
    yield "no colon", base.replace(b"Max-Forwards: 70", b"Max-Forwards 70"), b"400"


def call_once(address, protocol):
    with tempfile.TemporaryDirectory() as scratch:
        uac = Process("uac", ["sipp", "-sn", "uac", "-i", "127.0.0.1", "-nostdin", "-p", str(free_port()), "-m", "1", "-d", "50",
                              "-t", {"udp": "u1", "tcp": "t1"}[protocol], address], stdin=subprocess.DEVNULL, cwd=scratch)
        if uac.wait(30) != 0:
            raise Failed("the phone does not answer the next call:\n" + uac.tail(40))


def answer_of(sock):
    try:
        return sock.recv(65536)
    except socket.timeout:
        return b""


def check_answer(name, answer, wanted):
    if wanted is None and answer.strip():
        raise Failed(f"{name}: answered {answer[:60]!r}, silence was wanted")
    if wanted is not None and not answer.startswith(b"SIP/2.0 " + wanted):
        raise Failed(f"{name}: answered {answer[:60]!r}, {wanted.decode()} was wanted")


def datagrams():
    own = free_port()
    phone = Phone(PHONE, "bob", "--answer", "auto", listen=(f"udp:127.0.0.1:{own}",))
    try:
        phone.address()
        for name, message, wanted in bad_messages(b"UDP", 0):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.bind(("127.0.0.1", 0))
                sock.settimeout(2.0 if wanted else 0.3)
                local = sock.getsockname()[1]
                sock.sendto(message.replace(b"127.0.0.1:0;", b"127.0.0.1:%d;" % local), ("127.0.0.1", own))
                check_answer(name, answer_of(sock), wanted)
        too_large = good(b"UDP", 9, b"large", b"X-Long: " + b"x" * 60000 + b"\r\n")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(too_large, ("127.0.0.1", own))
        call_once(f"127.0.0.1:{own}", "udp")
        phone.quit()
    finally:
        stop_all(phone)


def stream(own, message, seconds):
    """What comes back on a connection of its own, up to its end or the time."""
    got = b""
    with socket.create_connection(("127.0.0.1", own)) as sock:
        sock.settimeout(seconds)
        sock.sendall(message)
        while True:
            try:
                more = sock.recv(65536)
            except (socket.timeout, ConnectionResetError):
                return got
            if not more:
                return got
            got += more
            if b"\r\n\r\n" in got:
                return got


def streams():
    own = free_port()
    phone = Phone(PHONE, "bob", "--answer", "auto", listen=(f"tcp:127.0.0.1:{own}",))
    try:
        phone.address()
        for name, message, wanted in bad_messages(b"TCP", 9):
            if name != "no colon":
                got = stream(own, message, 2.0 if wanted else 0.5)
                check_answer(name, got, wanted)
        base = good(b"TCP", 9, b"stream")
        for name, message in (
                ("negative Content-Length", base.replace(b"Content-Length: 0", b"Content-Length: -5")),
                ("no Content-Length", without(base, b"Content-Length")),
                ("64 KiB header", good(b"TCP", 9, b"big", b"X-Long: " + b"x" * 70000 + b"\r\n")),
                ("no end in sight", b"A" * 300000)):
            try:
                stream(own, message, 1.0)
            except (ConnectionResetError, BrokenPipeError):
                pass  # closed while we were still writing
            got = stream(own, good(b"TCP", 9, b"after"), 3.0)
            if not got.startswith(b"SIP/2.0 200"):
                raise Failed(f"after '{name}' OPTIONS got {got[:80]!r}")
        half = socket.create_connection(("127.0.0.1", own))  # a message of which the rest never comes
        half.sendall(base[:100])
        call_once(f"127.0.0.1:{own}", "tcp")
        half.close()
        phone.quit()
    finally:
        stop_all(phone)


if __name__ == "__main__":
    sys.exit(run_cases([("malformed datagrams", datagrams), ("malformed streams", streams)]))
