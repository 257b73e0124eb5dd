"""What the web does to crawlers, and that none of it is taken for a clean profile.

Every fault of the table stands at an address of its own and all are met in the same few scans, so the slow ones
cost their time once.  The rules are one rule of our own: what is found does not hang on the shipped ones.
"""
import fnmatch
import re
import threading
import urllib.parse

import pytest
from harness import Dirtwatch, FaultServer, entry, hfeed

WORD = "frobnicator"
PAGE = "/ada.html"


def redirect(url):
    return "/redirect/to?url=" + urllib.parse.quote(url)


def text(body, kind="text/html", status=200):
    return "/text?" + urllib.parse.urlencode({"body": body, "type": kind, "status": status})


class Fault:
    """@verdict: what a scan says; @why: what its sentence says; both are patterns.  @asked: what is asked for, but
    robots.txt.  @failed: the host is then left alone for a while; @path: what is put in the place of the page, or robots.txt."""

    def __init__(self, name, target, verdict, why="", asked=None, failed=False, path=PAGE):
        self.name, self.target, self.verdict, self.why, self.failed, self.path = name, target, verdict, why, failed, path
        self.asked = asked if asked is not None else [PAGE]


NET, BIG = "network-error", "too-big"
NOWHERE = text("<html><head><title>x</title></head><body></body></html>")
DENY = "User-agent: *\nDisallow: /\n"

