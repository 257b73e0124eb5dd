"""Hacker News: the account from Firebase, its items from Algolia's search."""
from platforms import words
from platforms.case import OWN, SHARED, Case, as_file, as_json, at, load

FOLDER = SHARED / "hackernews"
FIREBASE, ALGOLIA, SITE = "hacker-news.firebaseio.com", "hn.algolia.com", "https://news.ycombinator.com"


def post_of(hit):
    text = hit.get("comment_text") or hit.get("story_text")
    own, others = words.of_html(text)
    comment = bool(hit.get("comment_text"))
    return {"id": hit["objectID"], "url": f"{SITE}/item?id={hit['objectID']}", "kind": "reply" if comment else "post",
            "published": words.when(hit["created_at_i"]),
            "text": words.join(hit.get("title"), own),
            "others": words.join(others, hit.get("story_title") if comment else "")}


def case_of(name, user, found, verdicts):
    who = user["id"]
    routes = [at(FIREBASE, f"/v0/user/{who}.json", as_json(user)),
              at(ALGOLIA, "/api/v1/search_by_date", as_json(found), part="main" if found["hits"] else "",
                 tags=f"author_{who}")]
    return Case(name, f"{SITE}/user?id={who}", routes, [post_of(hit) for hit in found["hits"]], verdicts=verdicts,
                source="hackernews", facts={"handle": who, "posts": len(user["submitted"])})


def hit_of(item):
    """An item of Firebase's as Algolia has it: that is where dirtwatch reads it."""
    comment = item["type"] == "comment"
    return {"objectID": str(item["id"]), "author": item["by"], "created_at_i": item["time"],
            "created_at": words.when(item["time"]), "title": item.get("title"), "url": item.get("url") or None,
            "story_text": None if comment else item.get("text"), "comment_text": item.get("text") if comment else None,
            "_tags": [item["type"], f"author_{item['by']}"]}


def search(hits):
    return {"hits": hits, "nbHits": len(hits), "page": 0, "nbPages": 1, "hitsPerPage": 1000}


def genuine():
    found = load(FOLDER / "synthetic_algolia_search_by_date.json")
    user = load(FOLDER / "firebase_user.json")
    listed = [int(hit["objectID"]) for hit in found["hits"]]
    searched = {**found, "nbHits": len(listed)}
    yield case_of("hackernews/algolia", {**user, "id": "testuser", "submitted": listed}, searched, ("ok",))
    yield case_of("hackernews/firebase_user", user, search([]), ("truncated",))
    for path in sorted(FOLDER.glob("firebase_*.json")):
        if path.stem in ("firebase_user", "firebase_doc_pollopt_5"):  # an option of a poll stands in no list
            continue
        item = load(path)
        account = {"id": item["by"], "created": 1160418111, "karma": 1, "submitted": [item["id"]]}
        yield case_of(f"hackernews/{path.stem}", account, search([hit_of(item)]), ("ok",))
    yield Case("hackernews/nobody", f"{SITE}/user?id=nobody",
               [at(FIREBASE, "/v0/user/nobody.json", as_json(None))], [], verdicts=("not-found",), source="hackernews")


def own():
    user, found = load(OWN / "hackernews/user.json"), load(OWN / "hackernews/items.json")
    case = case_of("own/hackernews", user, found, ("truncated",))
    case.routes[0] = at(FIREBASE, f"/v0/user/{user['id']}.json", as_file(OWN / "hackernews/user.json"))
    yield case
