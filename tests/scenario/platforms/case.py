"""What a platform answers to whom, and what must come of it."""
import dataclasses
import json
import pathlib

from harness import ROOT

SHARED = ROOT.parent / "shared" / "platforms"
SERVERS = ROOT.parent / "shared" / "servers"
OWN = ROOT / "tests" / "fixtures"

JSON = "application/json; charset=utf-8"
ATOM = "application/atom+xml"
RSS = "application/rss+xml"
XML = "text/xml"
FEED_JSON = "application/feed+json; charset=utf-8"
ACTIVITY = "application/activity+json; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclasses.dataclass(frozen=True)
class Reply:
    body: bytes
    kind: str = JSON
    status: int = 200
    headers: tuple = ()
    torn: bool = False  # the connection ends in the middle of the body
    gzip: bool = False  # whether it was asked for or not


@dataclasses.dataclass(frozen=True)
class Route:
    """@path and @query (those keys, no matter which others) at https://@host lead to @reply.

    @part: "main": what the profile stands on; "also": what adds to it; "": what only ends a list.
    """
    host: str
    path: str
    reply: Reply
    query: tuple = ()  # of (key, value)
    part: str = "main"
    method: str = "GET"
    body: tuple = ()  # of (key, value): what stands in the JSON of a POST

    def key(self):
        return self.host, self.method, self.path, self.query, self.body


@dataclasses.dataclass
class Case:
    """@posts: dicts of id, url, kind, published, text, others, as far as they are told apart (text and others as
    words, white space apart).  @facts: those that are compared.  @aside: kinds of posts that are not compared.

    A reader derives @posts from the sample by json and ElementTree alone: what dirtwatch prints is never copied.
    """
    name: str
    url: str
    routes: list
    posts: list
    verdicts: tuple = ("ok",)
    source: str = ""
    facts: dict = dataclasses.field(default_factory=dict)
    aside: tuple = ("bio", "handle", "like", "follow", "star", "membership")
    config: str = ""        # more lines of its entry in the config
    written: str = ""       # how the config writes it, where that is not the URL
    tolerant: bool = False  # markup that no parser can call broken: cut off it is only shorter
    ordered: bool = False   # the order of rows has a meaning: they are not shuffled

    @property
    def verified(self):
        return any(verdict in ("ok", "empty", "truncated", "unchanged") for verdict in self.verdicts)


def at(host, path, reply, part="main", method="GET", body=(), **query):
    """A route; a trailing _ of a keyword that Python keeps for itself is cut off."""
    pairs = tuple((key.rstrip("_"), str(value)) for key, value in query.items())
    return Route(host, path, reply, pairs, part, method, tuple(body))


READ = set()  # files that cases are made of


def read(path):
    READ.add(pathlib.Path(path))
    return pathlib.Path(path).read_bytes()


def as_json(value, kind=JSON, **more):
    return Reply(json.dumps(value, ensure_ascii=False).encode(), kind, **more)


def as_file(path, kind=JSON, **more):
    return Reply(read(path), kind, **more)


def load(path):
    return json.loads(read(path))


def headers_of(path):
    """Headers as curl -D writes them, without those that are the connection's own affair."""
    ours = ("content-length", "content-encoding", "content-type", "connection", "transfer-encoding", "date",
            "set-cookie", "keep-alive")
    rows = [line.split(":", 1) for line in read(path).decode().splitlines() if ":" in line]
    return tuple((key.strip(), value.strip()) for key, value in rows
                 if key.strip().lower() not in ours and not key.lower().startswith("http/"))
