#!/usr/bin/python3
"""A web server that does what the web does to crawlers.

    faultserver.py [--port 0] [--seconds 120] [--no-tls] [--addresses 1] [--root DIR [--headers FILE]] [--list]

Loopback only; ends by itself after --seconds, and when its parent has gone.  The first line on
standard output says where it listens, as JSON:

    {"http": 40001, "other": 40002, "tls": 40003, …, "ca": "/tmp/…/ca.pem"}

"http" and "other" are two plain origins with the same routes.  With --addresses N "http" listens on
127.0.0.1 to 127.0.0.N, so that N hosts can be asked at once.  The TLS ports are named after what is
wrong with them (TLS_PORTS below); "tls" is good for whoever trusts "ca".  --list prints the routes.

    /_log              every request since the last /_reset, as JSON: address, port, method, target,
                       headers, body, and when it started and ended (seconds, monotonic)
    /_reset            forget the log, the counters and what /_set and /_become did; /_forget: the log
    /_set?robots=TEXT  serve TEXT as /robots.txt; ?robots_status=503 for the status instead
    /_become?path=PATH&to=TARGET[&at=ADDRESS]
                       from now on answer PATH (on that address) as if TARGET had been asked; no to=:
                       as before

With --root, a file below DIR answers where no route does; whoever has its ETag gets a 304.
--headers FILE adds to such answers: {"index.html": {"status": 200, "headers": {"ETag": "\\"1\\""}}}.
"""

import argparse
import email.utils
import gzip
import json
import os
import shutil
import signal
import socket
import socketserver
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import zlib

MAX_BYTES = 256 * 1024 * 1024  # one response
MAX_SECONDS = 120              # one response
BOMB_BYTES = 1024 * 1024 * 1024
PAGE = b"<!DOCTYPE html><html><head><title>A page</title></head><body><p>Hello.</p></body></html>\n"


class Closed(Exception):
    """The connection is to be closed after this response."""


class State:
    """What one run remembers; guarded by its lock."""

    def __init__(self):
        self.lock = threading.Lock()
        self.reset()

    def reset(self):
        self.log = []
        self.counts = {}
        self.settings = {}
        self.becomes = {}

    def count(self, key):
        with self.lock:
            self.counts[key] = self.counts.get(key, 0) + 1
            return self.counts[key]


STATE = State()
ROUTES = {}
PORTS = {}
OPTIONS = argparse.Namespace(root=None, headers={})


def route(path):
    """Register a handler; a path that ends in "/" takes everything below it."""
    def register(handler):
        ROUTES[path] = handler
        return handler
    return register


