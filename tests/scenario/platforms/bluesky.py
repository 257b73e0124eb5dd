"""Bluesky: the profile and the author's feed from the AppView."""
import re

from platforms import words
from platforms.case import OWN, SERVERS, SHARED, Case, as_file, as_json, at, load

FOLDER = SHARED / "bluesky"
APPVIEW = "public.api.bsky.app"
NO_POSTS = ("/app.bsky.graph.", "/app.bsky.labeler.", "/app.bsky.feed.generator/")


def words_of(record):
    """(own, others): the text, descriptions of pictures, tags; what a linked site says of itself is its own."""
    embed = record.get("embed") or {}
    media = embed.get("media") or {}
    alts = []
    for each in (embed, media):
        alts += [each.get("alt"), (each.get("video") or {}).get("alt") if isinstance(each.get("video"), dict) else None]
        alts += [picture.get("alt") for picture in [*each.get("images", []), *each.get("items", [])]]
    tags = [f"#{tag}" for tag in record.get("tags", [])]
    card = embed.get("external") or media.get("external") or {}
    return words.join(record.get("text"), *alts, *tags), words.join(card.get("title"), card.get("description"))


def embedded(embed):
    record = (embed or {}).get("record") or {}
    return record.get("record") or record


def by(post, did):
    author = (post.get("author") or {}).get("did")
    return author == did if author else post["uri"].startswith(f"at://{did}/")


def permalink(uri):
    parts = re.match(r"at://([^/]+)/app\.bsky\.feed\.post/(.+)", uri)
    return f"https://bsky.app/profile/{parts[1]}/post/{parts[2]}" if parts else None


def post_of(item, did):
    post, reason = item["post"], item.get("reason") or {}
    record = post["record"]
    times = sorted(filter(None, (words.when(record.get("createdAt")), words.when(post.get("indexedAt")))))
    shown = {"id": post["uri"], "url": permalink(post["uri"]), "published": times[0] if times else None}
    own, others = words_of(record)
    if reason.get("$type", "").endswith("#reasonRepost") or not by(post, did):
        when = words.when(reason.get("indexedAt")) or shown["published"]
        return {**shown, "id": reason.get("uri") or post["uri"], "published": when, "kind": "repost", "text": "",
                "others": words.join(own, others)}
    quoted = embedded(record.get("embed")).get("uri")
    if quoted and not any(part in quoted for part in NO_POSTS):
        theirs = words_of(embedded(post.get("embed")).get("value") or {})
        return {**shown, "kind": "quote", "text": own, "others": words.join(others, *theirs)}
    return {**shown, "kind": "reply" if record.get("reply") else "post", "text": own, "others": others}


def follow_of(account):
    """No words of the person's own: who is followed, as far as it goes."""
    handle = account["handle"]
    return {"id": f"follow:{account['did']}", "kind": "follow", "text": "",
            "others": words.join(f"@{handle}", account.get("displayName"), account.get("description"))}


def case_of(name, actor, profile, pages, **more):
    """@pages: what each request for the feed gives, the first without a cursor."""
    items = [item for page in pages for item in page["feed"]]
    cursors = [None, *[page.get("cursor") for page in pages]]
    routes = [at(APPVIEW, "/xrpc/app.bsky.actor.getProfile", as_json(profile), actor=actor)]
    for page, cursor in reversed(list(zip([*pages, {"feed": []}], cursors))):
        if cursor is None and page is not pages[0]:
            continue
        asked = {"cursor": cursor} if cursor else {}
        routes.append(at(APPVIEW, "/xrpc/app.bsky.feed.getAuthorFeed", as_json(page),
                         part="main" if page["feed"] else "", actor=profile["did"], **asked))
    total = profile.get("postsCount", -1)
    verdict = "truncated" if total > len(items) + 2 else "ok"
    return Case(f"bluesky/{name}", f"https://bsky.app/profile/{actor}", routes,
                [post_of(item, profile["did"]) for item in items], verdicts=more.pop("verdicts", (verdict,)),
                source="bluesky", facts={"handle": profile["handle"]}, **more)


def snapshots():
    """Feeds of the reference implementation's own tests, beside the profile that stands in them."""
    profiles = [load(FOLDER / "appview_profile_1.json"), *load(FOLDER / "appview_profile_0.json")[1:3]]
    for i, (profile, did) in enumerate(zip(profiles, ("user(0)", "user(0)", "user(2)"))):
        rows = load(FOLDER / f"appview_author_feed_{i}.json")
        yield case_of(f"appview_author_feed_{i}", profile["handle"], {**profile, "did": did}, [{"feed": rows}])
    dan = load(FOLDER / "appview_profile_2.json")
    yield case_of("appview_profile_2", dan["handle"], {**dan, "postsCount": 0}, [{"feed": []}], verdicts=("empty",))


