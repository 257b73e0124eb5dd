"""The wall clock is set while the daemon runs: every profile goes on being scanned once an interval, and nothing is
told twice."""
import pathlib
import struct
import time

from harness import ROOT, INSULT, entry, hfeed, wait_for

DAY = 24 * 3600
SETCLOCK = ROOT / "build" / "release" / "faults" / "setclock.so"


class Clock:
    """Moves the wall clock of the programs that are run with before()."""

    def __init__(self, folder):
        self.file = pathlib.Path(folder) / "clock"
        self.seconds = 0
        self.file.write_bytes(struct.pack("q", 0))

    def date(self):
        """As the daemon's status has it."""
        return time.strftime("%F", time.localtime(time.time() + self.seconds + 3600))

    def before(self):
        return ("env", f"LD_PRELOAD={SETCLOCK}", f"SETCLOCK={self.file}")

    def move(self, seconds):
        self.seconds += seconds
        with open(self.file, "r+b") as file:
            file.write(struct.pack("q", self.seconds * 1_000_000))


def test_the_clock_jumps_both_ways(dirtwatch, daemon, site, tmp_path):
    site.put("index.html", hfeed(entry(1, INSULT)))
    dirtwatch.configure([site.url + "/"], schedule="every: 1h\njitter: 0s")
    clock = Clock(tmp_path)

    def scans():
        return sum(path == "/" for _, path in site.requests())

    d = daemon(before=clock.before())
    d.wait_status("1 of 1 verified")
    assert scans() == 1
    clock.move(30 * DAY)
    wait_for(lambda: scans() == 2, said="a scan as its time has come")
    d.wait_status(f"next scan at {clock.date()}")
    clock.move(-60 * DAY)
    d.wait_status(f"next scan at {clock.date()}")
    assert scans() == 2
    clock.move(3600 + 60)
    wait_for(lambda: scans() == 3, said="a scan an interval later, not 60 days later")
    assert d.stop()[0] == 0
    assert scans() == 3
    assert len([line for line in d.said().splitlines() if line.startswith("<4>") or line.startswith("<3>")]) == 1


def test_a_store_of_the_future(dirtwatch, daemon, site, tmp_path):
    """Scanned while the clock ran ahead, started again when it was put right."""
    site.put("index.html", hfeed(entry(1, INSULT)))
    dirtwatch.configure([site.url + "/"], schedule="every: 1h\njitter: 0s")
    clock = Clock(tmp_path)
    clock.move(3650 * DAY)
    d = daemon(before=clock.before())
    d.wait_status("1 of 1 verified")
    d.stop()
    clock.move(-3650 * DAY)
    d = daemon(before=clock.before())
    d.wait_told("READY=1")
    clock.move(3600 + 60)
    d.wait_status("1 of 1 verified")
    assert sum(path == "/" for _, path in site.requests()) == 2
    assert d.stop()[0] == 0