class Request(socketserver.StreamRequestHandler):
    """One connection.  Responses are written by hand, because most of them must be wrong."""

    timeout = MAX_SECONDS
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.number = STATE.count("connections")
        self.served = 0

    def handle(self):
        try:
            while self.read_request():
                self.sent = 0
                self.deadline = time.monotonic() + MAX_SECONDS
                self.served += 1
                entry = self.note()
                self.become()
                try:
                    find_route(self.path)(self)
                finally:
                    entry["ended"] = time.monotonic()
        except (Closed, OSError, ValueError):
            pass

    def read_request(self):
        if self.rfile.peek(1)[:1] == b"\x16":  # a TLS handshake
            self.wfile.write(b"HTTP/1.1 400 Speak HTTP\r\nContent-Length: 0\r\n\r\n")
            return False
        line = self.rfile.readline(65536).decode("latin-1").strip()
        if line.count(" ") != 2:
            return False
        self.method, self.target, _ = line.split(" ")
        self.take_apart(self.target)
        self.headers = {}
        while True:
            line = self.rfile.readline(65536).decode("latin-1").rstrip("\r\n")
            if not line:
                self.body = self.rfile.read(min(int(self.headers.get("content-length", 0)), 65536))
                return True
            name, _, value = line.partition(":")
            self.headers[name.strip().lower()] = value.strip()

    def take_apart(self, target):
        split = urllib.parse.urlsplit(target)
        self.path = split.path
        self.query = dict(urllib.parse.parse_qsl(split.query, keep_blank_values=True))

    def become(self):
        """Answer as /_become said."""
        address = self.server.server_address[0]
        with STATE.lock:
            target = STATE.becomes.get((address, self.path)) or STATE.becomes.get(("", self.path))
        if target:
            self.take_apart(target)

    def note(self):
        address, port = self.server.server_address[:2]
        entry = {"address": address, "port": port, "method": self.method,
                 "target": self.target, "headers": self.headers, "connection": self.number,
                 "body": self.body.decode("utf-8", "replace"),
                 "started": time.monotonic(), "ended": None}
        if not self.path.startswith("/_"):
            with STATE.lock:
                STATE.log.append(entry)
        return entry

    # ---- what handlers use ----

    def raw(self, data):
        self.sent += len(data)
        if self.sent > MAX_BYTES or time.monotonic() > self.deadline:
            raise Closed
        self.wfile.write(data)
        self.wfile.flush()

    def head(self, status=200, headers=(), length=None):
        """Status line and headers; @length: Content-Length."""
        lines = [f"HTTP/1.1 {status} Whatever", f"Date: {http_date(time.time())}"]
        lines += [f"{name}: {value}" for name, value in dict(headers).items()]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        self.raw(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "surrogateescape"))

    def send(self, status=200, headers=(), body=PAGE):
        """A whole answer as it should be."""
        headers = {"Content-Type": "text/html; charset=utf-8", **dict(headers)}
        self.head(status, headers, len(body))
        if self.method != "HEAD":
            self.raw(body)

    def chunk(self, data):
        self.raw(b"%x\r\n%s\r\n" % (len(data), data))

    def close(self):
        raise Closed

    def reset(self):
        """Close with RST instead of FIN."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        raise Closed

    def stall(self):
        """Say nothing more until the client is gone or time is over."""
        self.connection.settimeout(max(0.01, self.deadline - time.monotonic()))
        self.rfile.read(1)
        raise Closed

    def number_of(self, key, default):
        return int(self.query.get(key, default))


def http_date(seconds):
    return email.utils.formatdate(seconds, usegmt=True)


def find_route(path):
    if path in ROUTES:
        return ROUTES[path]
    for prefix in sorted(ROUTES, key=len, reverse=True):
        if prefix.endswith("/") and prefix != "/" and path.startswith(prefix):
            return ROUTES[prefix]
    return serve_file


def serve_file(req):
    root = os.path.realpath(OPTIONS.root) if OPTIONS.root else None
    name = urllib.parse.unquote(req.path).lstrip("/") or "index.html"
    path = os.path.realpath(os.path.join(root, name)) if root else None
    if not path or not path.startswith(root + os.sep) or not os.path.isfile(path):
        return req.send(404, body=b"<h1>Not found</h1>\n")
    extra = OPTIONS.headers.get(name, {})
    tag = extra.get("headers", {}).get("ETag")
    if tag and req.headers.get("if-none-match") == tag:
        return req.head(304, {"ETag": tag})
    with open(path, "rb") as file:
        return req.send(extra.get("status", 200), extra.get("headers", {}), file.read())


# ---- control ----

@route("/_log")
def show_log(req):
    "every request since the last /_reset"
    with STATE.lock:
        body = json.dumps(STATE.log).encode()
    req.send(headers={"Content-Type": "application/json"}, body=body)


@route("/_reset")
def reset_state(req):
    "forget log, counters and settings"
    with STATE.lock:
        STATE.reset()
    req.send(204, body=b"")


@route("/_forget")
def forget_log(req):
    "forget the log alone"
    with STATE.lock:
        STATE.log = []
    req.send(204, body=b"")


@route("/_set")
def set_state(req):
    "robots=TEXT, robots_status=NUMBER"
    with STATE.lock:
        STATE.settings.update(req.query)
    req.send(204, body=b"")


@route("/_become")
def become(req):
    "path=PATH, to=TARGET, at=ADDRESS: answer PATH as if TARGET had been asked"
    with STATE.lock:
        STATE.becomes[(req.query.get("at", ""), req.query["path"])] = req.query.get("to")
    req.send(204, body=b"")


@route("/robots.txt")
def robots(req):
    "404, or what /_set says"
    with STATE.lock:
        text = STATE.settings.get("robots")
        status = int(STATE.settings.get("robots_status", 200 if text is not None else 404))
    req.send(status, {"Content-Type": "text/plain"}, (text or "").encode())


# ---- as it should be ----

@route("/ok")
def ok(req):
    "a page"
    req.send()


@route("/text")
def text(req):
    "body=TEXT; type=text/plain, status=200"
    req.send(req.number_of("status", 200), {"Content-Type": req.query.get("type", "text/plain")},
             req.query.get("body", "").encode())


@route("/connection")
def connection(req):
    "number of the connection and of the request on it"
    req.send(body=f"{req.number} {req.served}\n".encode())


@route("/echo")
def echo(req):
    "say back what it was authorised with; where=body, link or location"
    token = req.headers.get("authorization", "").rpartition(" ")[2]
    where = req.query.get("where", "body")
    if where == "location":
        redirect(req, f"/ok?token={token}")
    elif where == "link":
        req.send(headers={"Link": f"</next?token={token}>; rel=next"})
    else:
        req.send(headers={"Content-Type": "application/json"}, body=json.dumps({"error": token}).encode())


@route("/chunked")
def chunked(req):
    "a page in chunks, with a trailer that looks like a header"
    req.head(200, {"Transfer-Encoding": "chunked", "ETag": '"head"', "Trailer": "ETag"})
    for i in range(0, len(PAGE), 10):
        req.chunk(PAGE[i:i + 10])
    req.raw(b"0\r\nETag: \"trailer\"\r\n\r\n")


@route("/gzip")
def gzipped(req):
    "a page in gzip; members=N: in N members"
    members = req.number_of("members", 1)
    step = -(-len(PAGE) // members)
    body = b"".join(gzip.compress(PAGE[i:i + step]) for i in range(0, len(PAGE), step))
    req.send(headers={"Content-Encoding": "gzip"}, body=body)


@route("/big")
def big(req):
    "bytes=N of page"
    left = req.number_of("bytes", 1 << 20)
    req.head(200, {"Content-Type": "text/html"}, left)
    while left > 0:
        req.raw(b"a" * min(left, 65536))
        left -= 65536


@route("/etag")
def etag(req):
    "ETag v=1, and 304 for whoever has it"
    tag = '"%s"' % req.query.get("v", "1")
    if req.headers.get("if-none-match") == tag:
        return req.head(304, {"ETag": tag})
    return req.send(headers={"ETag": tag})


@route("/modified")
def modified(req):
    "Last-Modified, and 304 for whoever has it"
    date = http_date(1700000000)
    if req.headers.get("if-modified-since") == date:
        return req.head(304, {"Last-Modified": date})
    return req.send(headers={"Last-Modified": date})


@route("/links")
def links(req):
    "two Link headers"
    req.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nLink: </a>; rel=next\r\n"
            b"link: </b>; rel=\"prev\"\r\n\r\n")


# ---- status ----

@route("/status/")
def status_of(req):
    "/status/NNN: that status, with a page"
    req.send(int(req.path.rpartition("/")[2]))


def wait_header(req):
    """ra=N: seconds; ra=date&in=N: a date N seconds from now; ra=TEXT: that."""
    value = req.query.get("ra")
    if value == "date":
        value = http_date(time.time() + req.number_of("in", 60))
    return {"Retry-After": value} if value else {}


@route("/429")
def too_many(req):
    "429; ra=SECONDS, ra=date&in=SECONDS, or ra=TEXT"
    req.send(429, wait_header(req))


@route("/503")
def unavailable(req):
    "503; as /429"
    req.send(503, wait_header(req))


DIALECTS = {
    "mastodon": lambda at: {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset":
                            time.strftime("%Y-%m-%dT%H:%M:%S.123456Z", time.gmtime(at))},
    "github": lambda at: {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(at))},
    "reddit": lambda at: {"x-ratelimit-remaining": "0.0",
                          "x-ratelimit-reset": str(int(at - time.time() + 0.5))},
    "draft": lambda at: {"RateLimit": '"default";r=0;t=%d' % (at - time.time() + 0.5)},
}


@route("/rate/")
def rate(req):
    "/rate/DIALECT: nothing remains; status=N, in=SECONDS; dialects mastodon github reddit draft"
    headers = DIALECTS[req.path.rpartition("/")[2]](time.time() + req.number_of("in", 60))
    req.send(req.number_of("status", 200), headers)


@route("/flaky")
def flaky(req):
    "500 n=2 times, then a page"
    again = STATE.count(req.target) <= req.number_of("n", 2)
    req.send(500 if again else 200)


@route("/unasked/304")
def unasked_304(req):
    "304 to whoever knows nothing"
    req.head(304)


@route("/unasked/206")
def unasked_206(req):
    "a part that nobody asked for"
    req.send(206, {"Content-Range": f"bytes 0-9/{len(PAGE)}"}, PAGE[:10])


# ---- redirects ----

def redirect(req, location, status=302):
    req.send(status, {"Location": location}, b"")


@route("/redirect/to")
def redirect_to(req):
    "to url=, with status=302"
    redirect(req, req.query["url"], req.number_of("status", 302))


@route("/redirect/chain")
def redirect_chain(req):
    "n=5 hops, then /ok; status=301"
    left = req.number_of("n", 5)
    status = req.number_of("status", 301)
    redirect(req, f"/redirect/chain?n={left - 1}&status={status}" if left > 1 else "/ok", status)


@route("/redirect/loop")
def redirect_loop(req):
    "to itself, by way of ?b"
    redirect(req, "/redirect/loop" if req.target.endswith("?b") else "/redirect/loop?b")


@route("/redirect/relative")
def redirect_relative(req):
    "to ../ok"
    redirect(req, "../ok")


@route("/redirect/other")
def redirect_other(req):
    "to /ok of the other plain origin"
    redirect(req, f"http://127.0.0.1:{PORTS['other']}/ok")


@route("/redirect/plain")
def redirect_plain(req):
    "to /ok over http"
    redirect(req, f"http://127.0.0.1:{PORTS['http']}/ok")


@route("/redirect/nowhere")
def redirect_nowhere(req):
    "without a target"
    req.send(302)


@route("/redirect/endless")
def redirect_endless(req):
    "to a new address each time"
    redirect(req, f"/redirect/endless?{STATE.count('endless')}")


# ---- slow and stalled ----

@route("/slow/header")
def slow_header(req):
    "a header a byte at a time, ms=100 apart"
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: " + b"x" * 10000:
        req.raw(bytes([byte]))
        time.sleep(req.number_of("ms", 100) / 1000)


@route("/slow/body")
def slow_body(req):
    "n=10000 bytes of a body, a byte at a time, ms=100 apart"
    req.head(200, length=req.number_of("n", 10000))
    for _ in range(req.number_of("n", 10000)):
        req.raw(b"x")
        time.sleep(req.number_of("ms", 100) / 1000)


@route("/late")
def late(req):
    "a page after ms=100"
    time.sleep(min(req.number_of("ms", 100), 10000) / 1000)
    req.send()


@route("/stall/header")
def stall_header(req):
    "nothing at all"
    req.stall()


@route("/stall/body")
def stall_body(req):
    "half a body, then nothing"
    req.head(200, length=len(PAGE))
    req.raw(PAGE[:20])
    req.stall()


# ---- not all of it ----

@route("/cut/length")
def cut_length(req):
    "less than Content-Length says"
    req.head(200, length=len(PAGE) + 100)
    req.raw(PAGE)
    req.close()


@route("/cut/chunk")
def cut_chunk(req):
    "a chunk without its end"
    req.head(200, {"Transfer-Encoding": "chunked"})
    req.raw(b"ff\r\n" + PAGE[:20])
    req.close()


@route("/cut/last-chunk")
def cut_last_chunk(req):
    "chunks without the last one"
    req.head(200, {"Transfer-Encoding": "chunked"})
    req.chunk(PAGE)
    req.close()


@route("/cut/header")
def cut_header(req):
    "half a header"
    req.raw(b"HTTP/1.1 200 OK\r\nContent-Le")
    req.close()


@route("/cut/gzip")
def cut_gzip(req):
    "half a gzip stream, of the length told"
    body = gzip.compress(PAGE * 100)
    req.send(headers={"Content-Encoding": "gzip"}, body=body[:len(body) // 2])


@route("/cut/gzip-close")
def cut_gzip_close(req):
    "a gzip stream without its trailer, ended by the connection"
    req.head(200, {"Content-Encoding": "gzip", "Connection": "close"})
    req.raw(gzip.compress(PAGE)[:-8])
    req.close()


@route("/rst/header")
def rst_header(req):
    "RST in place of an answer"
    req.reset()


@route("/rst/body")
def rst_body(req):
    "RST in a body"
    req.head(200, length=len(PAGE))
    req.raw(PAGE[:20])
    req.reset()


# ---- lengths ----

@route("/length/")
def odd_length(req):
    "/length/VALUE: that as Content-Length, with a page"
    value = urllib.parse.unquote(req.path.rpartition("/")[2])
    req.head(200, {"Content-Length": value, "Connection": "close"})
    req.raw(PAGE)
    req.close()


@route("/double-length")
def double_length(req):
    "two that differ, the last one right"
    req.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\nContent-Length: %d\r\n\r\n%s"
            % (len(PAGE), PAGE))


# ---- too much ----

@route("/endless/chunks")
def endless_chunks(req):
    "a body without end"
    req.head(200, {"Transfer-Encoding": "chunked"})
    while True:
        req.chunk(b"a" * 65536)


@route("/endless/header")
def endless_header(req):
    "headers without end"
    req.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        req.raw(b"X-Header: %s\r\n" % (b"a" * 1000))


@route("/endless/interim")
def endless_interim(req):
    "1xx answers without end"
    while True:
        req.raw(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")


@route("/interim")
def interim(req):
    "one 1xx answer with an ETag, then a page without"
    req.raw(b"HTTP/1.1 103 Early Hints\r\nETag: \"early\"\r\nLink: </x>\r\n\r\n")
    req.send()


def bomb(layers):
    """BOMB_BYTES of zeros, compressed: one block of them, over and over (RFC 1951, full flush)."""
    zeros = bytes(1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(BOMB_BYTES >> 20):
        check = zlib.crc32(zeros, check)
    head = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    tail = b"\x03\0" + struct.pack("<II", check, BOMB_BYTES & 0xffffffff)
    data = head + block * (BOMB_BYTES >> 20) + tail
    return gzip.compress(data) if layers == 2 else data


BOMBS = {}


@route("/gzip/bomb")
def gzip_bomb(req):
    "1 GiB of zeros in 1 MiB of gzip; layers=2: in less"
    layers = req.number_of("layers", 1)
    with STATE.lock:
        if layers not in BOMBS:
            BOMBS[layers] = bomb(layers)
    req.send(headers={"Content-Encoding": ", ".join(["gzip"] * layers)}, body=BOMBS[layers])


@route("/gzip/corrupt")
def gzip_corrupt(req):
    "a gzip stream with bytes turned round in its midst"
    body = bytearray(gzip.compress(os.urandom(2000)))
    body[500:600] = bytes(100)
    req.send(headers={"Content-Encoding": "gzip"}, body=bytes(body))


@route("/gzip/plain")
def gzip_plain(req):
    "plain text that calls itself gzip"
    req.send(headers={"Content-Encoding": "gzip"})


@route("/gzip/garbage")
def gzip_garbage(req):
    "a gzip stream and something behind it"
    req.send(headers={"Content-Encoding": "gzip"}, body=gzip.compress(PAGE) + b"\0\0garbage")


@route("/coding/")
def coding(req):
    "/coding/NAME: a page that calls itself that"
    req.send(headers={"Content-Encoding": req.path.rpartition("/")[2]})


# ---- headers ----

@route("/header/huge")
def header_huge(req):
    "one header of bytes=1048576"
    req.send(headers={"X-Huge": "a" * req.number_of("bytes", 1 << 20)})


@route("/header/etag")
def header_etag(req):
    "an ETag of bytes=9000"
    req.send(headers={"ETag": '"' + "a" * req.number_of("bytes", 9000) + '"'})


@route("/header/many")
def header_many(req):
    "n=2000 headers"
    req.send(headers={f"X-Header-{i}": i for i in range(req.number_of("n", 2000))})


@route("/header/nul")
def header_nul(req):
    "a NUL in a header"
    req.send(headers={"X-Nul": "a\0b"})


@route("/header/folded")
def header_folded(req):
    "a folded header (obsolete)"
    req.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Folded: a\r\n  ETag: \"b\"\r\n\r\n")


@route("/header/none")
def header_none(req):
    "a header line without a colon"
    req.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nthis is no header\r\n\r\n")


@route("/http09")
def http_09(req):
    "a page without any header"
    req.raw(PAGE)
    req.close()


@route("/icy")
def icy(req):
    "a status line of another protocol"
    req.raw(b"ICY 200 OK\r\n\r\n" + PAGE)
    req.close()


@route("/http3000")
def http_3000(req):
    "a version that there is not"
    req.raw(b"HTTP/3000.0 200 OK\r\nContent-Length: 0\r\n\r\n")
    req.close()


@route("/cookies")
def cookies(req):
    "sets a cookie; the body is the one that came back"
    req.send(headers={"Set-Cookie": "id=1; Path=/"}, body=req.headers.get("cookie", "").encode())


# ---- bodies ----

@route("/charset/")
def charset(req):
    "/charset/NAME: an umlaut in windows-1252 under that name"
    name = req.path.rpartition("/")[2]
    req.send(headers={"Content-Type": f"text/html; charset={name}"},
             body=b"<!DOCTYPE html><p>Gr\xfc\xdfe</p>")


@route("/utf16")
def utf16(req):
    "UTF-16 with its mark, called UTF-8"
    req.send(body=PAGE.decode().encode("utf-16"))


@route("/bad-utf8")
def bad_utf8(req):
    "cut, overlong and lone bytes"
    req.send(body=b"<!DOCTYPE html><p>\xc3 \xe2\x82 \xc0\x80 \xff \xed\xa0\x80</p>")


@route("/login-page")
def login_page(req):
    "200, and a form to log in"
    req.send(body=b"<!DOCTYPE html><title>Log in</title><h1>You must log in to continue</h1>"
                  b"<form action=/login method=post><input name=user><input type=password></form>")


@route("/empty")
def empty(req):
    "200, and nothing"
    req.send(body=b"")


@route("/deep/html")
def deep_html(req):
    "n=20000 nested elements"
    req.send(body=b"<!DOCTYPE html>" + b"<div>" * req.number_of("n", 20000) + b"Hello.")


@route("/deep/json")
def deep_json(req):
    "n=100000 nested arrays"
    n = req.number_of("n", 100000)
    req.send(headers={"Content-Type": "application/json"}, body=b"[" * n + b"]" * n)


@route("/deep/xml")
def deep_xml(req):
    "n=100000 nested elements"
    n = req.number_of("n", 100000)
    req.send(headers={"Content-Type": "application/rss+xml"}, body=b"<a>" * n + b"</a>" * n)


@route("/laughs")
def laughs(req):
    "XML entities that grow by ten, ten times"
    lines = ['<!ENTITY l0 "ha">']
    lines += [f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 11)]
    body = "<?xml version='1.0'?><!DOCTYPE rss [" + "".join(lines) + "]><rss>&l10;</rss>"
    req.send(headers={"Content-Type": "application/rss+xml"}, body=body.encode())


@route("/xxe")
def xxe(req):
    "XML that asks for a file"
    body = ("<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
            "<rss version='2.0'><channel><title>&f;</title></channel></rss>")
    req.send(headers={"Content-Type": "application/rss+xml"}, body=body.encode())


# ---- listening ----

class Server(socketserver.ThreadingTCPServer):
    """Plain, or with TLS when it has a context; the handshake is made in the connection's thread."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128
    context = None

    def finish_request(self, request, client_address):
        if self.context:
            request.settimeout(MAX_SECONDS)
            try:
                request = self.context.wrap_socket(request, server_side=True)
            except OSError:
                return
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        pass  # clients go away: that is what the tests are about


