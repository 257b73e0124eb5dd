"""PeerTube: the account, its films, the descriptions that the list cuts short."""
from platforms import words
from platforms.case import OWN, SHARED, Case, as_json, at, load

FOLDER = SHARED / "peertube"


def post_of(host, film, wholes):
    text = wholes.get(film["uuid"], film["description"])
    own, others = words.of_markdown(text)
    return {"id": film["uuid"], "url": f"https://{host}/videos/watch/{film['uuid']}", "kind": "post",
            "published": words.when(film["publishedAt"]), "others": others,
            "text": words.join(film["name"], own, film.get("nsfwSummary") if film["uuid"] not in wholes else "")}


def case_of(name, host, route, owner, films, wholes, total):
    """@wholes: descriptions by uuid."""
    who = owner["name"]
    place = f"/api/v1/{route}/{who}"
    routes = [at(host, place, as_json(owner)),
              at(host, f"{place}/videos", as_json({"total": total, "data": []}), part="", start=100),
              at(host, f"{place}/videos", as_json({"total": total, "data": films}), part="main" if films else "",
                 start=0),
              *[at(host, f"/api/v1/videos/{uuid}/description", as_json({"description": text}))
                for uuid, text in wholes.items()]]
    url = f"https://{host}/{'a' if route == 'accounts' else 'c'}/{who}/videos"
    return Case(name, url, routes, [post_of(host, film, wholes) for film in films],
                verdicts=("truncated",) if total > len(films) else ("ok", "empty"), source="peertube",
                facts={"handle": who, "name": owner["displayName"]})


def genuine():
    account, films = load(FOLDER / "api_account.json"), load(FOLDER / "api_account_videos.json")
    wholes = {film["uuid"]: film["description"][:-3] + " and so it goes on." for film in films["data"]
              if film["description"].endswith("...")}
    # The sample was cut to four of its hundreds: it counts no more than a server that has no more pages.
    yield case_of("peertube/api_account", "framatube.org", "accounts", account, films["data"], wholes, 4)
    channel = load(FOLDER / "api_video_channel.json")
    yield case_of("peertube/api_video_channel", "video.lqdn.fr", "video-channels", channel, [], {}, 0)
    channels = load(FOLDER / "api_account_video_channels.json")["data"]
    yield case_of("peertube/api_account_video_channels", "tube.fsf.example", "video-channels", channels[0], [], {}, 0)


def own():
    account, films, whole = (load(OWN / f"peertube/{name}.json") for name in ("account", "videos", "description"))
    yield case_of("own/peertube", "tube.own.example", "accounts", account, films["data"],
                  {film["uuid"]: whole["description"] for film in films["data"]
                   if (film["description"] or "").endswith("...")}, len(films["data"]))
