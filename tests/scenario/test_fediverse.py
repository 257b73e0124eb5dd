"""An account of the fediverse, from its address to the software's own source."""
import json

import pytest
from harness import HARMLESS, INSULT, hfeed, entry, rss

AP = "types {} default_type application/activity+json;"
JRD = "types {} default_type application/jrd+json;"
JSON = "types {} default_type application/json;"


def actor(url):
    return {"type": "Person", "id": f"{url}/users/ada", "preferredUsername": "ada", "name": "Ada Example",
            "summary": "<p>Engines.</p>", "url": f"{url}/@ada", "outbox": f"{url}/users/ada/outbox"}


def create(url, number, text):
    return {"type": "Create", "id": f"{url}/acts/{number}", "actor": f"{url}/users/ada",
            "object": {"type": "Note", "id": f"{url}/notes/{number}", "attributedTo": f"{url}/users/ada",
                       "published": f"2026-05-0{number}T10:00:00Z", "content": f"<p>{text}</p>",
                       "to": "https://www.w3.org/ns/activitystreams#Public"}}


class Server:
    """A server of the fediverse on loopback that says it runs @software."""

    def __init__(self, nginx, software, conf=""):
        self.site = nginx(conf=f"""
            location = /.well-known/webfinger {{ {JRD}
              if ($arg_resource = "acct:ada@127.0.0.1:$server_port") {{ rewrite ^ /finger.json break; }} return 404; }}
            location = /finger.json {{ internal; {JRD} }}
            location = /.well-known/nodeinfo {{ {JSON} try_files /nodeinfo-links.json =404; }}
            location = /nodeinfo/2.1 {{ {JSON} try_files /nodeinfo.json =404; }}
            location = /users/ada {{ {AP} try_files /actor.json =404; }}
            location = /users/ada/outbox {{ {AP} try_files /outbox$arg_page.json =404; }}
            {conf}""")
        self.url = self.site.url
        self.site.put("finger.json", json.dumps({
            "subject": f"acct:ada@{self.url[7:]}",
            "links": [{"rel": "self", "type": "application/activity+json", "href": f"{self.url}/users/ada"}]}))
        self.site.put("nodeinfo-links.json", json.dumps({"links": [
            {"rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": f"{self.url}/nodeinfo/2.1"}]}))
        self.site.put("nodeinfo.json", json.dumps({"software": {"name": software, "version": "1"}}))
        self.site.put("actor.json", json.dumps(actor(self.url)))

    def outbox(self, *pages):
        """Pages of an outbox, each a list of rows; the last one has no next."""
        for number, rows in enumerate(pages, 1):
            page = {"type": "OrderedCollectionPage", "partOf": f"{self.url}/users/ada/outbox", "orderedItems": rows}
            if number < len(pages):
                page["next"] = f"{self.url}/users/ada/outbox?page={number + 1}"
            self.site.put(f"outbox{number}.json", json.dumps(page))
        self.site.put("outbox.json", json.dumps({
            "type": "OrderedCollection", "totalItems": sum(map(len, pages)),
            "first": f"{self.url}/users/ada/outbox?page=1"}))

    def scan(self, dirtwatch, source="webfinger", path="/@ada"):
        dirtwatch.configure([f"{{url: {self.url}{path}{f', source: {source}' if source else ''}}}"])
        return dirtwatch.scan()


def test_an_account_of_unknown_software_is_read_by_activitypub(dirtwatch, nginx):
    server = Server(nginx, "homemade")
    server.outbox([create(server.url, 3, INSULT), create(server.url, 2, HARMLESS)], [create(server.url, 1, HARMLESS)])
    result = server.scan(dirtwatch)
    profile = result.profile()
    assert profile["source"] == "activitypub" and profile["verified"], result.out
    assert profile["source_why"] == 'The server says that it runs "homemade".'
    assert profile["facts"]["name"] == "Ada Example" and profile["coverage"]["posts"] == 3
    (finding,) = result.events("finding")
    assert finding["url"] == f"{server.url}/notes/3"
    assert [path for _, path in server.site.requests()][:4] == [
        f"/.well-known/webfinger?resource=acct:ada@{server.url[7:]}", "/.well-known/nodeinfo", "/nodeinfo/2.1",
        "/users/ada"]


