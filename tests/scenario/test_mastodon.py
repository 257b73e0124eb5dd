"""A Mastodon account through the server's API, and through its feed where the API is closed."""
import json

from harness import HARMLESS, INSULT, STONED, rss

API = "types {} default_type application/json;"


def status(number, html, **more):
    return {"id": str(number), "uri": f"https://x.example/{number}", "url": f"https://x.example/@ada/{number}",
            "created_at": f"2026-0{number}-01T10:00:00.000Z", "edited_at": None, "in_reply_to_id": None,
            "in_reply_to_account_id": None, "content": html, "spoiler_text": "", "sensitive": False,
            "visibility": "public", "language": "en", "reblog": None, "media_attachments": [], "mentions": [],
            "tags": [], "card": None, "poll": None, "account": {"id": "42", "acct": "ada", "username": "ada"}, **more}


def account(**more):
    return {"id": "42", "username": "ada", "acct": "ada", "display_name": "Ada Example",
            "note": "<p>I like engines.</p>",
            "url": "https://x.example/@ada", "fields": [], "created_at": "2020-01-01T00:00:00.000Z",
            "last_status_at": "2026-03-01",
            "statuses_count": 3, "followers_count": 1, "following_count": 2, "locked": False, "bot": False, **more}


CLOSED = '{"error":"This API requires an authenticated user"}'


def serve(nginx, statuses, lookup=None, code=200, body="{}"):
    site = nginx(conf=f"""
        location = /api/v1/accounts/lookup {{
            {API} {f"return {code} '{body}';" if code != 200 else 'try_files /lookup.json =404;'} }}
        location = /api/v1/accounts/42/statuses {{
            {API} try_files /$arg_pinned-statuses.json /statuses.json =404; }}
        location = /api/v1/accounts/42/following {{ {API} try_files /following.json =404; }}
        location ~ ^/api/v1/statuses/(\\d+)/history$ {{ {API} try_files /history-$1.json =404; }}""")
    site.put("lookup.json", json.dumps(lookup or account()))
    site.put("statuses.json", json.dumps(statuses))
    site.put("true-statuses.json", "[]")
    site.put("following.json", "[]")
    return site


def test_posts_boosts_and_facts(dirtwatch, nginx):
    boost = status(2, "", reblog=status(1, f"<p>{STONED}</p>", account={"id": "7", "acct": "bob", "username": "bob"}))
    site = serve(nginx, [status(3, f"<p>{INSULT}</p><p>More.</p>"), boost, status(1, f"<p>{HARMLESS}</p>")])
    dirtwatch.configure([site.url + "/@ada"])
    first = dirtwatch.scan()
    profile = first.profile()
    assert profile["source"] == "mastodon" and profile["verified"], first.out
    assert profile["facts"]["name"] == "Ada Example" and profile["coverage"]["total"] == 3
    kinds = sorted(p["kind"] for p in first.events("post"))
    assert kinds == ["bio", "handle", "post", "post", "repost"]
    (finding,) = first.events("finding")
    assert finding["url"] == "https://x.example/@ada/3" and "clueless" in finding["excerpt"]
    second = dirtwatch.scan()
    assert second.events("scan")[0]["opened"] == 0 and len(second.events("finding")) == 1


def test_the_feed_where_the_api_is_closed(dirtwatch, nginx):
    site = serve(nginx, [], code=401, body=CLOSED)
    site.put("@ada.rss", rss(("1", "", f"<p>{INSULT}</p>", "Mon, 01 Jun 2026 10:00:00 +0000"),
        link=site.url + "/@ada/"))
    result = dirtwatch.scan_url(site.url + "/@ada")
    assert result.profile()["verified"] and len(result.events("finding")) == 1, result.out


def test_no_such_account(dirtwatch, nginx):
    site = serve(nginx, [], code=404)
    result = dirtwatch.scan_url(site.url + "/@ada")
    assert result.profile()["verdict"] == "not-found" and result.status == 3, result.out


def test_suspended_is_not_clean(dirtwatch, nginx):
    site = serve(nginx, [], lookup=account(suspended=True, statuses_count=0))
    result = dirtwatch.scan_url(site.url + "/@ada")
    assert result.profile()["verdict"] == "suspended" and not result.profile()["verified"], result.out


