"""A token is sent to its platform and to nobody else, and stands nowhere: neither in what is told, stored or
dumped, nor in the reader."""
import json
import os
import pathlib
import re
import resource
import signal
import urllib.parse

import pytest
from harness import INSULT, ROOT, FaultServer, wait_for
from platforms import world
from platforms.case import HTML, Case, Reply, as_json, at
from test_mastodon import account, status

TOKEN = "Zq7-secret_token.0123456789abcdefghijklmnop"
LATER = "Zq7-later_token.9876543210zyxwvutsrqponmlk"
JSON = {"Content-Type": "application/json"}
LOOKUP = "/api/v1/accounts/lookup"
STATUSES = "/api/v1/accounts/42/statuses"


@pytest.fixture
def server(tmp_path):
    """A Mastodon server on loopback whose account has one dirty post."""
    site = FaultServer(tmp_path / "server", headers={LOOKUP[1:]: JSON, STATUSES[1:]: JSON})
    site.put(LOOKUP[1:], json.dumps(account()))
    site.put(STATUSES[1:], json.dumps([status(3, f"<p>{INSULT}</p>")]))
    yield site
    site.stop()


def write_token(dirtwatch, text=TOKEN, mode=0o600):
    path = dirtwatch.folder / "token"
    path.unlink(missing_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
    path.chmod(mode)
    return path


def configure(dirtwatch, server, profiles=None, **sections):
    host = urllib.parse.urlsplit(server.url).netloc
    dirtwatch.configure(profiles or [server.url + "/@ada"],
                        tokens=f"- {{for: mastodon, host: \"{host}\", file: token}}", **sections)


def told(server):
    """What each request said of itself: (port, path, Authorization)."""
    return [(row["port"], row["target"].split("?")[0], row["headers"].get("authorization"))
            for row in server.log() + server.log(robots=True)]


def stored(dirtwatch):
    """All that is in the state folder, write-ahead log and all."""
    return b"".join(path.read_bytes() for path in dirtwatch.state.rglob("*") if path.is_file())


def holds(data, secret=TOKEN):
    data = data if isinstance(data, bytes) else data.encode()
    return secret.encode() in data


def memory_of(pid):
    """Everything that the process @pid has in memory and may be read."""
    parts = []
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as mem:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) r.*?(\[v\w+\])?$", line)
            if not match or match.group(3):
                continue
            start, end = int(match.group(1), 16), int(match.group(2), 16)
            try:
                mem.seek(start)
                while start < end:
                    part = mem.read(min(end - start, 1 << 20))
                    if not part:
                        break
                    parts.append(part)
                    start += len(part)
            except OSError:
                continue
    return b"".join(parts)


def children(pid):
    """Processes that @pid has started."""
    found = []
    for path in pathlib.Path("/proc").iterdir():
        try:
            if path.name.isdigit() and f"\nPPid:\t{pid}\n" in (path / "status").read_text():
                found.append(int(path.name))
        except OSError:
            continue  # it has ended
    return found


# ---- where it goes ----

def test_it_goes_to_the_api_and_stands_nowhere(dirtwatch, server):
    write_token(dirtwatch)
    configure(dirtwatch, server)
    result = dirtwatch.scan("--verbose")
    assert result.profile()["verified"] and len(result.events("finding")) == 1, result.out + result.err
    sent = told(server)
    assert {(path, token) for _, path, token in sent if path.startswith("/api/")} >= {
        (LOOKUP, f"Bearer {TOKEN}"), (STATUSES, f"Bearer {TOKEN}")}
    assert {token for _, path, token in sent if not path.startswith("/api/")} <= {None}
    assert not holds(result.out) and not holds(result.err) and not holds(stored(dirtwatch))
    checked = dirtwatch.run("--check-config", str(dirtwatch.config))
    assert f"tokens in use: mastodon ({urllib.parse.urlsplit(server.url).netloc})" in checked.out
    assert not holds(checked.out + checked.err)


