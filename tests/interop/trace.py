#!/usr/bin/env python3
"""What our programs trace: tshark opens the pcapng file and decodes what it holds, with sound checksums; kamailio's sipcapture reads
the HEP frames; and with --redact no credentials are in either."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from programs import Failed, Phone, Process, Proxy, free_port, listens, run_cases, stop_all, wait_until  # noqa: E402

PHONE, PROXY, MAKE_CERTS = sys.argv[1], sys.argv[2], sys.argv[4]
PROTOCOLS = ("udp", "tcp", "tls", "ws", "wss")
CHECKSUMS = ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"]
RESPONSE = re.compile(rb'response="([^"]*)"')


class Collector:
    """A UDP port that keeps what comes."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.frames = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while True:
            self.frames.append(self.socket.recv(65535))


def tshark(path, display, *options, fields=("frame.number",)):
    """The fields of the packets that a display filter lets through, as lists of words."""
    argv = ["tshark", "-n", "-r", path, *options, "-Y", display, "-T", "fields"]
    for field in fields:
        argv += ["-e", field]
    out = subprocess.run(argv, capture_output=True, text=True)
    if out.returncode != 0 or "corrupt" in out.stderr:
        raise Failed(f"tshark on {path}: {out.stderr.strip()}")
    return [line.split("\t") for line in out.stdout.splitlines()]


def exchange(scratch, *options):
    """A proxy with these options; a phone over each protocol registers with digest and texts itself."""
    subprocess.run([MAKE_CERTS, scratch], check=True)
    certificate = ["--tls-cert", os.path.join(scratch, "server.pem"), "--tls-key", os.path.join(scratch, "server.key")]
    proxy = Proxy(PROXY, "--user", "alice:secret", *certificate, *options, listen=[f"{p}:127.0.0.1:0" for p in PROTOCOLS])
    phone = None
    try:
        for protocol in PROTOCOLS:
            scheme, parameter = ("sips", ";transport=ws") if protocol == "wss" else ("sip", f";transport={protocol}")
            hop = f"{scheme}:{proxy.address(protocol.upper())}{parameter};lr"
            phone = Phone(PHONE, "alice", "--password", "secret", "--proxy", hop, "--tls-verify", "none",
                          listen=(f"{protocol}:127.0.0.1:0",))
            phone.say("register")
            phone.expect("registered")
            phone.say("message sip:alice@example.com hello")
            phone.expect("message")
            phone.expect("message-sent")
            phone.quit()
    finally:
        stop_all(phone)
        status = proxy.terminate()
    if status != 0:
        raise Failed(f"the proxy ended with status {status}:\n{proxy.tail()}")


def check_pcapng(path):
    """Each protocol's messages are there, decoded as SIP, without anything wrong."""
    wrong = tshark(path, "_ws.malformed or ip.checksum.status == 0 or udp.checksum.status == 0 or tcp.checksum.status == 0 or "
                         "tcp.analysis.flags or (sip and _ws.expert.severity == \"Error\")", *CHECKSUMS,
                   fields=("frame.number", "frame.protocols", "_ws.col.Info"))
    if wrong:
        raise Failed(f"tshark finds wrong in {path}: {wrong}")
    everything = len(tshark(path, "frame"))
    rows = tshark(path, "sip", fields=("frame.comment", "frame.protocols", "frame.interface_name", "sip.Method", "sip.Status-Code"))
    if len(rows) != everything:
        raise Failed(f"of {everything} packets tshark takes {len(rows)} for SIP")
    for protocol in PROTOCOLS:
        mine = [row for row in rows if row[0].split()[0] == protocol.upper()]
        # REGISTER, 401, REGISTER, 200, MESSAGE in and out, 200 in and out, and the end of the registration.
        if len(mine) < 10 or not any(row[3] == "MESSAGE" for row in mine) or not any(row[4] == "401" for row in mine):
            raise Failed(f"{protocol}: {mine}")
        inside = "exported_pdu" if protocol in ("tls", "ws", "wss") else f"ip:{protocol}:sip"
        if not all(inside in row[1] for row in mine):
            raise Failed(f"{protocol} stands there as {mine[0][1]}")
        if protocol != "udp" and not all(", flow " in row[0] for row in mine):
            raise Failed(f"{protocol} without its flow: {mine[0][0]}")
    return everything