def single_items():
    for name, did, handle in (("granary_note", "did:plc:asdf", "note.example"),
                              ("granary_comment_inreplyto_id", "did:plc:asdf", "comment.example"),
                              ("granary_quote", "did:plc:r72exhka", "quote.example"),
                              ("granary_quote_with_image", "did:plc:user", "image.example"),
                              ("granary_repost", "did:web:alice.example.com", "repost.example")):
        item = load(FOLDER / f"{name}.json")
        yield case_of(name, handle, {"did": did, "handle": handle, "postsCount": 1}, [{"feed": [item]}])
    thread = load(FOLDER / "thread_view_post_with_embed_media.json")["thread"]
    author = thread["post"]["author"]
    profile = {**author, "postsCount": 1, "followsCount": 2}
    case = case_of("thread_view_post_with_embed_media", author["handle"], profile,
                   [{"feed": [{"post": thread["post"]}]}])
    follows = load(FOLDER / "get_follows.json")
    case.routes.append(at(APPVIEW, "/xrpc/app.bsky.graph.getFollows", as_json({**follows, "cursor": None}),
                          part="", actor=author["did"]))
    case.posts += [follow_of(account) for account in follows["follows"]]
    case.aside = ("bio", "handle")
    yield case


def conversation():
    """A real server's answers, page by page."""
    folder = SERVERS / "bluesky"
    profile = load(folder / "getProfile.json")
    pages = [load(folder / f"getAuthorFeed-page{i}.json") for i in (1, 2)]
    yield case_of("server", "did:plc:ohz7qltd4lugpzobiopqokk5", profile, pages, verdicts=("truncated", "ok"))


def errors():
    for name, verdicts in (("account_deactivated", ("gone",)), ("account_takedown", ("suspended",)),
                           ("profile_not_found", ("not-found",))):
        handle = name.replace("_", "-") + ".example"
        reply = as_file(FOLDER / f"error_400_{name}.json", status=400)
        yield Case(f"bluesky/error_400_{name}", f"https://bsky.app/profile/{handle}",
                   [at(APPVIEW, "/xrpc/app.bsky.actor.getProfile", reply, actor=handle)], [], verdicts=verdicts)


def genuine():
    for cases in (snapshots, single_items, errors, conversation):
        yield from cases()


def repository(name, refusal):
    """The AppView is down, or asked too often: the account's own server, by way of its handle and its DID document, has
    the posts."""
    did = "did:plc:quackquackquackquackquac"
    listed = load(OWN / "bluesky/records.json")["records"][:3]
    posts = [post_of({"post": {"uri": row["uri"], "record": row["value"]}}, did) for row in listed]
    pds, xrpc = "pds.example", "/xrpc/com.atproto.repo."
    routes = [at(APPVIEW, "/xrpc/app.bsky.actor.getProfile", refusal, part=""),
              at("bsky.social", "/xrpc/com.atproto.identity.resolveHandle",
                 as_file(OWN / "bluesky/resolved.json"), part="", handle="down.example"),
              at("plc.directory", f"/{did}", as_file(OWN / "bluesky/did.json"), part=""),
              at(pds, f"{xrpc}describeRepo", as_file(OWN / "bluesky/repo.json"), part="", repo=did),
              at(pds, f"{xrpc}getRecord", as_file(OWN / "bluesky/own.json"), part="", repo=did),
              at(pds, f"{xrpc}listRecords", as_json({"records": listed}), part="", collection="app.bsky.feed.post"),
              at(pds, f"{xrpc}listRecords", as_json({"records": []}), part="", collection="app.bsky.feed.like"),
              at(pds, f"{xrpc}listRecords", as_json({"records": []}), part="", collection="app.bsky.graph.list")]
    return Case(f"own/bluesky_{name}", "https://bsky.app/profile/down.example", routes, posts, source="bluesky",
                facts={"handle": "ada.example", "name": "Ada Example"})


def own():
    yield repository("repository", as_json({}, status=503))
    yield repository("left_alone", as_json({}, status=429, headers=(("Retry-After", "7200"),)))
    profile, feed = load(OWN / "bluesky/profile.json"), load(OWN / "bluesky/feed.json")
    case = case_of("own", "ada.example", profile, [feed])
    case.name = "own/bluesky"
    yield case
