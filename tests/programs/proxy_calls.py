#!/usr/bin/env python3
"""parley-proxy between parley-phones and before raw requests: who may register, who is found, forks, bridges, limits."""
import os
import socket
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from programs import Failed, Phone, Proxy, free_port, run_cases, stop_all  # noqa: E402

PHONE, PROXY = sys.argv[1:3]
USERS = ("--user", "alice:wonderland", "--user", "bob:builder")
PASSWORDS = {"alice": "wonderland", "bob": "builder"}


def start(*options):
    return Proxy(PROXY, *options, listen=("udp:127.0.0.1:0", "tcp:127.0.0.1:0"))


def phone(proxy, user, *options, protocol="udp", password=None):
    return Phone(PHONE, user, "--proxy", f"sip:{proxy.address(protocol.upper())};lr;transport={protocol}", "--password",
                 password or PASSWORDS.get(user, "x"), *options, listen=(f"{protocol}:127.0.0.1:0",))


def registered(*phones):
    for one in phones:
        one.say("register")
        one.expect("registered")


class Raw:
    """Single requests over UDP, and their final responses."""

    def __init__(self, proxy):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(5)
        self.me = f"127.0.0.1:{self.socket.getsockname()[1]}"
        host, port = proxy.address().rsplit(":", 1)
        self.to = (host, int(port))
        self.count = 0

    def ask(self, method, uri, *headers, to=None, user="alice", hops=70, body=b"", to_tag=""):
        self.count += 1
        lines = [
            f"{method} {uri} SIP/2.0", f"Via: SIP/2.0/UDP {self.me};branch=z9hG4bK{self.count}", f"Max-Forwards: {hops}",
            f"From: <sip:{user}@example.com>;tag={self.count}", f"To: <{to or uri}>{to_tag}", f"Call-ID: {self.count}@{self.me}",
            f"CSeq: 1 {method}", *headers, f"Content-Length: {len(body)}", "", ""]
        self.socket.sendto("\r\n".join(lines).encode() + body, self.to)
        while True:
            try:
                answer = self.socket.recv(65535).decode()
            except TimeoutError:
                raise Failed(f"no answer to {lines[0]}") from None
            if answer.startswith("SIP/2.0") and answer.split()[1] >= "200":
                return answer

    def expect(self, status, *what, **more):
        answer = self.ask(*what, **more)
        if answer.split()[1] != str(status):
            raise Failed(f"{what}: not {status} but:\n{answer}")
        return answer

    def register(self, user, contact):
        return self.expect(200, "REGISTER", "sip:example.com", f"Contact: <{contact}>", to=f"sip:{user}@example.com")


def without_state(proxy):
    """One phone a user; what a call needs goes through, and its CANCEL; nobody else's."""
    alice, bob = phone(proxy, "alice"), phone(proxy, "bob", protocol="tcp")
    try:
        registered(alice, bob)
        for one, other, name in ((alice, bob, "bob"), (bob, alice, "alice")):
            one.say(f"message sip:{name}@example.com hello")
            other.expect("message")
            one.expect("message-sent", code=200)
            one.say(f"call sip:{name}@example.com")
            other.expect("incoming")
            one.expect("ringing")
            other.say("answer")
            one.expect("connected")
            other.expect("connected")
            one.say("hold")
            other.expect("held", by="remote")
            other.say("hangup")
            one.expect("terminated")
            other.expect("terminated")
            one.say(f"call sip:{name}@example.com")
            other.expect("incoming")
            one.expect("ringing")
            one.say("hangup")
            for each in (one, other):
                each.expect("terminated", code=487)
            one.say(f"call sip:{name}@example.com")
            other.expect("incoming")
            other.say("reject 486")
            one.expect("terminated", code=486)
        raw = Raw(proxy)
        for uri, code in (("sip:nobody@example.com", 404), ("sip:x@127.0.0.1:9", 403), ("tel:+4930123", 416)):
            raw.expect(code, "OPTIONS", uri, user="mallory")
        raw.expect(483, "OPTIONS", "sip:alice@example.com", hops=0)
        raw.expect(420, "OPTIONS", "sip:alice@example.com", "Proxy-Require: magic")
        alice.quit(1)
        bob.quit(1)
    finally:
        stop_all(alice, bob)


