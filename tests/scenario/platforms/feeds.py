"""Feeds of every format, read by ElementTree: RSS 2.0, RDF, Atom, JSON Feed."""
import base64
import html
import json
import re
import urllib.parse
import xml.etree.ElementTree as xml

from platforms import words
from platforms.case import ATOM, FEED_JSON, OWN, RSS, SHARED, Case, as_file, at

NAMES = {"atom": "http://www.w3.org/2005/Atom", "content": "http://purl.org/rss/1.0/modules/content/",
         "media": "http://search.yahoo.com/mrss/", "dc": "http://purl.org/dc/elements/1.1/",
         "thr": "http://purl.org/syndication/thread/1.0", "rss1": "http://purl.org/rss/1.0/",
         "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "atom03": "http://purl.org/atom/ns#"}
BASE = "{http://www.w3.org/XML/1998/namespace}base"


def named(match):
    """HTML's entities, which feeds use as if XML had them."""
    return match[0] if match[1] in (b"amp", b"lt", b"gt", b"quot", b"apos") else \
        html.unescape(match[0].decode()).encode()


def parse(data):
    """The tree; a feed that ends too early is read as far as its items are whole."""
    data = re.sub(rb"&([a-zA-Z]+);", named, data.strip())
    try:
        return xml.fromstring(data)
    except xml.ParseError:
        end = max(data.rfind(b"</item>") + 7, data.rfind(b"</entry>") + 8)
        return xml.fromstring(data[:end] + (b"</channel></rss>" if b"</item>" in data else b"</feed>"))


def first(item, *paths):
    for path in paths:
        found = item.find(path, NAMES)
        if found is not None and (found.text or len(found)):
            return found
    return None


def markup_of(element):
    """What is in @element as HTML, whatever prefix its names have."""
    text = xml.tostring(element, encoding="unicode")
    text = re.sub(r"(</?)[a-zA-Z0-9]+:", r"\1", text)
    return re.sub(r"\A<[^>]*>|</[^>]*>\s*\Z", "", text)


def content_of(element):
    """(own, others) of an Atom text construct or an RSS element, line by line."""
    if element is None:
        return "", ""
    atom = "tom" in element.tag
    kind = element.get("type", "text" if atom else "html")
    if element.get("mode") == "base64":
        return words.lines_of_html(base64.b64decode(element.text).decode())
    if kind == "xhtml" or len(element):
        return words.lines_of_html(markup_of(element))
    if "html" in kind or element.get("mode") == "escaped":
        return words.lines_of_html(element.text)
    return element.text.strip(), ""


def repeats(title, body):
    """A title that is made of the first words is none of its own: all of the first line or, where it was cut, less."""
    uncut = re.sub(r"( \[…\]| \[\.\.\.\]|…|\.\.\.)$", "", title)
    lines = body.split("\n")
    wholes = [words.of_text("\n".join(lines[:i + 1])) for i in range(len(lines))]
    return bool(uncut) and (uncut in wholes or uncut != title and words.of_text(body).startswith(uncut))


def captions_of(item):
    """Descriptions of pictures and films, wherever Media RSS puts them."""
    return [words.of_html(html.unescape(each.text))[0] if each.get("type") == "html" else words.of_text(each.text)
            for each in item.iter(f"{{{NAMES['media']}}}description") if each.text]


def text_of(title, body, others, captions=()):
    text = words.of_text(body) if not title or repeats(title, body) else words.join(title, body)
    for caption in captions:
        if caption and caption not in text:
            text = words.join(text, caption)
    return text, words.of_text(others)


def post(ident, url, published, title, body, others, captions=(), reply=False):
    text, others = text_of(title, body, others, captions)
    kind = "repost" if not text and others else "reply" if reply else "post"
    return {"id": ident, "url": url, "published": published, "kind": kind, "text": text, "others": others}


def told(item, *paths):
    found = first(item, *paths)
    return words.of_text(found.text) if found is not None else None


def rss_post(item, base):
    title = words.of_html(told(item, "title", "rss1:title"))[0]
    body, others = content_of(first(item, "content:encoded", "description", "rss1:description"))
    link = told(item, "link", "rss1:link")
    guid = item.find("guid")
    ident = told(item, "guid") or item.get(f"{{{NAMES['rdf']}}}about") or link
    if not link and guid is not None and guid.get("isPermaLink", "true") == "true":
        link = ident
    published = words.when(told(item, "pubDate", "dc:date"))
    return post(ident, whole(base, link), published, title, body, others, captions_of(item))


def atom_post(entry, base):
    base = whole(base, entry.get(BASE)) or base
    links = [link for link in atoms(entry, "link") if link.get("rel", "alternate") == "alternate"]
    links.sort(key=lambda link: "html" not in link.get("type", "html"))
    title = words.of_text(content_of(first(entry, "atom:title", "atom03:title"))[0])
    body, others = content_of(first(entry, "atom:content", "atom03:content", "atom:summary", "atom03:summary"))
    published = words.when(told(entry, "atom:published", "atom03:issued", "atom:updated", "atom03:modified"))
    reply = entry.find("thr:in-reply-to", NAMES) is not None
    link = whole(whole(base, links[0].get(BASE)) or base, links[0].get("href")) if links else None
    return post(told(entry, "atom:id", "atom03:id"), link, published, title, body, others, captions_of(entry), reply)


def json_post(item, base):
    title = words.of_text(item.get("title"))
    own, others = words.lines_of_html(item["content_html"]) if item.get("content_html") else \
        (item.get("content_text") or item.get("summary") or "", "")
    link = item.get("url") or item.get("external_url")
    return post(str(item["id"]), whole(base, link), words.when(item.get("date_published")), title, own, others)


def whole(base, url):
    return urllib.parse.urljoin(base, url) if url else None


def atoms(element, name):
    return element.findall(f"atom:{name}", NAMES) + element.findall(f"atom03:{name}", NAMES)


def posts_of(path, base="https://example.org/"):
    """The posts of any feed; @base: where it is."""
    return posts_of_bytes(path.read_bytes(), base)


def posts_of_bytes(data, base):
    if data.lstrip()[:1] == b"{":
        return [json_post(item, base) for item in json.loads(data)["items"]]
    root = parse(data)
    base = whole(base, root.get(BASE)) or base
    entries = atoms(root, "entry")
    if entries:
        return [atom_post(entry, base) for entry in entries]
    return [rss_post(item, base) for item in [*root.iter("item"), *root.iter(f"{{{NAMES['rss1']}}}item")]]


def case_of(name, url, path, kind, **more):
    """A feed that is the profile itself."""
    host, _, rest = url.removeprefix("https://").partition("/")
    place, _, query = ("/" + rest).partition("?")
    pairs = dict(pair.split("=", 1) for pair in query.split("&") if pair)
    more.setdefault("verdicts", ("truncated", "ok"))
    return Case(name, url, [at(host, place, as_file(path, kind), **pairs)], posts_of(path, url), **more)


def genuine():
    for path in (SHARED / "jsonfeed/authors_1.1.json", SHARED / "jsonfeed/daringfireball.json",
                 SHARED / "jsonfeed/feedjira_json_feed.json", SHARED / "microblog/inessential_feed.json",
                 SHARED / "microblog/conversation.json", SHARED / "indieweb/xray/jsonfeed.json",
                 SHARED / "indieweb/xray/jsonfeed-1.1.json"):
        host = path.stem.replace("_", "-").replace(".", "-") + f".{path.parent.name}.example"
        yield case_of(f"{path.parent.name}/{path.stem}", f"https://{host}/feed.json", path, FEED_JSON)
    for path, kind in ((SHARED / "indieweb/xray/atom.xml", ATOM), (SHARED / "indieweb/xray/rss.xml", RSS),
                       (SHARED / "github/atom_feed.xml", ATOM), (SHARED / "flickr_etc/vimeo_media.rss.xml", RSS),
                       (SHARED / "wordpress/feed_4.2.rss.xml", RSS), (SHARED / "wordpress/feed_6.0.3.rss.xml", RSS),
                       (SHARED / "ghost/feed_1.rss.xml", RSS), (SHARED / "ghost/feed_2.rss.xml", RSS),
                       (SHARED / "reddit/atom_search_2021.xml", ATOM),
                       (SHARED / "reddit/atom_subreddit_2020.xml", ATOM),
                       (SHARED / "reddit/atom_subreddit_2023_media.xml", ATOM)):
        name = path.name.split(".xml")[0].removesuffix(".rss").replace("_", "-").replace(".", "-").lower()
        folder = path.parent.name
        host = f"{name}.{folder.replace('_', '-')}.example"
        yield case_of(f"{folder}/{path.name}", f"https://{host}/feed.xml", path, kind)


def own():
    for name, kind in (("atom03.xml", ATOM), ("atom10.xml", ATOM), ("rdf.xml", RSS), ("rss2.xml", RSS),
                       ("feed11.json", FEED_JSON)):
        path = OWN / "feed" / name
        yield case_of(f"own/feed/{name}", f"https://{path.stem}.own-feed.example/{name}", path, kind)
