"""A blog under a domain of its owner's: the page says what made it, and that platform's source reads it."""
import json

from harness import HARMLESS, INSULT, entry, rss

JSON = "types {} default_type application/json;"


class WordPress:
    """Two posts of Ada's, of which the page shows the newer one only."""

    def __init__(self, nginx, api=True):
        self.site = nginx(conf=f"""
            location = /wp-json/wp/v2/users/7 {{ {JSON} try_files /user.json =404; }}
            location = /wp-json/wp/v2/posts {{ {JSON} try_files /posts$arg_page.json =404; }}
            location = /wp-json/wp/v2/comments {{ {JSON} try_files /comments.json =404; }}""")
        self.url = self.site.url
        self.profile = self.url + "/author/ada/"
        self.site.put("author/ada/index.html", f"""<html><head><title>Ada</title>
            <link rel="https://api.w.org/" href="{self.url}/wp-json/">
            <link rel="alternate" type="application/json" href="{self.url}/wp-json/wp/v2/users/7">
            <link rel="alternate" type="application/rss+xml" href="{self.profile}feed/">
            </head><body><div class="h-feed">{entry(2, HARMLESS)}</div></body></html>""")
        if api:
            self.site.put("user.json", json.dumps({
                "id": 7, "name": "Ada Example", "slug": "ada", "description": "Bridges.", "url": "",
                "avatar_urls": {"96": self.url + "/ada.png"}}))
            self.posts((2, HARMLESS), (1, INSULT))
            self.site.put("comments.json", "[]")

    def posts(self, *rows):
        self.site.put("posts1.json", json.dumps([{
            "id": number, "link": f"{self.url}/posts/{number}", "author": 7, "title": {"rendered": ""},
            "date_gmt": f"2026-05-0{number}T10:00:00", "modified_gmt": f"2026-05-0{number}T10:00:00",
            "content": {"rendered": f"<p>{text}</p>", "protected": False}} for number, text in rows]))


def test_the_api_that_a_page_names_reads_the_whole_blog(dirtwatch, nginx):
    blog = WordPress(nginx)
    dirtwatch.configure([blog.profile])
    result = dirtwatch.scan()
    assert result.status == 1, result.err
    profile = result.profile()
    assert (profile["verdict"], profile["source"]) == ("ok", "wordpress"), profile
    assert profile["source_why"] == "the page names the API of a WordPress"
    assert profile["coverage"]["posts"] == 2 and profile["facts"]["name"] == "Ada Example"
    assert [f["url"] for f in result.events("finding")] == [blog.url + "/posts/1"]
    # Taken down, it is resolved: the API shows all there is.
    blog.posts((2, HARMLESS))
    dirtwatch.scan()
    assert dirtwatch.scan().events("finding") == []


def test_the_feed_stands_in_for_a_closed_api(dirtwatch, nginx):
    blog = WordPress(nginx, api=False)
    blog.site.put("author/ada/feed/index.html", rss(("/posts/1", "A post", INSULT, "Thu, 01 Oct 2026 10:00:00 GMT")))
    dirtwatch.configure([blog.profile])
    result = dirtwatch.scan()
    assert result.status == 1, result.err
    assert result.profile()["verified"] and result.events("finding")
    # This server does not count pages: it is asked for a second one, and no further.
    assert [path for _, path in blog.site.requests() if "feed" in path] == ["/author/ada/feed/",
                                                                           "/author/ada/feed/?paged=2"]


def test_neither_api_nor_feed_is_not_clean(dirtwatch, nginx):
    blog = WordPress(nginx, api=False)
    dirtwatch.configure([blog.profile])
    result = dirtwatch.scan()
    assert result.status == 3, result.err
    assert not result.profile()["verified"], result.profile()


def test_whoever_names_the_page_gets_the_page(dirtwatch, nginx):
    blog = WordPress(nginx)
    dirtwatch.configure([f"{{url: {blog.profile}, source: page}}"])
    result = dirtwatch.scan()
    assert result.profile()["source"] == "page" and result.events("finding") == []
    assert not [path for _, path in blog.site.requests() if path.startswith("/wp-json/")]