def test_one_that_is_refused_is_told_and_nothing_else_tried(dirtwatch, server):
    write_token(dirtwatch)
    configure(dirtwatch, server)
    server.put("@ada.rss", "<rss/>")
    server.become(LOOKUP, to="/status/401")
    result = dirtwatch.scan("--verbose")
    profile = result.profile()
    host = urllib.parse.urlsplit(server.url).netloc
    assert result.status == 3 and profile["verdict"] == "auth-required" and not profile["verified"]
    assert f"the token for mastodon ({host}) was refused" in profile["why"]
    assert [path for _, path, _ in told(server) if path != "/robots.txt"] == [LOOKUP]
    assert not holds(result.out + result.err) and not holds(stored(dirtwatch))


@pytest.mark.parametrize("where", ["body", "link", "location"])
def test_an_answer_that_repeats_it_is_thrown_away(dirtwatch, server, where):
    write_token(dirtwatch)
    configure(dirtwatch, server)
    server.become(LOOKUP, to=f"/echo?where={where}")
    result = dirtwatch.scan("--verbose")
    assert result.profile()["verdict"] == "network-error", result.out
    assert "repeats the token" in result.profile()["why"]
    assert not holds(result.out + result.err) and not holds(stored(dirtwatch))


# ---- where it goes on the open web ----

SECRETS = {"hub": "Zq7-hub-0123456789abcdef", "stack": "Zq7((stack*0123456789", "toot": "Zq7-toot-0123456789abcdef",
           "tube": "Zq7-tube_0123456789abcdef", "red": "Zq7-red.0123456789abcdef"}
TOKENS = """tokens:
  - {for: github, file: hub}
  - {for: stackexchange, file: stack}
  - {for: youtube, file: tube}
  - {for: reddit, file: red}
  - {for: mastodon, host: social.example, file: toot}
"""


def hand_over(folder):
    for name, text in SECRETS.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o600)
    with open(folder / "dirtwatch.yaml", "a", encoding="utf-8") as config:
        config.write(TOKENS)


def moved(host, path, to):
    return at(host, path, Reply(b"", status=302, headers=(("Location", to),)))


def page(body):
    return Reply(f"<html><head>{body}</head><body><p>Hello, this is about engines.</p></body></html>".encode(), HTML)


def so_user(**more):
    return {"items": [{"user_id": 1, "display_name": "Ada", "account_id": 9, "reputation": 1,
                       "link": "https://stackoverflow.com/users/1/ada", "creation_date": 1600000000, **more}],
            "has_more": False, "quota_max": 10000, "quota_remaining": 9999}


