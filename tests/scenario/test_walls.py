"""walls.yaml: what a wall is known by can be changed without another program, and never goes missing unseen."""
import os
import pathlib
import shutil
import signal

import pytest
from harness import HARMLESS, INSULT, ROOT, entry, hfeed

SHIPPED = ROOT / "crawlers/walls.yaml"
MEMBERS = hfeed(entry(1, HARMLESS), name="Members only")
OWN = """dirtwatch_walls: 1
pages:
  - id: own.members
    host: 127.0.0.1
    title: Members only
    verdict: login-wall
    why: Social shows profiles to its members only.
    from: seen here
    tests:
      wall: ['<title>Members only</title>']
      not: ['<title>Ada</title>']
"""


@pytest.fixture
def own(dirtwatch):
    """The person's own walls.yaml, beside the config."""
    return dirtwatch.folder / "walls.yaml"


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_newer_file_works_without_another_program(dirtwatch, site, own):
    site.put("index.html", MEMBERS)
    dirtwatch.configure([site.url + "/"])
    before = dirtwatch.scan().profile()
    assert before["verified"]
    own.write_text(OWN)
    met = dirtwatch.scan()
    profile = met.profile()
    assert profile["verdict"] == "login-wall" and not profile["verified"], "the unchanged page is judged anew"
    assert profile["why"] == "Social shows profiles to its members only."
    assert met.status == 3
    out = dirtwatch.run("--scan-now", "--config", str(dirtwatch.config)).out
    assert "UNVERIFIED" in out and "login-wall" in out
    own.unlink()
    assert dirtwatch.scan().profile()["verdict"] == before["verdict"]


def test_the_shipped_file_may_be_another(dirtwatch, site, tmp_path):
    """As after an update of the data alone: --walls names the file, else it lies beside the program."""
    site.put("index.html", MEMBERS)
    newer = tmp_path / "newer.yaml"
    newer.write_text(SHIPPED.read_text().replace("pages:\n", OWN.partition("\n")[2], 1))
    installed = tmp_path / "usr"
    (installed / "bin").mkdir(parents=True)
    (installed / "share/dirtwatch/patterns").mkdir(parents=True)
    shutil.copy(ROOT / "build/release/dirtwatch", installed / "bin")
    for rules in (ROOT / "patterns/rules").glob("*.yaml"):
        shutil.copy(rules, installed / "share/dirtwatch/patterns")
    shutil.copy(newer, installed / "share/dirtwatch/walls.yaml")
    for args, binary in (["--walls", str(newer)], None), ([], installed / "bin/dirtwatch"):
        options = {"binary": binary} if binary else {}
        result = dirtwatch.run("--scan-now", "--format=json", *args, "--config", str(dirtwatch.plain_config()),
                               site.url + "/", **options)
        assert result.profile()["verdict"] == "login-wall", result.err
        assert result.status == 3


@pytest.mark.parametrize("job", [["--scan-now"], ["--check-config"], ["--test-patterns"], []],
                         ids=["scan", "check", "test", "daemon"])
def test_without_walls_nothing_starts(dirtwatch, site, own, job):
    site.put("index.html", hfeed(entry(1, HARMLESS)))
    dirtwatch.configure([site.url + "/"])
    places = ["--config", str(dirtwatch.config)]
    missing = dirtwatch.run(*job, *places, "--walls", "/nowhere/walls.yaml")
    assert missing.status == 2
    assert "/nowhere/walls.yaml: can not be read: No such file" in missing.out + missing.err
    own.write_text(OWN.replace("title:", "titel:"))
    bad = dirtwatch.run(*job, *places)
    assert bad.status == 2
    said = bad.out + bad.err
    assert f'{own}:5:5: unknown key "titel", did you mean "title"?' in said
    assert "    titel: Members only\n    ^" in said
    own.write_bytes(b"")
    assert dirtwatch.run(*job, *places).status == 2, "an empty file is no file of walls"
    own.unlink()
    own.symlink_to(own)
    assert dirtwatch.run(*job, *places).status == 2, "one that can not be read is not one that is not there"
    assert site.requests() == []


