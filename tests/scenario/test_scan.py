"""--scan-now on real pages over real HTTP: what is found, remembered and told again."""
import json

from harness import HARMLESS, INSULT, ROOT, SICK, STONED, entry, hfeed, rss

PERSON = """
name: Ada Example
employer: {name: Initech, domains: [initech.example]}
competitors:
  - {name: Globex, domains: [globex.example], products: [HyperWidget]}
"""


def test_finds_all_three_classes_and_names_the_words(dirtwatch, site):
    site.put("index.html", hfeed(entry(1, INSULT), entry(2, STONED), entry(3, HARMLESS),
                                 entry(4, "The Globex HyperWidget is so much better than anything we make.")))
    dirtwatch.configure([site.url + "/"], PERSON)
    result = dirtwatch.scan()
    assert result.status == 1, result.err
    findings = result.events("finding")
    assert {f["class"] for f in findings} == {"unprofessional", "illegal", "conflict-of-interest"}
    by_url = {f["url"]: f for f in findings}
    assert site.url + "/posts/3" not in by_url
    stoned = by_url[site.url + "/posts/2"]
    start, end = stoned["mark"]
    assert "stoned" in stoned["excerpt"].encode()[start:end].decode()
    assert stoned["why"] and stoned["advice"] and stoned["published"] == "2026-10-01T10:00:00Z"
    posts = result.events("post")
    assert [p["url"] for p in posts if p["kind"] == "post"] == [f"{site.url}/posts/{n}" for n in (1, 2, 3, 4)]
    assert result.profile()["verified"] and result.profile()["coverage"]["posts"] == 4


def test_a_second_scan_is_silent_and_asks_conditionally(dirtwatch, site):
    site.put("index.html", hfeed(entry(1, INSULT)))
    dirtwatch.configure([site.url + "/"])
    first = dirtwatch.scan()
    assert [p for p, _ in first.alerts()] and first.events("scan")[0]["opened"] == 1
    second = dirtwatch.scan()
    assert second.events("scan")[0]["opened"] == 0
    assert [m for p, m in second.alerts() if p < 6] == []
    assert site.requests() == [(200, "/"), (304, "/")]
    # What still stands is still reported.
    assert second.status == 1 and len(second.events("finding")) == 1
    assert second.profile()["unchanged"]


def test_same_body_without_a_304_is_unchanged_too(dirtwatch, nginx):
    site = nginx(conf="etag off; if_modified_since off; add_header Last-Modified '';")
    site.put("index.html", hfeed(entry(1, INSULT)))
    dirtwatch.configure([site.url + "/"])
    dirtwatch.scan()
    second = dirtwatch.scan()
    assert site.requests() == [(200, "/"), (200, "/")]
    assert second.profile()["unchanged"] and second.events("scan")[0]["opened"] == 0


def test_a_finding_is_resolved_after_two_proven_scans_and_reopened(dirtwatch, site):
    dirty, clean = hfeed(entry(1, INSULT), entry(2, HARMLESS)), hfeed(entry(2, HARMLESS))
    dirtwatch.configure([site.url + "/"])
    site.put("index.html", dirty)
    site.put("posts/1", "still there")
    assert dirtwatch.scan().events("scan")[0]["opened"] == 1
    site.put("index.html", clean)
    once = dirtwatch.scan()
    assert once.events("scan")[0]["resolved"] == 0 and len(once.events("finding")) == 1
    twice = dirtwatch.scan()
    assert twice.events("scan")[0]["resolved"] == 1 and twice.events("finding") == []
    assert any("resolved" in m for _, m in twice.alerts())
    assert twice.status == 0
    site.put("index.html", dirty)
    again = dirtwatch.scan()
    assert again.events("scan")[0]["reopened"] == 1
    assert again.events("finding")[0]["state"] == "reopened"


def test_a_permalink_that_is_gone_resolves_at_once(dirtwatch, site):
    dirtwatch.configure([site.url + "/"])
    site.put("index.html", hfeed(entry(1, INSULT), entry(2, HARMLESS)))
    dirtwatch.scan()
    site.put("index.html", hfeed(entry(2, HARMLESS)))  # and /posts/1 answers 404
    result = dirtwatch.scan()
    assert result.events("scan")[0]["resolved"] == 1, result.out
    assert (404, "/posts/1") in site.requests()


def test_an_edit_opens_a_finding_anew(dirtwatch, site):
    dirtwatch.configure([site.url + "/"])
    site.put("posts/1", "there")
    site.put("index.html", hfeed(entry(1, INSULT)))
    (first,) = dirtwatch.scan().events("finding")
    site.put("index.html", hfeed(entry(1, INSULT + " And that after ten years.")))
    edited = dirtwatch.scan()
    assert edited.events("scan")[0]["opened"] == 1
    assert len(edited.events("finding")) == 2, "one proven scan without the old text is not enough"
    (second,) = dirtwatch.scan().events("finding")
    assert second["id"] != first["id"] and "ten years" in second["excerpt"]


