#!/usr/bin/env python3
"""Names by a real name server: nsd on a loopback port serves a zone file, and what our look-ups make of it is compared.
And a phone finds another by the zone. One server answers by UDP, and by TCP what is too long for it; beside it stands one that never answers."""

import os
import pwd
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from programs import Failed, Phone, Process, free_port, run_cases, stop_all, wait_until  # noqa: E402

PHONE = sys.argv[1]
ASK_NAMES = sys.argv[3]  # after the phone and the proxy

ZONE = """$ORIGIN example.com.
$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 77
@ NS ns
ns A 127.0.0.1
@ 120 NAPTR 20 10 "s" "SIP+D2U" "" _sip._udp
@ 120 NAPTR 10 50 "s" "SIP+D2T" "" _sip._tcp
@ 120 NAPTR 5 50 "s" "SIP+D2S" "" _sip._sctp
_sip._udp 60 SRV 10 0 5062 a
_sip._udp 60 SRV 20 0 5063 b
_sip._tcp 90 SRV 0 0 5064 b
a 30 A 192.0.2.1
a 40 AAAA 2001:db8::1
b A 192.0.2.2
four A 192.0.2.4
six AAAA 2001:db8::6
www 20 CNAME also
also 50 CNAME a
_sip._udp.none SRV 0 0 0 .
none A 192.0.2.9
_sip._tcp.none SRV 0 0 0 .
phones NAPTR 10 1 "s" "SIP+D2U" "" _sip._udp.phones
phones NAPTR 5 1 "s" "SIP+D2T" "" _sip._tcp.phones
_sip._udp.phones SRV 0 0 {mute} loop
_sip._tcp.phones SRV 0 0 {phone} loop
loop A 127.0.0.1
"""

NUMBERS = """$ORIGIN e164.arpa.
$TTL 300
@ SOA ns.example.com. hostmaster.example.com. 1 3600 600 86400 77
@ NS ns.example.com.
3.8.0.0.6.9.2.3.6.1.4.4 NAPTR 10 101 "u" "E2U+email" "!^.*$!mailto:info@example.com!" .
3.8.0.0.6.9.2.3.6.1.4.4 NAPTR 10 102 "u" "E2U+sip" "!^\\\\+44(.*)$!sip:\\\\1@example.com!" .
3.8.0.0.6.9.2.3.6.1.4.4 NAPTR 10 100 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .
"""


def large():
    """Records that are too long for a datagram of 1,232 bytes."""
    for i in range(30):
        yield f"_sip._udp.large SRV {i + 1} 0 5060 a-host-with-quite-a-long-name-number-{i:02}.large\n"
        yield f"a-host-with-quite-a-long-name-number-{i:02}.large A 192.0.2.{100 + i}\n"


class NameServer:
    def __init__(self, scratch):
        self.port = free_port("127.0.0.1")
        self.address = f"127.0.0.1:{self.port}"
        self.phone_port = free_port("127.0.0.1")
        with open(os.path.join(scratch, "example.com.zone"), "w") as file:
            file.write(ZONE.format(mute=self.port, phone=self.phone_port) + "".join(large()))
        with open(os.path.join(scratch, "e164.arpa.zone"), "w") as file:
            file.write(NUMBERS)
        config = os.path.join(scratch, "nsd.conf")
        user = pwd.getpwuid(os.getuid()).pw_name
        with open(config, "w") as file:
            file.write(f"""server:
    ip-address: 127.0.0.1@{self.port}
    port: {self.port}
    server-count: 1
    username: "{user}"
    chroot: ""
    zonesdir: "{scratch}"
    database: ""
    pidfile: "{scratch}/nsd.pid"
    xfrdfile: "{scratch}/xfrd.state"
    zonelistfile: "{scratch}/zone.list"
    cookie-secret-file: "{scratch}/cookies"
    logfile: ""
    verbosity: 1
remote-control:
    control-enable: no
zone:
    name: example.com
    zonefile: example.com.zone
zone:
    name: e164.arpa
    zonefile: e164.arpa.zone
""")
        self.process = Process("nsd", ["nsd", "-d", "-c", config], own_group=True)
        wait_until(self.answers, "nsd answers")

    def answers(self):
        if self.process.child.poll() is not None:
            raise Failed("nsd has ended:\n" + self.process.tail())
        question = b"\0\1\0\0\0\1\0\0\0\0\0\0\7example\3com\0\0\6\0\1"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(0.2)
            try:
                asker.connect(("127.0.0.1", self.port))
                asker.send(question)
                return asker.recv(512)[3] & 15 == 0
            except OSError:
                return False


