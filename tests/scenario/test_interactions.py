"""Whom an account follows and what it stars: a competitor's is one finding, however much of it there is."""
import json

import pytest

JSON = "types {} default_type application/json;"
PERSON = """
employer: {name: Initech}
competitors: [{name: Globex, domains: [globex.example], handles: ["@globex"]}]
"""


class GitLab:
    """A GitLab server on loopback: Ada's account, an event, stars and follows."""

    def __init__(self, nginx):
        places = {"/api/v4/users": "users", "/api/v4/users/ada/events": "events", "/api/v4/users/7": "about",
                  "/api/v4/users/7/projects": "projects", "/api/v4/users/7/starred_projects": "starred",
                  "/api/v4/users/7/following": "following"}
        self.site = nginx(conf="".join(f"location = {path} {{ {JSON} try_files /{name}.json =404; }}\n"
                                       for path, name in places.items()))
        account = {"id": 7, "username": "ada", "name": "Ada Example", "state": "active"}
        self.put("users", [account])
        self.put("about", account)
        self.put("events", [{"id": 1, "action_name": "opened", "target_title": "It leaks", "author_username": "ada",
                             "created_at": "2026-05-01T10:00:00Z"}])
        self.put("projects", [])
        self.stars()
        self.follows()

    def put(self, name, what):
        self.site.put(f"{name}.json", json.dumps(what))

    def stars(self, *paths):
        self.put("starred", [{"id": number, "path_with_namespace": path, "web_url": f"{self.site.url}/{path}"}
                             for number, path in enumerate(paths)])

    def follows(self, *names):
        self.put("following", [{"id": number, "username": name, "web_url": f"{self.site.url}/{name}"}
                               for number, name in enumerate(names)])


@pytest.fixture
def gitlab(dirtwatch, nginx):
    server = GitLab(nginx)
    dirtwatch.configure([f"{{url: {server.site.url}/ada, source: gitlab}}"], PERSON)
    return server


def test_all_of_a_company_is_one_finding(dirtwatch, gitlab):
    gitlab.stars("globex/widget", "bob/globex", "globex/tool")
    gitlab.follows("globex", "bob", "globexfan")
    result = dirtwatch.scan()
    (finding,) = result.events("finding")
    assert finding["rule"] == "conflict.competitor.tie:globex" and finding["severity"] == "low", finding
    assert finding["kind"] in ("star", "follow") and "@globex" in finding["excerpt"], finding
    coverage = result.profile()["coverage"]
    assert coverage["posts"] == 1 and coverage["interactions"] == 6, coverage
    acts = [event for event in result.events("post") if event["kind"] in ("star", "follow")]
    assert len(acts) == 6 and all(act["text"] == "" and act["others"] and act["links"] for act in acts)
    assert dirtwatch.scan().profile()["standing"] == 1


def test_taken_back_it_is_resolved(dirtwatch, gitlab):
    gitlab.stars("globex/widget")
    gitlab.follows("globex")
    assert dirtwatch.scan().profile()["opened"] == 1
    gitlab.follows()
    assert dirtwatch.scan().profile()["standing"] == 1  # the star still stands
    gitlab.stars()
    dirtwatch.scan()
    assert dirtwatch.scan().profile()["resolved"] == 1


def test_a_list_that_fails_takes_nothing_back(dirtwatch, gitlab):
    gitlab.follows("globex")
    assert dirtwatch.scan().profile()["opened"] == 1
    (gitlab.site.root / "following.json").unlink()
    for _ in range(3):
        profile = dirtwatch.scan().profile()
        assert profile["resolved"] == 0 and profile["verified"], profile
        assert "following" in profile["coverage"]["lack"], profile


def test_of_a_former_employer_it_is_expected(dirtwatch, gitlab):
    gitlab.follows("globex")
    dirtwatch.configure([f"{{url: {gitlab.site.url}/ada, source: gitlab}}"],
                        PERSON + "former-employers: [Globex]\n")
    assert not dirtwatch.scan().events("finding")