def with_proxy(steps, *options):
    proxy = start(*options)
    try:
        steps(proxy)
        if proxy.terminate() != 0:
            raise Failed(proxy.tail())
    finally:
        stop_all(proxy)


def who_may_register(proxy):
    cases = (
        ("alice", (), "wrong", "example.com", 401), ("mallory", (), "x", "example.com", 401),
        ("alice", ("--auth-user", "bob"), "builder", "example.com", 403), ("bob", (), "builder", "example.org", 403))
    for user, options, password, domain, code in cases:
        one = Phone(PHONE, user, "--proxy", f"sip:{proxy.address()};lr", "--password", password, *options, domain=domain)
        try:
            one.say("register")
            one.expect("registration-failed", code=code)
            one.quit(1)
        finally:
            stop_all(one)


def who_is_found(proxy):
    alice = phone(proxy, "alice")
    try:
        alice.say("call sip:stranger@127.0.0.1:9")
        alice.expect("terminated", code=403)  # not registered: no relay to strangers
        registered(alice)
        for command, event, code in (
                ("call sip:nobody@example.com", "terminated", 404), ("call sip:bob@example.com", "terminated", 480),
                ("message sip:nobody@example.com x", "message-failed", 404), ("options sip:example.com", "options-answered", 200),
                ("options sip:alice@example.com", "options-answered", 200)):
            alice.say(command)
            alice.expect(event, code=code)
        alice.say("unregister")
        alice.expect("unregistered", code=200)
        alice.quit(1)
    finally:
        stop_all(alice)


def forks(proxy):
    """bob has a phone on UDP and one on TCP."""
    alice = phone(proxy, "alice")
    bobs = [phone(proxy, "bob"), phone(proxy, "bob", protocol="tcp")]
    try:
        registered(alice, *bobs)
        for answering in (0, 1):
            alice.say("call sip:bob@example.com")
            for one in bobs:
                one.expect("incoming")
            alice.expect("ringing")
            bobs[answering].say("answer")
            alice.expect("connected")
            bobs[answering].expect("connected")
            bobs[1 - answering].expect("terminated", code=487)
            alice.say("hold")
            bobs[answering].expect("held", by="remote")
            bobs[answering].say("hangup")
            alice.expect("terminated")
        for codes, best in (((486, 603), 603), ((404, 486), 404)):
            alice.say("call sip:bob@example.com")
            for one, code in zip(bobs, codes):
                one.expect("incoming")
                one.say(f"reject {code}")
                one.expect("terminated", code=code)
            alice.expect("terminated", code=best)
        alice.say("call sip:bob@example.com")
        for one in bobs:
            one.expect("incoming")
        alice.say("hangup")
        for one in (alice, *bobs):
            one.expect("terminated", code=487)
        for one in bobs:
            one.quit()
        alice.quit(1)
    finally:
        stop_all(alice, *bobs)


def bridges(proxy):
    """UDP to TCP and back, a text too big for one datagram of its own included."""
    alice, bob = phone(proxy, "alice"), phone(proxy, "bob", protocol="tcp")
    try:
        registered(alice, bob)
        for one, other, name in ((alice, bob, "bob"), (bob, alice, "alice")):
            one.say(f"message sip:{name}@example.com {'x' * 800}")
            if len(other.expect("message")["text"]) != 800:
                raise Failed(other.tail())
            one.expect("message-sent", code=200)
            one.say(f"call sip:{name}@example.com")
            other.expect("incoming")
            other.say("answer")
            one.expect("connected")
            one.say("hangup")
            other.expect("terminated")
            one.expect("terminated")
        raw = Raw(proxy)
        raw.expect(200, "MESSAGE", "sip:bob@example.com", "Content-Type: text/plain", body=b"y" * 20000)
        if len(bob.expect("message")["text"]) != 20000:
            raise Failed(bob.tail())
        alice.quit()
        bob.quit()
    finally:
        stop_all(alice, bob)


