"""The daemon by hand: signals, schedule, reload, kill -9, the control socket."""
import random
import signal
import sqlite3
import time

from harness import HARMLESS, INSULT, SICK, STONED, entry, hfeed, wait_for


def alerts_said(daemon):
    return [line for line in daemon.said().splitlines() if line.startswith("<") and not line.startswith("<6>")]


def test_scans_tells_systemd_and_stops(dirtwatch, daemon, site):
    site.put("index.html", hfeed(entry(1, INSULT)))
    dirtwatch.configure([site.url + "/"])
    d = daemon()
    d.wait_told("READY=1")
    d.wait_status("1 of 1 verified")
    wait_for(lambda: alerts_said(d), said="an alert")
    status, seconds = d.stop()
    assert status == 0 and seconds < 2
    assert "STOPPING=1" in "\n".join(d.told) or d.wait_told("STOPPING=1")


def test_next_due_is_kept_across_restarts(dirtwatch, daemon, site):
    site.put("index.html", hfeed(entry(1, INSULT)))
    dirtwatch.configure([site.url + "/"], schedule="every: 6h\njitter: 0s")
    d = daemon()
    d.wait_status("1 of 1 verified")
    d.stop()
    asked = len(site.requests())
    d = daemon()
    d.wait_told("READY=1")
    d.signal(signal.SIGHUP)
    d.wait_told("READY=1")
    d.stop()
    assert len(site.requests()) == asked, "it was scanned a moment ago"
    assert len(alerts_said(d)) == 0


def test_sigusr1_scans_now(dirtwatch, daemon, site):
    site.put("index.html", hfeed(entry(1, HARMLESS)))
    dirtwatch.configure([site.url + "/"])
    d = daemon()
    d.wait_status("1 of 1 verified")
    site.put("index.html", hfeed(entry(2, STONED), entry(1, HARMLESS)))
    d.signal(signal.SIGUSR1)
    wait_for(lambda: alerts_said(d), said="an alert after SIGUSR1")
    assert len(alerts_said(d)) == 1


def test_sigterm_in_mid_transfer(dirtwatch, daemon, nginx):
    # 1 byte a second: the transfer would take an hour.
    site = nginx(conf="limit_rate 1;")
    site.put("index.html", hfeed(entry(1, INSULT)))
    site.put("robots.txt", "")
    dirtwatch.configure([site.url + "/"])
    d = daemon()
    d.wait_told("READY=1")
    wait_for(lambda: d.process.poll() is None and "1 being scanned" in "\n".join(d.told)
             or d.wait_status("being scanned"))
    status, seconds = d.stop()
    assert status == 0 and seconds < 2


def test_reload_takes_a_good_file_and_keeps_the_old_for_a_bad_one(dirtwatch, daemon, site):
    site.put("a.html", hfeed(entry(1, INSULT)))
    site.put("b.html", hfeed(entry(2, STONED)))
    dirtwatch.configure([site.url + "/a.html"])
    d = daemon()
    d.wait_status("1 of 1 verified")
    good = dirtwatch.config.read_text()
    dirtwatch.config.write_text("profiles: [\n  nonsense: {\n")
    d.signal(signal.SIGHUP)
    d.wait_told("RELOADING=1")
    d.wait_told("READY=1")
    d.wait_said("the old one stays")
    assert "dirtwatch.yaml:" in d.said(), "file and line of what is wrong"
    dirtwatch.config.write_text(good.replace("a.html", "a.html\n  - " + site.url + "/b.html"))
    d.signal(signal.SIGHUP)
    d.wait_told("RELOADING=1")
    d.wait_status("2 profiles")
    wait_for(lambda: len([a for a in alerts_said(d) if "stoned" in a]) == 1, said="the new profile's finding")
    assert d.stop()[0] == 0


def test_a_scan_that_was_asked_for_outlives_a_reload(dirtwatch, daemon, site):
    site.put("index.html", hfeed(entry(1, HARMLESS)))
    dirtwatch.configure([site.url + "/"])
    d = daemon()
    d.wait_status("1 of 1 verified")
    site.put("index.html", hfeed(entry(2, STONED), entry(1, HARMLESS)))
    site.signal_workers(signal.SIGSTOP)
    try:
        d.signal(signal.SIGUSR1)
        d.wait_status("1 being scanned")
        d.signal(signal.SIGHUP)
        d.wait_told("RELOADING=1")
        d.wait_told("READY=1")
    finally:
        site.signal_workers(signal.SIGCONT)
    wait_for(lambda: len(alerts_said(d)) == 1, said="the alert of the scan that the reload cut short")


def test_scan_now_goes_through_the_daemon(dirtwatch, daemon, site):
    site.put("index.html", hfeed(entry(1, INSULT)))
    dirtwatch.configure([site.url + "/"])
    d = daemon()
    d.wait_status("1 of 1 verified")
    site.put("index.html", hfeed(entry(1, INSULT), entry(2, SICK)))
    result = dirtwatch.run("--scan-now", "--format=json")
    assert result.status == 1, result.err
    assert len(result.events("finding")) == 2 and result.events("scan")[0]["opened"] == 1
    assert len(result.events("post")) >= 2
    text = dirtwatch.run("--scan-now").out
    assert "coverage" in text and "verified" in text
    listed = dirtwatch.run("--list", "--format=json")
    assert len(listed.events("finding")) == 2 and listed.status == 1


def test_a_second_daemon_leaves_and_says_why(dirtwatch, daemon, site):
    site.put("index.html", hfeed(entry(1, HARMLESS)))
    dirtwatch.configure([site.url + "/"])
    daemon().wait_told("READY=1")
    second = dirtwatch.run("--config", str(dirtwatch.config))
    assert second.status == 4 and "another dirtwatch holds" in second.err


def test_kill_9_at_any_moment_loses_nothing(dirtwatch, daemon, site):
    """Killed over and over in mid-scan, then left alone: every finding is stored once, told at least once, and
    the database is whole."""
    pages = 6
    for n in range(pages):
        site.put(f"p{n}.html", hfeed(entry(f"{n}a", INSULT), entry(f"{n}b", STONED), entry(f"{n}c", SICK)))
    dirtwatch.configure([f"{site.url}/p{n}.html" for n in range(pages)])
    chance = random.Random(7)
    said = ""
    for _ in range(12):
        d = daemon()
        d.wait_told("READY=1")
        time.sleep(chance.random() * 0.3)  # somewhere in mid-scan: the moment is what is random here
        d.kill()
        said += d.said()
        with sqlite3.connect(dirtwatch.state / "dirtwatch.db") as db:
            assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    result = dirtwatch.scan()
    said += result.err
    findings = result.events("finding")
    assert len(findings) == len({f["id"] for f in findings}) == 3 * pages
    for finding in findings:
        assert finding["url"] in said, f"never told: {finding}"


def test_by_hand_it_logs_to_standard_error(dirtwatch, daemon, site):
    dirtwatch.configure([])
    d = daemon()
    d.wait_told("READY=1")
    d.wait_said("no profiles are configured")
    assert "dirtwatch: " in d.said()
