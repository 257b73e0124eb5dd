"""ActivityPub as any server speaks it: the actor, the outbox page by page."""
import urllib.parse

from platforms import words
from platforms.case import ACTIVITY, HTML, JSON, OWN, SERVERS, SHARED, Case, Reply, as_json, at, load

PUBLIC = ("https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public")
CONFIG = "source: activitypub"


def many(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def ident(value):
    """The id of what may be an object or its id alone."""
    return value.get("id") or value.get("href") if isinstance(value, dict) else value


def plain(url):
    """As a URL is written when it has no path."""
    parts = urllib.parse.urlsplit(url)
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, parts.path or "/", parts.query, ""))


def page_of(thing):
    urls = many(thing.get("url"))
    pages = [ident(url) for url in urls if isinstance(url, dict) and url.get("mediaType") == "text/html"]
    return plain((pages or [ident(url) for url in urls] or [thing["id"]])[0])


def words_of(thing):
    content = thing.get("content") or next(iter((thing.get("contentMap") or {}).values()), "")
    markdown = (thing.get("mediaType") or "").startswith("text/markdown")
    own, others = words.of_markdown(content) if markdown else words.of_html(content)
    short = words.of_html(thing.get("summary"))[0]
    name = words.of_text(thing.get("name"))
    said = [item.get("name") for item in [*many(thing.get("oneOf")), *many(thing.get("anyOf")),
                                          *many(thing.get("attachment")), *many(thing.get("image"))]
            if isinstance(item, dict)]
    text = words.join(name or short, own)
    if name and short and short not in text:
        text = words.join(text, short)
    return words.join(text, *said), others


def by(thing, owner):
    authors = [ident(author) for author in many(thing.get("attributedTo"))]
    return not authors or owner in authors


def quotes(thing):
    return any(thing.get(key) for key in ("quote", "quoteUrl", "quoteUri", "_misskey_quote"))


def post_of(thing, owner):
    own, others = words_of(thing)
    shown = {"id": thing["id"], "url": page_of(thing), "published": words.when(thing.get("published"))}
    if not by(thing, owner):
        return {**shown, "kind": "repost", "text": "", "others": words.join(own, others)}
    kind = "quote" if quotes(thing) else "reply" if thing.get("inReplyTo") else "post"
    return {**shown, "kind": kind, "text": own, "others": others}


def public(thing):
    return any(who in PUBLIC for who in [*many(thing.get("to")), *many(thing.get("cc"))])


def row_post(row, owner):
    if row["type"] == "Announce":
        thing = row["object"]
        text = words.join(*words_of(thing)) if isinstance(thing, dict) else ""
        return {"id": row["id"], "kind": "repost", "published": words.when(row["published"]), "text": "",
                "others": text}
    return post_of(row["object"] if row["type"] == "Create" else row, owner)


def create(thing):
    """A note as an outbox has it."""
    return {"id": thing["id"] + "/activity", "type": "Create", "actor": ident(many(thing["attributedTo"])[0]),
            "published": thing.get("published"), "to": thing.get("to"), "cc": thing.get("cc"), "object": thing}


def person(url, name):
    """What the sample does not have: who wrote it."""
    return {"@context": "https://www.w3.org/ns/activitystreams", "id": url, "type": "Person", "inbox": url + "/inbox",
            "preferredUsername": name, "name": name.title(), "url": url, "outbox": url + "/outbox"}


def case_of(name, actor, rows, **more):
    url = urllib.parse.urlsplit(actor["id"])
    outbox = urllib.parse.urlsplit(actor["outbox"])
    queries = dict(urllib.parse.parse_qsl(outbox.query))
    collection = {"@context": "https://www.w3.org/ns/activitystreams", "id": actor["outbox"],
                  "type": "OrderedCollection", "totalItems": len(rows), "orderedItems": rows}
    shown = [row for row in rows if row["type"] not in ("Create", "Note") or public(row.get("object", row))
             or not (row.get("to") or row.get("cc"))]
    routes = [at(url.netloc, url.path, as_json(actor, ACTIVITY)),
              at(outbox.netloc, outbox.path, as_json(collection, ACTIVITY), **queries)]
    return Case(name, actor["id"], routes, [row_post(row, actor["id"]) for row in shown], source="activitypub",
                config=CONFIG, verdicts=more.pop("verdicts", ("ok",)),
                facts={"handle": actor["preferredUsername"]}, **more)


