#!/usr/bin/env python3
"""parley-proxy's command line: what is wrong is one line that names it, and never a proxy that is open by mistake."""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from programs import Failed, Proxy, run_cases, stop_all, wait_until  # noqa: E402

PROXY = sys.argv[2]
HERE = ("--listen", "udp:127.0.0.1:0", "--domain", "example.com")


def refused(words, *said, status=2):
    try:
        result = subprocess.run([PROXY, *words], capture_output=True, text=True, timeout=10, check=False)
    except subprocess.TimeoutExpired:
        raise Failed(f"{words}: it runs") from None
    if result.returncode != status or result.stdout or len(result.stderr.splitlines()) != 1:
        raise Failed(f"{words}: status {result.returncode}, said:\n{result.stdout}{result.stderr}")
    for text in said:
        if text not in result.stderr:
            raise Failed(f"{words}: no '{text}' in: {result.stderr}")


def options():
    refused((), "--listen", "--domain")
    refused((*HERE, "more"), "'more'")
    refused((*HERE, "--frob"), "'--frob'")
    for option, value, mend in (
            ("--listen", "x", "udp:HOST:PORT"), ("--domain", "", "host name"), ("--domain", "a b", "host name"),
            ("--domain", "example.com:5060", "host name"), ("--user", "alice", "NAME:PASSWORD"), ("--user", ":x", "NAME:PASSWORD"),
            ("--user", "alice:", "NAME:PASSWORD"), ("--min-expires", "0", "1 to 3600"), ("--min-expires", "soon", "1 to 3600"),
            ("--secret", "/dev/null", "at least 16 characters"), ("--secret", "/nonexistent", "No such file"),
            ("--ws-path", "ws", "begin with /"), ("--transport", "sctp", "udp, tcp, tls, ws or wss"),
            ("--advertise", "x y", "HOST or HOST:PORT"), ("--local-network", "10.0.0.0", "192.168.0.0/16"), ("--trace", "all", "ladder or messages"), ("--column", "x", "NAME=HOST:PORT"),
            ("--log", "loud", "LEVEL"), ("--log", "dns=", "LEVEL"), ("--log-to", "", "stderr, syslog"), ("--log-format", "xml", "text or json"),
            ("--metrics", "x", "IP:PORT"), ("--metrics", "localhost:80", "IP:PORT"),
            ("--tls-key", "x", "must follow the --tls-cert"), ("--tls-passphrase-file", "x", "must follow the --tls-cert"),
            ("--tls-verify", "no", "strict, lenient, chain or none"), ("--tls-clients", "no", "none, optional or required"),
            ("--tls-min", "1.1", "1.2 or 1.3")):
        refused((*HERE, option, value), f"{option} '{value}'", mend)
    refused((*HERE, "--transport", "tcp"), "--transport TCP", "--listen")
    refused((*HERE, *("--tls-cert", "x") * 17), "--tls-cert 'x'", "one too many")
    refused((*HERE, "--tls-cert", "/nonexistent.pem"), "/nonexistent.pem: No such file or directory", status=1)
    refused((*HERE, "--tls-ca", "/nonexistent"), "/nonexistent: No such file or directory", status=1)
    refused(("--listen", "tls:127.0.0.1:0", *HERE[2:], "--tls-ca", "/dev/null"), "/dev/null: holds no certificate", status=1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as busy:
        busy.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{busy.getsockname()[1]}"
        refused(("--listen", f"udp:{where}", "--domain", "example.com"), where, "in use", status=1)


def users_files():
    with tempfile.TemporaryDirectory() as folder:
        for content, why in (("", "no user"), ("# none\n\n", "no user"), ("alice:a\nbob\n", ":2: "), ("a:" + "x" * 600, ":1: ")):
            path = os.path.join(folder, "users")
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
            refused((*HERE, "--users-file", path), path, why)
        refused((*HERE, "--users-file", os.path.join(folder, "none")), "--users-file", "No such file")
        refused((*HERE, "--users-file", folder), "--users-file", folder)


def stops():
    for signum in (signal.SIGINT, signal.SIGTERM):
        proxy = Proxy(PROXY, listen=("udp:127.0.0.1:0", "tcp:127.0.0.1:0", "udp:[::1]:0", "tcp:[::1]:0"))
        try:
            proxy.child.send_signal(signum)
            if proxy.wait() != 0:
                raise Failed(proxy.tail())
        finally:
            stop_all(proxy)


def broken_request(proxy, name):
    """A datagram that is worth a line."""
    host, port = proxy.address().rsplit(":", 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(f"OPTIONS {name} SIP/2.0\r\nVia: nonsense\r\n\r\n".encode(), (host, int(port)))


def lines_of(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.readlines()
    except FileNotFoundError:
        return []


def log():
    """A file that is moved away is left on SIGHUP, its lines are JSON, and SIGUSR2 changes how much is said."""
    with tempfile.TemporaryDirectory() as folder:
        path, moved = os.path.join(folder, "log"), os.path.join(folder, "log.1")
        proxy = Proxy(PROXY, "--log", "warning", "--log-to", path, "--log-format", "json")
        try:
            broken_request(proxy, "sip:a")  # info
            proxy.child.send_signal(signal.SIGUSR2)

            def has_line():
                broken_request(proxy, "sip:b")
                return len(lines_of(path)) > 0

            wait_until(has_line, "a line in the log after SIGUSR2")
            os.rename(path, moved)
            proxy.child.send_signal(signal.SIGHUP)
            wait_until(has_line, "a line in the new file after SIGHUP")
            for line in lines_of(path) + lines_of(moved):
                said = json.loads(line)
                if said["program"] != "parley-proxy" or said["category"] != "message" or said["level"] != "info":
                    raise Failed(line)
            if proxy.terminate() != 0:
                raise Failed(proxy.tail())
        finally:
            stop_all(proxy)


def fetch(url, method="GET", data=None):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method, data=data), timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as why:
        with why:
            return why.code, "", ""


def metrics():
    """Three formats over HTTP, beside the traffic; every name is in docs/statistics.md."""
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "..", "..", "docs", "statistics.md"), encoding="utf-8") as file:
        documented = file.read()
    for address in ("127.0.0.1:0", "[::1]:0"):
        proxy = Proxy(PROXY, "--metrics", address)
        try:
            site = "http://" + next(line for line in proxy.lines if line.startswith("metrics ")).split()[1]
            broken_request(proxy, "sip:a")
            wait_until(lambda: 'received_total{worker="0"} 1' in fetch(site + "/metrics")[2], "a message that is counted")
            status, kind, text = fetch(site + "/metrics")
            if status != 200 or not kind.startswith("text/plain; version=0.0.4"):
                raise Failed(f"{status} {kind}")
            names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")]
            for name in names:
                if f"`{name}`" not in documented and f"`{name.removesuffix('_seconds')}`" not in documented:
                    raise Failed(f"docs/statistics.md does not have {name}")
            if len(names) < 50:
                raise Failed(f"only {names}")
            status, kind, text = fetch(site + "/metrics.json")
            if kind != "application/json" or json.loads(text)["workers"][0]["counters"]["parley_messages_received_total"] != 1:
                raise Failed(text)
            status, kind, text = fetch(site + "/stats")
            if "parley_messages_received_total 1\n" not in text:
                raise Failed(text)
            for wanted, answer in ((200, fetch(site + "/stats", "HEAD")), (404, fetch(site + "/")),
                                   (405, fetch(site + "/stats", "POST", b"x" * 100000)), (405, fetch(site + "/stats", "DELETE"))):
                if answer[0] != wanted:
                    raise Failed(f"{answer}, not {wanted}")
            where = site.removeprefix("http://")
            refused((*HERE, "--metrics", where), where, "in use", status=1)
            if proxy.terminate() != 0:
                raise Failed(proxy.tail())
        finally:
            stop_all(proxy)


if __name__ == "__main__":
    sys.exit(run_cases([("options", options), ("users files", users_files), ("stops", stops), ("log", log), ("metrics", metrics)]))