def test_an_address_of_unknown_software_costs_one_guess(dirtwatch, nginx):
    server = Server(nginx, "homemade", f"location = /@ada {{ {AP} try_files /actor.json =404; }}")
    server.outbox([create(server.url, 1, INSULT)])
    result = server.scan(dirtwatch, source=None)
    assert result.profile()["source"] == "activitypub" and len(result.events("finding")) == 1, result.out
    assert [path for _, path in server.site.requests()][:2] == [
        "/api/v1/accounts/lookup?acct=ada", "/.well-known/nodeinfo"]


def test_verbose_says_which_source_and_why(dirtwatch, nginx):
    server = Server(nginx, "homemade")
    server.outbox([create(server.url, 1, HARMLESS)])
    server.scan(dirtwatch)
    result = dirtwatch.run("--scan-now", "--verbose", *dirtwatch.places())
    assert 'read as "activitypub" (The server says that it runs "homemade".)' in result.out, result.out


def account():
    return {"id": "42", "username": "ada", "acct": "ada", "display_name": "Ada", "note": "", "statuses_count": 1}


def status():
    return {"id": "7", "url": "https://x.example/@ada/7", "created_at": "2026-05-01T10:00:00Z",
            "content": f"<p>{INSULT}</p>", "account": {"id": "42"}}


def mastodon(server):
    server.site.put("lookup.json", json.dumps(account()))
    server.site.put("statuses.json", json.dumps([status()]))
    server.site.put("true-statuses.json", "[]")


def gotosocial(server):
    server.site.put("page.html", hfeed(entry(1, INSULT)))


def pixelfed(server):
    link = '<link rel="alternate" type="application/atom+xml" href="/users/ada.atom">'
    server.site.put("page.html", f"<!doctype html><html><head><title>ada</title>{link}</head><body></body></html>")
    server.site.put("users/ada.atom", rss(("1", "", f"<p>{INSULT}</p>", "Mon, 01 Jun 2026 10:00:00 +0000")))


def peertube(server):
    server.site.put("owner.json", json.dumps({"id": 1, "name": "ada", "displayName": "Ada", "host": "x.example",
                                              "url": f"{server.url}/accounts/ada", "followersCount": 1}))
    server.site.put("videos.json", json.dumps({"total": 1, "data": [{
        "uuid": "u-1", "name": INSULT, "url": f"{server.url}/w/u", "publishedAt": "2026-05-01T10:00:00Z",
        "account": {"name": "ada", "host": "x.example"}}]}))


def lemmy(server):
    person = {"id": 2, "name": "ada"}
    post = {"post": {"id": 1, "name": INSULT, "creator_id": 2, "ap_id": f"{server.url}/post/1",
                     "published": "2026-05-01T10:00:00Z"}}
    view = {"person": person, "counts": {"post_count": 1, "comment_count": 0}}
    server.site.put("user1.json", json.dumps({"person_view": view, "posts": [post], "comments": []}))
    server.site.put("user2.json", json.dumps({"person_view": view, "posts": [], "comments": []}))


def misskey(server):
    """What it answers to a POST stands in its configuration."""


MISSKEY_USER = {"id": "9ada", "username": "ada", "name": "Ada", "notesCount": 1, "followingVisibility": "private"}
MISSKEY_NOTE = {"id": "9note", "userId": "9ada", "text": INSULT, "createdAt": "2026-05-01T10:00:00.000Z",
                "renoteId": None, "replyId": None, "files": []}


def friendica(server):
    server.outbox([create(server.url, 1, INSULT)])