QUICK = [
    # -- status
    Fault("404", "/status/404", "not-found"),
    Fault("410", "/status/410", "gone"),
    Fault("401", "/status/401", "auth-required"),
    Fault("403", "/status/403", "blocked"),
    Fault("451", "/status/451", "blocked"),
    Fault("429 without a time", "/429", "rate-limited", failed=True),
    Fault("429, seconds", "/429?ra=3600", "rate-limited", failed=True),
    Fault("429, date", "/429?ra=date&in=3600", "rate-limited", failed=True),
    Fault("429 with nonsense for a time", "/429?ra=soon", "rate-limited", failed=True),
    Fault("503 with a time", "/503?ra=3600", "server-error", failed=True),
    Fault("500", "/status/500", "server-error", failed=True),
    Fault("502", "/status/502", "server-error", failed=True),
    Fault("304 to one who knows nothing", "/unasked/304", NET, "nothing was known"),
    Fault("206 to one who wants all", "/unasked/206", NET, "a part"),
    Fault("204", "/status/204", "parse-drift|unread|blocked|network-error"),
    # -- redirects
    Fault("redirect loop", "/redirect/loop", NET, "circle", [PAGE, "/redirect/loop[?]b", "/redirect/loop"]),
    Fault("a chain of six", "/redirect/chain?n=6", NET, "too many",
          [PAGE] + [f"/redirect/chain[?]n={n}&status=301" for n in (5, 4, 3, 2, 1)]),
    Fault("redirects without end", "/redirect/endless", NET, "too many", [PAGE, *["/redirect/endless[?]*"] * 5]),
    Fault("redirect to a file", redirect("file:///etc/passwd"), NET, "no web address"),
    Fault("redirect to gopher", redirect("gopher://127.0.0.1:70/"), NET, "no web address"),
    Fault("redirect to data:", redirect("data:text/html,hello"), NET, "no web address"),
    Fault("redirect with a password", redirect("http://ada:secret@127.0.0.1/ok"), NET, "no web address"),
    Fault("redirect to nowhere", "/redirect/nowhere", NET, "without a target"),
    Fault("redirect to another private origin", "/redirect/other", NET, "private network address"),
    Fault("redirect to a log-in page", redirect("/accounts/login/?next=/ada"), "login-wall", "log-in"),
    # -- not all of it
    Fault("cut body, length told", "/cut/length", NET, failed=True),
    Fault("cut chunk", "/cut/chunk", NET, failed=True),
    Fault("no last chunk", "/cut/last-chunk", NET, failed=True),
    Fault("cut header", "/cut/header", NET, "cut off", failed=True),
    Fault("cut gzip stream", "/cut/gzip", NET, "cut off", failed=True),
    Fault("gzip stream ended by the connection", "/cut/gzip-close", NET, "cut off", failed=True),
    # libcurl asks once more when a connection that was kept open ends without a byte (RFC 9110 §9.2.2)
    Fault("reset for an answer", "/rst/header", NET, asked=[PAGE, PAGE], failed=True),
    Fault("reset in the body", "/rst/body", NET, failed=True),
    # -- lengths
    Fault("two lengths", "/double-length", NET, "contradictory", failed=True),
    Fault("negative length", "/length/-1", NET, failed=True),
    # -- too much
    Fault("9 MiB", "/big?bytes=9437184", BIG),
    Fault("body without end", "/endless/chunks", BIG),
    Fault("headers without end", "/endless/header", BIG),
    Fault("interim answers without end", "/endless/interim", BIG),
    Fault("gzip bomb", "/gzip/bomb", BIG),
    Fault("gzip bomb in gzip", "/gzip/bomb?layers=2", NET, "encoded"),
    Fault("2000 headers and nothing known", "/header/many", "parse-drift"),
    Fault("a header of 1 MiB", "/header/huge", BIG),
    # -- compression
    Fault("broken gzip", "/gzip/corrupt", NET, "compression", failed=True),
    Fault("plain text called gzip", "/gzip/plain", NET, "compression", failed=True),
    Fault("a coding nobody asked for", "/coding/br", NET, "encoded"),
    # -- not HTTP
    Fault("no header at all", "/http09", NET, failed=True),
    Fault("another protocol", "/icy", NET, failed=True),
    Fault("HTTP/3000", "/http3000", NET, failed=True),
    Fault("a NUL in a header", "/header/nul", NET, failed=True),
    # -- 200, and no profile
    Fault("200 and a form to log in", "/login-page", "login-wall"),
    Fault("200 and nothing at all", "/empty", "parse-drift"),
    Fault("200 and nothing known", NOWHERE, "parse-drift"),
    Fault("200 and a picture", text("GIF89a", "image/gif"), "parse-drift", "web page"),
    Fault("200 and \"not found\"", text("<title>Page not found</title><p>Sorry.</p>"), "not-found"),
    Fault("200 and a challenge", text("<title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x></script>"
                                      "<noscript>Enable JavaScript and cookies to continue</noscript>"), "blocked|parse-drift"),
    Fault("deep HTML", "/deep/html?n=200000", "unread|too-big|parse-drift"),
    Fault("deep JSON", "/deep/json", "parse-drift|unread|too-big"),
    Fault("deep XML", "/deep/xml", "parse-drift|unread|too-big"),
    Fault("a billion laughs", "/laughs", "parse-drift|unread|too-big"),
    Fault("an entity that is a file", "/xxe", "parse-drift|unread|empty"),
    # -- robots.txt
    Fault("robots.txt denies", text(DENY, "text/plain"), "robots-denied", "", [], path="/robots.txt"),
    Fault("robots.txt denies us by name", text("User-agent: dirtwatch\nDisallow: /ada\n", "text/plain"), "robots-denied", "", [],
          path="/robots.txt"),
    Fault("robots.txt: 500", "/status/500", "server-error", "robots.txt", [], failed=True, path="/robots.txt"),
    Fault("robots.txt: 429", "/429?ra=3600", "rate-limited", "robots.txt", [], failed=True, path="/robots.txt"),
    Fault("robots.txt: cut", "/cut/length", NET, "robots.txt", [], failed=True, path="/robots.txt"),
    Fault("robots.txt: redirect loop", "/redirect/loop", NET, "robots.txt",
          ["/redirect/loop[?]b", "/redirect/loop"], path="/robots.txt"),
    Fault("robots.txt: redirect to one that denies", redirect("/deny.txt"), "robots-denied", "", ["/deny.txt"], path="/robots.txt"),
]

# These end by a limit in seconds: 20 s for those slower than 100 bytes a second.
SLOW = [
    Fault("nothing at all", "/stall/header", NET, failed=True),
    Fault("half a body, then nothing", "/stall/body", NET, failed=True),
    Fault("a header a byte at a time", "/slow/header", NET, failed=True),
    Fault("a body a byte at a time", "/slow/body", NET, failed=True),
    Fault("a body that takes an hour", "/slow/body?ms=5&n=1000000", NET, failed=True),
    Fault("a robots.txt that stalls", "/stall/body", NET, "robots.txt", [], failed=True, path="/robots.txt"),
]

