"""What the web does to crawlers, and that none of it is taken for a clean profile.

Every fault of the table stands at an address of its own, and all are met in the same few scans.
"""
import contextlib
import re
import socket
import time
import urllib.parse

import pytest
from harness import FaultServer, entry, hfeed, rss
from world import DENY, NET, PAGE, WORD, Fault, World, check_is_honest, dirty


def redirect(url):
    return "/redirect/to?url=" + urllib.parse.quote(url)


def text(body, kind="text/html", status=200):
    return "/text?" + urllib.parse.urlencode({"body": body, "type": kind, "status": status})


BIG = "too-big"
NOWHERE = text("<html><head><title>x</title></head><body></body></html>")

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
    Fault("a coding nobody asked for", "/coding/compress", NET, "encoded"),
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
    Fault("200 and a challenge", text("<title>Just a moment...</title>"
                                      "<script src=/cdn-cgi/challenge-platform/x></script>"
                                      "<noscript>Enable JavaScript and cookies to continue</noscript>"),
                                      "blocked|parse-drift"),
    Fault("deep HTML", "/deep/html?n=200000", "unread|too-big|parse-drift"),
    Fault("deep JSON", "/deep/json", "parse-drift|unread|too-big"),
    Fault("deep XML", "/deep/xml", "parse-drift|unread|too-big"),
    Fault("a billion laughs", "/laughs", "parse-drift|unread|too-big"),
    Fault("an entity that is a file", "/xxe", "parse-drift|unread|empty"),
    # -- robots.txt
    Fault("robots.txt denies", text(DENY, "text/plain"), "robots-denied", "", [], path="/robots.txt"),
    Fault("robots.txt denies us by name", text("User-agent: dirtwatch\nDisallow: /ada\n", "text/plain"),
        "robots-denied", "", [],
          path="/robots.txt"),
    Fault("robots.txt: 500", "/status/500", "server-error", "robots.txt", [], failed=True, path="/robots.txt"),
    Fault("robots.txt: 429", "/429?ra=3600", "rate-limited", "robots.txt", [], failed=True, path="/robots.txt"),
    Fault("robots.txt: cut", "/cut/length", NET, "robots.txt", [], failed=True, path="/robots.txt"),
    Fault("robots.txt: redirect loop", "/redirect/loop", NET, "robots.txt",
          ["/redirect/loop[?]b", "/redirect/loop"], path="/robots.txt"),
    Fault("robots.txt: redirect to one that denies", redirect("/deny.txt"), "robots-denied", "", ["/deny.txt"],
        path="/robots.txt"),
]

# The same page in spite of all: (name, target of the page or of robots.txt, path)
HARMLESS = [
    Fault("redirect, relative", redirect("there/../good.html"), "ok"),
    Fault("redirect for good", redirect("/good.html") + "&status=301", "ok"),
    Fault("a chain of five", "/redirect/chain?n=5", "ok"),
    Fault("robots.txt: 404", "/status/404", "ok", path="/robots.txt"),
    Fault("robots.txt: 403", "/status/403", "ok", path="/robots.txt"),
    Fault("robots.txt redirects to one that allows", redirect("/allow.txt"), "ok", path="/robots.txt"),
    Fault("robots.txt is a web page", text("<html><body>User-agent: *<br>Disallow: /</body></html>"), "ok",
        path="/robots.txt"),
    Fault("robots.txt redirects to a log-in", redirect("/login"), "ok", path="/robots.txt"),
]


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    return World(tmp_path_factory.mktemp("quick"), QUICK)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory):
    return World(tmp_path_factory.mktemp("harmless"), HARMLESS, ("before", "met"))


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


# ---- TLS ----

TLS = {
    "tls": "",
    "expired": "expired",
    "notyet": "not yet valid",
    "wronghost": "subject name|no alternative",
    "otherca": "self-signed|unable to get|issuer",
    "selfsigned": "self-signed",
    "plain": "SSL|wrong version",
}


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    server = FaultServer(tmp_path_factory.mktemp("tls"), tls=True)
    server.put("ada.html", dirty("ada"))
    server.put("posts/ada", "It is still there.")
    yield server
    server.stop()


def by_url(result, kind="profile"):
    return {event["url"]: event for event in result.events(kind)}


def test_tls_is_verified(dirtwatch, tls):
    dirtwatch.own_rule(WORD)
    urls = {port: tls.https(port) + PAGE for port in TLS}
    dirtwatch.configure(urls.values(), fetch=f"delay: 0s\nca-file: {tls.ports['ca']}")
    result = dirtwatch.scan()
    profiles = by_url(result)
    for port, why in TLS.items():
        profile = profiles[urls[port]]
        assert profile["verified"] == (port == "tls"), profile
        if why:
            assert profile["verdict"] == NET and re.search(why, profile["why"]), profile
    assert {e["profile"] for e in result.events("finding")} == {urls["tls"]}
    assert {row["port"] for row in tls.log()} == {tls.ports["tls"]}, "nothing is asked of one that is not who it says"


