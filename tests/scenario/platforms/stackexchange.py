"""Stack Exchange: the account, its questions, answers and comments; every answer is compressed."""
import html

from platforms import words
from platforms.case import OWN, SHARED, Case, as_json, at, load

FOLDER = SHARED / "stackexchange"
API = "api.stackexchange.com"
LISTS = (("questions", "question_id", "https://{}/q/{}", "post"), ("answers", "answer_id", "https://{}/a/{}", "reply"),
         ("comments", "comment_id", "https://{}/posts/comments/{}", "reply"))


def wrapped(rows):
    return as_json({"items": rows, "has_more": False, "quota_max": 300, "quota_remaining": 280}, gzip=True)


def posts_of(site, rows, path, key, form, kind):
    for row in rows:
        own, others = words.of_html(row["body"])
        yield {"id": f"{path}/{row[key]}", "url": form.format(site, row[key]), "kind": kind,
               "published": words.when(row["creation_date"]), "others": others,
               "text": words.join(html.unescape(row.get("title", "")), own)}


def case_of(name, site, user, about, lists, filter_name="!nKzQUR30W7"):
    """@lists: rows by the name of their list."""
    who, posts = user["user_id"], []
    place = f"/2.3/users/{who}"
    routes = [at(API, place, wrapped([about]), part="also", site=site, filter=filter_name),
              at(API, place, wrapped([user]), site=site),
              at(API, "/2.3/filters/create", wrapped([{"filter": filter_name, "filter_type": "safe"}]), part="also")]
    for path, key, form, kind in LISTS:
        rows = lists.get(path, [])
        posts += posts_of(site, rows, path, key, form, kind)
        routes.append(at(API, f"{place}/{path}", wrapped(rows), part="main" if rows else "", site=site, page=1))
    return Case(name, f"https://{site}/users/{who}/somebody", routes, posts, source="stackexchange",
                facts={"name": html.unescape(user["display_name"])})


def with_body(rows, what):
    """What the built-in filter adds: the samples were asked for without it."""
    return [{**row, "body": f"<p>One of the {what} as its author wrote it, number <b>{i}</b>.</p>"}
            for i, row in enumerate(rows)]


def items_of(name):
    sample = load(FOLDER / f"api_2.3_{name}.json")
    return sample.get("items", [sample]) if isinstance(sample, dict) else sample


def genuine():
    (user,) = items_of("user")
    lists = {name: with_body(items_of(name), name) for name in ("questions", "answers")}
    about = {**user, "about_me": "<p>Words of mine.</p>"}
    yield case_of("stackexchange/api_2.3", "stackoverflow.com", user, about, lists)
    yield Case("stackexchange/nobody", "https://superuser.com/users/9/nobody",
               [at(API, "/2.3/users/9", wrapped([]), site="superuser.com")], [], verdicts=("not-found",),
               source="stackexchange")


def own():
    rows = {name: load(OWN / f"stackexchange/{name}.json")["items"]
            for name in ("user", "about", "questions", "answers", "comments", "filter")}
    yield case_of("own/stackexchange", "serverfault.com", rows["user"][0], rows["about"][0], rows,
                  rows["filter"][0]["filter"])