# What is asked where: name, profile, routes, and who must get which token.
OPEN_WEB = [
    ("redirected away and back", "https://github.com/ada",
     [moved("api.github.com", "/users/ada", "https://evil.example/steal"),
      moved("evil.example", "/steal", "https://api.github.com/user/1"),
      at("api.github.com", "/user/1", as_json({"message": "Not Found"}, status=404))],
     {("api.github.com", "/users/ada"): f"Bearer {SECRETS['hub']}"}),
    ("redirected within the API", "https://github.com/ada",
     [moved("api.github.com", "/users/ada", "https://api.github.com/user/1"),
      at("api.github.com", "/user/1", as_json({"message": "Not Found"}, status=404))],
     {("api.github.com", "/users/ada"): f"Bearer {SECRETS['hub']}",
      ("api.github.com", "/user/1"): f"Bearer {SECRETS['hub']}"}),
    ("a page that leads to the API", "https://ada.example/",
     [at("ada.example", "/", page('<link rel="alternate" type="application/rss+xml" '
                                  'href="https://api.github.com/users/ada">')),
      at("api.github.com", "/users/ada", as_json({"login": "ada"}))],
     {}),
    ("a key in the query", "https://stackoverflow.com/users/1/ada",
     [at("api.stackexchange.com", "/2.3/users/1", as_json(so_user()))],
     ("api.stackexchange.com", SECRETS["stack"])),
    ("a key in a query, and another way in", "https://www.youtube.com/@ada",
     [at("www.googleapis.com", "/youtube/v3/channels",
         Reply((ROOT / "tests/fixtures/youtube/api_channel.json").read_bytes()), forHandle="@ada"),
      at("www.googleapis.com", "/youtube/v3/playlistItems",
         Reply((ROOT / "tests/fixtures/youtube/api_films.json").read_bytes()))],
     ("www.googleapis.com", SECRETS["tube"])),
    ("a bearer, and another way in", "https://www.reddit.com/user/ada_e",
     [at("oauth.reddit.com", "/user/ada_e/about",
         Reply((ROOT / "tests/fixtures/reddit/about.json").read_bytes()))],
     {("oauth.reddit.com", path): f"Bearer {SECRETS['red']}"
      for path in ("/user/ada_e/about", "/user/ada_e/overview")}),
    ("a server of many", "https://social.example/@ada",
     [moved("social.example", LOOKUP, f"https://other.example{LOOKUP}"),
      at("other.example", LOOKUP, as_json(account()))],
     {("social.example", "/api/"): f"Bearer {SECRETS['toot']}"}),
    ("another server of the kind", "https://other.example/@ada",
     [at("other.example", LOOKUP, as_json(account())),
      at("other.example", STATUSES, as_json([status(3, "<p>Engines.</p>")]))], {}),
]


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    if not world.can_enter():
        pytest.skip("the platforms' world needs root and unshare(1)")
    folder = tmp_path_factory.mktemp("tokens")
    scenes = [[Case(name, url, routes, [])] for name, url, routes, _ in OPEN_WEB]
    return folder, world.run(folder, scenes, prepare=hand_over)


@pytest.mark.parametrize("number", range(len(OPEN_WEB)), ids=[name for name, *_ in OPEN_WEB])
def test_on_the_open_web(played, number):
    folder, results = played
    _, _, routes, authorised = OPEN_WEB[number]
    requests = results[number]["requests"]
    assert {r["host"] for r in requests} >= {route.host for route in routes}, requests
    if isinstance(authorised, tuple):
        host, secret = authorised
        keys = [urllib.parse.parse_qs(urllib.parse.urlsplit(r["target"]).query).get("key") for r in requests
                if r["host"] == host and r["target"] != "/robots.txt"]
        assert keys and set(map(str, keys)) == {str([secret])}, requests
        assert not any("Zq7" in r["target"] for r in requests if r["host"] != host), requests
        assert not any(r["authorization"] for r in requests), requests
    else:
        assert not any("Zq7" in r["target"] for r in requests), requests
        whole = {path for _, path in authorised if path.endswith("/")}  # stands for all below it
        sent = {(r["host"], next((path for path in whole if r["target"].startswith(path)), r["target"].split("?")[0])):
                r["authorization"] for r in requests if r["authorization"]}
        assert sent == authorised, requests
    kept = [path for path in (folder / str(number)).rglob("*")
            if path.is_file() and path.name not in SECRETS]
    assert any(path.name == "dirtwatch.db" for path in kept)
    assert not [path for path in kept if b"Zq7" in path.read_bytes()]


# ---- where it is ----

def test_the_reader_has_nothing_of_it(dirtwatch, server):
    if os.geteuid() != 0:
        pytest.skip("only root may look into the processes")
    folder = dirtwatch.folder / "credentials"
    folder.mkdir(mode=0o700)
    write_token(dirtwatch).rename(folder / "stackexchange-key")
    write_token(dirtwatch, LATER)
    configure(dirtwatch, server)
    daemon = dirtwatch.start("--verbose", before=("env", f"CREDENTIALS_DIRECTORY={folder}"))
    try:
        daemon.wait_told("READY=1")
        daemon.wait_status("1 of 1 verified")
        main = daemon.process.pid
        assert "tokens in use: stackexchange, mastodon (" in daemon.said()
        readers = wait_for(lambda: children(main))
        for pid in readers:
            proc = pathlib.Path(f"/proc/{pid}")
            assert not holds((proc / "environ").read_bytes(), str(folder))
            assert not holds((proc / "cmdline").read_bytes(), "Zq7")
            assert b"CREDENTIALS" not in (proc / "environ").read_bytes()
            assert not holds(memory_of(pid)) and not holds(memory_of(pid), LATER)
            files = {os.readlink(fd) for fd in (proc / "fd").iterdir()}
            assert not any("token" in name or "credentials" in name for name in files), files
        # The search finds what is there.
        assert holds(memory_of(main)) and holds(memory_of(main), LATER)
        assert not holds(daemon.said(), "Zq7") and not holds(stored(dirtwatch), "Zq7")
    finally:
        daemon.stop()


