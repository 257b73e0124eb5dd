"""All cases: what the project has of its own, and the samples of real platforms where they are at hand."""
import importlib

from platforms import case
from platforms.case import SHARED

READERS = [importlib.import_module(f"platforms.{name}") for name in (
    "activitypub", "blogs", "bluesky", "devto", "discourse", "feeds", "github", "gitlab", "hackernews", "indieweb",
    "lemmy", "linkedin", "mastodon", "misskey", "peertube", "reddit", "stackexchange", "steam", "telegram")]


def all_cases():
    cases = [each for reader in READERS for each in reader.own()]
    if SHARED.is_dir():
        cases += [each for reader in READERS for each in reader.genuine()]
    names = [each.name for each in cases]
    assert len(names) == len(set(names)), "two cases of one name"
    return cases


# Samples that no request of dirtwatch's gets, and why.
NOT_PLAYED = {
    "exports/": "a person's own data, read from files and not from a server",
    "detection_rules/": "how others tell a missing page; nothing that a platform serves",
    "bluesky/lexicons/": "schemas",
    "bluesky/appview_follows_": "who follows the account: that is their act",
    "bluesky/custom_record.json": "a record of no collection that is read",
    "bluesky/feed_record.json": "a record of no collection that is read",
    "bluesky/granary_actor.json": "an account without any address of its own",
    "bluesky/post_record.json": "what stands in a post of every feed here, alone",
    "bluesky/extended_post_record.json": "what stands in a post of every feed here, alone",
    "bluesky/did_doc.json": "its PDS is on a host that is none; make check-servers has a real one",
    "bluesky/resolve_handle.json": "the profile itself tells the DID",
    "discourse/search.json": "a search by words",
    "discourse/topics_created_by.json": "titles alone: the list of actions has the texts as well",
    "github/rest_issue_comments.json": "comments of one issue: the events have the account's own",
    "hackernews/firebase_doc_pollopt_5.json": "an option of a poll stands in no list",
    "indieweb/granary/actor_": "who somebody is, in no page of posts",
    "indieweb/granary/": "an entry without an address or a time is no post in a list of one",
    "indieweb/mf2/": "a part of the parsers' suite, which tests/unit/test_mf2.c reads whole",
    "indieweb/xray/": "pages whose markup tests/unit/test_page.c has in pages of our own",
    "lemmy/types_": "types of fields",
    "lobsters/": "a profile there is read as the page that it is",
    "mastodon/instance_v2_": "of a server, not of an account",
    "mastodon/status_404.json": "no single status is asked for",
    "reddit/json_": "objects of the listing, alone",
    "reddit/oauth_": "only for who has a token: tests/unit/test_reddit.c reads it",
    "threads/": "shows visitors nothing",
}


def why_not_played(name):
    return next((why for start, why in NOT_PLAYED.items() if name.startswith(start)), None)


def unaccounted():
    """Samples that are neither played nor excused."""
    files = (SHARED / "SOURCES.tsv").read_text(encoding="utf-8").splitlines()[1:]
    names = [line.split("\t")[0] for line in files]
    return [name for name in names if SHARED / name not in case.READ and not why_not_played(name)]