NOTES = ("friendica/ap_note", "pleroma/ap_note", "gnusocial/ap_note", "mastodon/ap_note_1", "mastodon/ap_note_2",
         "wordpress/ap_note", "wordpress/ap_page", "peertube/ap_note_comment", "peertube/ap_video",
         "lemmy/ap_note_comment", "lemmy/ap_page_post", "activitypub_generic/xray_note",
         "activitypub_generic/xray_photo",
         "activitypub_generic/xray_article", "activitypub_generic/xray_reply", "activitypub_generic/xray_sensitive",
         "activitypub_generic/xray_video")
PEOPLE = ("friendica/ap_person", "pleroma/ap_person", "mastodon/ap_person", "wordpress/ap_person",
          "peertube/ap_person", "lemmy/ap_person", "discourse/ap_person", "activitypub_generic/xray_Gargron")


def author_of(thing):
    authors = [author for author in many(thing["attributedTo"]) if not isinstance(author, dict)
               or author.get("type") == "Person"]
    return ident(authors[0])


def genuine():
    people = {}
    for name in PEOPLE:
        sample = load(SHARED / f"{name}.json")
        people[sample["id"]] = (name, sample)
    for name in NOTES:
        thing = load(SHARED / f"{name}.json")
        owner = author_of(thing)
        actor = people.pop(owner, (None, person(owner, owner.strip("/").rpartition("/")[2].strip("@"))))[1]
        yield case_of(name, actor, [create({**thing, "attributedTo": owner})])
    for name, sample in people.values():  # of whom no note is among the samples
        yield case_of(name, sample, [create({"id": sample["id"] + "/notes/1", "type": "Note", "to": PUBLIC[0],
                                             "attributedTo": sample["id"], "content": "<p>One of my words.</p>",
                                             "published": "2026-01-02T03:04:05Z"})])
    activity = load(SHARED / "mastodon/ap_create_note.json")
    yield case_of("mastodon/ap_create_note", person(activity["actor"].replace("felix", "felix2"), "felix2"), [
        {**activity, "actor": activity["actor"].replace("felix", "felix2"),
         "object": {**activity["object"], "attributedTo": activity["actor"].replace("felix", "felix2")}}])
    boost = load(SHARED / "activitypub_generic/xray_repost.json")
    actor = person("https://repost.activitystreams.example/Gargron", "Gargron")
    yield case_of("activitypub_generic/xray_repost", actor, [{**boost, "actor": actor["id"]}])
    pinned = load(SHARED / "mastodon/ap_featured.json")["orderedItems"]
    owner = author_of(pinned[0])
    yield case_of("mastodon/ap_featured", person(owner, "LemmyDev"), [create(note) for note in pinned])
    tombstone = load(SHARED / "lemmy/ap_tombstone.json")
    yield Case("lemmy/ap_tombstone", tombstone["id"].replace("http://", "https://"), [
        at(urllib.parse.urlsplit(tombstone["id"]).netloc, urllib.parse.urlsplit(tombstone["id"]).path,
           as_json(tombstone, ACTIVITY, status=410))], [], verdicts=("gone",), config=CONFIG)
    empty = load(SHARED / "lemmy/ap_person_outbox_empty.json")
    actor = {**person("https://empty.lemmy.example/u/picard", "picard"), "outbox": "https://empty.lemmy.example/outbox"}
    yield Case("lemmy/ap_person_outbox_empty", actor["id"], [
        at("empty.lemmy.example", "/u/picard", as_json(actor, ACTIVITY)),
        at("empty.lemmy.example", "/outbox", as_json({**empty, "id": actor["outbox"]}, ACTIVITY), part="")], [],
        verdicts=("truncated",), source="activitypub", config=CONFIG)
    yield from conversation()
    yield from accounts()


