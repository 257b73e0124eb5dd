"""An account with a long list of posts, as Mastodon's API pages it, on loopback."""
import http.server
import json
import threading
import time
import urllib.parse

DAY = 24 * 3600


class Account:
    """@ada and her posts: {id: [published, text]}; requests for them are kept in asked."""

    def __init__(self, a_page=40):
        self.a_page = a_page
        self.posts = {}
        self.asked = []
        self.gone = set()    # ids whose cursors are not known any more
        self.on_request = None
        self.busy_after = None  # pages of the list that are answered before it asks to wait
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def publish(self, text, age_s, number=None):
        """@age_s: how long ago."""
        number = number or 1000 + len(self.posts)
        self.posts[number] = [time.time() - age_s, text]
        return number

    def fill(self, count, step_s, text="A walk in the park, number {}."):
        """@count posts, the last one ten minutes ago and one every @step_s before."""
        for i in range(count):
            self.publish(text.format(i), (count - 1 - i) * step_s + 600)

    def lists(self):
        """What was asked of the list itself: "head", or the id before which."""
        queries = [urllib.parse.parse_qs(query) for path, query in self.asked if path.endswith("/statuses")]
        return [query.get("max_id", ["head"])[0] for query in queries if "pinned" not in query]

    def forget(self):
        self.asked.clear()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # what it answers

    def account(self):
        return {"id": "42", "username": "ada", "acct": "ada", "display_name": "Ada", "note": "",
                "url": f"{self.url}/@ada",
                "fields": [], "created_at": "2020-01-01T00:00:00.000Z", "statuses_count": len(self.posts),
                "followers_count": 1, "following_count": 2, "locked": False, "bot": False}

    def status(self, number):
        published, text = self.posts[number]
        url = f"{self.url}/@ada/{number}"
        return {"id": str(number), "uri": url, "url": url, "edited_at": None, "in_reply_to_id": None,
                "created_at": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(published)),
                "in_reply_to_account_id": None, "content": f"<p>{text}</p>", "spoiler_text": "", "sensitive": False,
                "visibility": "public", "language": "en", "reblog": None, "media_attachments": [], "mentions": [],
                "tags": [], "card": None, "poll": None, "account": {"id": "42", "acct": "ada", "username": "ada"}}

    def page(self, query):
        """The rows and, in a header, what is behind them; None: there is no such place."""
        if "pinned" in query:
            return [], {}
        before = int(query.get("max_id", ["999999"])[0])
        if before in self.gone:
            return None, {}
        ids = sorted((number for number in self.posts if number < before), reverse=True)
        rows, behind = ids[:self.a_page], ids[self.a_page:]
        here = f"{self.url}/api/v1/accounts/42/statuses?limit=40"
        links = [f'<{here}&max_id={rows[-1]}>; rel="next"'] if behind else []
        links += [f'<{here}&min_id={rows[0]}>; rel="prev"'] if rows else []
        return [self.status(number) for number in rows], {"Link": ", ".join(links)}

    def answer(self, path, query):
        self.asked.append((path, query))
        if self.on_request:
            self.on_request(self)
        if path == "/api/v1/accounts/lookup":
            return 200, self.account(), {}
        if path == "/api/v1/accounts/42/statuses":
            if self.busy_after is not None and len(self.lists()) > self.busy_after:
                return 429, {"error": "Too many requests"}, {"Retry-After": "60"}
            rows, headers = self.page(urllib.parse.parse_qs(query))
            return (404, {"error": "Record not found"}, {}) if rows is None else (200, rows, headers)
        if path.startswith("/@ada/") and int(path.rsplit("/", 1)[1]) in self.posts:
            return 200, "It is there.", {}
        return 404, {"error": "Record not found"}, {}

    def handler(self):
        account = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                path, _, query = self.path.partition("?")
                code, body, headers = account.answer(path, query)
                body = json.dumps(body).encode()
                self.send_response(code)
                for name, value in {**headers, "Content-Type": "application/json"}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        return Handler
