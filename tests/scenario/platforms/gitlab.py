"""GitLab: the account by its name, its events."""
from platforms import words
from platforms.case import OWN, SHARED, Case, as_json, at, load

FOLDER = SHARED / "gitlab"


def posts_of(events, name):
    for event in events:
        if event["author_username"] != name:
            continue
        note, push = event.get("note"), event.get("push_data") or {}
        own, quoted = words.of_markdown(note["body"]) if note else ("", "")
        opened = event["action_name"].startswith("opened")
        title = None if note else event["target_title"] if opened else push.get("commit_title")
        if own or title:
            yield {"id": f"event/{event['id']}", "url": None, "published": words.when(event.get("created_at")),
                   "kind": "reply" if note else "post", "text": words.join(title, own),
                   "others": words.join(quoted, event["target_title"] if note else "")}


def case_of(name, host, found, about, events):
    who = found["username"]
    routes = [at(host, "/api/v4/users", as_json([found]), username=who),
              at(host, f"/api/v4/users/{who}/events", as_json(events), page=1),
              at(host, f"/api/v4/users/{found['id']}", as_json(about), part="also"),
              at(host, f"/api/v4/users/{found['id']}/following", as_json([]), part=""),
              at(host, f"/api/v4/users/{found['id']}/starred_projects", as_json([]), part="")]
    return Case(name, f"https://{host}/{who}", routes, list(posts_of(events, who)), verdicts=("truncated",),
                source="gitlab", facts={"handle": who, "name": found["name"]})


def genuine():
    found, about = load(FOLDER / "api_users_search.json")[0], load(FOLDER / "api_user.json")
    events = load(FOLDER / "api_events.json")
    same = {**about, "username": found["username"]}
    yield case_of("gitlab/api_users_search", "gitlab.search.example", found, same, [])
    author = {**about, "username": events[0]["author_username"], "id": events[0]["author_id"]}
    yield case_of("gitlab/api_events", "gitlab.events.example", author, author, events)
    yield Case("gitlab/nobody", "https://gitlab.nobody.example/nobody",
               [at("gitlab.nobody.example", "/api/v4/users", as_json([]), username="nobody")], [],
               verdicts=("not-found",), source="gitlab")


def own():
    users, about, events = (load(OWN / f"gitlab/{name}.json") for name in ("users", "user", "events"))
    yield case_of("own/gitlab", "gitlab.own.example", users[0], about, events)