class Mute(socketserver.BaseRequestHandler):
    """Takes a connection and says nothing: a TLS handshake that stalls."""

    def handle(self):
        self.request.settimeout(MAX_SECONDS)
        try:
            while self.request.recv(4096):
                pass
        except OSError:
            pass


def serve(name, context=None, port=0, handler=Request, address="127.0.0.1"):
    server = Server((address, port), handler)
    server.context = context
    PORTS[name] = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()


# ---- certificates ----

CA_CONFIG = """
[ca]
default_ca = here
[here]
dir = {dir}
database = {dir}/index
new_certs_dir = {dir}
serial = {dir}/serial
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
"""

# name: (signed by "ca", "other" or itself, subjectAltName, first day, last day)
TLS_PORTS = {
    "tls": ("ca", "IP:127.0.0.1,DNS:localhost", "20200101", "20991231"),
    "expired": ("ca", "IP:127.0.0.1", "20200101", "20200201"),
    "notyet": ("ca", "IP:127.0.0.1", "20980101", "20991231"),
    "wronghost": ("ca", "DNS:wrong.example", "20200101", "20991231"),
    "otherca": ("other", "IP:127.0.0.1", "20200101", "20991231"),
    "selfsigned": (None, "IP:127.0.0.1", "20200101", "20991231"),
}


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, capture_output=True)