def test_a_ca_is_not_believed_unasked(dirtwatch, tls):
    result = dirtwatch.scan_url(tls.https("tls") + PAGE)
    assert result.status == 3 and result.profile()["verdict"] == NET, result.out


def test_https_never_leads_to_http(dirtwatch, tls):
    dirtwatch.configure([tls.https("tls") + "/redirect/plain"], fetch=f"delay: 0s\nca-file: {tls.ports['ca']}")
    tls.forget()
    result = dirtwatch.scan()
    assert result.status == 3 and "https to http" in result.profile()["why"], result.out
    assert {row["port"] for row in tls.log(robots=True) + tls.log()} == {tls.ports["tls"]}


# ---- hosts that can not be had ----

def test_hosts_that_can_not_be_had(dirtwatch, faults):
    """No such name, nobody at the port; the others are read all the same."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        refused = f"http://127.0.0.1:{taken.getsockname()[1]}/ada"
        nowhere = "https://no-such-host.invalid/ada"
        faults.put("ada.html", dirty("ada"))
        dirtwatch.own_rule(WORD)
        dirtwatch.configure([refused, nowhere, faults.url + PAGE])
        result = dirtwatch.scan()
    profiles = by_url(result)
    assert profiles[refused]["verdict"] == profiles[nowhere]["verdict"] == NET
    assert "no-such-host.invalid" in profiles[nowhere]["why"], "the name that was not found"
    assert profiles[faults.url + PAGE]["verified"] and len(result.events("finding")) == 1


# ---- private networks ----

def test_a_discovered_link_never_leads_into_a_private_network(dirtwatch, faults):
    """The profile itself may be there, as it was configured so."""
    other = f"http://127.0.0.1:{faults.ports['other']}/feed.rss"
    head = f'<link rel="alternate" type="application/rss+xml" href="{other}">'
    faults.put("ada.html", hfeed(entry("ada", f"Our {WORD}."), head=head))
    faults.put("feed.rss", rss(("x", "Never read", f"Another {WORD}.", "Mon, 01 Jun 2026 10:00:00 +0000")))
    dirtwatch.own_rule(WORD)
    dirtwatch.configure([faults.url + PAGE])
    result = dirtwatch.scan()
    assert len(result.events("finding")) == 1
    assert {row["port"] for row in faults.log() + faults.log(robots=True)} == {faults.ports["http"]}
    profile = result.profile()
    assert other in profile["coverage"]["lack"] and "private network" in profile["coverage"]["lack"], profile


# ---- politeness ----

def overlaps(rows):
    rows = sorted(rows, key=lambda row: row["started"])
    return [b["target"] for a, b in zip(rows, rows[1:]) if b["started"] < a["ended"]]


def test_one_request_at_a_time_to_a_host_and_many_hosts_at_once(dirtwatch, tmp_path):
    server = FaultServer(tmp_path / "faults", "--addresses", "6")
    try:
        dirtwatch.own_rule(WORD)
        dirtwatch.configure([f"{server.at(host)}/late?ms=100&{page}" for host in range(1, 7) for page in range(6)])
        assert len(dirtwatch.scan().events("profile")) == 36
        rows = server.log() + server.log(robots=True)
        assert len(rows) == 6 * 7, "36 pages, and robots.txt of each host once"
        for host in range(1, 7):
            assert not overlaps([row for row in rows if row["address"] == f"127.0.0.{host}"])
        assert overlaps(rows), "hosts do not wait for each other"
        assert {row["method"] for row in rows} == {"GET"}
        for row in rows:
            agent = row["headers"]["user-agent"]
            assert agent.startswith("dirtwatch/") and "self-audit" in agent and "cookie" not in row["headers"], row
    finally:
        server.stop()


def test_a_second_between_requests_unless_the_config_says_otherwise(dirtwatch, faults):
    faults.put("a.html", dirty("a"))
    faults.put("b.html", dirty("b"))
    dirtwatch.own_rule(WORD)
    dirtwatch.configure([faults.url + "/a.html", faults.url + "/b.html"], fetch="user-agent: somebody/1.0 (a test)")
    assert dirtwatch.scan().status == 1
    rows = sorted(faults.log() + faults.log(robots=True), key=lambda row: row["started"])
    assert sorted(row["target"] for row in rows) == ["/a.html", "/b.html", "/robots.txt"]
    assert all(b["started"] - a["ended"] > 0.99 for a, b in zip(rows, rows[1:])), rows
    assert {row["headers"]["user-agent"] for row in rows} == {"somebody/1.0 (a test)"}


def test_conditional_requests_and_304_once(dirtwatch, tmp_path):
    tagged = {"ada.html": {"ETag": '"v1"'}, "bob.html": {"Last-Modified": "Tue, 14 Nov 2023 22:13:20 GMT"}}
    server = FaultServer(tmp_path / "faults", headers=tagged)
    try:
        for name in ("ada", "bob"):
            server.put(name + ".html", dirty(name))
        dirtwatch.own_rule(WORD)
        dirtwatch.configure([server.url + "/ada.html", server.url + "/bob.html"])
        first = dirtwatch.scan()
        server.forget()
        second = dirtwatch.scan()
        ada, bob = sorted(server.log(), key=lambda row: row["target"])
        assert ada["headers"]["if-none-match"] == '"v1"' and "if-modified-since" not in ada["headers"]
        assert bob["headers"]["if-modified-since"] == "Tue, 14 Nov 2023 22:13:20 GMT"
        assert all(p["unchanged"] and p["verified"] for p in second.events("profile"))
        assert {e["id"] for e in second.events("finding")} == {e["id"] for e in first.events("finding")}
        assert [m for p, m in second.alerts() if p < 6] == []
    finally:
        server.stop()


def test_a_host_that_wants_a_short_pause_is_waited_for(dirtwatch, faults):
    """Nothing remains of its rate for two seconds, says whichever page comes first: so long the other one waits."""
    dirtwatch.configure([faults.url + "/rate/github?in=2&a", faults.url + "/rate/github?in=2&b"])
    dirtwatch.scan()
    first, second = sorted(faults.log(), key=lambda row: row["started"])
    assert second["started"] - first["ended"] > 0.9, "whole seconds: one at least"


def test_backing_off_grows_and_is_kept(dirtwatch, faults):
    dirtwatch.own_rule(WORD)
    dirtwatch.configure([faults.url + PAGE])
    faults.become(PAGE, "/status/500")
    for failures, (least, most) in enumerate([(30, 60), (60, 120), (120, 240)], 1):
        started = time.time()
        dirtwatch.scan()
        ended = time.time()
        with contextlib.closing(dirtwatch.store()) as db, db:
            (retry_at_s, kept), = db.execute("SELECT retry_at_s, failures FROM pace").fetchall()
            db.execute("UPDATE pace SET retry_at_s = 1")
        assert kept == failures and started + least - 1 <= retry_at_s <= ended + most + 1
    assert len(faults.log()) == 3
    faults.put("ada.html", dirty("ada"))
    faults.become(PAGE)
    assert dirtwatch.scan().profile()["verified"]
    with contextlib.closing(dirtwatch.store()) as db:
        assert db.execute("SELECT * FROM pace").fetchall() == []


def test_robots_txt_counts_where_a_redirect_leads(dirtwatch, faults):
    faults.put("deny.txt", "User-agent: *\nDisallow: /good.html\n")
    faults.become("/robots.txt", "/deny.txt")
    faults.put("good.html", dirty("ada"))
    faults.become(PAGE, redirect("/good.html"))
    result = dirtwatch.scan_url(faults.url + PAGE)
    assert result.profile()["verdict"] == "robots-denied", result.out
    assert faults.targets() == [PAGE]


def test_robots_txt_of_another_site_is_asked_for(dirtwatch, faults):
    """Another site can only be a public one, and none is at hand: its robots.txt is what is asked for first."""
    faults.become(PAGE, redirect("http://no-such-host.invalid/ada"))
    result = dirtwatch.scan_url(faults.url + PAGE)
    assert result.profile()["verdict"] == NET and "robots.txt" in result.profile()["why"], result.out


# ---- charsets ----

WRONG = f"Das {WORD} ist größer – für alle."
CHARSETS = [
    # what the page is in, what it is called by the server, by itself, and whether its letters can be had back
    ("utf-8", None, None, True),
    ("utf-8", "utf-8", "windows-1252", True),
    ("windows-1252", "windows-1252", None, True),
    ("windows-1252", "iso-8859-1", None, True),
    ("windows-1252", None, "windows-1252", True),
    ("windows-1252", "utf-8", None, False),
    ("utf-16", "utf-8", None, True),
    ("utf-16-le", "utf-16le", None, True),
    ("utf-8", "x-no-such-charset", "utf-8", True),
]


@pytest.mark.parametrize("page,header,meta,letters", CHARSETS)
def test_charsets(dirtwatch, tmp_path, page, header, meta, letters):
    kind = "text/html" + (f"; charset={header}" if header else "")
    server = FaultServer(tmp_path / "faults", headers={"ada.html": {"Content-Type": kind}})
    try:
        html = hfeed(entry("ada", WRONG)).replace('<meta charset="utf-8">', f'<meta charset="{meta}">' if meta else "")
        server.put("ada.html", html.encode(page))
        dirtwatch.own_rule(WORD)
        result = dirtwatch.scan_url(server.url + PAGE)
        assert result.profile()["verified"], result.out
        (finding,) = result.events("finding")
        assert WORD in finding["excerpt"] and (not letters or "größer" in finding["excerpt"]), finding
    finally:
        server.stop()
