#!/usr/bin/python3
"""Pages, feeds and answers that a malicious server might send, made here so that none is stored.

usage: corpus.py FOLDER      writes each to FOLDER/NAME

Each row: name (its suffix says what it is served as), bytes, and the verdicts that are honest about it; none: it is
larger than a page may be, and not read at all.
"""
import gzip
import json
import pathlib
import random
import sys
import zlib

MB = 1024 * 1024
PROVEN = {"ok", "empty", "truncated"}
REFUSED = {"parse-drift", "too-big", "unread", "blocked"}
ANY = PROVEN | REFUSED  # whatever it is called, it must end, and leave nothing behind

INSULT = "My boss is a clueless idiot."


def html(body, head=""):
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


def entry(text, extra=""):
    return f'<div class="h-entry"><p class="e-content">{text}</p>{extra}</div>'


def rss(items, head=""):
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()


def item(text, n=0):
    return f"<item><guid>{n}</guid><description>{text}</description></item>"


def distinct_fonts(size):
    out, n = [], 0
    while sum(map(len, out[-1:])) * n < size and n < size // 24:
        out.append(f"<p><font size={n}>x")
        n += 1
    return "".join(out)


def noise(seed, size):
    return random.Random(seed).randbytes(size)


def bomb(size):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([packer.compress(b"\0" * MB) for _ in range(size // MB)] + [packer.flush()])


LAUGHS = '<!DOCTYPE l [<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(12)) + "]>"

CORPUS = {
    # ---- trees ----
    "deep-div.html": (html("<div>" * 300_000), ANY),
    "deep-span.html": (html("<span>" * 300_000), ANY),
    "deep-table.html": (html("<table><tr><td>" * 100_000), ANY),
    "deep-svg.html": (html("<svg>" * 200_000 + entry(INSULT)), ANY),
    "unclosed-10mb.html": (b"<p>x" * (10 * MB // 4), set()),
    "unclosed-7mb.html": (b"<p>x" * (7 * MB // 4), ANY),
    "fonts.html": (html(distinct_fonts(1 * MB)), ANY),
    "bold.html": (html("".join(f"<b a={n}>" for n in range(60_000))), ANY),
    "adoption.html": (html("<b><i><div></b>" * 60_000), ANY),
    "attributes.html": (html("<div " + " ".join(f"a{n}=1" for n in range(200_000)) + ">x</div>"), ANY),
    "one-attribute.html": (html('<p title="' + "x" * (3 * MB) + '">y</p>'), ANY),
    "bodies.html": (b"".join(b"<body a%d=1>" % n for n in range(100_000)), ANY),
    "entities.html": (html("&amp;" * (MB // 2)), ANY),
    "entities-unknown.html": (html("&nosuchentity;" * (MB // 8)), ANY),
    "script-unclosed.html": (b"<script>" + b"<!--" * MB, ANY),
    "comment-unclosed.html": (b"<!--" + b"-" * (3 * MB), ANY),
    "less-than.html": (b"<" * (3 * MB), ANY),
    "many-entries.html": (html(entry("x") * 30_000), ANY),
    "nested-entries.html": (html('<div class="h-entry">' * 20_000), ANY),
    "many-links.html": (html('<a href="/x">y</a>' * 100_000), ANY),
    "long-base.html": (html(entry(INSULT), '<base href="http://x/' + "a" * MB + '">'), ANY),
    "rel-maze.html": (html(entry("hello there"), "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/f{n}">' for n in range(10_000))), PROVEN),
    "jsonld-deep.html": (html("<p>x</p>", '<script type="application/ld+json">' + "[" * 100_000 + "</script>"), ANY),
    "jsonld-graph.html": (html("<p>x</p>", '<script type="application/ld+json">{"@graph":['
                               + ",".join('{"@type":"Person","name":"x"}' for _ in range(50_000)) + "]}</script>"),
                               ANY),
    # ---- XML ----
    "billion-laughs.rss": (rss(item("&m;"), LAUGHS), REFUSED | {"truncated"}),
    "quadratic-entities.rss": (rss(item("&a;" * 50_000), '<!DOCTYPE l [<!ENTITY a "' + "x" * 50_000 + '">]>'),
                               REFUSED | {"truncated"}),
    "xxe.rss": (rss(item("&x;"), '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), REFUSED | {"truncated"}),
    "external-dtd.rss": (rss(item(INSULT), '<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd">'), ANY),
    "deep.xml": (b"<rss>" + b"<a>" * 500_000, REFUSED | {"truncated"}),
    "huge-item.rss": (rss(item("x" * (5 * MB))), ANY),
    "many-items.rss": (rss("".join(item("x", n) for n in range(50_000))), ANY),
    "xml-attributes.rss": (b"<rss " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"/>", ANY),
    "utf7.rss": (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-rss+AD4-', REFUSED | {"truncated"}),
    "ebcdic.rss": (b'<?xml version="1.0" encoding="IBM037"?><rss/>', ANY),
    # ---- JSON ----
    "deep.json": (b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * 1_000_000,
        REFUSED | {"truncated"}),
    "duplicate-keys.json": (b'{"version":"https://jsonfeed.org/version/1.1","items":[],'
                            b'"items":[{"id":1,"content_text":"x"}]}', ANY),
    "huge-numbers.json": (json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [
        {"id": 10 ** 400, "content_text": "x", "date_published": "9" * 500}]}).encode(), ANY),
    "nul.json": (b'{"version":"https://jsonfeed.org/version/1.1","title":"t",'
                 b'"items":[{"id":"1","content_text":"a\\u0000b"}]}', ANY),
    "lone-surrogate.json": (b'{"version":"https://jsonfeed.org/version/1.1","title":"t",'
                            b'"items":[{"id":"1","content_text":"\\ud800"}]}', ANY),
    # ---- text ----
    "broken-utf8.html": (html(entry("a\x00")).replace(b"\x00", b"\xff\xfe\xc0\xaf\xed\xa0\x80\xf8\x88"), ANY),
    "utf16.html": (html(entry(INSULT)).decode().encode("utf-16"), PROVEN),
    "utf32.html": (html(entry(INSULT)).decode().encode("utf-32"), ANY),
    "nul.html": (html(entry("a") * 3).replace(b"a", b"\0" * 1000), ANY),
    "bom-twice.html": (b"\xef\xbb\xbf\xef\xbb\xbf" + html(entry(INSULT)), PROVEN),
    "escapes.html": (html(entry("\x1b]0;owned\x07\x1b[2J\x9b31m &#27;[31m &#x9b;1m " + INSULT)), PROVEN),
    "bidi.html": (html(entry("\u202eidiot a is boss my\u202c \u2066x\u2069 " + INSULT)), PROVEN),
    "zero-width.html": (html(entry("\u200b" * 100_000 + INSULT)), ANY),
    "combining.html": (html(entry("a" + "\u0301" * 200_000)), ANY),
    "one-word.html": (html(entry("a" * (2 * MB))), ANY),
    "spaces.html": (html(entry("a " * MB)), ANY),
    "spaced.html": (html(entry("f u c k " * 100_000)), ANY),
    "leet.html": (html(entry("1337h4x0r$h!t" * 50_000)), ANY),
    "regex-food.html": (html(entry(("i'm i am my " * 20_000) + "aaaa " * 50_000)), ANY),
    "urls.html": (html(entry("http://a.example/ " * 50_000)), ANY),
    # ---- nothing at all ----
    "empty.html": (b"", REFUSED),
    "empty.rss": (b"", REFUSED),
    "empty.json": (b"", REFUSED),
    "noise.html": (noise(1, 500_000), ANY),
    "noise.rss": (noise(2, 500_000), REFUSED),
    "noise.json": (noise(3, 500_000), REFUSED),
    "gzip-bytes.html": (gzip.compress(html(entry(INSULT))), ANY),
}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, (content, _) in CORPUS.items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