def make_key(path, name, *more):
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", path + ".key", "-subj", "/CN=" + name, *more)


def make_ca(folder, name):
    path = os.path.join(folder, name)
    make_key(path, "Test " + name, "-x509", "-days", "3650", "-out", path + ".pem")


def sign(folder, name, issuer, first, last):
    path = os.path.join(folder, name)
    by = os.path.join(folder, issuer) if issuer else path
    how = ["-cert", by + ".pem", "-keyfile", by + ".key"] if issuer else [
        "-selfsign", "-keyfile", by + ".key"]
    openssl("ca", "-batch", "-notext", "-config", os.path.join(folder, "config"), *how,
            "-startdate", first + "000000Z", "-enddate", last + "000000Z",
            "-in", path + ".csr", "-out", path + ".pem")


def serve_tls(folder):
    with open(os.path.join(folder, "config"), "w", encoding="ascii") as file:
        file.write(CA_CONFIG.format(dir=folder))
    with open(os.path.join(folder, "index"), "w", encoding="ascii"):
        pass
    with open(os.path.join(folder, "serial"), "w", encoding="ascii") as file:
        file.write("01\n")
    make_ca(folder, "ca")
    make_ca(folder, "other")
    for name, (issuer, alt, first, last) in TLS_PORTS.items():
        path = os.path.join(folder, name)
        make_key(path, "127.0.0.1", "-addext", "subjectAltName=" + alt, "-out", path + ".csr")
        sign(folder, name, issuer, first, last)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path + ".pem", path + ".key")
        serve(name, context)
    serve("mute", handler=Mute)
    serve("plain")  # for https:// on a port that speaks http