def test_reordering_opens_nothing(dirtwatch, site):
    dirtwatch.configure([site.url + "/"])
    site.put("index.html", hfeed(entry(1, INSULT), entry(2, STONED)))
    dirtwatch.scan()
    site.put("index.html", hfeed(entry(3, HARMLESS), entry(2, STONED), entry(1, INSULT)))
    assert dirtwatch.scan().events("scan")[0]["opened"] == 0


def test_other_peoples_words_are_not_the_persons(dirtwatch, site):
    quoted = f"<blockquote>{INSULT}</blockquote>"
    repost = (f'<article class="h-entry"><a class="u-repost-of" href="https://x.example/1">boost</a>'
              f'<blockquote class="h-cite"><p class="e-content">{STONED}</p></blockquote>'
              f'<a class="u-url" href="/posts/9">'
              f'<time class="dt-published" datetime="2026-01-01">x</time></a></article>')
    site.put("index.html", hfeed(entry(1, "I could not disagree more:", extra=quoted), repost))
    result = dirtwatch.scan_url(site.url + "/")
    assert result.events("finding") == [] and result.status == 0, result.out
    assert {p["kind"] for p in result.events("post")} >= {"repost"}


def test_a_feed_opens_findings_and_resolves_only_inside_its_window(dirtwatch, site):
    old = ("a", "Old", INSULT, "Mon, 05 Jan 2026 10:00:00 +0000")
    new = ("b", "New", HARMLESS, "Mon, 01 Jun 2026 10:00:00 +0000")
    newer = ("c", "Newer", HARMLESS + " Again.", "Wed, 01 Jul 2026 10:00:00 +0000")
    site.put("a", "the old post is still there")
    dirtwatch.configure([site.url + "/feed.rss"])
    site.put("feed.rss", rss(new, old, link=site.url + "/"))
    first = dirtwatch.scan()
    assert first.profile()["verdict"] == "truncated" and first.profile()["verified"]
    assert len(first.events("finding")) == 1
    site.put("feed.rss", rss(newer, new, link=site.url + "/"))
    for _ in range(3):
        result = dirtwatch.scan()
    assert len(result.events("finding")) == 1, "it fell out of the window: nothing was proven"


def test_a_page_leads_to_its_feed(dirtwatch, site):
    head = '<link rel="alternate" type="application/rss+xml" href="/feed.rss">'
    site.put("index.html", f"<html><head><title>Ada</title>{head}</head>"
                           "<body><p>Hello, this is my site.</p></body></html>")
    site.put("feed.rss", rss(("a", "A note", STONED, "Mon, 01 Jun 2026 10:00:00 +0000"), link=site.url + "/"))
    result = dirtwatch.scan_url(site.url + "/")
    assert (200, "/feed.rss") in site.requests()
    assert [f["category"] for f in result.events("finding")] and result.status == 1


def test_one_post_seen_through_page_and_feed_is_one_finding(dirtwatch, site):
    head = '<link rel="alternate" type="application/rss+xml" href="/feed.rss">'
    site.put("index.html", hfeed(entry(1, INSULT), head=head))
    item = ("posts/1", "A day at work", f"<p>{INSULT}</p><p>More of it in the full text.</p>",
        "Thu, 01 Oct 2026 10:00:00 +0000")
    site.put("feed.rss", rss(item, link=site.url + "/"))
    dirtwatch.configure([site.url + "/"])
    result = dirtwatch.scan()
    assert len({(f["rule"], f["url"]) for f in result.events("finding")}) == len(result.events("finding"))
    assert dirtwatch.scan().events("scan")[0]["opened"] == 0


def test_a_list_that_changes_beside_a_feed_that_does_not_opens_nothing_twice(dirtwatch, site):
    head = '<link rel="alternate" type="application/rss+xml" href="/feed.rss">'
    item = ("posts/1", "A day at work", f"<p>{INSULT}</p><p>More of it in the full text.</p>",
            "Thu, 01 Oct 2026 10:00:00 +0000")
    site.put("feed.rss", rss(item, link=site.url + "/"))
    site.put("index.html", hfeed(entry(1, INSULT), head=head))
    dirtwatch.configure([site.url + "/"])
    assert dirtwatch.scan().profile()["coverage"]["posts"] == 1
    site.put("index.html", hfeed(entry(2, HARMLESS), entry(1, INSULT), head=head))
    again = dirtwatch.scan()
    assert (304, "/feed.rss") in site.requests()
    assert again.profile()["coverage"]["posts"] == 2, "one of them stands in both, and counts once"
    assert again.events("scan")[0]["opened"] == 0 and len(again.events("finding")) == 1


