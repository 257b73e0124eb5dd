"""Lemmy: the API of 0.19 (v3), in which everything is one answer, and that of 1.0 (v4)."""
from platforms import words
from platforms.case import OWN, SHARED, Case, as_json, at, load


def post_of(row, born):
    if row.get("comment"):
        comment = row["comment"]
        own, others = words.of_markdown(comment["content"])
        return {"id": f"comment/{comment['id']}", "url": comment["ap_id"], "published": words.when(comment[born]),
                "kind": "reply", "text": own, "others": words.join(others, row["post"]["name"])}
    post = row["post"]
    own, others = words.of_markdown(post.get("body"))
    return {"id": f"post/{post['id']}", "url": post["ap_id"], "published": words.when(post[born]), "kind": "post",
            "text": words.join(post["name"], own, post.get("alt_text")), "others": others}


def shown(rows):
    return [row for row in rows if not (row.get("comment") or row["post"]).get("deleted")
            and not (row.get("comment") or row["post"]).get("removed")]


def case_of_v3(name, host, user, **more):
    who = user["person_view"]["person"]["name"]
    rows = shown([*user["posts"], *user["comments"]])
    routes = [at(host, "/api/v3/user", as_json(user), username=who, page=1),
              at(host, "/api/v3/user", as_json({**user, "posts": [], "comments": []}), part="", username=who)]
    return Case(name, f"https://{host}/u/{who}", routes, [post_of(row, "published") for row in rows], source="lemmy",
                facts={"handle": who, "name": user["person_view"]["person"]["display_name"]}, **more)


def genuine():
    yield case_of_v3("lemmy/synthetic_api_v3_user", "lemmy.example", load(SHARED / "lemmy/synthetic_api_v3_user.json"))


def own():
    yield case_of_v3("own/lemmy_v3", "v3.lemmy.example", load(OWN / "lemmy/user_v3.json"), verdicts=("truncated",))
    host, person, content = "v4.lemmy.example", load(OWN / "lemmy/person_v4.json"), load(OWN / "lemmy/content_v4.json")
    who = person["person_view"]["person"]["name"]
    routes = [at(host, "/api/v4/person", as_json(person), username=who),
              at(host, "/api/v4/person/content", as_json({"items": []}), part="", username=who,
                 page_cursor=content["next_page"]),
              at(host, "/api/v4/person/content", as_json(content), username=who)]
    yield Case("own/lemmy_v4", f"https://{host}/u/{who}", routes,
               [post_of(row, "published_at") for row in content["items"]], source="lemmy")
