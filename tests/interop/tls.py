#!/usr/bin/env python3
"""TLS to and from kamailio, baresip, linphonec and our own programs; and with openssl every handshake that must not succeed, each
refused in words that name the check."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import baresip  # noqa: E402
import kamailio  # noqa: E402
import linphone  # noqa: E402
from programs import (  # noqa: E402
    Capture, Failed, Phone, Process, Proxy, free_port, listens, run_cases, stop_all, wait_until)

PHONE, PROXY, MAKE_CERTS = sys.argv[1], sys.argv[2], sys.argv[4]
CERTS = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


def cert(name, kind="pem"):
    return os.path.join(CERTS.name, f"{name}.{kind}")


def own(name):
    """Options that show this certificate."""
    return ["--tls-cert", cert(name), "--tls-key", cert(name, "key")]


TRUST = ["--tls-ca", cert("ca")]


class TlsCapture(Capture):
    """With the secrets that our programs logged tshark reads what is inside."""

    def __init__(self, ports):
        super().__init__(ports)
        self.keys = self.file.name + ".keys"

    def options(self):
        return ["--tls-keylog", self.keys]

    def decode(self):
        inside = []
        for port in self.ports:
            inside += ["-d", f"tcp.port=={port},tls", "-d", f"tls.port=={port},sip"]

        def rows(display):
            out = subprocess.run(
                ["tshark", "-n", "-o", f"tls.keylog_file:{self.keys}", "-r", self.file.name, *inside, "-Y", display,
                 "-T", "fields", "-e", "frame.number", "-e", "tcp.srcport", "-e", "_ws.col.Info"],
                capture_output=True, text=True, check=True)
            return out.stdout.splitlines()

        return len(rows("tls and sip")), rows('_ws.malformed or (sip and _ws.expert.severity == "Error")')

    def check(self, least):
        super().check(least)
        os.unlink(self.keys)


# ---- calls


def through_our_proxy():
    """Two phones with certificates of their own; the proxy wants one and shows its own."""
    ports = [free_port(), free_port(), free_port()]
    capture = TlsCapture(ports)
    proxy = None
    phones = []
    try:
        proxy = Proxy(PROXY, *own("server"), *TRUST, "--tls-clients", "required", "--user", "alice:secret-alice", "--user",
                      "bob:secret-bob", listen=(f"tls:127.0.0.1:{ports[0]}",))
        for user, port in zip(("alice", "bob"), ports[1:]):
            phones.append(Phone(PHONE, user, "--proxy", f"sip:127.0.0.1:{ports[0]};transport=tls;lr", "--password",
                                f"secret-{user}", *own("client"), *TRUST, *capture.options(),
                                listen=(f"tls:127.0.0.1:{port}",)))
        kamailio.steps(*phones)
    finally:
        stop_all(*phones, proxy)
        capture.stop()
    capture.check(40)


KAMAILIO_TLS = """\
[server:default]
method = TLSv1.2+
verify_certificate = yes
require_certificate = yes
private_key = {key}
certificate = {pem}
ca_list = {ca}
[client:default]
method = TLSv1.2+
verify_certificate = yes
require_certificate = yes
private_key = {key}
certificate = {pem}
ca_list = {ca}
"""


def through_kamailio():
    """kamailio verifies us in both roles, and we it."""
    port, secure = free_port(), free_port()
    ports = [free_port(), free_port()]
    capture = TlsCapture([secure] + ports)
    phones = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        config = os.path.join(scratch, "tls.cfg")
        with open(config, "w", encoding="utf-8") as file:
            file.write(KAMAILIO_TLS.format(pem=cert("server"), key=cert("server", "key"), ca=cert("ca")))
        peer = kamailio.Kamailio(port, scratch, "-A", "WITH_TLS", "-A", f"TLSPORT={secure}", "-A", f'TLSCFG="{config}"')
        try:
            kamailio.wait_for_kamailio(peer, port)
            wait_until(lambda: listens(secure, "tcp"), "kamailio's TLS port")
            for user, where in zip(("alice", "bob"), ports):
                phones.append(Phone(PHONE, user, "--proxy", f"sip:127.0.0.1:{secure};transport=tls;lr", "--password",
                                    f"secret-{user}", *own("client"), *TRUST, *capture.options(),
                                    listen=(f"tls:127.0.0.1:{where}",)))
            kamailio.steps(*phones)
        except Failed as why:
            raise Failed(f"{why}\n{peer.tail()}") from None
        finally:
            stop_all(*phones, peer)
            capture.stop()
    capture.check(40)


def with_baresip(answer, steps):
    """As programs.with_peer(), by TLS."""
    port, ours = free_port(), free_port()
    capture = TlsCapture([ours, port])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        peer = phone = None
        try:
            peer = TlsBaresip(scratch, port, answer)
            wait_until(lambda: listens(port, "tcp"), "baresip's TLS port")
            phone = Phone(PHONE, "alice", *own("client"), *TRUST, *capture.options(), listen=(f"tls:127.0.0.1:{ours}",))
            phone.address()
            steps(phone, peer, f"sip:baresip@127.0.0.1:{port};transport=tls", f"sip:alice@127.0.0.1:{ours}")
            phone.quit()
        except Failed as why:
            raise Failed(f"{why}\n{peer.tail() if peer else ''}") from None
        finally:
            stop_all(phone, peer)
    capture.stop()
    capture.check(6)


class TlsBaresip(baresip.Baresip):
    """baresip's own port is for UDP and TCP, the next one for TLS."""

    def __init__(self, scratch, port, answer):
        both = os.path.join(scratch, "both.pem")
        with open(both, "w", encoding="utf-8") as file:
            for kind in ("pem", "key"):
                with open(cert("server", kind), encoding="utf-8") as part:
                    file.write(part.read())
        self.more = f"sip_certificate {both}\nsip_cafile {cert('ca')}\nsip_verify_server yes\n"
        super().__init__(scratch, port - 1, "tls", answer, self.more)