# ---- running ----

def wait_for_the_end(seconds):
    parent = os.getppid()
    end = time.monotonic() + seconds
    while time.monotonic() < end and os.getppid() == parent:
        time.sleep(0.1)


def main():
    parser = argparse.ArgumentParser(description="A web server that does what the web does to crawlers.")
    parser.add_argument("--port", type=int, default=0, help="of the first plain origin")
    parser.add_argument("--seconds", type=float, default=120, help="to live")
    parser.add_argument("--no-tls", action="store_true", help="make no certificates")
    parser.add_argument("--addresses", type=int, default=1, help="of the first plain origin")
    parser.add_argument("--root", help="folder of files to serve")
    parser.add_argument("--headers", help="JSON file of headers for them")
    parser.add_argument("--list", action="store_true", help="print the routes")
    args = parser.parse_args()
    if args.list:
        for path, handler in ROUTES.items():
            print(f"{path:20} {handler.__doc__}")
        return
    OPTIONS.root = args.root
    if args.headers:
        with open(args.headers, encoding="utf-8") as file:
            OPTIONS.headers = json.load(file)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folder = tempfile.mkdtemp(prefix="faultserver-")
    try:
        serve("http", port=args.port)
        for i in range(2, args.addresses + 1):
            serve("http", port=PORTS["http"], address=f"127.0.0.{i}")
        serve("other")
        if not args.no_tls:
            serve_tls(folder)
        print(json.dumps({**PORTS, "ca": os.path.join(folder, "ca.pem")}), flush=True)
        wait_for_the_end(args.seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
