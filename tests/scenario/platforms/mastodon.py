"""Mastodon: the account by lookup, what is pinned, the statuses page by page, the feed where the API is closed."""
import dataclasses

from platforms import feeds, words
from platforms.case import OWN, RSS, SHARED, Case, as_file, as_json, at, headers_of, load

FOLDER = SHARED / "mastodon"


def text_of(status):
    """(own, others): the warning, the text, the options of a poll, descriptions of pictures."""
    own, others = words.of_html(status.get("content"))
    options = [option["title"] for option in (status.get("poll") or {}).get("options", [])]
    alts = [media.get("description") for media in status.get("media_attachments", [])]
    return words.join(status.get("spoiler_text"), own, *options, *alts), others


def post_of(status, owner):
    shown = {"id": status["id"], "url": status["url"] or status["uri"], "published": words.when(status["created_at"])}
    if status.get("reblog") or str(status["account"]["id"]) != owner:
        return {**shown, "kind": "repost", "text": "", "others": words.join(*text_of(status.get("reblog") or status))}
    own, others = text_of(status)
    kind = "quote" if status.get("quote") else "reply" if status.get("in_reply_to_id") else "post"
    if kind == "quote":
        quoted = status["quote"].get("quoted_status") or status["quote"]
        others = words.join(others, *text_of(quoted))
    return {**shown, "kind": kind, "text": own, "others": others}


def account_routes(host, account, statuses, reply=None, headers=()):
    """What visitors may ask of an account.  @reply: the lookup as it was recorded."""
    place = f"/api/v1/accounts/{account['id']}/statuses"
    name = account["username"]
    oldest = statuses[-1]["id"] if statuses else "0"
    link = f'<https://{host}{place}?limit=40&max_id={oldest}>; rel="next", <https://{host}{place}?min_id=1>; rel="prev"'
    others = tuple((key, value) for key, value in headers if key.lower() not in ("link", "etag"))
    return [
        at(host, "/api/v1/accounts/lookup", reply or as_json(account), acct=name),
        at(host, place, as_json([]), part="", pinned="true"),
        at(host, place, as_json([]), part="", max_id=oldest),
        at(host, place, as_json(statuses, headers=(*others, ("Link", link)))),
        at(host, f"/api/v1/accounts/{account['id']}/following", as_json([]), part=""),
    ]


def facts_of(account):
    return {"name": account["display_name"] or account["username"], "handle": account["username"],
            "posts": account["statuses_count"]}


def case_of(name, host, account, statuses, **more):
    total = account["statuses_count"]
    return Case(f"mastodon/{name}", f"https://{host}/@{account['username']}",
                account_routes(host, account, statuses, more.pop("reply", None), more.pop("headers", ())),
                [post_of(status, account["id"]) for status in statuses],
                verdicts=("truncated",) if total > len(statuses) else ("ok",), source="mastodon",
                facts=facts_of(account), **more)


def recorded():
    account = load(FOLDER / "api_accounts_lookup.json")
    lookup = as_file(FOLDER / "api_accounts_lookup.json",
                     headers=headers_of(FOLDER / "api_accounts_lookup.headers.txt"))
    yield case_of("recorded", "masto.example", account, load(FOLDER / "api_account_statuses_p1.json"), reply=lookup,
                  headers=headers_of(FOLDER / "api_account_statuses_p1.headers.txt"))


def single_statuses():
    """Each in the list that its author's server would serve, with the account as it stands in it."""
    for name in ("status_edited", "status_mastodon_social_a", "status_mastodon_social_b", "status_with_media_alt",
                 "status_with_poll", "status_with_quote"):
        status = load(FOLDER / f"{name}.json")
        host = name.replace("_", "-") + ".example"
        case = case_of(name, host, status["account"], [status])
        if name == "status_mastodon_social_a":
            history = as_file(FOLDER / "status_edit_history.json")
            case.routes.append(at(host, f"/api/v1/statuses/{status['id']}/history", history, part="also"))
            case.ordered = True  # the last version is the one that stands
        yield case


def many_statuses():
    """Statuses of several people in one person's list: only its own are its own."""
    account = load(FOLDER / "account_mastodon_social.json")
    statuses = [load(FOLDER / f"{name}.json") for name in
                ("status_with_quote", "status_with_media_alt", "status_with_poll", "status_mastodon_social_b")]
    yield case_of("account_mastodon_social", "icosahedron.website", account, statuses)


def closed_servers():
    """Where the API wants a log-in, the feed stands in."""
    for name, host, user in (("profile_feed_v4.0.2", "front-end.social", "chriscoyier"),
                             ("profile_feed_v4.3.8_media", "feed.mastodon.example", "ada")):
        path = FOLDER / f"{name}.rss.xml"
        wall = as_json({"error": "This API requires an authenticated user"}, status=401)
        yield Case(f"mastodon/{name}", f"https://{host}/@{user}",
                   [at(host, "/api/v1/accounts/lookup", wall, part=""), at(host, f"/@{user}.rss", as_file(path, RSS))],
                   feeds.posts_of(path), verdicts=("truncated",))


def missing():
    yield Case("mastodon/lookup_404", "https://missing.mastodon.example/@nobody",
               [at("missing.mastodon.example", "/api/v1/accounts/lookup",
                   as_file(FOLDER / "api_accounts_lookup_404.json", status=404))],
               [], verdicts=("not-found",), source="mastodon")


def genuine():
    for cases in (recorded, single_statuses, many_statuses, closed_servers, missing):
        yield from cases()


def own():
    account, statuses = load(OWN / "mastodon/account.json"), load(OWN / "mastodon/statuses.json")
    case = case_of("own", "own.mastodon.example", account, statuses)
    yield dataclasses.replace(case, name="own/mastodon")
