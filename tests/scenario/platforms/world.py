"""The platforms in a world of their own: the unmodified program, asking the hosts that it always asks.

A network and mount namespace is entered, in which loopback has some public addresses; one server answers at all of
them (server.py).  Each run of the program sees an /etc/hosts of its own, in which the platforms' hosts are at the
address of its scene, and a config whose fetch.ca-file is a CA that is made here.  Nothing can leave the namespace.
Delays stay as they are; they pass in no time, for the clock is in haste (tests/faults/haste.c).
"""
import json
import os
import pathlib
import pickle
import shutil
import subprocess
import sys

from harness import BINARY, OWN_RULE, ROOT

SECONDS = 240
HASTE = ROOT / "build" / "release" / "faults" / "haste.so"
A_LOOK = "70"  # seconds: no host wants to be left alone for longer between two requests
LATER = 10 * 24 * 3600  # from one scan to the next, in seconds: behind all that the first has seen of the clock
ADDRESS = "52.0.{}.{}"  # public ones: others would be refused, as they must be


def can_enter():
    """Root, and namespaces to be had."""
    return os.geteuid() == 0 and subprocess.run(["unshare", "--net", "--mount", "true"], check=False,
                                                stderr=subprocess.DEVNULL).returncode == 0


def make_authority(folder, hosts):
    """A CA and one certificate of @hosts signed by it: (CA's certificate, certificate, key)."""
    names = ",".join(f"DNS:{host}" for host in sorted(hosts))
    (folder / "leaf.ext").write_text(f"subjectAltName={names}\n")

    def openssl(*args):
        subprocess.run(["openssl", *args], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Platforms")
    openssl("req", *curve, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=platforms")
    openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
            "-extfile", "leaf.ext", "-out", "leaf.pem")
    return folder / "ca.pem", folder / "leaf.pem", folder / "leaf.key"


def conflicts(item, there):
    """Two that the server could not tell apart, or that a fault of the one would keep from being asked."""
    if any(item.url == other.url for other in there):
        return True
    taken = {route.key(): route.reply for other in there for route in other.routes}
    if any(taken.get(route.key(), route.reply) != route.reply for route in item.routes):
        return True

    def hosts(case):
        return {route.host for route in case.routes}

    def fails(case):
        return any(route.reply.torn or route.reply.status in (403, 429) or route.reply.status >= 500
                   for route in case.routes)
    return any((fails(item) or fails(other)) and hosts(item) & hosts(other) for other in there)


def into_scenes(items):
    """Lists of items that can be asked for in one go."""
    scenes = []
    for item in items:
        for scene in scenes:
            if not conflicts(item, scene):
                scene.append(item)
                break
        else:
            scenes.append([item])
    return scenes


def address_of(number):
    return ADDRESS.format(number // 200, number % 200 + 1)


def write_scene(folder, number, cases, authority):
    """What one run of the program needs."""
    folder.mkdir(parents=True)
    (folder / "run").mkdir()
    (folder / "patterns").mkdir()
    (folder / "patterns" / "own.yaml").write_text(OWN_RULE.replace("WORD", "frobnicator"), encoding="utf-8")
    hosts = sorted({route.host for case in cases for route in case.routes})
    (folder / "hosts").write_text("".join(f"{address_of(number)} {host}\n" for host in ["localhost.test", *hosts]))
    lines = ["fetch:", f"  ca-file: {authority}", "profiles:"]
    for case in cases:
        lines.append(f"  - url: {json.dumps(case.written or case.url)}")
        lines += ["    " + line for line in case.config.splitlines()]
    (folder / "dirtwatch.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def start_scan(folder, later=0):
    assert HASTE.exists(), "build/release/faults/haste.so is missing: run make tests-built"
    kept = {k: v for k, v in os.environ.items() if k not in ("JOURNAL_STREAM", "NOTIFY_SOCKET")}
    env = {**kept, "STATE_DIRECTORY": f"{folder}/state", "RUNTIME_DIRECTORY": f"{folder}/run",
           "CONFIGURATION_DIRECTORY": str(folder), "NO_COLOR": "1"}
    bind = 'mount --bind "$1" /etc/hosts && shift && exec "$@"'
    command = ["unshare", "--mount", "sh", "-c", bind, "sh", f"{folder}/hosts",
               "env", f"LD_PRELOAD={HASTE}", f"HASTE={A_LOOK}", f"HASTE_FROM={later}", str(BINARY), "--scan-now",
               "--config", f"{folder}/dirtwatch.yaml", "--patterns", f"{folder}/patterns", "--format=json"]
    with open(folder / "out", "wb") as out, open(folder / "err", "wb") as err:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env, cwd=folder)


def read_scan(folder, status):
    events = {}
    for line in (folder / "out").read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        events.setdefault(event.get("profile") or event.get("url") or "", []).append(event)
    return {"status": status, "events": events, "err": (folder / "err").read_text(encoding="utf-8", errors="replace")}


def run(work, scenes, twice=(), prepare=None):
    """Scan the @scenes, lists of cases, and those numbered @twice once more; for each what came of it.
    @prepare: called with the folder of each scene before that."""
    work = pathlib.Path(work)
    hosts = {route.host for cases in scenes for case in cases for route in case.routes}
    authority, _, _ = make_authority(work, hosts)
    for number, cases in enumerate(scenes):
        write_scene(work / str(number), number, cases, authority)
        if prepare:
            prepare(work / str(number))
        if number in twice:
            (work / str(number) / "twice").touch()
    routes = [[route for case in cases for route in case.routes] for cases in scenes]
    (work / "routes.pickle").write_bytes(pickle.dumps(routes))
    env = {**os.environ, "PYTHONPATH": str(ROOT / "tests/scenario")}
    done = subprocess.run(["unshare", "--net", "--mount", "--", shutil.which("python3", path="/usr/bin") or
                           sys.executable, "-m", "platforms.inside", str(work)], env=env, timeout=SECONDS,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT)
    assert done.returncode == 0, done.stdout.decode()
    return json.loads((work / "results.json").read_text(encoding="utf-8"))
