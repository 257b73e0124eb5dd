"""Faults, each at an address of its own, and a dirtwatch that meets them all in the same few scans."""
import fnmatch
import re

from harness import Dirtwatch, FaultServer, entry, hfeed

# The rules are one rule of our own: what is found does not hang on the shipped ones.
WORD = "frobnicator"
PAGE = "/ada.html"
NET = "network-error"
DENY = "User-agent: *\nDisallow: /\n"


class Fault:
    """@verdict: what a scan says; @why: what its sentence says; both are patterns.  @asked: what is asked for, but
    robots.txt.  @failed: the host is then left alone for a while; @path: what is put in the place of the page,
    or robots.txt."""

    def __init__(self, name, target, verdict, why="", asked=None, failed=False, path=PAGE):
        self.name, self.target, self.verdict, self.why = name, target, verdict, why
        self.failed, self.path = failed, path
        self.asked = asked if asked is not None else [PAGE]


def dirty(name):
    return hfeed(entry(name.replace(" ", "-"), f"Our {WORD} ships today."))


class World:
    """A fault server, and a dirtwatch that watches each fault at an address of its own.  What the scans said is kept:

    before    all is well: one finding each
    met       the fault, for the first time
    again     at once, in another process
    third     late enough to ask again: the third scan in a row that proves nothing
    fourth    and once more
    recovered all is well again
    """

    def __init__(self, folder, faults, rounds=("before", "met", "again", "third", "fourth", "recovered")):
        self.faults = {fault.name: (number, fault) for number, fault in enumerate(faults, 2)}
        self.server = FaultServer(folder / "faults", "--addresses", str(len(faults) + 1))
        self.dirtwatch = Dirtwatch(folder / "dirtwatch")
        self.dirtwatch.own_rule(WORD)
        self.dirtwatch.configure([self.url(name) for name in self.faults])
        self.server.put("ada.html", dirty("ada"))
        self.server.put("good.html", dirty("ada"))
        self.server.put("deny.txt", DENY)
        self.server.put("allow.txt", "User-agent: *\nAllow: /\n")
        self.server.put("posts/ada", "It is still there.")
        self.server.become("/ok", "/good.html")
        self.said, self.logs = {}, {}
        for name in rounds:
            getattr(self, "prepare_" + name)()
            self.server.forget()
            self.said[name] = self.dirtwatch.scan(seconds=150)
            self.logs[name] = self.server.log()
        self.server.stop()

    def prepare_before(self):
        pass

    def prepare_met(self):
        for number, fault in self.faults.values():
            self.server.become(fault.path, fault.target, at=number)

    def prepare_again(self):
        pass

    def prepare_third(self):
        self.dirtwatch.forget_pauses()

    prepare_fourth = prepare_third

    def prepare_recovered(self):
        self.dirtwatch.forget_pauses()
        for number, fault in self.faults.values():
            self.server.become(fault.path, at=number)

    def url(self, name):
        return self.server.at(self.faults[name][0]) + PAGE

    def profile(self, scan, name):
        (profile,) = [e for e in self.said[scan].events("profile") if e["url"] == self.url(name)]
        return profile

    def findings(self, scan, name):
        return [(e["id"], e["state"]) for e in self.said[scan].events("finding") if e["profile"] == self.url(name)]

    def alerts(self, scan, name):
        """The messages about one profile, summaries apart."""
        return [m for p, m in self.said[scan].alerts()
                if self.url(name).removesuffix(PAGE) + "/" in m and not m.startswith("scanned ")]

    def asked(self, scan, name):
        return [row["target"] for row in self.logs[scan] if row["address"] == f"127.0.0.{self.faults[name][0]}"]


def check_is_honest(world, fault):
    before, met = world.profile("before", fault.name), world.profile("met", fault.name)
    assert before["verified"] and len(world.findings("before", fault.name)) == 1, before
    assert re.fullmatch(fault.verdict, met["verdict"]) and not met["verified"], met
    assert re.search(fault.why, met["why"]), met
    # What was known stays as it was, and nothing is told of it.
    standing = world.findings("before", fault.name)[0][0]
    assert [found for found, _ in world.findings("met", fault.name)] == [standing]
    assert world.alerts("met", fault.name) == []
    # Nothing is tried twice.
    asked = world.asked("met", fault.name)
    assert len(asked) == len(fault.asked) and all(map(fnmatch.fnmatchcase, asked, fault.asked)), asked
