"""Reddit: the slow feed of an account, as a visitor gets it."""
import re

from platforms import feeds, words
from platforms.case import ATOM, HTML, OWN, SHARED, Case, Reply, as_file, at

HOST = "www.reddit.com"
FOLDER = SHARED / "reddit"


def author_of(entry):
    return feeds.told(entry, "atom:author/atom:name").removeprefix("/u/")


def post_of(entry):
    """The person's words stand between two marks; without them there is but Reddit's own line."""
    shown = feeds.atom_post(entry, f"https://{HOST}/")
    content = feeds.first(entry, "atom:content").text
    marked = re.search(r"<!-- SC_OFF -->(.*?)<!-- SC_ON -->", content, re.S)
    own, others = words.of_html(marked[1]) if marked else ("", "") if "submitted by" in content else \
        words.of_html(content)
    title = words.of_text(feeds.content_of(feeds.first(entry, "atom:title"))[0])
    comment = shown["id"].startswith("t1_")
    return {**shown, "kind": "reply" if comment else "post", "text": words.join("" if comment else title, own),
            "others": words.join(others, title.partition(" on ")[2] if comment else "")}


def case_of(name, path, end=b"<feed xmlns='http://www.w3.org/2005/Atom'><id>none</id><title>none</title></feed>"):
    root = feeds.parse(path.read_bytes())
    entries = feeds.atoms(root, "entry")
    who = author_of(entries[0])
    posts = [post_of(entry) for entry in entries if author_of(entry).lower() == who.lower()]
    routes = [at(HOST, f"/user/{who}/.rss", Reply(end, ATOM), part="", after=feeds.told(entries[-1], "atom:id")),
              at(HOST, f"/user/{who}/.rss", as_file(path, ATOM))]
    return Case(name, f"https://{HOST}/user/{who}", routes, posts, source="reddit",
                verdicts=("truncated", "ok"))


def genuine():
    for name in ("atom_search_2021", "atom_subreddit_2020", "atom_subreddit_2023_media"):
        yield case_of(f"reddit/{name}", FOLDER / f"{name}.xml")
    wall = as_file(FOLDER / "blocked_403_pardner.html", HTML, status=403)
    yield Case("reddit/blocked_403_pardner", f"https://{HOST}/user/blocked", [at(HOST, "/user/blocked/.rss", wall)], [],
               verdicts=("blocked",), source="reddit")


def own():
    yield case_of("own/reddit", OWN / "reddit/feed.xml")