def conversation():
    """A real server's answers, page by page."""
    folder, host = SERVERS / "fedify", "fedify.example"

    def answer(name):
        return Reply((folder / name).read_bytes().replace(b"localhost:8443", host.encode()), ACTIVITY)

    routes = [at(host, "/users/alice/outbox", answer(f"outbox-page{i + 1}.json"), cursor=2 * i) for i in (0, 1, 2)]
    routes += [at(host, "/users/alice/outbox", answer("outbox.json")), at(host, "/users/alice", answer("actor.json")),
               at(host, "/users/alice/notes/2", answer("note.json"), part=""),
               at(host, "/@alice", Reply(b"<html><title>Alice</title></html>", HTML), part="")]
    pages = [load(folder / f"outbox-page{i}.json") for i in (1, 2, 3)]
    rows = [row for page in pages for row in many(page.get("orderedItems"))]
    text = "https://localhost:8443/users/alice"
    posts = [row_post(row, text) for row in rows]
    posts = [{key: value.replace("localhost:8443", host) if isinstance(value, str) else value
              for key, value in post.items()} for post in posts]
    yield Case("fedify", f"https://{host}/users/alice", routes, posts, verdicts=("ok", "truncated"),
               source="activitypub", config=CONFIG)


def accounts():
    """The same server, found by the account: under its own domain, and under another one that points there."""
    folder = SERVERS / "fedify"
    for name, domain, host in (("own", "handle.example", "handle.example"),
                               ("other", "domain.example", "web.domain.example")):
        def answer(file, kind=ACTIVITY, account=f"alice@{domain}", at_host=host):
            body = (folder / file).read_bytes().replace(b"alice@localhost:8443", account.encode())
            return Reply(body.replace(b"localhost:8443", at_host.encode()), kind)

        acct = f"acct:alice@{domain}"
        hosts = {domain, host}  # who is pointed to is asked whether that is so
        routes = [at(one, "/.well-known/webfinger", answer("webfinger.json", "application/jrd+json"), resource=acct)
                  for one in sorted(hosts)]
        routes += [at(host, "/.well-known/nodeinfo", answer("nodeinfo-links.json", "application/jrd+json"), part=""),
                   at(host, "/nodeinfo/2.1", answer("nodeinfo.json", JSON), part=""),
                   at(host, "/users/alice", answer("actor.json")),
                   at(host, "/users/alice/outbox", answer("outbox-page3.json"), cursor=0),
                   at(host, "/users/alice/outbox", answer("outbox.json"))]
        rows = load(folder / "outbox-page3.json")["orderedItems"]
        posts = [{key: value.replace("localhost:8443", host) if isinstance(value, str) else value
                  for key, value in row_post(row, "https://localhost:8443/users/alice").items()} for row in rows]
        yield Case(f"fedify-account-{name}", f"https://{domain}/@alice", routes, posts, verdicts=("ok", "truncated"),
                   source="activitypub", written=f"@alice@{domain}", tolerant=True)


def own():
    folder = OWN / "activitypub"
    actor, outbox, page, note, following = (load(folder / f"{name}.json")
                                            for name in ("actor", "outbox", "page", "note", "following"))
    host, posts = "ap.example", []
    for row in page["orderedItems"]:
        named = isinstance(row, str) or row.get("type") == "Create" and isinstance(row.get("object"), str)
        if named:  # asked for by itself
            row = create(note)
        acted = ident(row.get("actor") or actor["id"]) == actor["id"]  # another's acts are no affair of this outbox
        if acted and row["type"] in ("Create", "Announce", "Note", "Article", "Question", "Video"):
            posts.append(row_post(row, actor["id"]))
    last = {**page, "orderedItems": [], "next": None}
    routes = [at(host, "/users/ada", as_json(actor, ACTIVITY)),
              at(host, "/users/ada/outbox", as_json(last, ACTIVITY), part="", page=2),
              at(host, "/users/ada/outbox", as_json(page, ACTIVITY), page=1),
              at(host, "/users/ada/outbox", as_json(outbox, ACTIVITY)),
              at(host, "/notes/3", as_json(note, ACTIVITY), part=""),
              at(host, "/users/ada/following", as_json(following, ACTIVITY), part="")]
    yield Case("own/activitypub", actor["id"], routes, posts, source="activitypub", config=CONFIG,
               verdicts=("truncated",), facts={"handle": "ada", "name": "Ada Example"})