SOFTWARE = {
    "mastodon": ("mastodon", mastodon, f"""
        location = /api/v1/accounts/lookup {{ {JSON} try_files /lookup.json =404; }}
        location = /api/v1/accounts/42/statuses {{ {JSON}
            try_files /$arg_pinned-statuses.json /statuses.json =404; }}"""),
    "gotosocial": ("page", gotosocial, "location = /@ada { try_files /page.html =404; }"),
    "pixelfed": ("feed", pixelfed, "location = /ada { try_files /page.html =404; }"),
    "peertube": ("peertube", peertube, f"""
        location = /api/v1/accounts/ada {{ {JSON} try_files /owner.json =404; }}
        location = /api/v1/accounts/ada/videos {{ {JSON} try_files /videos.json =404; }}"""),
    "lemmy": ("lemmy", lemmy, f"location = /api/v3/user {{ {JSON} try_files /user$arg_page.json =404; }}"),
    "sharkey": ("misskey", misskey, f"""
        location = /api/users/show {{ {JSON} return 200 '{json.dumps(MISSKEY_USER)}'; }}
        location = /api/users/notes {{ {JSON} return 200 '{json.dumps([MISSKEY_NOTE])}'; }}"""),
    "friendica": ("activitypub", friendica, ""),
}


@pytest.mark.parametrize("software", SOFTWARE)
def test_software_decides_who_reads(dirtwatch, nginx, software):
    source, fill, conf = SOFTWARE[software]
    server = Server(nginx, software, conf)
    fill(server)
    result = server.scan(dirtwatch)
    profile = result.profile()
    assert profile["source"] == source and profile["verified"], result.out
    assert [f["excerpt"] for f in result.events("finding")] and INSULT in result.events("finding")[0]["excerpt"]


def test_an_account_of_another_server_is_not_read(dirtwatch, nginx):
    """Who is asked for ada may name anybody: that one's server has to agree, and loopback is not asked for it."""
    server = Server(nginx, "homemade")
    victim = Server(nginx, "homemade")
    victim.outbox([create(victim.url, 1, INSULT)])
    server.site.put("finger.json", json.dumps({
        "subject": f"acct:ada@{server.url[7:]}",
        "links": [{"rel": "self", "type": "application/activity+json", "href": f"{victim.url}/users/ada"}]}))
    result = server.scan(dirtwatch)
    assert not result.profile()["verified"] and not result.events("finding"), result.out
    assert victim.site.requests() == []


def test_unknown_is_said_by_who_must_know(dirtwatch, nginx):
    server = Server(nginx, "homemade")
    result = server.scan(dirtwatch, path="/@bob")
    assert result.profile()["verdict"] == "not-found" and result.status == 3, result.out


def test_signed_requests_only_leaves_the_page(dirtwatch, nginx):
    server = Server(nginx, "homemade", 'location = /closed { return 401; }')
    server.site.put("finger.json", json.dumps({
        "subject": f"acct:ada@{server.url[7:]}",
        "links": [{"rel": "self", "type": "application/activity+json", "href": f"{server.url}/closed"}]}))
    result = server.scan(dirtwatch)
    assert result.profile()["verdict"] == "auth-required" and not result.profile()["verified"], result.out


def test_a_site_with_an_account_of_its_own_is_read_beyond_its_page(dirtwatch, nginx):
    server = Server(nginx, "homemade")
    server.outbox([create(server.url, 2, HARMLESS)], [create(server.url, 1, INSULT)])
    link = '<link rel="alternate" type="application/activity+json" href="/users/ada">'
    server.site.put("index.html", hfeed(entry(2, HARMLESS), entry(3, HARMLESS), head=link))
    result = server.scan(dirtwatch, source=None, path="/")
    assert result.profile()["source"] == "page" and result.profile()["verified"], result.out
    (finding,) = result.events("finding")
    assert finding["url"] == f"{server.url}/notes/1"
