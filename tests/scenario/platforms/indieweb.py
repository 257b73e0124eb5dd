"""IndieWeb pages: what the microformats in them say stands beside each sample as JSON."""
from platforms import words
from platforms.case import HTML, SHARED, Case, Reply, at, load, read

FOLDER = SHARED / "indieweb"


def first(properties, key):
    value = (properties.get(key) or [None])[0]
    if isinstance(value, dict) and "type" not in value:
        return value.get("value") or words.of_html(value.get("html"))[0]
    return value


def kind_of(properties):
    for key, kind in (("repost-of", "repost"), ("like-of", "like"), ("in-reply-to", "reply")):
        if properties.get(key):
            return kind
    return "post"


def case_of(name):
    """One entry, in a page of its own as it would be served."""
    page = b"<!DOCTYPE html><html><head><title>An entry</title></head><body><main>" + read(FOLDER / f"{name}.html") + \
        b"</main></body></html>"
    entry = load(FOLDER / f"{name}.json")
    entry = entry["items"][0] if "items" in entry else entry
    properties = entry["properties"]
    host = name.rpartition("/")[2].replace("_", "-").replace(".", "-") + ".indieweb.example"
    kind, text = kind_of(properties), first(properties, "content")
    shown = {"kind": kind, "id": None, "published": words.when(first(properties, "published"))}
    if kind not in ("repost", "like"):
        shown["text"] = words.of_text(text)
    return Case(f"indieweb/{name}", f"https://{host}/", [at(host, "/", Reply(page, HTML))], [shown], tolerant=True,
                verdicts=("ok", "truncated"), aside=("bio", "handle"))


def genuine():
    for name in ("granary/comment.mf2", "granary/note.mf2", "granary/repost.mf2", "granary/like.mf2"):
        yield case_of(name)


def own():
    return ()
