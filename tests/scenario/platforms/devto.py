"""DEV: the account, the list of its articles, each article."""
from platforms import words
from platforms.case import OWN, SHARED, Case, as_json, at, load

HOST = "dev.to"


def post_of(article):
    own, others = words.of_html(article["body_html"]) if article.get("body_html") else \
        words.of_markdown(article["body_markdown"])
    return {"id": str(article["id"]), "url": article["url"], "published": words.when(article["published_at"]),
            "kind": "post", "text": words.join(article["title"], own), "others": others}


def case_of(name, user, rows, articles):
    who = user["username"]
    routes = [at(HOST, "/api/users/by_username", as_json(user), url=who),
              at(HOST, "/api/articles", as_json(rows), username=who, page=1),
              *[at(HOST, f"/api/articles/{article['id']}", as_json(article)) for article in articles]]
    return Case(name, f"https://{HOST}/{who}", routes, [post_of(article) for article in articles],
                verdicts=("ok", "truncated"), source="devto", facts={"name": user["name"], "handle": who})


def genuine():
    row = load(SHARED / "devto/api_article.json")
    user = {**row["user"], "type_of": "user", "id": row["user"]["user_id"], "summary": "Words of mine.",
            "joined_at": "Jan  1, 2017"}
    whole = {**row, "body_html": "<p>The article as its author wrote it.</p>"}  # the list has but its first words
    yield case_of("devto/api_article", user, [row], [whole])


def own():
    user, rows, article = (load(OWN / f"devto/{name}.json") for name in ("user", "list", "article"))
    second = {**rows[1], "body_markdown": "> Bob said\n\nNo.\n"}
    yield case_of("own/devto", user, rows, [article, second])