LINPHONE = """\
sip_tls_port={port}
root_ca={ca}
verify_server_certs=1
verify_server_cn=1
client_cert_chain={pem}
client_cert_key={key}
default_proxy=0
"""
LINPHONE_ACCOUNT = """\
[net]
dns_srv_enabled=0

[proxy_0]
reg_proxy=<sip:localhost:{proxy};transport=tls>
reg_route=<sip:localhost:{proxy};transport=tls;lr>
reg_identity=sip:linphone@example.com
reg_expires=600
reg_sendregister=1
"""


def wait_until_registered(phone, uri):
    """OPTIONS to the user, through the proxy, is answered by the user. @return the phone's exit status after that"""
    for tries in range(30):
        phone.say(f"options {uri}")
        while True:
            seen = json.loads(phone.fresh.get(timeout=10))
            if seen["event"] == "options-answered":
                return 1 if tries else 0
            if seen["event"] == "options-failed":
                break
        time.sleep(0.3)
    raise Failed(f"{uri} does not register")


def with_linphone(steps):
    """linphonec is no TLS server: it registers with our proxy, both show certificates, and calls come along its connection."""
    ports = [free_port(), free_port(), free_port()]
    capture = TlsCapture(ports[:2])
    proxy = peer = phone = None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        try:
            # linphonec's Route says localhost, which is no address.
            proxy = Proxy(PROXY, *own("server"), *TRUST, "--domain", "localhost", "--tls-clients", "required", "--verbose",
                          *capture.options(), listen=(f"tls:127.0.0.1:{ports[0]}",))
            phone = Phone(PHONE, "alice", "--proxy", f"sip:127.0.0.1:{ports[0]};transport=tls;lr", *own("client"), *TRUST,
                          listen=(f"tls:127.0.0.1:{ports[1]}",))
            phone.say("register")
            phone.expect("registered")
            peer = linphone.Linphone(
                scratch, free_port(),
                sip=LINPHONE.format(port=ports[2], ca=cert("ca"), pem=cert("client"), key=cert("client", "key")),
                more=LINPHONE_ACCOUNT.format(proxy=ports[0]))
            status = wait_until_registered(phone, "sip:linphone@example.com")
            steps(phone, peer, "sip:linphone@example.com", "sip:alice@example.com")
            phone.quit(status)
        except Failed as why:
            raise Failed(f"{why}\n{peer.tail() if peer else ''}\n{proxy.tail() if proxy else ''}") from None
        finally:
            stop_all(phone, peer, proxy)
    capture.stop()
    capture.check(6)


