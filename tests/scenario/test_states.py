"""Every state through the real program: what it is called, whether it proves anything, and what the program ends with.

Which answer leads which source to which state is tried by tests/unit/test_states.c.
"""
import time
import urllib.parse

import pytest
from harness import HARMLESS, entry, free_port, hfeed

LOGIN = "<h1>Members</h1><form><input name=name><input type=password name=word></form>"
SUSPENDED = "<title>Account Suspended</title><h1>This Account has been suspended.</h1>"
CHALLENGE = "<title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x></script>"
PAGE = hfeed(entry(1, HARMLESS), name="A page that is kept short, so that a person may read all of it")
FEED = '<rss version="2.0"><channel><title>Notes</title>{}</channel></rss>'
ITEM = "<item><title>One</title><guid>1</guid></item>"
HIDDEN = '{"user":{"id":7,"username":"ada","name":"Ada","profile_hidden":true}}'
OK, NOT_PROVEN = 0, 3


def text(body, kind="text/html", status=200):
    return "/text?" + urllib.parse.urlencode({"body": body, "type": kind, "status": status})


# verdict: (what is asked for, the source that is named in the config, how the program ends)
STATES = {
    "ok": (text('<html><article class="h-entry"><p class="e-content">One.</p></article></html>'), None, OK),
    "empty": (text(FEED.format(""), "application/rss+xml"), "feed", OK),
    "truncated": (text(FEED.format(ITEM) + "<", "application/rss+xml"), "feed", OK),
    "not-found": ("/status/404", None, NOT_PROVEN),
    "gone": ("/status/410", None, NOT_PROVEN),
    "suspended": (text(SUSPENDED), None, NOT_PROVEN),
    "login-wall": (text(LOGIN), None, NOT_PROVEN),
    "blocked": (text(CHALLENGE, status=403), None, NOT_PROVEN),
    "rate-limited": ("/429?ra=3600", None, NOT_PROVEN),
    "auth-required": ("/status/401", None, NOT_PROVEN),
    "server-error": ("/status/503", None, NOT_PROVEN),
    "too-big": ("/big?bytes=9437184", None, NOT_PROVEN),
    "parse-drift": (text("GIF89a", "image/gif"), None, NOT_PROVEN),
}


@pytest.mark.parametrize("verdict", STATES)
def test_state(dirtwatch, faults, verdict):
    target, source, status = STATES[verdict]
    faults.become("/ada", target)
    url = faults.url + "/ada"
    dirtwatch.configure([f"{{url: '{url}', source: {source}}}" if source else url])
    result = dirtwatch.scan()
    profile = result.profile()
    assert profile["verdict"] == verdict, profile
    assert profile["verified"] == (status == OK) and result.status == status
    dirtwatch.forget_pauses()
    said = dirtwatch.run("--scan-now", "--config", str(dirtwatch.config))
    assert ("UNVERIFIED" in said.out) == (status != OK)
    assert ("is not clean: nothing is known of it" in said.out) == (status != OK)


def test_unchanged(dirtwatch, site):
    site.put("index.html", PAGE)
    dirtwatch.configure([site.url + "/"])
    first, second = dirtwatch.scan(), dirtwatch.scan()
    assert not first.profile()["unchanged"] and second.profile()["unchanged"]
    assert second.profile()["verified"] and second.status == 0


def test_network_error(dirtwatch):
    result = dirtwatch.scan_url(f"http://127.0.0.1:{free_port()}/")
    assert result.profile()["verdict"] == "network-error" and result.status == 3


def test_robots_denied(dirtwatch, site):
    site.put("index.html", PAGE)
    site.put("robots.txt", "User-agent: *\nDisallow: /\n")
    result = dirtwatch.scan_url(site.url + "/")
    assert result.profile()["verdict"] == "robots-denied" and result.status == 3
    assert site.requests() == []


def test_moved(dirtwatch, faults):
    """An account that says so; what it wrote before still stands there."""
    moved = ('{"id":"42","username":"ada","acct":"ada","note":"","url":"https://social.example/@ada",'
             '"uri":"https://social.example/users/ada","statuses_count":0,"moved":{"url":"https://new.example/@ada"}}')
    faults.become("/api/v1/accounts/lookup", text(moved, "application/json"))
    faults.become("/api/v1/accounts/42/statuses", text("[]", "application/json"))
    dirtwatch.configure([f"{{url: '{faults.url}/@ada', source: mastodon}}"])
    result = dirtwatch.scan()
    assert result.profile()["verdict"] == "moved", result.profile()
    assert result.status == 3 and "https://new.example/@ada" in result.profile()["why"]


def test_a_time_that_was_named_is_kept(dirtwatch, faults):
    faults.become("/ada", "/429?ra=3600")
    dirtwatch.configure([faults.url + "/ada"])
    before = time.time()
    assert dirtwatch.scan().profile()["verdict"] == "rate-limited"
    (retry_at,) = dirtwatch.store().execute("SELECT retry_at_s FROM pace WHERE retry_at_s > 0").fetchone()
    assert before + 3500 < retry_at < time.time() + 3700
    asked = len(faults.targets())
    again = dirtwatch.scan()
    assert again.profile()["verdict"] == "rate-limited" and again.status == 3
    assert len(faults.targets()) == asked, "it is left alone until then"


def test_private(dirtwatch, faults):
    faults.become("/u/ada.json", text(HIDDEN, "application/json"))
    dirtwatch.configure([f"{{url: '{faults.url}/u/ada', source: discourse}}"])
    result = dirtwatch.scan()
    assert result.profile()["verdict"] == "private" and result.status == 3


def test_unread(dirtwatch, faults):
    """A page whose reading would take too long is given up, and told as such."""
    result = dirtwatch.scan_url(faults.url + "/deep/html?n=200000")
    assert result.profile()["verdict"] == "unread" and result.status == 3, result.profile()
