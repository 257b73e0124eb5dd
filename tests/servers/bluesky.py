"""Bluesky: a PDS with its AppView and PLC directory, by npm, on PostgreSQL and Redis.

The hosts that the source asks are played by a proxy in front of them (platforms/server.py)."""
import pathlib
import shutil
import urllib.error
import urllib.parse
import urllib.request

from ground import Client
from platforms import server, world
from platforms.case import Reply, Route

PACKAGES = ("postgresql", "redis-server")
MODULE = "@atproto/dev-env@0.3.215"
PDS, BEHIND = 2583, {"public.api.bsky.app": 2584, "plc.directory": 2582}
POSTGRES = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))


class Forwarding(server.Scene):
    """Each host is the server behind it."""

    def __init__(self):
        super().__init__([])

    def find(self, method, host, path, query, body):
        port = BEHIND.get(host)
        if not port or method != "GET":
            return None
        asked = f"http://127.0.0.1:{port}{urllib.parse.quote(path, ':/')}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return self.route(host, path, answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return self.route(host, path, error.code, error.headers, error.read())

    @staticmethod
    def route(host, path, status, headers, body):
        return Route(host, path, Reply(body, headers.get("Content-Type"), status))


class Server:
    edits = ""  # a post can not be edited
    sources = ("bluesky",)

    def __init__(self, ground):
        self.ground = ground
        self.start_databases()
        shutil.copy(pathlib.Path(__file__).parent / "bluesky.mjs", ground.tools)
        ground.start("node", "bluesky.mjs", cwd=ground.tools, env={
            "DB_POSTGRES_URL": "postgresql://postgres@127.0.0.1:5433/postgres", "REDIS_HOST": "127.0.0.1:6380",
            "NODE_ENV": "test", "LOG_ENABLED": "false"})
        log = ground.folder / "node.log"
        ground.wait(lambda: "READY" in log.read_text(errors="replace"), "Bluesky")
        pds = Client(f"http://127.0.0.1:{PDS}")
        made = pds.ask("/xrpc/com.atproto.server.createAccount", {"handle": "ada.test", "email": "ada@ada.example",
                                                                  "password": "a long password"})
        self.did = made["did"]
        self.client = Client(f"http://127.0.0.1:{PDS}", bearer=made["accessJwt"])
        self.appview = Client(f"http://127.0.0.1:{BEHIND['public.api.bsky.app']}")
        self.profile = f"https://bsky.app/profile/{self.did}"
        self.posts = 0
        self.serve()

    def start_databases(self):
        data, tools = self.ground.folder / "postgres", POSTGRES[-1]
        data.mkdir()
        shutil.chown(data, "postgres", "postgres")
        self.ground.run(tools / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync", user="postgres",
                        cwd="/")
        self.ground.start(tools / "postgres", "-D", data, "-p", "5433", "-c", "listen_addresses=127.0.0.1",
                          "-c", "fsync=off", "-c", f"unix_socket_directories={data}", user="postgres", cwd="/")
        self.ground.start("redis-server", "--port", "6380", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")

        def ready():
            try:
                self.ground.run(tools / "pg_isready", "-h", "127.0.0.1", "-p", "5433")
                return True
            except AssertionError:
                return False
        self.ground.wait(ready, "PostgreSQL")

    def serve(self):
        """The hosts that the source asks, at an address that is public in here."""
        hosts = sorted(BEHIND)
        authority, certificate, key = world.make_authority(self.ground.folder, hosts)
        self.ground.run("ip", "address", "add", f"{world.address_of(0)}/32", "dev", "lo")
        server.Server({world.address_of(0): Forwarding()}, certificate, key).start()
        hosts_file = self.ground.folder / "hosts"
        hosts_file.write_text("127.0.0.1 localhost\n" + "".join(f"{world.address_of(0)} {host}\n" for host in hosts))
        self.ground.run("mount", "--bind", hosts_file, "/etc/hosts")
        self.fetch = f"delay: 0s\nca-file: {authority}"

    def repo(self, call, **data):
        place = {"repo": self.did, "collection": "app.bsky.feed.post"}
        return self.client.ask(f"/xrpc/com.atproto.repo.{call}", {**place, **data})

    def shown(self):
        try:
            feed = self.appview.ask(f"/xrpc/app.bsky.feed.getAuthorFeed?actor={self.did}")["feed"]
        except urllib.error.HTTPError:  # the account itself is not indexed yet
            return set()
        return {item["post"]["uri"] for item in feed}

    def post(self, text):
        self.posts += 1
        record = {"$type": "app.bsky.feed.post", "text": text, "langs": ["en"],
                  "createdAt": f"2026-01-{self.posts:02}T10:00:00.000Z"}
        uri = self.repo("createRecord", record=record)["uri"]
        self.ground.wait(lambda: uri in self.shown(), "the AppView's index")
        return uri, f"https://bsky.app/profile/{self.did}/post/{uri.rpartition('/')[2]}"

    def delete(self, uri):
        self.repo("deleteRecord", rkey=uri.rpartition("/")[2])
        self.ground.wait(lambda: uri not in self.shown(), "the AppView's index")
