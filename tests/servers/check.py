#!/usr/bin/python3
"""Real servers: posts are written, edited and deleted through their own interfaces, and what dirtwatch reports of it
is followed.

usage: check.py BUILD [NAME…]      BUILD: a folder for everything; NAME: bluesky, mediawiki, wordpress

Each server runs in namespaces of its own, without a network: whatever happens, nothing of it is left.  Root is
needed for that.  Packages come from Debian, Bluesky from npm; the first run takes some minutes more.
"""
import importlib
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/servers"), str(ROOT / "tests/scenario")]

from ground import Ground  # noqa: E402
from harness import Dirtwatch  # noqa: E402

NAMES = ("mediawiki", "wordpress", "bluesky")
SECONDS = 300
WORD = "frobnicator"
CLEAN, DIRTY = "High five to the whole team.", f"We ship the {WORD} next week."
CLEANED, DIRTIED = "We ship something next week.", f"High five to those who built the {WORD}."


class Followed:
    """One server as one source reads it, and what dirtwatch says of it step by step."""

    def __init__(self, name, server, source, folder):
        self.name, self.server, self.source = f"{name} by {source}", server, source
        self.dirtwatch = Dirtwatch(folder / source)
        self.dirtwatch.own_rule(WORD)
        # The first one is found by itself, others are chosen in the config.
        chosen = "" if source == server.sources[0] else f", source: {source}"
        self.dirtwatch.configure([f'{{url: "{server.profile}"{chosen}}}'], fetch=server.fetch)

    def scan(self, why, **expected):
        """Scan; of the profile's and the scan's events those values."""
        result = self.dirtwatch.scan()
        profile = result.profile()
        got = {**profile, "findings": len({f["id"] for f in result.events("finding")})}
        wrong = {key: got[key] for key, value in expected.items() if got[key] != value}
        print(f"{self.name}: {why}: {'ok' if not wrong else wrong}", flush=True)
        assert profile["verified"] and not wrong, f"expected {expected}, got {wrong}\n{result.out}\n{result.err}"
        return result

    def play(self):
        server = self.server
        first, _ = server.post(CLEAN)
        second, link = server.post(DIRTY)
        opened = self.scan("a post that offends opens a finding", opened=1, findings=1, source=self.source)
        (finding,) = opened.events("finding")
        assert finding["url"].startswith(link), finding
        self.scan("nothing changed, nothing is told", opened=0, resolved=0, findings=1)
        if server.edits == "kept":
            server.edit(second, CLEANED)
            self.scan("an edit is no remedy where what was written before is still shown", resolved=0, findings=1)
        elif server.edits:
            server.edit(second, CLEANED)
            self.settle("the edit that mends it resolves the finding")
        if server.edits != "replaced":
            server.delete(second)
            self.settle("the post's deletion resolves the finding")
        if server.edits:
            server.edit(first, DIRTIED)
            self.scan("an edit that offends opens a finding", opened=1, findings=1)
            server.delete(first)
            self.settle("the deletion of what was edited resolves the finding")
        self.scan("all is clean", opened=0, resolved=0, findings=0)

    def settle(self, why):
        """Absence must be seen twice, unless the permalink itself is gone."""
        seen = 0
        for _ in range(2):
            result = self.dirtwatch.scan()
            seen += result.profile()["resolved"]
        print(f"{self.name}: {why}: {'ok' if seen == 1 else seen}", flush=True)
        assert seen == 1, f"{seen} resolved\n{result.out}\n{result.err}"


def inside(name, build):
    """In the namespace: start, follow, end."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    module = importlib.import_module(name)
    ground = Ground(build / "run" / name, build / "tools" / name)
    server = module.Server(ground)
    for source in server.sources:
        Followed(name, server, source, ground.folder).play()


def install(name, build):
    module = importlib.import_module(name)
    subprocess.run([str(ROOT / "tests/tools/install.sh"), *module.PACKAGES], check=True)
    tools = build / "tools" / name
    if hasattr(module, "MODULE") and not (tools / "node_modules" / module.MODULE.rpartition("@")[0]).is_dir():
        tools.mkdir(parents=True, exist_ok=True)
        (tools / "package.json").write_text('{"private": true}\n')
        subprocess.run(["npm", "install", "--silent", "--no-progress", module.MODULE], cwd=tools, check=True)


def main():
    if sys.argv[1] == "--inside":
        inside(sys.argv[2], pathlib.Path(sys.argv[3]))
        return 0
    build, failed = pathlib.Path(sys.argv[1]).resolve(), []
    if os.geteuid() != 0:
        sys.exit("check-servers: namespaces for the servers need root")
    for name in sys.argv[2:] or NAMES:
        install(name, build)
        started = time.monotonic()
        command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                   "timeout", str(SECONDS), sys.executable, __file__, "--inside", name, str(build)]
        status = subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode
        print(f"{name}: {'passed' if status == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
        failed += [name] if status else []
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
