#!/usr/bin/env python3
"""parley-phone's command line: what is wrong is one line that names it, and the exit status tells what happened."""
import json
import os
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from programs import Failed, Phone, free_port, run_cases, stop_all  # noqa: E402

PHONE = sys.argv[1]
ME = ("--aor", "sip:alice@example.com", "--listen", "udp:127.0.0.1:0")


def phone(*words, stdin=""):
    return subprocess.run([PHONE, *words], input=stdin, capture_output=True, text=True, timeout=60, check=False)


def refused(words, *said, status=2):
    result = phone(*words)
    if result.returncode != status or result.stdout or len(result.stderr.splitlines()) != 1:
        raise Failed(f"{words}: status {result.returncode}, said:\n{result.stdout}{result.stderr}")
    for text in said:
        if text not in result.stderr:
            raise Failed(f"{words}: no '{text}' in: {result.stderr}")


def ran(words, status, *said, stdin=""):
    result = phone(*ME, *words, stdin=stdin)
    if result.returncode != status or result.stderr:
        raise Failed(f"{words}: status {result.returncode}, said:\n{result.stdout}{result.stderr}")
    for text in said:
        if text not in result.stdout:
            raise Failed(f"{words}: no '{text}' in:\n{result.stdout}")
    return result.stdout


def options():
    refused((), "--aor")
    refused(("--aor",), "--aor", "needs a value")
    refused(("--aor", "alice"), "--aor 'alice'", "sip:")
    refused(("--aor", "tel:+123"), "--aor 'tel:+123'")
    for option, value, mend in (
            ("--registrar", "x", "SIP URI"), ("--proxy", "x", "SIP URI"), ("--answer", "200", "300 to 699"),
            ("--answer", "maybe", "auto, manual"), ("--trace", "all", "ladder or messages"), ("--listen", "x", "udp:HOST:PORT"),
            ("--listen", "udp:127.0.0.1:99999", "udp:HOST:PORT"), ("--listen", "sctp:127.0.0.1:0", "tcp:"),
            ("--ws-path", "ws", "begin with /"),
            ("--transport", "sctp", "udp, tcp, tls, ws or wss"), ("--advertise", "x y", "HOST or HOST:PORT"),
            ("--local-network", "10.0.0.0", "192.168.0.0/16"),
            ("--log", "loud", "LEVEL"), ("--log", "dns=", "LEVEL"), ("--log-to", "", "stderr, syslog"), ("--log-format", "xml", "text or json"),
            ("--password", "", "empty")):
        refused((*ME, option, value, "status"), f"{option} '{value}'", mend)
    refused((*ME, "--transport", "tcp", "status"), "--transport TCP", "--listen")
    refused((*ME, "--tls-verify", "no"), "--tls-verify 'no'", "strict, lenient, chain or none")
    refused((*ME, "--tls-cert", "/nonexistent.pem", "status"), "/nonexistent.pem: No such file or directory", status=1)
    refused((*ME, "--frob"), "'--frob'", "--help")
    refused((*ME, "-xy"), "'-x'")
    refused((*ME, "--json=1"), "'--json=1'", "no value")
    refused((*ME, "status", "--json"), "'--json'", "before the commands")
    refused(("--aor", "sip:a@example.com", "--listen", "udp:203.0.113.77:0", "status"), "203.0.113.77", "not available", status=1)
    for option in ("--help", "--version"):
        result = phone(option)
        if result.returncode != 0 or "parley-phone" not in result.stdout:
            raise Failed(f"{option}: {result}")


def password_files():
    with tempfile.TemporaryDirectory() as folder:
        def file(name, content):
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as out:
                out.write(content)
            return path

        for path, why in (
                (os.path.join(folder, "none"), "No such file"), (folder, "Is a directory"), (file("empty", ""), "is empty"),
                (file("blank", "\nsecret\n"), "is empty"), (file("long", "x" * 257), "at most 256")):
            refused((*ME, "--password-file", path, "status"), "--password-file", path, why)
        for content in ("secret", "secret\n", "secret\r\nmore\n", "x" * 256 + "\n"):
            ran(("--password-file", file("good", content), "status"), 0)


def commands_that_are_none():
    """Found before the first of them runs: nothing has been printed."""
    for words, said in (
            (("status", "frob"), "'frob'"), (("status", "frob it"), "no such command"), (("status", "call"), "call URI"),
            (("status", "call", "bob"), "SIP URI"), (("status", "call", "tel:+1"), "SIP URI"), (("status", "wait"), "wait EVENT"),
            (("status", "wait", "rain"), "no event"), (("status", "wait", "ringing", "x"), "SECONDS"),
            (("status", "sleep", "-1"), "SECONDS"), (("status", "reject", "200"), "300 to 699"),
            (("status", "message", "sip:a@b", ""), "empty"), (("status", 'call "sip:a@b'), "quote")):
        refused((*ME, *words), said)


def mistakes_in_lines():
    said = ran((), 1, "no such command", "SIP URI", "usage: call URI", "quote", "status sip:alice@example.com, not registered, on UDP:127.0.0.1:",
               stdin='frob\ncall bob\ncall\n"x\nstatus')
    if len(said.splitlines()) != 5:
        raise Failed(said)
    ran((), 0, stdin="")
    ran((), 0, stdin="\r\n  \n status \r\n")
    ran(("hold",), 1, "no call is connected")
    ran(("answer",), 1, "no call rings here")
    ran(("reject",), 1, "no call rings here")
    ran(("hangup",), 1, "there is no call")
    ran(("unregister",), 1, "not registered")
    ran(("wait", "incoming", "0.1"), 1, "in time")
    ran(("sleep", "0", "quit", "hangup"), 0)


