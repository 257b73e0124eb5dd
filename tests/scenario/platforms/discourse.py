"""Discourse: the account, the list of its topics and replies, posts of which the list has but the first words."""
from platforms import words
from platforms.case import OWN, SHARED, Case, as_json, at, load

FOLDER = SHARED / "discourse"
TOPIC = 4


def is_cut(action):
    return action["excerpt"].endswith(("&hellip;", "…", "..."))


def posts_of(host, actions, wholes):
    for action in actions:
        if action.get("deleted") or action.get("hidden"):
            continue
        whole = wholes.get(action["post_id"]) if is_cut(action) else None
        own, others = words.of_html(whole["cooked"] if whole else action["excerpt"])
        topic = action["action_type"] == TOPIC
        place = f"{action['topic_id']}/{action['post_number']}"
        yield {"id": place, "url": f"https://{host}/t/{action['slug']}/{place}", "kind": "post" if topic else "reply",
               "published": words.when(action["created_at"]),
               "text": words.join(action["title"] if topic else "", own),
               "others": words.join(others, "" if topic else action["title"])}


def case_of(name, host, user, actions, wholes=()):
    who = user["user"]["username"]
    routes = [at(host, f"/u/{who}.json", as_json(user)),
              at(host, "/user_actions.json", as_json({"user_actions": actions}), username=who, offset=0),
              *[at(host, f"/posts/{whole['id']}.json", as_json(whole)) for whole in wholes]]
    return Case(name, f"https://{host}/u/{who}", routes, list(posts_of(host, actions, {w["id"]: w for w in wholes})),
                source="discourse", facts={"handle": who, "name": user["user"]["name"]})


def topic_action(post, user, title):
    """A post as the list of its author's actions has it."""
    return {"action_type": TOPIC if post["post_number"] == 1 else 5, "created_at": post["created_at"],
            "excerpt": "First words&hellip;", "slug": post["topic_slug"], "topic_id": post["topic_id"],
            "post_number": post["post_number"], "post_id": post["id"], "username": user, "acting_username": user,
            "title": title, "deleted": False, "hidden": False}


def genuine():
    user = load(FOLDER / "user.json")
    for i, name in enumerate(("replies", "replies_and_topics")):
        actions = load(FOLDER / f"{name}.json")["user_actions"]
        who = {**user, "user": {**user["user"], "username": actions[0]["username"]}}
        yield case_of(f"discourse/{name}", f"forum{i}.discourse.example".replace("forum", "community."), who, actions)
    latest = load(FOLDER / "posts_latest.json")["latest_posts"]
    streams = {"posts_latest": [post for post in latest if post["username"] == "johndoe"],
               "topic_posts": load(FOLDER / "topic_posts.json")["post_stream"]["posts"]}
    for name, posts in streams.items():
        author = posts[0]["username"]
        who = {**user, "user": {**user["user"], "username": author}}
        actions = [topic_action(post, author, post.get("topic_title", "A topic")) for post in posts]
        yield case_of(f"discourse/{name}", f"forum.{name.replace('_', '-')}.example", who, actions, posts)


def own():
    user, actions, post = (load(OWN / f"discourse/{name}.json") for name in ("user", "actions", "post"))
    yield case_of("own/discourse", "forum.own.example", user, actions["user_actions"], [post])
