#!/usr/bin/env python3
"""SIP over WebSocket: our phone at kamailio's websocket module, and at our proxy a client that writes SIP as scripts of web pages
do, on python3-websockets: it cannot be connected to, and all goes along the connection that it made. With and without TLS."""

import asyncio
import os
import random
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

sys.path.append("/usr/lib/python3/dist-packages")  # where Debian puts it, whatever interpreter this is
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import websockets  # noqa: E402

import kamailio  # noqa: E402
from programs import (  # noqa: E402
    Capture, Failed, Phone, Proxy, free_port, listens, run_cases, stop_all, wait_until)

PHONE, PROXY, MAKE_CERTS = sys.argv[1], sys.argv[2], sys.argv[4]
CERTS = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


def cert(name, kind="pem"):
    return os.path.join(CERTS.name, f"{name}.{kind}")


SERVER = ["--tls-cert", cert("server"), "--tls-key", cert("server", "key"), "--tls-clients", "none"]
TRUST = ["--tls-ca", cert("ca")]


class WsCapture(Capture):
    """tshark finds SIP in the frames of WebSocket, by the subprotocol that the handshake agreed on."""

    def __init__(self, ports, secure=False):
        super().__init__(ports)
        self.keys = self.file.name + ".keys" if secure else None

    def options(self):
        return ["--tls-keylog", self.keys] if self.keys else []

    def decode(self):
        inside = ["-o", f"tls.keylog_file:{self.keys}"] if self.keys else []
        for port in self.ports:
            inside += ["-d", f"tcp.port=={port},tls", "-d", f"tls.port=={port},http"] if self.keys else \
                ["-d", f"tcp.port=={port},http"]

        def rows(display):
            out = subprocess.run(
                ["tshark", "-n", *inside, "-r", self.file.name, "-Y", display, "-T", "fields", "-e", "frame.number",
                 "-e", "tcp.srcport", "-e", "_ws.col.Info"],
                capture_output=True, text=True, check=True)
            return out.stdout.splitlines()

        return len(rows("websocket and sip")), rows('_ws.malformed or (sip and _ws.expert.severity == "Error")')

    def check(self, least):
        super().check(least)
        if self.keys:
            os.unlink(self.keys)


# ---- our phone and kamailio


KAMAILIO_TLS = """\
[server:default]
method = TLSv1.2+
verify_certificate = no
require_certificate = no
private_key = {key}
certificate = {pem}
"""


def through_kamailio(secure):
    """alice by WebSocket, bob by UDP: calls in both directions, hold, message; kamailio reaches alice by her connection alone."""
    port, tls_port, bobs = free_port(), free_port(), free_port()
    capture = WsCapture([tls_port if secure else port], secure)
    phones = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        config = os.path.join(scratch, "tls.cfg")
        with open(config, "w", encoding="utf-8") as file:
            file.write(KAMAILIO_TLS.format(pem=cert("server"), key=cert("server", "key")))
        more = ["-A", "WITH_TLS", "-A", f"TLSPORT={tls_port}", "-A", f'TLSCFG="{config}"'] if secure else []
        peer = kamailio.Kamailio(port, scratch, "-A", "WITH_WS", *more)
        try:
            kamailio.wait_for_kamailio(peer, port)
            if secure:
                wait_until(lambda: listens(tls_port, "tcp"), "kamailio's TLS port")
                way = ["--proxy", f"sips:127.0.0.1:{tls_port};transport=ws;lr", *TRUST, *capture.options()]
            else:
                way = ["--proxy", f"sip:127.0.0.1:{port};transport=ws;lr"]
            where = "wss:127.0.0.1:0" if secure else "ws:127.0.0.1:0"
            phones.append(Phone(PHONE, "alice", *way, "--password", "secret-alice", listen=(where,)))
            phones.append(Phone(PHONE, "bob", "--proxy", f"sip:127.0.0.1:{port};lr", "--password", "secret-bob",
                                listen=(f"udp:127.0.0.1:{bobs}",)))
            kamailio.steps(*phones)
        except Failed as why:
            raise Failed(f"{why}\n{peer.tail()}") from None
        finally:
            stop_all(*phones, peer)
            capture.stop()
    capture.check(20)