# ---- bad handshakes


def refused_by_us(why, *options, said=b"", ca="ca", shown="server", clients="none", crl=()):
    """openssl s_client with `options` (or what `said` are the bytes of) against the proxy, which must say `why`."""
    proxy = Proxy(PROXY, *own(shown), "--tls-ca", cert(ca), "--tls-clients", clients, *crl, "--verbose", listen=("tls:127.0.0.1:0",))
    try:
        host, port = proxy.address("TLS").rsplit(":", 1)
        if said:
            with socket.create_connection((host, int(port))) as sock:
                sock.sendall(said)
                line = proxy.expect_line("tls from")
        else:
            client = subprocess.run(["openssl", "s_client", "-connect", f"{host}:{port}", *options], input=b"\n", timeout=20,
                                    capture_output=True, check=False)
            line = proxy.expect_line("tls from")
            if b"alert" not in client.stderr and "-cert" not in options and clients == "none":
                # By TLS 1.3 a client has long been done when its certificate is judged.
                raise Failed(f"the client saw no alert:\n{client.stderr.decode()}")
        if not re.search(f"tls from 127.0.0.1:[0-9]+: {why}", line):
            raise Failed(f"no '{why}' in: {line}")
        good = subprocess.run(["openssl", "s_client", "-connect", f"{host}:{port}", "-CAfile", cert("ca"), "-verify_return_error",
                               "-cert", cert("client"), "-key", cert("client", "key")],
                              input=b"Q\n", timeout=20, capture_output=True, check=False)
        if good.returncode != 0 or b"Verify return code: 0" not in good.stdout:
            raise Failed(f"a good client was not served after that:\n{good.stdout.decode()}\n{good.stderr.decode()}")
    finally:
        stop_all(proxy)


def with_client_cert(name):
    return ["-cert", cert(name), "-key", cert(name, "key")]


def bad_clients():
    refused_by_us("TLS handshake: no TLS version in common", "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
    refused_by_us("TLS handshake: no shared cipher, group or signature algorithm", "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA")
    refused_by_us("TLS handshake: the peer offers protocols \\(ALPN\\), but not sip/2", "-alpn", "h2,http/1.1")
    refused_by_us("TLS handshake: the peer speaks no TLS, it begins with 'OPTIONS '", said=b"OPTIONS sip:a SIP/2.0\r\n\r\n")
    refused_by_us("TLS handshake: ", said=bytes([22, 3, 1, 0, 5, 1, 0, 0, 1, 255]))


def bad_client_certificates():
    refused_by_us("TLS handshake: the peer sent no certificate, and one is required", clients="required")
    for name, why in (("expired", "the certificate of sip:example.com expired on 20"),
                      ("self", "the certificate of sip:example.com is self-signed and not trusted"),
                      ("foreign", "the certificate of sip:example.com is from an unknown CA: Other CA")):
        refused_by_us(f"TLS handshake: {why}", *with_client_cert(name), clients="optional")
    refused_by_us("TLS handshake: the certificate of sip:example.com was revoked by Test CA", *with_client_cert("revoked"),
                  clients="optional", crl=("--tls-crl", cert("ca", "crl")))


def refused_by_phone(name, why, *options, server=(), host="127.0.0.1"):
    """`openssl s_server` that shows a certificate; the phone's OPTIONS must fail with `why`."""
    port = free_port()
    peer = Process("s_server", ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", cert(name), "-key",
                                cert(name, "key"), "-quiet", *server])
    try:
        wait_until(lambda: listens(port, "tcp"), "s_server's port")
        phone = Phone(PHONE, "alice", *TRUST, *options, listen=("tls:127.0.0.1:0",))
        phone.say(f"options sip:{host}:{port};transport=tls")
        reason = phone.expect("options-failed")["reason"]
        phone.quit(status=1)
        if not re.fullmatch(f"tls to 127.0.0.1:{port}: {why}", reason):
            raise Failed(f"no '{why}' in: {reason}")
    finally:
        stop_all(peer)