def test_saved_files_and_standard_input(dirtwatch, tmp_path):
    page, feed = tmp_path / "saved.html", tmp_path / "saved.rss"
    page.write_text(hfeed(entry(1, INSULT)))
    feed.write_text(rss(("a", "A", STONED, "Mon, 01 Jun 2026 10:00:00 +0000"), link="https://ada.example/"))
    result = dirtwatch.run("--scan-now", "--format=json", str(page), str(feed))
    assert len(result.events("finding")) == 2 and result.status == 1, result.err
    piped = dirtwatch.run("--scan-now", "--format=json", "-", stdin=page.read_bytes())
    assert len(piped.events("finding")) == 1
    assert not (dirtwatch.state / "dirtwatch.db").exists(), "a look at a file leaves nothing behind"


def test_named_targets_leave_nothing_behind(dirtwatch, site):
    site.put("index.html", hfeed(entry(1, INSULT)))
    result = dirtwatch.scan_url(site.url + "/")
    assert result.status == 1 and result.alerts() == []
    assert not dirtwatch.state.exists()


def test_text_report(dirtwatch, site):
    site.put("index.html", hfeed(entry(1, INSULT + " \x1b[31m"), entry(2, SICK)))
    dirtwatch.configure([site.url + "/", site.url + "/missing"])
    result = dirtwatch.run("--scan-now", "--config", str(dirtwatch.config))
    out = result.out
    assert result.status == 1
    assert "»" in out and "why:" in out and "advice:" in out and f"{site.url}/posts/1" in out
    assert "UNVERIFIED" in out and "not-found" in out and "is not clean: nothing is known of it" in out
    assert "\x1b" not in out, "no colour where there is no terminal, and no escape of a stranger's"
    colored = dirtwatch.run("--scan-now", "--config", str(dirtwatch.config), "--color=always").out
    assert "\x1b[" in colored


def test_exit_statuses(dirtwatch, site):
    site.put("clean.html", hfeed(entry(1, HARMLESS)))
    site.put("dirty.html", hfeed(entry(1, STONED)))
    assert dirtwatch.scan_url(site.url + "/clean.html").status == 0
    assert dirtwatch.scan_url(site.url + "/dirty.html").status == 1
    assert dirtwatch.scan_url(site.url + "/dirty.html", "--fail-on=critical").status == 0
    assert dirtwatch.scan_url(site.url + "/none.html").status == 3
    assert dirtwatch.scan_url("ftp://127.0.0.1/").status == 2
    assert dirtwatch.run("--scan-now", "--nonsense").status == 2
    assert "did you mean --scan-now" in dirtwatch.run("--scn-now").err


def test_rules_that_change_make_a_page_be_read_again(dirtwatch, site):
    site.put("index.html", hfeed(entry(1, "We shipped the frobnicator today.")))
    dirtwatch.configure([site.url + "/"])
    assert dirtwatch.scan().events("finding") == []
    own = dirtwatch.folder / "patterns.d"
    own.mkdir()
    (own / "own.yaml").write_text("""
dirtwatch_patterns: 1
rules:
  - id: own.frobnicator
    title: Frobnicators are secret
    category: confidential.internal
    severity: high
    confidence: 0.9
    kind: text
    pattern: '\\bfrobnicator\\b'
    why: The product is not announced yet.
    advice: Delete the post.
    tests:
      hit: [the frobnicator is here, our frobnicator]
      miss: [a widget, nothing to see]
""")
    result = dirtwatch.scan()
    assert [f["rule"] for f in result.events("finding")] == ["own.frobnicator"], result.err
    assert site.requests() == [(200, "/"), (200, "/")]


def test_the_demo(tmp_path):
    import subprocess
    done = subprocess.run([str(ROOT / "config/demo/run"), str(ROOT / "build/release/dirtwatch"),
        str(tmp_path / "demo")],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, cwd=ROOT)
    out = done.stdout.decode()
    assert done.returncode == 0, out
    for part in ("unprofessional", "illegal", "conflict", "coverage", "3 profiles", "--list"):
        assert part in out, out


def test_json_lines_are_complete(dirtwatch, site):
    site.put("index.html", hfeed(entry(1, INSULT)))
    result = dirtwatch.scan_url(site.url + "/")
    kinds = [json.loads(line)["type"] for line in result.out.splitlines()]
    assert kinds[-1] == "scan" and {"post", "finding", "profile"} <= set(kinds)


def test_a_site_that_shows_visitors_nothing_is_told_and_not_asked(dirtwatch):
    dirtwatch.configure(["https://x.com/ada"])
    result = dirtwatch.scan()
    assert result.status == 3, result.err
    profile = result.profile()
    assert profile["verdict"] == "login-wall" and not profile["verified"]
    assert "ask it for your data" in profile["why"] and profile["source"] == "closed"
    assert profile["coverage"]["pages"] == 0, profile
