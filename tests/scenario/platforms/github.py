"""GitHub: the account, then the lists that its REST API gives a visitor."""
import ast

from platforms import words
from platforms.case import OWN, SHARED, Case, as_file, as_json, at, load, read

FOLDER = SHARED / "github"
API = "api.github.com"
# where in an event's payload the words are, their title and their time
WORDS = {"IssueCommentEvent": ("comment", None, "created_at", "reply"),
         "CommitCommentEvent": ("comment", None, "created_at", "reply"),
         "PullRequestReviewCommentEvent": ("comment", None, "created_at", "reply"),
         "PullRequestReviewEvent": ("review", None, "submitted_at", "reply"),
         "ReleaseEvent": ("release", "name", "published_at", "post")}


def post(ident, row, title, body, time, kind="post", others=""):
    own, quoted = words.of_markdown(body)
    return {"id": ident, "url": row.get("html_url"), "published": words.when(time), "kind": kind,
            "text": words.join(title, own), "others": words.join(quoted, others)}


def same(name, login):
    return (name or "").lower() == login.lower()


def issue_posts(rows, login):
    return [post(f"issue/{row['id']}", row, row["title"], row["body"], row["created_at"]) for row in rows
            if same(row["user"]["login"], login)]


def event_posts(rows, login):
    for row in rows:
        if row.get("type") not in WORDS or not same(row["actor"]["login"], login):
            continue
        key, title, time, kind = WORDS[row["type"]]
        thing = row["payload"][key]
        others = (row["payload"].get("issue") or {}).get("title")
        title = thing.get(title) if title else None
        if title or thing.get("body"):
            written = thing.get(time) or row["created_at"]
            yield post(f"event/{thing['id']}", thing, title, thing.get("body"), written, kind, others)


def repo_posts(rows, login):
    return [post(f"repository/{row['id']}", row, row["name"], row["description"], row["created_at"]) for row in rows
            if same(row["owner"]["login"], login) and not row["fork"]]


def commit_posts(rows, login):
    return [post(f"commit/{row['sha']}", row, None, row["commit"]["message"], row["commit"]["author"]["date"])
            for row in rows if same((row["author"] or {}).get("login"), login)]


def act_posts(kind, rows):
    """Follows, memberships, stars: no words of the person's own, but whom or what they are about."""
    for row in rows:
        thing = row.get("repo", row)
        handle = thing["owner"]["login"] if kind == "star" else thing["login"]
        yield {"id": f"{kind}/{thing['full_name'] if kind == 'star' else handle}", "kind": kind, "text": "",
               "published": words.when(row.get("starred_at")),
               "others": words.join(f"@{handle}", thing.get("full_name"), thing.get("description"))}


def found(rows):
    return {"total_count": len(rows), "incomplete_results": False, "items": rows}


def case_of(name, user, issues=(), events=(), repos=(), commits=(), headers=(), acts=()):
    """@acts: follow, membership and star, each with the rows of its list."""
    acts = {"follow": [], "membership": [], "star": [], **dict(acts)}
    login = user["login"]
    issues, events, repos, commits = map(list, (issues, events, repos, commits))
    posts = [*issue_posts(issues, login), *event_posts(events, login), *repo_posts(repos, login),
             *commit_posts(commits, login)]
    posts += [post for kind, rows in acts.items() for post in act_posts(kind, rows)]
    place = f"/users/{login}"
    routes = [at(API, place, as_json(user, headers=headers)),
              at(API, "/search/issues", as_json(found(issues), headers=headers), part="main" if issues else "",
                 q=f"author:{login}"),
              at(API, f"{place}/events/public", as_json(events, headers=headers), page=1),
              at(API, f"{place}/repos", as_json(repos, headers=headers), part="also", page=1),
              at(API, "/search/commits", as_json(found(commits), headers=headers), part="also", q=f"author:{login}"),
              at(API, f"{place}/following", as_json(acts["follow"]), part="also"),
              at(API, f"{place}/orgs", as_json(acts["membership"]), part="also"),
              at(API, f"{place}/starred", as_json(acts["star"]), part="also"),
              at(API, f"{place}/gists", as_json([]), part=""),
              at(API, f"{place}/social_accounts", as_json([]), part="")]
    return Case(name, f"https://github.com/{login}", routes, posts, verdicts=("truncated",), source="github",
                aside=("bio", "handle"), facts={"handle": login, "name": user.get("name") or login})


def rates():
    """The rate headers as they were recorded, with a limit that is not used up."""
    rows = ast.literal_eval(read(FOLDER / "rest_user_headers.txt").decode())
    return tuple((key, value) for key, value in rows if key.lower().startswith("x-ratelimit"))


def genuine():
    user = load(FOLDER / "rest_user.json")
    acts = {"follow": load(FOLDER / "rest_user_following.json"), "membership": load(FOLDER / "rest_user_orgs.json"),
            "star": load(FOLDER / "rest_user_starred.json")}
    yield case_of("github/rest_user", user, [load(FOLDER / "rest_issue.json")],
                  load(FOLDER / "rest_user_events_public_2012.json"), headers=rates(), acts=acts)
    simon = load(FOLDER / "dogsheep_user.json")
    repo = load(FOLDER / "dogsheep_repo.json")
    comments = [{"id": str(i), "type": "IssueCommentEvent", "actor": comment["user"],
                 "created_at": comment["created_at"], "payload": {"action": "created", "comment": comment}}
                for i, comment in enumerate(load(FOLDER / "dogsheep_issue-comments.json"))]
    owner = {**simon, "login": repo["owner"]["login"]}
    starred = {"star": load(FOLDER / "dogsheep_starred.json")}
    yield case_of("github/dogsheep", {**simon, "following": 1}, load(FOLDER / "dogsheep_issues.json"), comments,
                  acts=starred)
    yield case_of("github/dogsheep_repo", owner, repos=[repo])
    events = {}
    for path in sorted((FOLDER / "events").glob("*.json")):
        event = load(path)
        if event and "[bot]" not in event["actor"]["login"]:  # a bot has no profile; public_event.json is {}
            events.setdefault(event["actor"]["login"], []).append(event)
        elif event:  # the shape is read all the same: by whoever's name a profile can have
            person = {**event["actor"], "login": path.stem.replace("_", "-")}
            events[person["login"]] = [{**event, "actor": person}]
    for login, rows in events.items():
        yield case_of(f"github/events/{login}", {**user, "login": login}, events=rows)
    yield Case("github/rest_user_404", "https://github.com/ThisUserShouldReallyNotExist",
               [at(API, "/users/ThisUserShouldReallyNotExist", as_file(FOLDER / "rest_user_404.json", status=404))],
               [], verdicts=("not-found",), source="github")
    yield Case("github/rest_rate_limited_403", "https://github.com/limited",
               [at(API, "/users/limited", as_file(FOLDER / "rest_rate_limited_403.json", status=403,
                                                  headers=(("X-RateLimit-Remaining", "0"),)))],
               [], verdicts=("rate-limited",), source="github")


def own():
    rows = {name: load(OWN / f"github/{name}.json") for name in ("user", "issues", "events", "repos", "commits")}
    yield case_of("own/github", rows["user"], rows["issues"]["items"], rows["events"], rows["repos"],
                  rows["commits"]["items"])