def bad_servers():
    refused_by_phone("wrong", "TLS handshake: wanted 127.0.0.1, but the certificate has wrong.example")
    refused_by_phone("expired", "TLS handshake: the certificate of sip:example.com expired on 20.* UTC")
    refused_by_phone("self", "TLS handshake: the certificate of sip:example.com is self-signed and not trusted")
    refused_by_phone("foreign", "TLS handshake: the certificate of sip:example.com is from an unknown CA: Other CA")
    refused_by_phone("revoked", "TLS handshake: the certificate of sip:example.com was revoked by Test CA", "--tls-crl",
                     cert("ca", "crl"))
    refused_by_phone("server", "TLS handshake: wanted localhost, but the certificate has example.com, 127.0.0.1", host="localhost")
    refused_by_phone("server", "TLS: refused by the peer: alert 'certificate required'",
                     server=("-Verify", "1", "-verify_return_error", "-CAfile", cert("ca")))
    refused_by_phone("server", "TLS handshake: refused by the peer: alert 'protocol version'", server=("-tls1_2",),
                     *("--tls-min", "1.3"))


def plain_server():
    """A server that speaks no TLS at all."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        phone = Phone(PHONE, "alice", *TRUST, listen=("tls:127.0.0.1:0",))
        try:
            phone.say(f"options sip:127.0.0.1:{port};transport=tls")
            peer, _ = server.accept()
            with peer:
                peer.recv(4096)
                peer.sendall(b"SIP/2.0 400 Bad Request\r\n\r\n")
                reason = phone.expect("options-failed")["reason"]
            if "the peer speaks no TLS, it begins with 'SIP/2.0 '" not in reason:
                raise Failed(reason)
            phone.quit(status=1)
        finally:
            stop_all(phone)


def shown_by(address, *options):
    """The subject that the server at `address` shows."""
    out = subprocess.run(["openssl", "s_client", "-connect", address, *options], input=b"Q\n", timeout=20, capture_output=True,
                         check=False)
    found = re.search(rb"subject=CN = (\S+)", out.stdout)
    return found.group(1).decode() if found else out.stderr.decode()


def names_choose_and_reload():
    """SNI picks the certificate; after SIGHUP new handshakes see new files, and a connection that stood still works."""
    with tempfile.TemporaryDirectory() as scratch:
        live = os.path.join(scratch, "live.pem")

        def put(*names):
            with open(live, "w", encoding="utf-8") as file:
                for name in names:
                    with open(name, encoding="utf-8") as part:
                        file.write(part.read())

        put(cert("server"), cert("server", "key"))
        proxy = Proxy(PROXY, "--tls-cert", live, *own("second"), listen=("tls:127.0.0.1:0",))
        phone = None
        try:
            where = proxy.address("TLS")
            for wanted, options in (("example.com", ["-noservername"]), ("second.example", ["-servername", "www.second.example"]),
                                    ("example.com", ["-servername", "example.com"])):
                if shown_by(where, *options) != wanted:
                    raise Failed(f"{options}: {shown_by(where, *options)}")
            phone = Phone(PHONE, "alice", "--proxy", f"sip:{where};transport=tls;lr", *TRUST, listen=("tls:127.0.0.1:0",))
            phone.say("register")
            phone.expect("registered")
            put(cert("wrong"), cert("server", "key"))
            proxy.child.send_signal(signal.SIGHUP)
            proxy.expect_line("not reloaded: " + live + ": the key does not belong to the certificate")
            if shown_by(where, "-noservername") != "example.com":
                raise Failed("a bad file was taken")
            put(cert("wrong"), cert("wrong", "key"))
            proxy.child.send_signal(signal.SIGHUP)
            proxy.expect_line("certificates reloaded")
            if shown_by(where, "-noservername") != "wrong":
                raise Failed("the new file was not taken")
            phone.say("options sip:example.com")
            phone.expect("options-answered")
            phone.quit()
        finally:
            stop_all(phone, proxy)


def sips_stays_on_tls():
    """Through our proxy: a sips URI reaches contacts by sips alone (RFC 5630 5.3), and nothing where there is no TLS."""
    proxy = Proxy(PROXY, *own("server"), *TRUST, listen=("tls:127.0.0.1:0", "udp:127.0.0.1:0"))
    phones = []
    try:
        secure = ["--proxy", f"sips:{proxy.address('TLS')};lr", *own("client"), *TRUST]
        plain = Phone(PHONE, "bob", "--proxy", f"sip:{proxy.address('UDP')};lr")
        phones.append(plain)
        alice = Phone(PHONE, "alice", *secure, listen=("tls:127.0.0.1:0", "udp:127.0.0.1:0"))
        phones.append(alice)
        carol = Phone(PHONE, "carol", *secure, "--aor", "sips:carol@example.com", listen=("tls:127.0.0.1:0",))
        phones.append(carol)
        for phone in (plain, carol):
            phone.say("register")
            phone.expect("registered")
        alice.say("options sips:bob@example.com")
        alice.expect("options-failed", code=480)
        alice.say("options sip:bob@example.com")
        alice.expect("options-answered")
        alice.say("call sips:carol@example.com")
        carol.expect("incoming")
        carol.say("answer")
        alice.expect("connected")
        alice.say("hangup")
        carol.expect("terminated")
        alice.quit(status=1)
        plain.say("options sips:carol@example.com")  # its way to the proxy is UDP
        if "no transport here leads to" not in plain.expect("options-failed", code=503)["reason"]:
            raise Failed(plain.tail())
    finally:
        stop_all(*phones, proxy)


def resumed():
    """openssl resumes a session of ours, and forgets none of what was checked."""
    proxy = Proxy(PROXY, *own("server"), *TRUST, "--tls-clients", "required", listen=("tls:127.0.0.1:0",))
    with tempfile.TemporaryDirectory() as scratch:
        kept = os.path.join(scratch, "session")
        common = ["openssl", "s_client", "-connect", proxy.address("TLS"), *with_client_cert("client"), "-CAfile", cert("ca")]
        try:
            for version in ("-tls1_2", "-tls1_3"):
                first = subprocess.Popen([*common, version, "-sess_out", kept], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL)
                wait_until(lambda: os.path.exists(kept) and os.path.getsize(kept) > 0, "a session")
                time.sleep(0.2)
                first.communicate(b"Q\n", timeout=10)
                again = subprocess.run([*common, version, "-sess_in", kept], input=b"Q\n", timeout=20, capture_output=True, check=False)
                if b"Reused, TLSv1" not in again.stdout:
                    raise Failed(f"{version}: {again.stdout.decode()}{again.stderr.decode()}")
                os.unlink(kept)
        finally:
            stop_all(proxy)


if __name__ == "__main__":
    subprocess.run([MAKE_CERTS, CERTS.name], check=True)
    cases = [
        ("two phones through our proxy, all with certificates", through_our_proxy),
        ("two phones through kamailio, all with certificates", through_kamailio),
        ("the phone calls baresip", lambda: with_baresip("auto", baresip.we_call)),
        ("baresip calls the phone", lambda: with_baresip("manual", baresip.baresip_calls)),
        ("the phone calls linphonec", lambda: with_linphone(linphone.we_call)),
        ("linphonec calls the phone", lambda: with_linphone(linphone.linphone_calls)),
        ("bad clients", bad_clients),
        ("clients with bad certificates or none", bad_client_certificates),
        ("servers with bad certificates", bad_servers),
        ("a server without TLS", plain_server),
        ("names choose certificates, and files are read again", names_choose_and_reload),
        ("sips stays on TLS", sips_stays_on_tls),
        ("sessions are resumed", resumed),
    ]
    sys.exit(run_cases([case for case in cases if len(sys.argv) < 6 or sys.argv[5] in case[0]]))
