"""Blogs, letters and films: Blogger, Medium, Substack, Tumblr and YouTube by their feeds, WordPress by its REST
API."""
import re
import xml.etree.ElementTree as xml

from platforms import feeds, words
from platforms.case import ATOM, OWN, RSS, SERVERS, SHARED, Case, Reply, as_file, as_json, at, load, read

NO_ENTRIES = b'<feed xmlns="http://www.w3.org/2005/Atom"><id>none</id><title>none</title></feed>'
NO_ITEMS = b"<rss version='2.0'><channel><title>none</title><link>https://none.example/</link></channel></rss>"


def blogger(name, path, host):
    first = at(host, "/feeds/posts/default", as_file(path, ATOM), **{"start-index": 1})
    rest = at(host, "/feeds/posts/default", Reply(NO_ENTRIES, ATOM), part="")
    comments = at(host, "/feeds/comments/default", Reply(NO_ENTRIES, ATOM), part="")
    return Case(name, f"https://{host}/", [first, rest, comments], feeds.posts_of(path, f"https://{host}/"),
                verdicts=("ok", "truncated"), source="blogger")


def medium(name, path, user):
    """What stands under a story for members is Medium's."""
    data = path.read_text(encoding="utf-8")
    data = re.sub(r"<p class=\"medium-feed-link\">.*?</p>", "", data)
    posts = feeds.posts_of_bytes(data.encode(), "https://medium.com/")
    return Case(name, f"https://medium.com/@{user}", [at("medium.com", f"/feed/@{user}", as_file(path, RSS))], posts,
                verdicts=("truncated",), source="medium")


def substack(name, path, host):
    """A publication whose list is closed: its feed."""
    closed = as_json({"error": "Not allowed"}, status=403)
    return Case(name, f"https://{host}/", [at(host, "/feed", as_file(path, RSS)),
                                           at(host, "/api/v1/archive", closed, part="")],
                feeds.posts_of(path, f"https://{host}/"), verdicts=("truncated",), source="substack")


TRAIL = r"<p>(<a [^>]*class=\"tumblr_blog\"[^>]*>.*?</a>:)</p>"


def tumblr_posts(path, base):
    """Who wrote what was reblogged is named by Tumblr, and so is the title of a reblog."""
    for item, post in zip(feeds.parse(read(path)).iter("item"), feeds.posts_of(path, base)):
        body = item.findtext("description") or ""
        if not re.search(TRAIL, body):
            yield post
            continue
        own, others = words.of_html(re.sub(TRAIL, r"<blockquote>\1</blockquote>", body))
        yield {**post, "text": own, "others": others, "kind": "post" if own else "repost"}


def tumblr(name, path, host):
    """A blog whose API is closed: its feed."""
    routes = [at(host, "/rss", as_file(path, RSS)), at(host, "/page/2/rss", Reply(NO_ITEMS, RSS), part="")]
    return Case(name, f"https://{host}/", routes, list(tumblr_posts(path, f"https://{host}/")),
                verdicts=("truncated", "ok"), source="tumblr")


def youtube(name, path):
    channel = xml.fromstring(path.read_bytes().strip()).findtext("{http://www.youtube.com/xml/schemas/2015}channelId")
    channel = channel if channel.startswith("UC") else "UC" + channel
    feed = at("www.youtube.com", "/feeds/videos.xml", as_file(path, ATOM), channel_id=channel)
    return Case(name, f"https://www.youtube.com/channel/{channel}", [feed], feeds.posts_of(path),
                verdicts=("truncated",), source="youtube")


def wordpress_post(row):
    own, others = words.of_html(row["content"]["rendered"])
    title = words.of_html(row["title"]["rendered"])[0]
    link = re.sub(r"%[0-9a-f]{2}", lambda escape: escape[0].upper(), row["link"])
    return {"id": str(row["id"]), "url": link, "published": words.when(row["date_gmt"] + "Z"), "kind": "post",
            "text": words.join(title, own), "others": others}


def wordpress(name, host, posts, user, pages=None, users=None):
    """@pages: what each page of the list has."""
    pages = pages or [posts]
    api = "/wp-json"
    routes = [at(host, f"{api}/", as_json({"name": "A site", "description": "", "url": f"https://{host}",
                                           "home": f"https://{host}"}), part=""),
              at(host, f"{api}/wp/v2/users/{user['id']}", as_json(user), part="also"),
              at(host, f"{api}/wp/v2/comments", as_json([]), part="")]
    if users:
        routes.append(at(host, f"{api}/wp/v2/users", as_json(users), slug=user["slug"]))
    for i, page in enumerate(pages):
        link = f'<https://{host}{api}/wp/v2/posts?page={i + 2}>; rel="next"'
        headers = (("Link", link),) if i + 1 < len(pages) else ()
        routes.append(at(host, f"{api}/wp/v2/posts", as_json(page, headers=headers), page=i + 1))
    routes.append(at(host, f"{api}/wp/v2/posts", as_json([]), part=""))
    url = f"https://{host}/author/{user['slug']}/" if users else f"https://{host}/"
    return Case(name, url, routes, [wordpress_post(row) for page in pages for row in page], source="wordpress",
                config="source: wordpress", verdicts=("ok",))


def genuine():
    yield blogger("blogger/posts_default", SHARED / "blogger/posts_default.atom.xml", "ada.blogspot.com")
    yield medium("medium/user_feed", SHARED / "medium/user_feed.rss.xml", "ada")
    yield medium("medium/user_feed_2", SHARED / "medium/user_feed_2.rss.xml", "bob")
    yield substack("substack/feed", SHARED / "substack/feed.rss.xml", "ada.substack.com")
    yield tumblr("tumblr/blog_feed", SHARED / "tumblr/blog_feed.rss.xml", "ada.tumblr.com")
    yield youtube("youtube/channel_feed", SHARED / "youtube/channel_feed.xml")
    yield youtube("youtube/channel_feed_2", SHARED / "youtube/channel_feed_2.xml")
    posts = load(SHARED / "wordpress/wp_v2_posts.json")
    user = {"id": posts[0]["author"], "name": "Ada", "slug": "ada", "description": "", "url": "", "avatar_urls": {}}
    yield wordpress("wordpress/wp_v2_posts", "wp.example", posts, user)
    server = SERVERS / "wordpress"
    users = load(server / "users.json")
    yield wordpress("wordpress/server", "server.wp.example", None, users[0], [load(server / "posts.json")], users[:1])


def own():
    yield blogger("own/blogger", OWN / "blogger/posts.xml", "own.blogspot.com")
    yield medium("own/medium", OWN / "medium/feed.xml", "own")
    yield substack("own/substack", OWN / "substack/feed.xml", "own.substack.com")
    yield tumblr("own/tumblr", OWN / "tumblr/feed.xml", "own.tumblr.com")
    yield youtube("own/youtube", OWN / "youtube/feed.xml")
    users = load(OWN / "wordpress/users.json")
    yield wordpress("own/wordpress", "own.wp.example", load(OWN / "wordpress/posts.json"), users[0], None, users)
