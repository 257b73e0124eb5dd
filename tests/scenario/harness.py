"""What the scenarios stand on: the built program with a state folder of its own, and nginx on loopback."""
import contextlib
import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / "build" / "release" / "dirtwatch"
SECONDS = 60  # any one step; a step that takes longer has failed


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_for(what, seconds=20.0, said=""):
    """Ask what() until it is true.  Waiting for a process of ours is all that needs this."""
    end = time.monotonic() + seconds
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {said or what}")
        time.sleep(0.02)


class Result:
    """What one run of the program ended with."""

    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout.decode()
        self.err = done.stderr.decode()

    def events(self, kind=None):
        events = [json.loads(line) for line in self.out.splitlines()]
        return [e for e in events if kind is None or e["type"] == kind]

    def profile(self):
        (only,) = self.events("profile")
        return only

    def alerts(self):
        """Alerts that went to standard error because there is no journal: (priority, message)."""
        lines = [line for line in self.err.splitlines() if line.startswith("<")]
        return [(int(line[1]), line[3:]) for line in lines]


class Dirtwatch:
    """The program with a config and a state folder of its own."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.state = self.folder / "state"
        self.run_dir = self.folder / "run"
        self.config = self.folder / "dirtwatch.yaml"
        self.patterns = None  # a folder of rules instead of the shipped ones
        self.run_dir.mkdir(parents=True, exist_ok=True)

    def environment(self):
        kept = {k: v for k, v in os.environ.items() if k not in ("JOURNAL_STREAM", "NOTIFY_SOCKET")}
        return {**kept, "STATE_DIRECTORY": str(self.state), "RUNTIME_DIRECTORY": str(self.run_dir),
                "CONFIGURATION_DIRECTORY": str(self.folder), "NO_COLOR": "1"}

    def configure(self, profiles, person="", **sections):
        """Write a config.  sections: schedule="every: 1h", alert="at: low" …"""
        lines = []
        if person:
            lines += ["person:"] + ["  " + line for line in person.strip().splitlines()]
        sections.setdefault("fetch", "delay: 0s")
        for name, body in sections.items():
            lines += [f"{name}:"] + ["  " + line for line in body.strip().splitlines()]
        lines += ["profiles:"] + [f"  - {p}" for p in profiles] if profiles else ["profiles: []"]
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def run(self, *args, stdin=b"", binary=BINARY, seconds=SECONDS, before=()):
        """@before: what runs the program, such as ("prlimit", "--nofile=20")."""
        done = subprocess.run([*before, str(binary), *args], input=stdin, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
                              env=self.environment(), timeout=seconds, cwd=self.folder)
        return Result(done)

    def places(self, config=None):
        return ["--config", str(config or self.config), *(["--patterns", str(self.patterns)] if self.patterns else [])]

    def scan(self, *args, **options):
        return self.run("--scan-now", *self.places(), "--format=json", *args, **options)

    def scan_url(self, *urls):
        return self.run("--scan-now", "--format=json", *self.places(self.plain_config()), *urls)

    def own_rule(self, word):
        """Instead of the shipped rules, one that finds @word: what is tested does not hang on the rules."""
        self.patterns = self.folder / "patterns"
        self.patterns.mkdir(exist_ok=True)
        (self.patterns / "own.yaml").write_text(OWN_RULE.replace("WORD", word), encoding="utf-8")

    def store(self):
        """The store, to look into or to let time pass in."""
        return sqlite3.connect(self.state / "dirtwatch.db")

    def forget_pauses(self):
        """As if it were late enough to ask every host again."""
        with contextlib.closing(self.store()) as db, db:
            db.execute("DELETE FROM pace")

    def plain_config(self):
        plain = self.folder / "plain.yaml"
        plain.write_text("fetch: {delay: 0s}\n", encoding="utf-8")
        return plain

    def start(self, *args, before=()):
        """The daemon in the foreground."""
        return Daemon(self, args, before)


class Daemon:
    def __init__(self, dirtwatch, args, before=()):
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = dirtwatch.folder / "notify"
        path.unlink(missing_ok=True)
        self.notify.bind(str(path))
        self.told = []
        self.messages = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()
        self.log = dirtwatch.folder / f"daemon-{time.monotonic_ns()}.log"
        env = {**dirtwatch.environment(), "NOTIFY_SOCKET": str(path)}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([*before, str(BINARY), *dirtwatch.places(), *args],
                stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=env, cwd=dirtwatch.folder)

    def listen(self):
        """As systemd does: whatever is sent is taken at once, or the daemon would wait."""
        with contextlib.suppress(OSError):
            while True:
                self.messages.put(self.notify.recv(65536))

    def wait_told(self, what):
        """Wait until systemd would have been told @what ("READY=1")."""
        while True:
            lines = self.messages.get(timeout=20).decode().splitlines()
            self.told += lines
            if any(line.startswith(what) for line in lines):
                return lines

    def wait_status(self, part):
        while True:
            for line in self.wait_told("STATUS="):
                if line.startswith("STATUS=") and part in line:
                    return line

    def said(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_said(self, text, seconds=20.0):
        wait_for(lambda: text in self.said(), seconds, f"{text!r} in {self.said()!r}")

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        """SIGTERM; its exit status and how long it took."""
        started = time.monotonic()
        self.signal(signal.SIGTERM)
        status = self.process.wait(timeout=20)
        return status, time.monotonic() - started

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=20)
        self.notify.close()


class Nginx:
    """nginx over a folder; `conf` goes into its server block."""

    def __init__(self, folder, conf="", http="", port=None):
        self.folder = pathlib.Path(folder)
        self.root = self.folder / "www"
        self.root.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.folder / "access.log"
        text = f"""
            {"user root root;" if os.geteuid() == 0 else ""} worker_processes 1; daemon off;
            pid {self.folder}/nginx.pid; error_log {self.folder}/error.log;
            events {{ worker_connections 256; }}
            http {{
              types {{ text/html html; application/rss+xml rss xml; application/atom+xml atom;
                       application/feed+json json; text/plain txt; }}
              default_type text/html;
              log_format short '$status $request_method $request_uri "$http_user_agent" "$http_if_none_match"';
              access_log {self.log} short;
              client_body_temp_path {self.folder}/t1; proxy_temp_path {self.folder}/t2;
              fastcgi_temp_path {self.folder}/t3;
              uwsgi_temp_path {self.folder}/t4; scgi_temp_path {self.folder}/t5;
              {http}
              server {{ listen 127.0.0.1:{self.port}; root {self.root}; index index.html; {conf} }}
            }}"""
        (self.folder / "nginx.conf").write_text(text)
        self.process = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-c",
            str(self.folder / "nginx.conf"),
                                         "-p", str(self.folder)], stderr=subprocess.DEVNULL)
        wait_for(self.answers, said="nginx answers")

    def answers(self):
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", self.port)) == 0

    def put(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        # The ETag is made of time and size: an edit must change it even within the second.
        self.edits = getattr(self, "edits", 0) + 1
        os.utime(path, (1_700_000_000 + self.edits, 1_700_000_000 + self.edits))

    def signal_workers(self, number):
        """SIGSTOP: connections are taken, nothing is answered, until SIGCONT."""
        for worker in pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            os.kill(int(worker), number)

    def requests(self):
        """(status, path) of everything asked so far but robots.txt."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        rows = [(int(line.split()[0]), line.split()[2]) for line in lines]
        return [row for row in rows if row[1] != "/robots.txt"]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


