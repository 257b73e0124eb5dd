"""What a machine does to a daemon: killed, without room, memory, descriptors or network, its files damaged or
replaced.  Nothing that was found is lost, nothing is called clean that was not read, and it goes on by itself."""
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

import pytest
from harness import ROOT, entry, hfeed, wait_for

WORD = "frobnicator"
ROUNDS = int(os.environ.get("DIRTWATCH_KILLS", "25"))

in_namespaces = pytest.mark.skipif(
    os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], stderr=subprocess.DEVNULL,
        check=False).returncode != 0,
    reason="mounting in a namespace needs root")


def dirty(*numbers):
    return hfeed(*(entry(number, f"Our {WORD} number {number} ships today.") for number in numbers))


@pytest.fixture
def watched(dirtwatch, faults):
    """dirtwatch with one rule of its own, watching pages that the returned function makes."""
    dirtwatch.own_rule(WORD)
    dirtwatch.pages = {}

    def show(name, *numbers):
        dirtwatch.pages[name] = f"{faults.url}/{name}.html"
        for number in numbers:
            faults.put(f"posts/{number}", "It is there.")
        faults.put(f"{name}.html", dirty(*numbers))

    dirtwatch.show = show
    dirtwatch.watch = lambda **sections: dirtwatch.configure(dirtwatch.pages.values(), **sections)
    return dirtwatch


def integrity(dirtwatch):
    with contextlib.closing(dirtwatch.store()) as db:
        return db.execute("PRAGMA integrity_check").fetchone()[0]


def children(pid):
    try:
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def told(text):
    """Permalinks of the findings that were told as new."""
    return [line.split("/posts/")[1].split(":")[0] for line in text.splitlines()
            if line.startswith("<") and not line.startswith("<6>") and "/posts/" in line]


# ---- killed ----