def pcapng():
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "trace.pcapng")
        exchange(scratch, "--trace-pcap", path)
        check_pcapng(path)
        with open(path, "rb") as file:
            if not RESPONSE.findall(file.read()):
                raise Failed("there are no credentials in a trace that is not redacted")


def redacted():
    collector = Collector()
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "trace.pcapng")
        exchange(scratch, "--trace-pcap", path, "--trace-hep", f"127.0.0.1:{collector.port}", "--redact")
        count = check_pcapng(path)
        wait_until(lambda: len(collector.frames) >= count, "all frames at the collector")
        with open(path, "rb") as file:
            seen = RESPONSE.findall(file.read()) + RESPONSE.findall(b"".join(collector.frames))
        if not seen or any(set(response) != set(b"x") for response in seen):
            raise Failed(f"not redacted: {seen}")


def start_collector(scratch):
    """kamailio with sipcapture, which writes a row for each HEP frame that it can read; with its port."""
    port = free_port()
    config = os.path.join(scratch, "hep.cfg")
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "kamailio-hep.cfg")) as template, open(config, "w") as file:
        file.write(template.read().replace("FOLDER", scratch))
    # db_flatstore reads memory that it has not set, and crashes where meson has it filled.
    calm = {name: value for name, value in os.environ.items() if name != "MALLOC_PERTURB_"}
    peer = Process("kamailio", ["kamailio", "-f", config, "-DD", "-E", "-m", "64", "-M", "8", "-A", f"LPORT={port}", "-Y", scratch,
                                "-P", os.path.join(scratch, "pid")], env=calm, stdin=subprocess.DEVNULL, own_group=True)
    wait_until(lambda: listens(port, "udp"), "kamailio's listening")
    return peer, port


def collected(scratch):
    """What sipcapture wrote: [Call-ID, correlation, seconds, source, port, destination, port] of each frame."""
    found = []
    for name in os.listdir(scratch):
        if name.startswith("sip_capture"):
            with open(os.path.join(scratch, name), encoding="utf-8", errors="replace") as file:
                for line in file:
                    row = line.split("|")
                    node = next(i for i, field in enumerate(row) if field.startswith("homer01"))
                    found.append([row[13], row[node + 1], int(row[0])] + row[node - 12:node - 8])
    return found


def hep():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        path = os.path.join(scratch, "trace.pcapng")
        peer, port = start_collector(scratch)
        began = int(time.time())
        try:
            exchange(scratch, "--trace-pcap", path, "--trace-hep", f"127.0.0.1:{port}")
            messages = sorted(row[0] for row in tshark(path, "sip", fields=("sip.Call-ID",)))
            try:
                wait_until(lambda: len(collected(scratch)) >= len(messages), f"a row for each of {len(messages)} messages")
            except Failed as why:
                raise Failed(f"{why}; there are {len(collected(scratch))}; kamailio:\n{peer.tail()}") from None
        finally:
            peer.kill()
        rows = collected(scratch)
    if sorted(row[0] for row in rows) != messages or any(row[0] != row[1] for row in rows):
        raise Failed(f"other Call-IDs than were traced: {rows}")
    if not all(began <= row[2] <= time.time() + 1 for row in rows):
        raise Failed(f"times outside of the test: {rows}")
    if any(row[3] != "127.0.0.1" or row[5] != "127.0.0.1" or "0" in (row[4], row[6]) for row in rows):
        raise Failed(f"addresses or ports are missing: {rows}")


if __name__ == "__main__":
    sys.exit(run_cases([("pcapng", pcapng), ("redacted", redacted), ("hep", hep)]))
