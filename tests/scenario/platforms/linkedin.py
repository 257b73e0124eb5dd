"""LinkedIn: the page that search engines are shown, with its JSON-LD."""
import json

from platforms import words
from platforms.case import HTML, SHARED, Case, Reply, at, load

HOST = "www.linkedin.com"


def genuine():
    graph = load(SHARED / "linkedin/public_profile_jsonld.json")
    (person,) = [node for node in graph["@graph"] if node["@type"] == "Person"]
    slug = person["url"].rstrip("/").rpartition("/")[2]
    page = ("<!DOCTYPE html><html><head><title>A member</title>"
            f'<script type="application/ld+json">{json.dumps(graph)}</script></head>'
            "<body><main><h1>A member</h1></main></body></html>")
    posts = [{"id": node["url"], "url": node["url"], "kind": "post", "published": words.when(node["datePublished"]),
              "text": words.of_text(node["headline"]), "others": ""}
             for node in graph["@graph"] if node["@type"] == "Article"]
    yield Case("linkedin/public_profile_jsonld", f"https://{HOST}/in/{slug}",
               [at(HOST, f"/in/{slug}", Reply(page.encode(), HTML))], posts, verdicts=("truncated",),
               source="linkedin", facts={"name": words.of_text(person["name"])}, tolerant=True)
    refused = Reply(b"<html><body>Request denied</body></html>", HTML, status=999)
    yield Case("linkedin/refused", f"https://{HOST}/in/refused", [at(HOST, "/in/refused", refused)], [],
               verdicts=("blocked",), source="linkedin")


def own():
    return ()