def test_killed_at_any_moment(watched, daemon):
    """Main or a reader, over and over in mid-scan, while pages change: every finding is stored once and told at least
    once, and what was told is stored."""
    chance = random.Random(20261123)
    said, shown = "", []
    for name in "abcd":
        watched.show(name)
    watched.watch()
    for n in range(ROUNDS):
        shown.append(str(n))
        for name in "abcd":
            watched.show(name, *[number + name for number in shown])
        d = daemon()
        d.wait_told("READY=1")
        d.signal(signal.SIGUSR1)
        time.sleep(chance.random() * 0.1)  # somewhere in mid-scan: the moment is what is random here
        if n % 2:
            for reader in children(d.process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(reader, signal.SIGKILL)
            time.sleep(chance.random() * 0.1)
            assert d.process.poll() is None, d.said()
        d.kill()
        said += d.said()
        assert integrity(watched) == "ok"
        with contextlib.closing(watched.store()) as db:
            stored = {url.split("/posts/")[1] for url, in db.execute("SELECT url FROM finding")}
        assert set(told(said)) <= stored, "told, and not stored"
    result = watched.scan()
    said += result.err
    wanted = {number + name for number in shown for name in "abcd"}
    found = [event["url"].split("/posts/")[1] for event in result.events("finding")]
    assert sorted(found) == sorted(wanted), "each is stored once"
    assert set(told(said)) == wanted, "each was told"
    if ROUNDS <= 25:  # at least once, and rarely twice
        assert len(told(said)) < 2 * len(wanted)


def test_readers_that_are_killed_all_the_time(watched, daemon):
    """A page that two readers died of is unread; the next scan reads it."""
    watched.show("a", *range(300))
    watched.watch()
    d = daemon()
    end = time.monotonic() + 20
    while "unread" not in d.said() and time.monotonic() < end:
        for reader in children(d.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(reader, signal.SIGKILL)
    d.wait_said("unread")
    assert told(d.said()) == []
    d.signal(signal.SIGUSR1)
    d.wait_said("300 new")
    assert d.stop()[0] == 0


# ---- no room ----

def tmpfs(dirtwatch, options):
    """What puts the program's state on a file system of its own, seen by it alone."""
    dirtwatch.state.mkdir(parents=True, exist_ok=True)
    return ("unshare", "--mount", "--propagation", "private", "sh", "-c",
            f'mount -t tmpfs -o {options} tmpfs "$0" && exec "$@"', str(dirtwatch.state))


@in_namespaces
def test_a_full_disk(watched, daemon):
    """Nothing is told that is not stored; with room again all of it is told, once."""
    watched.show("a")
    watched.watch()
    d = daemon(before=tmpfs(watched, "size=16m"))
    d.wait_told("READY=1")
    d.wait_status("1 of 1 verified")
    inside = pathlib.Path(f"/proc/{d.process.pid}/root{watched.state}")
    filler = os.open(inside / "filler", os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while True:
            os.write(filler, bytes(4096))
    os.close(filler)
    watched.show("a", *range(200))
    d.signal(signal.SIGUSR1)
    d.wait_said("cannot record the scan")
    assert told(d.said()) == [] and d.process.poll() is None
    (inside / "filler").unlink()
    d.signal(signal.SIGUSR1)
    wait_for(lambda: len(told(d.said())) == 200, said="all are told")
    assert len(set(told(d.said()))) == 200
    assert d.stop()[0] == 0


@in_namespaces
def test_no_room_for_a_store(watched):
    watched.show("a", 1)
    watched.watch()
    result = watched.scan(before=tmpfs(watched, "size=8k"))
    assert result.status == 4 and told(result.err) == [], result.err
    assert "No space" in result.err, result.err


@in_namespaces
def test_a_read_only_store(watched):
    watched.show("a", 1)
    watched.watch()
    assert watched.scan().status == 1
    watched.show("a", 1, 2)
    readonly = ("unshare", "--mount", "--propagation", "private", "sh", "-c",
                'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"', str(watched.state))
    result = watched.scan(before=readonly)
    assert result.status == 4 and told(result.err) == [] and "Read-only" in result.err, result.err
    assert watched.scan().events("scan")[0]["opened"] == 1


# ---- damaged stores ----

def scribble(path):
    """All pages but the first: the tables are gone."""
    with open(path, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(4096)
        file.write(random.Random(1).randbytes(size - 4096))


def half(path):
    os.truncate(path, os.path.getsize(path) // 2 // 4096 * 4096)


def text_file(path):
    path.write_text("This is no database.\n" * 1000)


def bad_pointer(path):
    """One bit of a table's root page."""
    with open(path, "r+b") as file:
        file.seek(2 * 4096 + 5)
        file.write(b"\xff\xff")


@pytest.mark.parametrize("damage", [scribble, half, text_file, bad_pointer], ids=lambda damage: damage.__name__)
def test_a_damaged_store_is_kept_aside_and_built_anew(watched, damage):
    watched.show("a", 1)
    watched.watch()
    watched.scan()
    damage(watched.state / "dirtwatch.db")
    result = watched.scan()
    assert result.status == 1, result.err
    (aside,) = [path for path in watched.state.glob("*.damaged-*") if not path.name.endswith(("-wal", "-shm"))]
    assert "damaged" in result.err and aside.name in result.err
    assert len(told(result.err)) == 1 and result.events("scan")[0]["opened"] == 1, "read anew"
    assert integrity(watched) == "ok"
    quiet = watched.scan()
    assert told(quiet.err) == [] and "damaged" not in quiet.err


@pytest.mark.parametrize("sql,says", [("PRAGMA user_version = 999", "newer"),
    ("PRAGMA application_id = 7", "another program")])
def test_a_store_that_is_not_ours_is_not_touched(watched, sql, says):
    watched.show("a", 1)
    watched.watch()
    watched.scan()
    with contextlib.closing(watched.store()) as db:
        db.execute(sql)
        db.commit()
    before = (watched.state / "dirtwatch.db").read_bytes()
    result = watched.scan()
    assert result.status == 4 and says in result.err, result.err
    assert (watched.state / "dirtwatch.db").read_bytes() == before
    assert list(watched.state.glob("*.damaged-*")) == []


def test_two_on_one_store(watched, daemon):
    watched.show("a", 1)
    watched.watch()
    daemon().wait_told("READY=1")
    for result in (watched.run(*watched.places()), watched.scan()):
        assert result.status == 4 and "another dirtwatch holds" in result.err, (result.status, result.err)


# ---- too little of everything ----

def check_is_honest(result, limit):
    """Whatever it could do, it did not die, and did not call clean what it did not read."""
    assert result.status in (1, 3, 4, 2), (limit, result.status, result.err)
    if result.status == 2:
        assert result.err, limit
    for profile in result.events("profile"):
        assert not profile["verified"] or result.events("finding"), (limit, profile)


def test_few_descriptors(watched):
    watched.show("a", 1)
    watched.watch()
    for limit in range(4, 40):
        shutil.rmtree(watched.state, ignore_errors=True)
        check_is_honest(watched.scan(before=("prlimit", f"--nofile={limit}")), f"{limit} descriptors")
    assert watched.scan().status == 1


def test_little_memory(watched):
    watched.show("a", 1)
    watched.watch()
    statuses = set()
    for mib in [*range(12, 80, 2), *range(80, 700, 40)]:
        shutil.rmtree(watched.state, ignore_errors=True)
        result = watched.scan(before=("prlimit", f"--as={mib << 20}"))
        if result.status == 127:
            continue  # not even its libraries fit
        statuses.add(result.status)
        check_is_honest(result, f"{mib} MiB")
    assert 1 in statuses, "the last one was enough"


# ---- no network ----

@in_namespaces
def test_no_network_at_start(watched, daemon):
    watched.show("a", 1)
    watched.watch()
    d = daemon(before=("unshare", "--net"))
    d.wait_told("READY=1")
    d.wait_said("network-error")
    assert d.stop()[0] == 0 and told(d.said()) == []
    watched.forget_pauses()
    d = daemon()
    d.wait_told("READY=1")
    d.signal(signal.SIGUSR1)
    wait_for(lambda: told(d.said()) == ["1"], said="read now")


# ---- a journal that comes and goes ----

@in_namespaces
def test_a_journal_that_goes_and_comes_back(watched):
    watched.show("a", 1)
    watched.watch()
    done = subprocess.run([str(ROOT / "tests/scenario/journald.sh"), "--", "/usr/bin/python3",
                           str(ROOT / "tests/scenario/inside_journald.py"), str(ROOT / "build/release/dirtwatch"),
                           *watched.places()],
                          env={**os.environ, "PAGE": str(watched.folder.parent / "faults" / "a.html"),
                               "ONE": dirty(1), "TWO": dirty(1, 2), "ENVIRONMENT": json.dumps(watched.environment())},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
    if done.returncode == 77:
        pytest.skip("no journald of one's own here")
    assert done.returncode == 0, done.stdout.decode()


# ---- replaced while it runs ----

def test_reloads_in_mid_scan(watched, daemon, faults):
    """SIGHUP over and over while pages are on their way: it goes on, and the last config is the one that counts."""
    for name in "abcdef":
        watched.show(name, name)
        faults.become(f"/{name}.html", "/late?ms=50")
    watched.watch()
    d = daemon()
    d.wait_told("READY=1")
    chance = random.Random(5)
    for _ in range(15):
        d.signal(signal.SIGUSR1)
        time.sleep(chance.random() * 0.1)
        d.signal(signal.SIGHUP)
        d.wait_told("RELOADING=1")
        d.wait_told("READY=1")
    watched.pages = {"g": faults.url + "/g.html"}
    watched.show("g", "g")
    watched.watch()
    d.signal(signal.SIGHUP)
    wait_for(lambda: told(d.said()) == ["g"], said="the new config's profile is read")
    assert d.stop()[0] == 0
    assert integrity(watched) == "ok"


def test_rules_replaced_under_a_running_daemon(watched, daemon):
    """The next reader finds other rules on disk than main holds: they are read anew, and so is every page."""
    watched.show("a", 1)
    watched.watch()
    d = daemon()
    wait_for(lambda: told(d.said()) == ["1"], said="the first finding")
    rules = watched.patterns / "own.yaml"
    rules.write_text(rules.read_text() + rules.read_text()[rules.read_text().index("  - id:"):]
                     .replace("own.word", "own.ships").replace(WORD, "ships"))
    for reader in children(d.process.pid):
        os.kill(reader, signal.SIGKILL)
    watched.show("a", 1, 2)
    d.signal(signal.SIGUSR1)
    d.wait_said("have changed: reading them anew")
    wait_for(lambda: sorted(told(d.said())) == ["1", "1", "2", "2"], said="both rules' findings")
    assert d.stop()[0] == 0