def look_up(servers, *what):
    done = subprocess.run([ASK_NAMES, servers, *what], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise Failed(f"ask_names ended with {done.returncode}: {done.stdout}{done.stderr}")
    return dict(zip(what, (line.split(": ", 1)[1] for line in done.stdout.splitlines())))


def expect(servers, cases):
    found = look_up(servers, *cases)
    for what, wanted in cases.items():
        if found.get(what) != wanted:
            raise Failed(f"{what}: {found.get(what)}\n  wanted: {wanted}")


def uris(server):
    expect(server.address, {
        "sip:example.com": "TCP 192.0.2.2:5064 ttl 90, UDP [2001:db8::1]:5062 ttl 30, UDP 192.0.2.1:5062 ttl 30, "
                           "UDP 192.0.2.2:5063 ttl 60",
        "sip:example.com;transport=udp": "UDP [2001:db8::1]:5062 ttl 30, UDP 192.0.2.1:5062 ttl 30, "
                                         "UDP 192.0.2.2:5063 ttl 60",
        "sip:four.example.com": "UDP 192.0.2.4:5060 ttl 300",
        "sip:six.example.com": "UDP [2001:db8::6]:5060 ttl 300",
        "sip:www.example.com:5070": "UDP [2001:db8::1]:5070 ttl 20, UDP 192.0.2.1:5070 ttl 20",
        "sip:192.0.2.7": "UDP 192.0.2.7:5060 ttl 4294967295",
        "sip:gone.example.com": "no address for gone.example.com: no such name",
        "sip:none.example.com": "no address for none.example.com: the domain says that it has no such service",
        "sips:example.com": "not supported",
    })


def numbers(server):
    expect(server.address, {
        "+441632960083": "sip:info@example.com, sip:1632960083@example.com",
        "+441632960084": "no such number",
    })


def what_is_long_comes_by_tcp(server):
    found = look_up(server.address, "sip:large.example.com;transport=udp")["sip:large.example.com;transport=udp"]
    first = ", ".join(f"UDP 192.0.2.{100 + i}:5060 ttl 300" for i in range(12))
    if found != first:
        raise Failed(f"large: {found}")


def a_second_server_is_asked(server):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        expect(f"127.0.0.1:{mute.getsockname()[1]},{server.address}", {
            "sip:four.example.com:5060": "UDP 192.0.2.4:5060 ttl 300",
        })


def a_server_that_refuses(server):
    found = look_up(server.address, "sip:example.net:5060")
    if not found["sip:example.net:5060"].startswith("no address for example.net: "):
        raise Failed(str(found))


def no_server_answers(_server):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        found = look_up(f"127.0.0.1:{mute.getsockname()[1]}", "sip:four.example.com:5060")
    if not found["sip:four.example.com:5060"].startswith("no address for four.example.com: Timeout"):
        raise Failed(str(found))


def a_phone_is_found(server):
    bob = Phone(PHONE, "bob", domain="phones.example.com", listen=(f"tcp:127.0.0.1:{server.phone_port}",))
    alice = Phone(PHONE, "alice", "--name-servers", server.address, listen=("udp:127.0.0.1:0", "tcp:127.0.0.1:0"))
    try:
        bob.address()  # it listens
        alice.say("message sip:bob@phones.example.com found")
        bob.expect("message", text="found")
        alice.expect("message-sent", code=200)
        alice.say("message sip:bob@gone.example.com lost")
        alice.expect("message-failed")
    finally:
        stop_all(alice, bob)


def main():
    with tempfile.TemporaryDirectory() as scratch:
        server = NameServer(scratch)
        try:
            return run_cases([(case.__name__, lambda case=case: case(server)) for case in (
                uris, numbers, what_is_long_comes_by_tcp, a_second_server_is_asked, a_server_that_refuses,
                no_server_answers, a_phone_is_found)])
        finally:
            server.process.kill()


sys.exit(main())