def test_empty_needs_the_account(dirtwatch, nginx):
    site = serve(nginx, [], lookup=account(statuses_count=0, note=""))
    assert dirtwatch.scan_url(site.url + "/@ada").profile()["verdict"] == "empty"


def test_a_bio_put_right_is_resolved_though_only_a_window_is_shown(dirtwatch, nginx):
    site = serve(nginx, [status(3, f"<p>{HARMLESS}</p>")], lookup=account(statuses_count=99, note=f"<p>{INSULT}</p>"))
    dirtwatch.configure([site.url + "/@ada"])
    site.put("@ada", "the profile page is there")
    first = dirtwatch.scan()
    assert first.profile()["verdict"] == "truncated" and [f["kind"] for f in first.events("finding")] == ["bio"]
    site.put("lookup.json", json.dumps(account(statuses_count=99)))
    assert dirtwatch.scan().events("scan")[0]["resolved"] == 0
    assert dirtwatch.scan().events("scan")[0]["resolved"] == 1


def version(day, text):
    return {"content": f"<p>{text}</p>", "spoiler_text": "", "created_at": f"2026-03-{day:02}T10:00:00.000Z",
            "account": {"id": "42"}}


def test_old_dirt_survives_an_edit(dirtwatch, nginx):
    site = serve(nginx, [status(3, f"<p>{HARMLESS}</p>", edited_at="2026-03-02T10:00:00.000Z")])
    site.put("history-3.json", json.dumps([version(1, f"{INSULT} {HARMLESS}"), version(2, HARMLESS)]))
    dirtwatch.configure([site.url + "/@ada"])
    first = dirtwatch.scan()
    (finding,) = first.events("finding")
    assert finding["kind"] == "version" and finding["url"] == "https://x.example/@ada/3#v1", first.out
    assert first.profile()["coverage"]["posts"] == 1
    # What an edit left does not change: it is not asked for again, and it stands.
    second = dirtwatch.scan()
    assert [f["state"] for f in second.events("finding")] == ["opened"] and second.profile()["verified"]
    assert sum("history" in path for _, path in site.requests()) == 1
    # Another edit leaves another one.
    site.put("statuses.json", json.dumps([status(3, "<p>Hello.</p>", edited_at="2026-03-03T10:00:00.000Z")]))
    site.put("history-3.json", json.dumps([version(1, f"{INSULT} {HARMLESS}"), version(2, HARMLESS),
                                           version(3, "Hello.")]))
    third = dirtwatch.scan()
    assert sum("history" in path for _, path in site.requests()) == 2
    assert [f["kind"] for f in third.events("finding")] == ["version"], third.out


def test_a_post_put_right_is_dirty_until_it_is_deleted(dirtwatch, nginx):
    """One finding for the phrase: it moves from the post to its version."""
    site = serve(nginx, [status(3, f"<p>{INSULT}</p>")])
    dirtwatch.configure([site.url + "/@ada"])
    assert [f["kind"] for f in dirtwatch.scan().events("finding")] == ["post"]
    site.put("statuses.json", json.dumps([status(3, f"<p>{HARMLESS}</p>", edited_at="2026-03-02T10:00:00.000Z")]))
    site.put("history-3.json", json.dumps([version(1, INSULT), version(2, HARMLESS)]))
    scans = [dirtwatch.scan() for _ in range(3)]
    assert [f["kind"] for f in scans[-1].events("finding")] == ["version"], scans[-1].out


def test_whom_the_account_follows(dirtwatch, nginx):
    site = serve(nginx, [status(3, f"<p>{HARMLESS}</p>")])
    site.put("following.json", json.dumps([{"id": "9", "username": "globex", "acct": "globex@globex.example",
                                            "url": "https://globex.example/@globex"}]))
    dirtwatch.configure([site.url + "/@ada"],
                        person="name: Ada\ncompetitors: [{name: Globex, domains: [globex.example]}]")
    result = dirtwatch.scan()
    assert [f["kind"] for f in result.events("finding")] == ["follow"], result.out
