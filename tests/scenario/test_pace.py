"""When a host asks to be left alone it is, by the next run too, however the last one ended."""
import contextlib
import signal
import time

import pytest
from harness import INSULT, FaultServer, entry, hfeed

WAIT_S = 1000


@pytest.fixture
def server(tmp_path):
    site = FaultServer(tmp_path / "server")
    site.put("index.html", "<html><body><p>Hello, this is about engines.</p></body></html>")
    yield site
    site.stop()


def kept(dirtwatch):
    """When each host may be asked again, and how often it failed: [(origin, retry_at_s, failures)]."""
    with contextlib.closing(dirtwatch.store()) as db:
        return db.execute("SELECT origin, retry_at_s, failures FROM pace").fetchall()


ANSWERS = {
    "Retry-After, seconds": f"/429?ra={WAIT_S}",
    "Retry-After, a date": f"/429?ra=date&in={WAIT_S}",
    "Mastodon: ISO 8601": f"/rate/mastodon?status=429&in={WAIT_S}",
    "GitHub: seconds since 1970, with a 403": f"/rate/github?status=403&in={WAIT_S}",
    "Reddit: a fraction, and seconds from now": f"/rate/reddit?status=429&in={WAIT_S}",
    "the IETF's draft": f"/rate/draft?status=429&in={WAIT_S}",
    "nothing remains, of an answer that came": f"/rate/reddit?in={WAIT_S}",
}


@pytest.mark.parametrize("why", ANSWERS)
def test_each_dialect_holds_for_the_next_run(dirtwatch, server, why):
    dirtwatch.configure([server.url + "/"])
    server.become("/", to=ANSWERS[why])
    started = int(time.time())
    dirtwatch.scan()
    ((origin, retry_at_s, _),) = kept(dirtwatch)
    assert origin == server.url and started + WAIT_S - 2 <= retry_at_s <= int(time.time()) + WAIT_S + 2
    server.become("/")
    server.forget()
    again = dirtwatch.scan().profile()
    assert server.targets() == [] and again["verdict"] == "rate-limited" and not again["verified"], again
    assert "to be left alone" in again["why"]


def test_it_holds_after_a_kill(dirtwatch, server, daemon):
    dirtwatch.configure([server.url + "/"])
    server.become("/", to=f"/429?ra={WAIT_S}")
    first = daemon()
    first.wait_told("READY=1")
    first.wait_status("0 of 1 verified")
    first.signal(signal.SIGKILL)
    first.process.wait(timeout=20)
    ((_, retry_at_s, _),) = kept(dirtwatch)
    assert retry_at_s > time.time() + WAIT_S / 2
    server.become("/")
    server.forget()
    second = daemon()
    second.wait_told("READY=1")
    second.signal(signal.SIGUSR1)
    second.wait_status("0 of 1 verified")
    assert server.targets() == [] and second.stop()[0] == 0


FEED = '<link rel="alternate" type="application/rss+xml" href="/notes.xml">'


def test_what_is_asked_beside_may_fail_once(dirtwatch, server):
    """The feed beside a page is broken: what else there is on that host is read all the same."""
    server.put("index.html", hfeed(entry(1, "Engines."), head=FEED))
    server.put("other/index.html", hfeed(entry(2, INSULT)))
    server.become("/notes.xml", to="/status/500")
    dirtwatch.configure([server.url + "/"])
    result = dirtwatch.scan()
    assert server.targets() == ["/", "/notes.xml"] and result.profile()["verified"], result.out
    assert "notes.xml was not read (the site's server failed)" in result.profile()["coverage"]["lack"]
    assert [(retry_at_s, failures) for _, retry_at_s, failures in kept(dirtwatch)] == [(0, 1)]
    dirtwatch.configure([server.url + "/other/index.html"])
    result = dirtwatch.scan()
    assert result.profile()["verified"] and len(result.events("finding")) == 1, result.out
    assert kept(dirtwatch) == []


def test_twice_in_a_row_it_is_left_alone(dirtwatch, server):
    """The page itself is broken, too, and that is the second time."""
    server.put("index.html", hfeed(entry(1, "Engines."), head=FEED))
    server.become("/notes.xml", to="/status/500")
    server.become("/other.html", to="/status/500")
    for path in ("/", "/other.html"):
        dirtwatch.configure([server.url + path])
        dirtwatch.scan()
    ((_, retry_at_s, failures),) = kept(dirtwatch)
    assert failures == 2 and retry_at_s > time.time() + 50