# ---- a browser at our proxy


class Message:
    """A SIP message taken apart."""

    def __init__(self, text):
        head, self.body = text.split("\r\n\r\n", 1)
        self.line, *lines = head.split("\r\n")
        self.headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines]

    def all(self, name):
        return [value for header, value in self.headers if header.lower() == name.lower()]

    def one(self, name):
        return self.all(name)[0]


SDP = ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"
       "a=rtpmap:0 PCMU/8000\r\n")


class Browser:
    """A web page's user agent. Its host is a random name in .invalid (RFC 7118 5)."""

    def __init__(self, url, user, trust=None, origin=None, protocols=("sip",)):
        self.protocol = "WSS" if url.startswith("wss") else "WS"
        self.host = f"{random.randrange(16 ** 12):012x}.invalid"
        self.user, self.cseq, self.calls = user, 0, 0
        self.contact = f"<sip:{user}@{self.host};transport=ws>"
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        context = ssl.create_default_context(cafile=trust) if trust else None
        self.socket = self.run(lambda: websockets.connect(
            url, subprotocols=protocols, ssl=context, origin=origin, ping_interval=None))

    def run(self, what, seconds=10):
        """Await what `what` gives, in the socket's thread."""
        async def awaited():
            return await what()

        future = asyncio.run_coroutine_threadsafe(awaited(), self.loop)
        try:
            return future.result(seconds)
        except asyncio.TimeoutError:
            raise Failed(f"{self.user}'s WebSocket: nothing came") from None

    def say(self, text):
        self.run(lambda: self.socket.send(text))

    def hear(self):
        return self.run(self.socket.recv)

    def close(self):
        self.run(self.socket.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    def ping(self):
        async def there_and_back():
            await (await self.socket.ping())

        self.run(there_and_back)

    def request(self, method, uri, to, *headers, call=None, cseq=None, body=""):
        """Send it; its Call-ID."""
        self.cseq += 1
        call = call or f"{self.cseq}.{self.host}"
        typed = ["Content-Type: application/sdp"] if body else []
        self.say("\r\n".join([
            f"{method} {uri} SIP/2.0", f"Via: SIP/2.0/{self.protocol} {self.host};branch=z9hG4bK{self.cseq}{self.user}",
            "Max-Forwards: 69", f"To: {to}", f"From: <sip:{self.user}@example.com>;tag=here", f"Call-ID: {call}",
            f"CSeq: {cseq or self.cseq} {method}", *headers, *typed, f"Content-Length: {len(body)}", "", body]))
        return call

    def answer(self, request, status, *headers, body=""):
        dialog = [f"{name}: {value}" for name in ("Via", "Record-Route", "From", "Call-ID", "CSeq") for value in request.all(name)]
        to = request.one("To")
        typed = ["Content-Type: application/sdp"] if body else []
        self.say("\r\n".join([
            f"SIP/2.0 {status} Whatever", *dialog, "To: " + (to if "tag=" in to else to + ";tag=there"), *headers, *typed,
            f"Content-Length: {len(body)}", "", body]))

    def expect(self, start):
        text = self.hear()
        if not isinstance(text, str) or not text.startswith(start):
            raise Failed(f"{self.user} wanted {start}, and got:\n{text}")
        return Message(text)

    def final(self, start):
        """The same, provisional responses aside."""
        while True:
            text = self.hear()
            if re.match(r"SIP/2.0 1", text) is None:
                break
        if not text.startswith(start):
            raise Failed(f"{self.user} wanted {start}, and got:\n{text}")
        return Message(text)

    def register(self, expires=600):
        self.request("REGISTER", "sip:example.com", f"<sip:{self.user}@example.com>", f"Contact: {self.contact};expires={expires}",
                     "Supported: path, outbound")
        done = self.expect("SIP/2.0 200")
        if expires and not any(self.host in contact for contact in done.all("Contact")):
            raise Failed(f"it is not registered: {done.headers}")

    def take_reinvite(self, what):
        again = self.expect(f"INVITE sip:{self.user}@{self.host};transport=ws SIP/2.0")
        if what not in again.body:
            raise Failed(f"no {what} in\n{again.body}")
        self.answer(again, 200, f"Contact: {self.contact}", body=SDP.replace("a=rtpmap", "a=recvonly\r\na=rtpmap"))
        self.expect("ACK ")


def bob_calls(browser, bob):
    """Each request of bob's, also in the dialog, arrives though no name server knows the browser's host."""
    bob.say(f"call sip:{browser.user}@example.com")
    invite = browser.expect(f"INVITE sip:{browser.user}@{browser.host};transport=ws SIP/2.0")
    if f"SIP/2.0/{browser.protocol} " not in invite.all("Via")[0]:
        raise Failed(f"the topmost Via is {invite.all('Via')[0]}")
    browser.answer(invite, 180, f"Contact: {browser.contact}")
    bob.expect("ringing")
    browser.answer(invite, 200, f"Contact: {browser.contact}", body=SDP)
    browser.expect("ACK ")
    bob.expect("connected")
    bob.say("hold")
    browser.take_reinvite("a=sendonly")
    bob.expect("held", by="local")
    bob.say("hangup")
    browser.answer(browser.expect("BYE "), 200)
    bob.expect("terminated")
    bob.say(f'message sip:{browser.user}@example.com "to the page"')
    page = browser.expect("MESSAGE ")
    if page.body != "to the page":
        raise Failed(page.body)
    browser.answer(page, 200)
    bob.expect("message-sent")


def browser_calls(browser, bob):
    call = browser.request("INVITE", "sip:bob@example.com", "<sip:bob@example.com>", f"Contact: {browser.contact}", body=SDP)
    first = browser.cseq
    bob.expect("incoming")
    bob.say("answer")
    done = browser.final("SIP/2.0 200")
    routes = [f"Route: {route}" for route in reversed(done.all("Record-Route"))]
    uri = re.search("<(.*?)>", done.one("Contact")).group(1)
    browser.request("ACK", uri, done.one("To"), *routes, call=call, cseq=first)
    bob.expect("connected")
    bob.say("hold")
    browser.take_reinvite("a=sendonly")
    bob.expect("held", by="local")
    browser.request("BYE", uri, done.one("To"), *routes, call=call)
    browser.final("SIP/2.0 200")
    bob.expect("terminated")


def at_our_proxy(secure):
    kind = "wss" if secure else "ws"
    port = free_port()
    capture = WsCapture([port], secure)
    proxy = bob = None
    try:
        proxy = Proxy(PROXY, "--verbose", *(SERVER + capture.options() if secure else []),
                      listen=(f"{kind}:127.0.0.1:{port}", "udp:127.0.0.1:0"))
        bob = Phone(PHONE, "bob", "--proxy", f"sip:{proxy.address()};lr")
        bob.say("register")
        bob.expect("registered")
        browser = Browser(f"{kind}://127.0.0.1:{port}/", "page", trust=cert("ca") if secure else None)
        if browser.socket.subprotocol != "sip":
            raise Failed("no subprotocol")
        browser.register()
        browser.say("\r\n\r\n")
        if browser.hear() != "\r\n":
            raise Failed("no answer to a keep-alive")
        browser.ping()
        bob_calls(browser, bob)
        browser_calls(browser, bob)
        reconnects(proxy, browser, bob, f"{kind}://127.0.0.1:{port}/", secure)
        bob.quit(status=1)  # one of its calls failed
        if proxy.terminate() != 0:
            raise Failed(proxy.tail())
    finally:
        stop_all(bob, proxy)
        capture.stop()
    capture.check(30)


def reconnects(proxy, browser, bob, url, secure):
    """While the page is gone its calls fail at once; then it registers by a new connection, and hears of them."""
    browser.close()
    proxy.expect_line("closed by the peer")
    bob.say("call sip:page@example.com")
    bob.expect("terminated", code=430)
    again = Browser(url, "page", trust=cert("ca") if secure else None)
    again.register()
    bob_calls(again, bob)
    again.register(expires=0)
    again.close()


def two_browsers():
    """Neither can be found but by its connection, and both use the same listener."""
    proxy = Proxy(PROXY, listen=("ws:127.0.0.1:0",))
    try:
        url = f"ws://{proxy.address('WS')}/"
        one, other = Browser(url, "one"), Browser(url, "other")
        one.register()
        other.register()
        call = one.request("INVITE", "sip:other@example.com", "<sip:other@example.com>", f"Contact: {one.contact}", body=SDP)
        first = one.cseq
        invite = other.expect(f"INVITE sip:other@{other.host}")
        other.answer(invite, 200, f"Contact: {other.contact}", body=SDP)
        done = one.final("SIP/2.0 200")
        routes = [f"Route: {route}" for route in reversed(done.all("Record-Route"))]
        one.request("ACK", other.contact.strip("<>"), done.one("To"), *routes, call=call, cseq=first)
        other.expect("ACK ")
        one.request("INFO", other.contact.strip("<>"), done.one("To"), *routes, call=call)
        other.answer(other.expect("INFO "), 200)
        one.expect("SIP/2.0 200")
        other.request("BYE", one.contact.strip("<>"), invite.one("From"), *[f"Route: {r}" for r in invite.all("Record-Route")],
                      call=call)
        one.answer(one.expect(f"BYE sip:one@{one.host}"), 200)
        other.expect("SIP/2.0 200")
        one.close()
        other.close()
    finally:
        stop_all(proxy)


def pages_come_and_go():
    """Each is a new contact of the same user; those of pages that are gone fill no list, and the last one is called."""
    proxy = Proxy(PROXY, "--verbose", listen=("ws:127.0.0.1:0", "udp:127.0.0.1:0"))
    bob = Phone(PHONE, "bob", "--proxy", f"sip:{proxy.address()};lr")
    try:
        for _ in range(25):
            page = Browser(f"ws://{proxy.address('WS')}/", "page")
            page.register()
            page.close()
            proxy.expect_line("closed by the peer")
        page = Browser(f"ws://{proxy.address('WS')}/", "page")
        page.register()
        bob_calls(page, bob)
        page.close()
        bob.quit()
    finally:
        stop_all(bob, proxy)


def at_our_phone():
    """A page calls the phone and is called back on hold, without any proxy."""
    phone = Phone(PHONE, "alice", listen=("ws:127.0.0.1:0",))
    try:
        address = phone.address()
        page = Browser(f"ws://{address}/", "page")
        for ends in (page, phone):
            call = page.request("INVITE", f"sip:alice@{address};transport=ws", f"<sip:alice@{address}>",
                                f"Contact: {page.contact}", body=SDP)
            first = page.cseq
            phone.expect("incoming")
            phone.say("answer")
            done = page.final("SIP/2.0 200")
            uri = re.search("<(.*?)>", done.one("Contact")).group(1)
            page.request("ACK", uri, done.one("To"), call=call, cseq=first)
            phone.expect("connected")
            phone.say("hold")
            page.take_reinvite("a=sendonly")
            phone.expect("held", by="local")
            if ends is page:
                page.request("BYE", uri, done.one("To"), call=call)
                page.final("SIP/2.0 200")
            else:
                phone.say("hangup")
                page.answer(page.expect(f"BYE sip:page@{page.host}"), 200)
            phone.expect("terminated")
        page.close()
        phone.quit()
    finally:
        stop_all(phone)


# ---- handshakes that must not succeed


GET = "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\n"
UPGRADE = GET + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"


def refused_plainly(proxy, text, status, why):
    with socket.create_connection(tuple(proxy.address("WS").rsplit(":", 1))) as sock:
        sock.settimeout(5)
        sock.sendall(text.encode())
        answer = b""
        while chunk := sock.recv(4096):  # until it is closed
            answer += chunk
    if not answer.startswith(f"HTTP/1.1 {status} ".encode()):
        raise Failed(f"{text}\n{answer.decode()}")
    line = proxy.expect_line("ws from ")
    if not re.search(f"refused with {status}: .*{why}", line):
        raise Failed(line)


def bad_clients():
    proxy = Proxy(PROXY, "--verbose", "--ws-path", "/ws", "--ws-origin", "https://good.example", listen=("ws:127.0.0.1:0",))
    try:
        refused_plainly(proxy, GET + "\r\n", 426, "")
        refused_plainly(proxy, UPGRADE + "\r\n", 400, "sip")
        refused_plainly(proxy, UPGRADE + "Sec-WebSocket-Protocol: mqtt\r\n\r\n", 400, "sip")
        refused_plainly(proxy, UPGRADE.replace("/ws", "/other") + "Sec-WebSocket-Protocol: sip\r\n\r\n", 404, "path")
        refused_plainly(proxy, UPGRADE + "Origin: https://evil.example\r\nSec-WebSocket-Protocol: sip\r\n\r\n", 403, "origin")
        refused_plainly(proxy, "OPTIONS sip:a SIP/2.0\r\n\r\n", 405, "")
        refused_plainly(proxy, GET + "X: " + 9000 * "x", 431, "")
        good = Browser(f"ws://{proxy.address('WS')}/ws", "good", origin="https://good.example")
        good.register()
        good.close()
    finally:
        stop_all(proxy)


def bad_clients_by_tls():
    proxy = Proxy(PROXY, "--verbose", *SERVER, listen=("wss:127.0.0.1:0",))
    try:
        connect = ["openssl", "s_client", "-quiet", "-connect", proxy.address("WSS"), "-CAfile", cert("ca"), "-verify_return_error"]
        done = subprocess.run(connect, input=(GET + "\r\n").encode(), timeout=20, capture_output=True, check=False)
        if not done.stdout.startswith(b"HTTP/1.1 426 "):
            raise Failed(f"{done.stdout}\n{done.stderr}")
        line = proxy.expect_line("wss from ")
        if "refused with 426" not in line:
            raise Failed(line)
        done = subprocess.run([*connect, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], input=b"", timeout=20, capture_output=True,
                              check=False)
        line = proxy.expect_line("wss from ")
        if b"alert" not in done.stderr or "no TLS version in common" not in line:
            raise Failed(f"{line}\n{done.stderr}")
        good = Browser(f"wss://{proxy.address('WSS')}/", "good", trust=cert("ca"))
        good.register()
        good.close()
    finally:
        stop_all(proxy)


def server_without_websocket():
    """The phone says why it cannot register at a web server that knows no WebSocket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        phone = Phone(PHONE, "alice", "--ws-path", "/sip", listen=("ws:127.0.0.1:0",))
        try:
            phone.say(f"options sip:127.0.0.1:{server.getsockname()[1]};transport=ws")
            peer, _ = server.accept()
            with peer:
                asked = peer.recv(4096).decode()
                if not asked.startswith("GET /sip HTTP/1.1\r\n") or "Sec-WebSocket-Protocol: sip\r\n" not in asked:
                    raise Failed(asked)
                peer.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                reason = phone.expect("options-failed")["reason"]
            if "404" not in reason:
                raise Failed(reason)
            phone.quit(status=1)
        finally:
            stop_all(phone)


if __name__ == "__main__":
    subprocess.run([MAKE_CERTS, CERTS.name], check=True)
    sys.exit(run_cases([
        ("our phone at kamailio by ws", lambda: through_kamailio(False)),
        ("our phone at kamailio by wss", lambda: through_kamailio(True)),
        ("a browser at our proxy by ws", lambda: at_our_proxy(False)),
        ("a browser at our proxy by wss", lambda: at_our_proxy(True)),
        ("two browsers at our proxy", two_browsers),
        ("pages come and go", pages_come_and_go),
        ("a browser at our phone", at_our_phone),
        ("bad handshakes by ws", bad_clients),
        ("bad handshakes by wss", bad_clients_by_tls),
        ("a web server without WebSocket", server_without_websocket),
    ]))