OVER_TCP = ("--listen", "tcp:127.0.0.1:0")  # which hears of a closed port on every system


def failures_name_layer_cause_and_peer():
    port = free_port()
    gone = f"sip:bob@127.0.0.1:{port};transport=tcp"
    refusal = f"tcp to 127.0.0.1:{port}: connection refused"
    ran((*OVER_TCP, "call", gone, "wait", "terminated"), 1, f"terminated call 1: {refusal}")
    ran((*OVER_TCP, "message", gone, "hello"), 1, f"message-failed {refusal}")
    ran((*OVER_TCP, "options", gone), 1, f"options-failed {refusal}")
    ran((*OVER_TCP, "--registrar", f"sip:127.0.0.1:{port};transport=tcp", "register"), 1, refusal)
    ran((*OVER_TCP, "--proxy", f"sip:127.0.0.1:{port};transport=tcp", "call", "sip:bob@example.com"), 1, refusal)
    for uri in (gone, "sips:bob@127.0.0.1", "sip:bob@[::1]"):
        ran(("call", uri), 1, f"no transport here leads to {uri}")
    ran(("message", gone, "x" * 1300), 1, "1,300 bytes")


def json_is_all_there_is():
    gone = f"sip:bob@127.0.0.1:{free_port()};transport=tcp"
    said = ran((*OVER_TCP, "--json", "status", "call", gone, "wait", "terminated", "hold"), 1)
    events = [json.loads(line) for line in said.splitlines()]
    if [event["event"] for event in events] != ["status", "calling", "terminated", "error"]:
        raise Failed(said)
    if events[2]["code"] != 503 or "connection refused" not in events[2]["reason"] or events[2]["call"] != 1:
        raise Failed(said)
    bob = Phone(PHONE, "bob")
    try:
        traced = phone(*ME, "--json", "--trace", "messages", "options", f"sip:{bob.address()}")
    finally:
        stop_all(bob)
    if [json.loads(line)["event"] for line in traced.stdout.splitlines()] != ["options-answered"]:
        raise Failed(f"{traced}")
    if "OPTIONS sip:" not in traced.stderr or "SIP/2.0 200 OK" not in traced.stderr:
        raise Failed(f"{traced}")


def what_it_sends(kind, *words):
    """The first bytes that come to a socket of ours."""
    with socket.socket(socket.AF_INET, kind) as peer:
        peer.bind(("127.0.0.1", 0))
        peer.settimeout(20)
        if kind == socket.SOCK_STREAM:
            peer.listen()
        child = subprocess.Popen([PHONE, "--aor", "sip:alice@example.com", *words, "options", f"sip:bob@127.0.0.1:{peer.getsockname()[1]}"],
                                 stdout=subprocess.DEVNULL)
        try:
            if kind == socket.SOCK_DGRAM:
                return peer.recv(65536).decode()
            with peer.accept()[0] as stream:
                stream.settimeout(20)
                return stream.recv(65536).decode()
        finally:
            child.kill()
            child.wait()


def transports_and_addresses():
    both = ("--listen", "udp:127.0.0.1:0", "--listen", "tcp:127.0.0.1:0")
    nat = ("--advertise", "nat.example:5999")
    for kind, words, expected in (
            (socket.SOCK_DGRAM, both, "Via: SIP/2.0/UDP 127.0.0.1:"),
            (socket.SOCK_STREAM, (*both, "--transport", "tcp"), "Via: SIP/2.0/TCP 127.0.0.1:"),
            (socket.SOCK_STREAM, ("--transport", "tcp"), "Via: SIP/2.0/TCP 127.0.0.1:"),
            (socket.SOCK_DGRAM, (*both, *nat), "Via: SIP/2.0/UDP nat.example:5999;"),
            (socket.SOCK_DGRAM, (*both, *nat, "--local-network", "127.0.0.0/8"), "Via: SIP/2.0/UDP 127.0.0.1:"),
            (socket.SOCK_DGRAM, (*both, "--learn-address"), "Via: SIP/2.0/UDP 127.0.0.1:")):
        said = what_it_sends(kind, *words)
        if expected not in said:
            raise Failed(f"{words}: no '{expected}' in:\n{said}")


def streams_that_are_not_there():
    for redirection, status, said in (
            ("<&-", 0, "status sip:"), ("<&- 2>&-", 0, "status sip:"), (">&-", 0, ""), (">/dev/full", 1, "cannot be written")):
        result = subprocess.run(["sh", "-c", f'exec "$0" "$@" {redirection}', PHONE, *ME, "status"], capture_output=True, text=True,
                                timeout=20, check=False)
        if result.returncode != status or said not in result.stdout + result.stderr:
            raise Failed(f"{redirection}: {result}")


if __name__ == "__main__":
    sys.exit(run_cases([
        ("options", options), ("password files", password_files), ("commands that are none", commands_that_are_none),
        ("mistakes in lines", mistakes_in_lines), ("failures name layer, cause and peer", failures_name_layer_cause_and_peer),
        ("JSON is all there is", json_is_all_there_is), ("transports and addresses", transports_and_addresses),
        ("streams that are not there", streams_that_are_not_there)]))