# The same page in spite of all: (name, target of the page or of robots.txt, path)
HARMLESS = [
    Fault("redirect, relative", redirect("there/../good.html"), "ok"),
    Fault("redirect for good", redirect("/good.html") + "&status=301", "ok"),
    Fault("a chain of five", "/redirect/chain?n=5", "ok"),
    Fault("robots.txt: 404", "/status/404", "ok", path="/robots.txt"),
    Fault("robots.txt: 403", "/status/403", "ok", path="/robots.txt"),
    Fault("robots.txt redirects to one that allows", redirect("/allow.txt"), "ok", path="/robots.txt"),
    Fault("robots.txt is a web page", text("<html><body>User-agent: *<br>Disallow: /</body></html>"), "ok", path="/robots.txt"),
    Fault("robots.txt redirects to a log-in", redirect("/login"), "ok", path="/robots.txt"),
]


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
        return [m for p, m in self.said[scan].alerts() if self.url(name).removesuffix(PAGE) + "/" in m and not m.startswith("scanned ")]

    def asked(self, scan, name):
        return [row["target"] for row in self.logs[scan] if row["address"] == f"127.0.0.{self.faults[name][0]}"]


@pytest.fixture(scope="module", autouse=True)
def slow(tmp_path_factory):
    """Begun before all other tests, and waited for by the last ones."""
    worlds = []

    def run():
        worlds.append(World(tmp_path_factory.mktemp("slow"), SLOW, ("before", "met")))

    thread = threading.Thread(target=run)
    thread.start()

    def wait():
        thread.join()
        return worlds[0]

    yield wait
    thread.join()


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    return World(tmp_path_factory.mktemp("quick"), QUICK)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory):
    return World(tmp_path_factory.mktemp("harmless"), HARMLESS, ("before", "met"))


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


def check_is_left_alone(world, fault):
    """Scanned again at once: a host that failed, or said when to come back, is not asked."""
    again, asked = world.profile("again", fault.name), world.asked("again", fault.name)
    assert not again["verified"], again
    if fault.failed:
        assert again["verdict"] == "rate-limited" and asked == [], (again, asked)
        assert "left alone" in again["why"], again
    else:
        assert re.fullmatch(fault.verdict, again["verdict"]), again


@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: fault.name)
class TestFault:
    def test_is_honest(self, quick, fault):
        check_is_honest(quick, fault)

    def test_is_left_alone(self, quick, fault):
        check_is_left_alone(quick, fault)

    def test_is_told_once_when_it_has_stood(self, quick, fault):
        (alert,) = quick.alerts("third", fault.name)
        assert "3 scans in a row" in alert, alert
        assert quick.alerts("fourth", fault.name) == []

    def test_recovers(self, quick, fault):
        assert quick.profile("recovered", fault.name)["verified"]
        (alert,) = quick.alerts("recovered", fault.name)
        assert WORD not in alert, alert
        standing = [found for found, _ in quick.findings("before", fault.name)]
        assert quick.findings("recovered", fault.name) == [(standing[0], "opened")]


def test_one_scan_of_all_faults_counts_them_as_unverified(quick):
    (scan,) = quick.said["met"].events("scan")
    assert scan["verified"] == 0 and scan["unverified"] == len(QUICK)
    assert scan["opened"] == scan["resolved"] == scan["reopened"] == 0
    assert quick.said["met"].status == 1, "what was known still stands"


@pytest.mark.parametrize("fault", HARMLESS, ids=lambda fault: fault.name)
def test_does_no_harm(harmless, fault):
    met = harmless.profile("met", fault.name)
    assert met["verified"], met
    if "good" in fault.target or fault.path == "/robots.txt":
        assert harmless.findings("met", fault.name) == [(harmless.findings("before", fault.name)[0][0], "opened")]


def test_unverified_without_findings_is_status_3(dirtwatch, faults):
    faults.put("clean.html", hfeed(entry(1, "A sunny day.")))
    dirtwatch.own_rule(WORD)
    for target in ("/status/404", "/status/500", "/cut/length", "/login-page", "/endless/chunks"):
        assert dirtwatch.scan_url(faults.url + target).status == 3, target
    assert dirtwatch.scan_url(faults.url + "/clean.html").status == 0
    assert dirtwatch.scan_url(faults.url + "/clean.html", faults.url + "/status/404").status == 3


@pytest.mark.parametrize("fault", SLOW, ids=lambda fault: fault.name)
def test_slow(slow, fault):
    check_is_honest(slow(), fault)