@pytest.mark.parametrize("with_token", [True, False])
def test_nothing_is_dumped_once_there_is_one(dirtwatch, server, with_token):
    pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if pattern.startswith("|") or "/" in pattern or resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        pytest.skip("cores do not go to the working folder here")
    write_token(dirtwatch)
    configure(dirtwatch, server)
    if not with_token:
        dirtwatch.configure([server.url + "/@ada"])
    daemon = dirtwatch.start(before=("prlimit", "--core=unlimited"))
    try:
        daemon.wait_told("READY=1")
        daemon.wait_status("1 of 1 verified")
        daemon.signal(signal.SIGABRT)
        daemon.process.wait(timeout=20)
    finally:
        daemon.kill()
    cores = list(dirtwatch.folder.glob("core*"))
    assert bool(cores) != with_token, cores


def test_the_keys_of_connections_are_not_written_down(dirtwatch, tmp_path):
    """A variable left over in somebody's shell would let whoever reads that file read the token on its way."""
    site = FaultServer(tmp_path / "server", tls=True)
    log = tmp_path / "keys"
    try:
        dirtwatch.configure([site.https("tls") + "/ok"], fetch=f"delay: 0s\nca-file: {site.ports['ca']}")
        result = dirtwatch.scan(before=("env", f"SSLKEYLOGFILE={log}"))
        assert site.targets() == ["/ok"], result.out
        assert not log.exists()
    finally:
        site.stop()


# ---- where it comes from ----

def test_a_reload_takes_another_one_and_refuses_a_bad_one(dirtwatch, server):
    path = write_token(dirtwatch)
    configure(dirtwatch, server)
    daemon = dirtwatch.start()
    try:
        daemon.wait_told("READY=1")
        daemon.wait_status("1 of 1 verified")
        write_token(dirtwatch, LATER)
        server.forget()
        daemon.signal(signal.SIGHUP)
        daemon.wait_told("READY=1")
        daemon.signal(signal.SIGUSR1)
        wait_for(lambda: any(token for _, _, token in told(server)))
        assert {token for _, _, token in told(server)} <= {None, f"Bearer {LATER}"}
        daemon.wait_status("1 of 1 verified")
        path.chmod(0o644)
        daemon.signal(signal.SIGHUP)
        daemon.wait_said("the new config was not taken: the old one stays")
        assert "is open to others: chmod 600" in daemon.said()
        server.forget()
        daemon.signal(signal.SIGUSR1)
        wait_for(lambda: any(token for _, _, token in told(server)))
        assert {token for _, _, token in told(server)} <= {None, f"Bearer {LATER}"}
        assert not holds(daemon.said(), "Zq7") and daemon.stop()[0] == 0
    finally:
        daemon.kill()


def test_a_file_that_others_can_read_keeps_it_from_starting(dirtwatch, server):
    write_token(dirtwatch, mode=0o640)
    configure(dirtwatch, server)
    result = dirtwatch.scan()
    assert result.status == 2 and told(server) == []
    line = next(n for n, text in enumerate(dirtwatch.config.read_text().splitlines(), 1) if "for: mastodon" in text)
    assert f"dirtwatch.yaml:{line}:" in result.err and "is open to others: chmod 600" in result.err
    assert not holds(result.out + result.err)
