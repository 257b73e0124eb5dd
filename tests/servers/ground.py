"""What the real servers stand on: a folder of their own, processes that end with the namespace, a web client."""
import base64
import http.cookiejar
import json
import os
import pathlib
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

SECONDS = 120  # until a server must answer


class Ground:
    """@folder is emptied; @tools is kept from one run to the next."""

    def __init__(self, folder, tools):
        self.folder = pathlib.Path(folder)
        self.tools = pathlib.Path(tools)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.tools.mkdir(parents=True, exist_ok=True)
        self.started = []

    def start(self, *command, user=None, env=None, cwd=None):
        """A server, in a process group of its own; what it says goes to a file."""
        who = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"] if user else []
        log = open(self.folder / f"{pathlib.Path(command[0]).name}.log", "ab")
        self.started.append(subprocess.Popen([*who, *map(str, command)], stdin=subprocess.DEVNULL, stdout=log,
                                             stderr=log, start_new_session=True, env={**os.environ, **(env or {})},
                                             cwd=cwd))

    def run(self, *command, user=None, stdin=None, cwd=None):
        """A tool that ends; what it printed."""
        who = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"] if user else []
        done = subprocess.run([*who, *map(str, command)], input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=SECONDS, cwd=cwd)
        text = done.stdout.decode(errors="replace")
        assert done.returncode == 0, f"{command[0]}: {text[-2000:]}"
        return text

    def wait(self, ready, what):
        end = time.monotonic() + SECONDS
        while not ready():
            ended = any(process.poll() is not None for process in self.started)
            assert not ended, f"{what}: a server has ended; see {self.folder}"
            assert time.monotonic() < end, f"{what}: not within {SECONDS} s; see {self.folder}"
            time.sleep(0.1)


class Client:
    """Asks as a program of the person's own would: with cookies, or with a name and a password."""

    def __init__(self, base, login=None, bearer=None):
        self.base = base
        self.headers = {}
        if login:
            self.headers["Authorization"] = "Basic " + base64.b64encode(":".join(login).encode()).decode()
        if bearer:
            self.headers["Authorization"] = "Bearer " + bearer
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def ask(self, path, data=None, method=None, form=False):
        body = None if data is None else urllib.parse.urlencode(data).encode() if form else json.dumps(data).encode()
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        headers = {**self.headers, **({"Content-Type": kind} if body is not None else {})}
        request = urllib.request.Request(self.base + path, body, headers, method=method)
        with self.opener.open(request, timeout=60) as answer:
            text = answer.read().decode()
        return json.loads(text) if text else None

    def answers(self, path="/"):
        try:
            with self.opener.open(self.base + path, timeout=10):
                return True
        except urllib.error.HTTPError as error:
            return error.code < 500
        except OSError:
            return False
