#!/usr/bin/env python3
"""parley-phone on a terminal: editing, history, UTF-8, news that does not garble the line, and JSON that nothing is mixed into."""
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from programs import Failed, Phone, run_cases, stop_all, wait_until  # noqa: E402

PHONE = sys.argv[1]


class Terminal:
    """A phone whose standard input and error are a terminal; its output is read as JSON."""

    def __init__(self, *words, **environment):
        self.ours, theirs = pty.openpty()
        self.before = termios.tcgetattr(theirs)
        self.theirs = theirs
        self.screen = b""
        self.child = subprocess.Popen(
            [PHONE, "--aor", "sip:alice@example.com", "--listen", "udp:127.0.0.1:0", "--json", *words],
            stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, env=dict(os.environ, TERM="xterm", **environment))
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            try:
                self.screen += os.read(self.ours, 4096)
            except OSError:
                return

    def type(self, text):
        os.write(self.ours, text.encode())

    def event(self):
        line = self.child.stdout.readline()
        try:
            return json.loads(line)
        except ValueError:
            raise Failed(f"no JSON: {line!r}; the screen has {self.screen!r}") from None

    def expect(self, event, **members):
        seen = self.event()
        if seen["event"] != event or any(seen.get(key) != value for key, value in members.items()):
            raise Failed(f"{seen}, not {event} {members}; the screen has {self.screen!r}")
        return seen

    def leave(self, status=0):
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            raise Failed(f"it did not leave; the screen has {self.screen!r}") from None
        if self.child.returncode != status:
            raise Failed(f"ended with {self.child.returncode}; the screen has {self.screen!r}")
        if termios.tcgetattr(self.theirs) != self.before:
            raise Failed("the terminal was not given back as it was")

    def kill(self):
        self.child.kill()
        self.child.wait()


def with_terminal(steps, *words, **environment):
    terminal = Terminal(*words, **environment)
    try:
        wait_until(lambda: words or b"> " in terminal.screen, "the prompt")
        steps(terminal)
    finally:
        terminal.kill()


def editing(terminal):
    terminal.type("statusx\x7f\r")  # rubs out
    terminal.expect("status")
    terminal.type("tatus\x01s\r")  # to the beginning of the line
    terminal.expect("status")
    terminal.type("\x1b[A\r")  # the line before
    terminal.expect("status")
    terminal.type("sleep 0\r")
    terminal.type("\x1b[A\x1b[A\r")  # the one before that
    terminal.expect("status")
    terminal.type("\x04")
    terminal.leave()


def utf8(terminal):
    bob = Phone(PHONE, "bob")
    try:
        terminal.type(f'message sip:bob@{bob.address()} "grüße 你好"\r')
        bob.expect("message", text="grüße 你好")
        terminal.expect("message-sent")
        bob.quit()
    finally:
        stop_all(bob)
    terminal.type("quit\r")
    terminal.leave()


def news_while_typing(terminal):
    bob = Phone(PHONE, "bob")
    try:
        terminal.type("status\r")
        where = terminal.expect("status")["listening"][0].split(":", 1)[1]
        terminal.type("sta")
        wait_until(lambda: terminal.screen.endswith(b"sta"), "the echo")
        bob.say(f"message sip:alice@{where} hello")
        terminal.expect("message", text="hello")
        wait_until(lambda: terminal.screen.count(b"> sta") >= 3, "the line that is drawn again")
        terminal.type("tus\r")
        terminal.expect("status")
        bob.quit()
    finally:
        stop_all(bob)
    terminal.type("half a line")
    terminal.child.send_signal(signal.SIGINT)
    terminal.leave()


def arguments_alone(terminal):
    terminal.expect("status")
    terminal.leave()


if __name__ == "__main__":
    sys.exit(run_cases([
        ("editing and history", lambda: with_terminal(editing)),
        ("UTF-8", lambda: with_terminal(utf8, LC_ALL="C.UTF-8")),
        ("UTF-8 in the C locale", lambda: with_terminal(utf8, LC_ALL="C")),
        ("news while typing", lambda: with_terminal(news_while_typing)),
        ("with arguments it leaves after them", lambda: with_terminal(arguments_alone, "status"))]))