def limits(proxy):
    raw = Raw(proxy)
    me = ("sip:example.com", f"Contact: <sip:alice@{raw.me}>")
    who = "sip:alice@example.com"
    if "Min-Expires: 60" not in raw.expect(423, "REGISTER", *me, "Expires: 59", to=who):
        raise Failed("no Min-Expires")
    for wanted, given in (("60", 60), ("99999999", 86400)):
        if f"expires={given}" not in raw.expect(200, "REGISTER", *me, f"Expires: {wanted}", to=who):
            raise Failed(f"Expires: {wanted} did not become {given}")
    raw.expect(400, "REGISTER", "sip:example.com", "Contact: *", "Expires: 60", to=who)
    if "Contact:" in raw.expect(200, "REGISTER", "sip:example.com", "Contact: *", "Expires: 0", to=who):
        raise Failed("a binding is left")
    raw.expect(403, "REGISTER", "sip:example.org", f"Contact: <sip:a@{raw.me}>", to="sip:alice@example.org")
    raw.expect(420, "REGISTER", *me, "Require: magic", to=who)
    raw.expect(420, "OPTIONS", who, "Proxy-Require: magic")
    raw.expect(483, "OPTIONS", who, hops=0)
    raw.expect(200, "OPTIONS", "sip:example.com", hops=0)
    raw.expect(481, "CANCEL", who)
    raw.expect(404, "INVITE", "sip:example.com")


def schemes(proxy):
    """No scheme but its own leads anywhere, for strangers and users alike; a Route may."""
    raw = Raw(proxy)
    for uri in ("tel:+4930123", "urn:service:sos", "odd:x"):
        raw.expect(416, "OPTIONS", uri)
    raw.expect(403, "OPTIONS", "tel:+4930123", f"Route: <sip:{raw.me};lr>")
    raw.expect(200, "REGISTER", "sip:example.com", f"Contact: <sip:alice@{raw.me}>", to="sip:alice@example.com")
    raw.expect(416, "OPTIONS", "tel:+4930123", to="sip:alice@example.com")


def loops():
    """A name that is bound to itself comes round once."""
    port = free_port()
    proxy = Proxy(PROXY, listen=(f"udp:127.0.0.1:{port}",), domain="127.0.0.1")
    try:
        raw = Raw(proxy)
        me = f"sip:round@127.0.0.1:{port}"
        raw.expect(200, "REGISTER", f"sip:127.0.0.1:{port}", f"Contact: <{me}>", to="sip:round@127.0.0.1")
        raw.expect(482, "OPTIONS", me)
    finally:
        stop_all(proxy)


class Answering:
    """A socket that registered, and hears of requests: its Contact is an address where nobody listens, as behind a NAT."""

    def __init__(self, raw, user, contact, stream=None):
        self.raw, self.stream = raw, stream
        self.contact = f"Contact: <sip:{user}@{contact}>"
        lines = [
            "REGISTER sip:example.com SIP/2.0", f"Via: SIP/2.0/{'TCP' if stream else 'UDP'} 192.168.7.7;rport;branch=z9hG4bK{user}",
            "Max-Forwards: 70", f"From: <sip:{user}@example.com>;tag=1", f"To: <sip:{user}@example.com>", f"Call-ID: {user}",
            "CSeq: 1 REGISTER", self.contact, "Content-Length: 0", "", ""]
        self.send("\r\n".join(lines))
        self.hear("SIP/2.0 200 ")

    def send(self, text):
        if self.stream:
            self.stream.sendall(text.encode())
        else:
            self.raw.socket.sendto(text.encode(), self.raw.to)

    def hear(self, start):
        try:
            text = (self.stream or self.raw.socket).recv(65535).decode()
        except TimeoutError:
            raise Failed(f"no {start}") from None
        if not text.startswith(start):
            raise Failed(f"not {start} but\n{text}")
        return text

    def answer(self, request, *more, body=""):
        kept = [line for line in request.split("\r\n") if line.split(":")[0] in ("Via", "Record-Route", "From", "Call-ID", "CSeq")]
        to = next(line for line in request.split("\r\n") if line.startswith("To:"))
        self.send("\r\n".join(["SIP/2.0 200 OK", *kept, to if "tag=" in to else to + ";tag=nat", *more,
                               f"Content-Length: {len(body)}", "", body]))


SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"


def behind_a_nat(proxy):
    """Over UDP and TCP it is called, and hears ACK and BYE, where it came from."""
    alice = phone(proxy, "alice")
    host, port = proxy.address("TCP").rsplit(":", 1)
    try:
        registered(alice)
        with socket.create_connection((host, int(port)), 5) as stream:
            for carol in (Answering(Raw(proxy), "carol", "192.168.7.7:5060"),
                          Answering(None, "dave", "192.168.7.7:5060;transport=tcp", stream)):
                user = carol.contact.split(":")[2].split("@")[0]
                alice.say(f"call sip:{user}@example.com")
                carol.answer(carol.hear(f"INVITE sip:{user}@192.168.7.7:5060"), carol.contact, "Content-Type: application/sdp",
                             body=SDP)
                alice.expect("connected")
                carol.hear(f"ACK sip:{user}@192.168.7.7:5060")
                alice.say("hangup")
                carol.answer(carol.hear(f"BYE sip:{user}@192.168.7.7:5060"))
                alice.expect("terminated")
        alice.quit()
    finally:
        stop_all(alice)


def connections_that_ended(proxy):
    """Whoever can be found by his Contact is; the other's calls fail at once, as does his dialog."""
    raw = Raw(proxy)
    host, port = proxy.address("TCP").rsplit(":", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        listens = f"127.0.0.1:{server.getsockname()[1]};transport=tcp"
        for user, contact in (("found", listens), ("lost", "192.168.7.7:5060;transport=tcp")):
            with socket.create_connection((host, int(port)), 5) as stream:
                Answering(None, user, contact, stream)
        raw.expect(430, "MESSAGE", "sip:lost@example.com")
        raw.socket.settimeout(0.1)
        try:
            raw.ask("MESSAGE", "sip:found@example.com")
        except Failed:
            pass  # answered below
        stream, _ = server.accept()
        with stream:
            stream.settimeout(5)
            if not stream.recv(65535).startswith(b"MESSAGE sip:found@127.0.0.1:"):
                raise Failed("another request")


def nothing_for(victim, what):
    victim.settimeout(0.2)
    try:
        raise Failed(f"{what}: the victim got\n{victim.recv(65535).decode()}")
    except TimeoutError:
        pass


def strangers_routes(proxy):
    """Our name in Route, and a To tag, do not make us pass on what a stranger sends; nor does maddr aim our answers."""
    raw = Raw(proxy)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as victim:
        victim.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{victim.getsockname()[1]}"
        uri = f"sip:anyone@{where}"
        for route in (f"<sip:{proxy.address()};lr>", f"<sip:{proxy.address()};lr;dlg=0123456789abcdef>", "<sip:example.com;lr>"):
            for method in ("BYE", "INVITE", "MESSAGE"):
                raw.expect(403, method, uri, f"Route: {route}", to_tag=";tag=1")
        raw.socket.sendto("\r\n".join([
            f"ACK {uri} SIP/2.0", f"Via: SIP/2.0/UDP {raw.me};branch=z9hG4bKack", f"Route: <sip:{proxy.address()};lr>",
            "From: <sip:a@example.com>;tag=1", f"To: <{uri}>;tag=2", "Call-ID: x", "CSeq: 1 ACK", "", ""]).encode(), raw.to)
        lines = ["OPTIONS sip:example.com SIP/2.0", f"Via: SIP/2.0/UDP {where};maddr=127.0.0.1;rport;branch=z9hG4bKmaddr",
                 "Max-Forwards: 70", "From: <sip:a@example.com>;tag=1", "To: <sip:example.com>", "Call-ID: m", "CSeq: 1 OPTIONS", "", ""]
        raw.socket.sendto("\r\n".join(lines).encode(), raw.to)
        if not raw.socket.recv(65535).startswith(b"SIP/2.0 200 "):
            raise Failed("no 200 to who asked")
        nothing_for(victim, "a stranger's Route")


def forged_responses(proxy):
    """What answers nothing that was passed on goes nowhere."""
    raw = Raw(proxy)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as victim:
        victim.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{victim.getsockname()[1]}"
        for branch in ("z9hG4bKp00" + "0123456789abcdef" + "00000001", "z9hG4bKs00" + "0123456789abcdef", "z9hG4bKx"):
            raw.socket.sendto("\r\n".join([
                "SIP/2.0 200 OK", f"Via: SIP/2.0/UDP {proxy.address()};branch={branch}", f"Via: SIP/2.0/UDP {where};branch=z9hG4bKv",
                "From: <sip:a@example.com>;tag=1", "To: <sip:b@example.com>;tag=2", "Call-ID: x", "CSeq: 1 INVITE", "", ""]).encode(),
                                  raw.to)
        nothing_for(victim, "a forged response")


def dialogs_after_a_restart():
    """A stranger's call to bob goes on with the same secret; without one what is inside it counts as new, and is refused."""
    with tempfile.TemporaryDirectory() as folder:
        secret = os.path.join(folder, "secret")
        with open(secret, "w", encoding="utf-8") as file:
            file.write("correct horse battery staple\n")
        for options, allowed in (("--secret", secret), True), ((), False):
            port = free_port()
            listen = (f"udp:127.0.0.1:{port}",)
            proxy = Proxy(PROXY, *options, listen=listen)
            try:
                raw = Raw(proxy)
                bob = Raw(proxy)
                bob_user = Answering(bob, "bob", bob.me)
                lines = [f"Via: SIP/2.0/UDP {raw.me};branch=z9hG4bK", "Max-Forwards: 70", "From: <sip:s@other.example>;tag=s",
                         f"Contact: <sip:s@{raw.me}>", "Call-ID: s"]
                to, way = "To: <sip:bob@example.com>", [("INVITE sip:bob@example.com", ())]
                for i in range(3):
                    start, routes = way[-1]
                    method = start.split()[0]
                    raw.socket.sendto("\r\n".join([
                        f"{start} SIP/2.0", lines[0] + str(i), *lines[1:], to, *routes, f"CSeq: {i + 1} {method}",
                        "Content-Length: 0", "", ""]).encode(), raw.to)
                    if i == 2 and not allowed:
                        break
                    bob_user.answer(bob_user.hear(start.split("@")[0]), bob_user.contact)
                    answer = ""
                    while not answer.startswith("SIP/2.0 200"):
                        answer = raw.socket.recv(65535).decode()
                    if i == 0:
                        record = next(line for line in answer.split("\r\n") if line.startswith("Record-Route: "))
                        to = next(line for line in answer.split("\r\n") if line.startswith("To: "))
                    else:
                        proxy.terminate()
                        proxy = Proxy(PROXY, *options, listen=listen)
                    way.append((f"INFO sip:bob@{bob.me}", (record.replace("Record-Route", "Route"),)))
                if not allowed and not raw.socket.recv(65535).startswith(b"SIP/2.0 403 "):
                    raise Failed("a dialog of before the restart was not refused")
            finally:
                stop_all(proxy)


if __name__ == "__main__":
    sys.exit(run_cases([
        ("who may register", lambda: with_proxy(who_may_register, *USERS)), ("who is found", lambda: with_proxy(who_is_found, *USERS)),
        ("forks", lambda: with_proxy(forks, *USERS)), ("bridges", lambda: with_proxy(bridges, *USERS)),
        ("without state", lambda: with_proxy(without_state, "--stateless", *USERS)), ("limits", lambda: with_proxy(limits)),
        ("schemes", lambda: with_proxy(schemes)), ("loops", loops),
        ("behind a NAT", lambda: with_proxy(behind_a_nat)),
        ("strangers' routes", lambda: with_proxy(strangers_routes)), ("forged responses", lambda: with_proxy(forged_responses)),
        ("dialogs after a restart", dialogs_after_a_restart),
        ("connections that ended", lambda: with_proxy(connections_that_ended))]))