class FaultServer:
    """faultserver.py: loopback's answer to what the web does to crawlers."""

    def __init__(self, folder, *args, tls=False, headers=None):
        self.root = pathlib.Path(folder)
        self.root.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, str(ROOT / "tests/scenario/faultserver.py"), "--seconds", "600", "--root",
            str(self.root)]
        if headers:
            (self.root / "headers.json").write_text(json.dumps({name: {"headers": h} for name, h in headers.items()}))
            command += ["--headers", str(self.root / "headers.json")]
        self.process = subprocess.Popen([*command, *([] if tls else ["--no-tls"]), *args], stdout=subprocess.PIPE)
        self.ports = json.loads(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.ports['http']}"

    def at(self, number):
        """The origin at 127.0.0.NUMBER."""
        return f"http://127.0.0.{number}:{self.ports['http']}"

    def https(self, port):
        return f"https://127.0.0.1:{self.ports[port]}"

    def ask(self, path, /, **query):
        with urllib.request.urlopen(f"{self.url}{path}?{urllib.parse.urlencode(query)}", timeout=SECONDS) as answer:
            return answer.read()

    def put(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def become(self, path, to=None, at=None):
        """Answer @path (on 127.0.0.AT) as if @to had been asked; None: as before."""
        self.ask("/_become", path=path, **({"to": to} if to else {}), **({"at": f"127.0.0.{at}"} if at else {}))

    def log(self, at=None, robots=False):
        """What was asked, robots.txt apart: dicts of address, port, target, headers, started, ended."""
        rows = json.loads(self.ask("/_log"))
        return [row for row in rows if (at is None or row["address"] == f"127.0.0.{at}")
                and (row["target"] == "/robots.txt") == robots]

    def targets(self, **options):
        return [row["target"] for row in self.log(**options)]

    def forget(self):
        """The log, that is; what /_become said stays."""
        self.ask("/_forget")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.process.stdout.close()


def entry(number, text, date="2026-10-01T10:00:00Z", extra=""):
    return (f'<article class="h-entry"><div class="e-content"><p>{text}</p>{extra}</div>'
            f'<a class="u-url" href="/posts/{number}">'
            f'<time class="dt-published" datetime="{date}">x</time></a></article>')


def hfeed(*entries, name="Ada Example", head=""):
    """A page of posts, as an IndieWeb site shows them."""
    return (f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>{head}</head><body>'
            f'<div class="h-card"><a class="p-name u-url" rel="me" href="/">{name}</a></div>'
            f'<main class="h-feed">{"".join(entries)}</main></body></html>')


def rss(*items, link="/", extra=""):
    """items: (guid, title, html, RFC 822 date)."""
    body = "".join(f"<item><title>{title}</title><link>{link}{guid}</link><guid isPermaLink=\"false\">{guid}</guid>"
                   f"<pubDate>{date}</pubDate><description><![CDATA[{html}]]></description></item>"
                   for guid, title, html, date in items)
    return (f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Notes</title><link>{link}</link>'
            f"<description>Notes</description>{extra}{body}</channel></rss>")


# Sentences that the shipped rules know, one a class, and one that they must leave alone.
INSULT = "My boss is a clueless idiot."
STONED = "I got so stoned last night."
SICK = "Called in sick today, but really I'm at the beach."
HARMLESS = "High five to the whole team, the release went out on time."

OWN_RULE = """
dirtwatch_patterns: 1
categories:
  secrets: {class: conflict-of-interest, title: Secrets, severity: high}
rules:
  - id: own.word
    title: A word that is secret
    category: secrets
    severity: high
    confidence: 0.9
    kind: text
    pattern: '\\bWORD\\b'
    why: It is not announced yet.
    advice: Delete the post.
    tests:
      hit: ['the WORD is here', 'our WORD']
      miss: [a widget, nothing to see]
"""