def test_no_entry_makes_a_wall_clean(dirtwatch, own):
    for verdict in ("ok", "empty", "truncated", "unchanged"):
        own.write_text(OWN.replace("login-wall", verdict))
        result = dirtwatch.run("--check-config", *dirtwatch.places(dirtwatch.plain_config()))
        assert result.status == 2 and f'"{verdict}" is no verdict on a wall' in result.out


def test_examples_are_tried(dirtwatch, own):
    own.write_text(OWN.replace("<title>Ada</title>", "<title>Members only</title>"))
    result = dirtwatch.run("--test-patterns", "--config", str(dirtwatch.plain_config()))
    assert result.status == 2
    assert f"{own}:11:13: own.members: found in: <title>Members only</title>" in result.out
    assert result.out.splitlines()[-1].endswith(" 1 failed")


def test_a_reload_takes_a_good_file_and_keeps_the_old_for_a_bad_one(dirtwatch, daemon, site, own):
    site.put("index.html", MEMBERS)
    dirtwatch.configure([site.url + "/"], alert="after: 1")
    d = daemon()
    d.wait_status("1 of 1 verified")
    own.write_text(OWN.replace("from:", "form:"))
    d.signal(signal.SIGHUP)
    d.wait_said("the old one stays")
    assert f"{own}:8:5: unknown key" in d.said()
    own.write_text(OWN)
    d.signal(signal.SIGHUP)
    d.wait_said("Social shows profiles to its members only.")
    d.wait_status("0 of 1 verified")
    assert d.stop()[0] == 0


def test_a_file_replaced_under_a_running_daemon(dirtwatch, daemon, site, own):
    """The next reader finds other walls on disk than main holds: they are read anew, and so is every page."""
    site.put("index.html", MEMBERS)
    dirtwatch.configure([site.url + "/"], alert="after: 1")
    d = daemon()
    d.wait_status("1 of 1 verified")
    own.write_text(OWN)
    for reader in children(d.process.pid):
        os.kill(reader, signal.SIGKILL)
    site.put("index.html", hfeed(entry(2, HARMLESS), name="Members only"))
    d.signal(signal.SIGUSR1)
    d.wait_said("have changed: reading them anew")
    d.wait_said("Social shows profiles to its members only.")
    assert d.stop()[0] == 0


def test_a_bad_file_under_a_running_daemon(dirtwatch, daemon, site, own):
    """Readers can not start with it: pages stay unread, and what is wrong is told, until it is mended."""
    site.put("index.html", MEMBERS)
    dirtwatch.configure([site.url + "/"], alert="after: 1")
    d = daemon()
    d.wait_status("1 of 1 verified")
    own.write_text(OWN.replace("from:", "form:"))
    for reader in children(d.process.pid):
        os.kill(reader, signal.SIGKILL)
    site.put("index.html", hfeed(entry(2, HARMLESS), name="Members only"))
    d.signal(signal.SIGUSR1)
    d.wait_said("the old one stays")
    assert f'{own}:8:5: unknown key "form", did you mean "from"?' in d.said()
    assert "config, rules or walls on disk can not be loaded" in d.said()
    own.write_text(OWN)
    d.signal(signal.SIGHUP)
    d.wait_said("Social shows profiles to its members only.")
    assert d.stop()[0] == 0


def test_a_wall_leaves_what_was_found_as_it_is(dirtwatch, site, own):
    site.put("index.html", hfeed(entry(1, INSULT)))
    dirtwatch.configure([site.url + "/"])
    found = dirtwatch.scan()
    assert found.status == 1
    own.write_text(OWN)
    site.put("index.html", MEMBERS)
    for _ in range(3):
        met = dirtwatch.scan()
        assert met.profile()["verdict"] == "login-wall" and met.profile()["resolved"] == 0
        assert met.status == 1, "the finding stands"
    site.put("index.html", hfeed(entry(2, HARMLESS), entry(3, HARMLESS, "2026-01-01T10:00:00Z")))
    again = dirtwatch.scan()
    assert again.events("scan")[0]["resolved"] == 1 and again.status == 0, "its permalink is gone"
