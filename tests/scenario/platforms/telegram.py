"""Telegram: the web preview of a channel, read by html.parser."""
import html.parser

from platforms import words
from platforms.case import HTML, OWN, SHARED, Case, Reply, at, read

SITE = "t.me"
OWN_PARTS = ("js-message_text", "tgme_widget_message_poll_question", "tgme_widget_message_poll_option_text")
CARD_PARTS = ("link_preview_title", "link_preview_description")


class Channel(html.parser.HTMLParser):
    """Messages as dicts: place, own and card (pieces of markup), when, forwarded, reply, service."""

    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.messages, self.open, self.into = [], [], None

    def handle_starttag(self, tag, attrs):
        have = dict(attrs)
        names = (have.get("class") or "").split()
        if self.into is not None:
            self.into.append(self.get_starttag_text())
        if tag not in words.VOID:
            self.open.append((tag, names, self.into))
        if have.get("data-post") and "tgme_widget_message" in names:
            self.messages.append({"place": have["data-post"], "own": [], "card": [], "when": None, "forwarded": False,
                                  "reply": False, "service": "service_message" in names})
        if not self.messages:
            return
        message = self.messages[-1]
        message["forwarded"] |= "tgme_widget_message_forwarded_from_name" in names
        message["reply"] |= "tgme_widget_message_reply" in names
        inside = [name for _, outer, _ in self.open for name in outer]
        if tag == "time" and "tgme_widget_message_date" in inside and not message["when"]:
            message["when"] = have.get("datetime")
        if self.into is None and not any(name == "tgme_widget_message_reply" for name in inside):
            for parts, key in ((OWN_PARTS, "own"), (CARD_PARTS, "card")):
                if set(parts) & set(names):
                    message[key].append([])
                    self.into = message[key][-1]

    def handle_endtag(self, tag):
        for i in range(len(self.open) - 1, -1, -1):
            if self.open[i][0] == tag:
                self.into = self.open[i][2]
                del self.open[i:]
                break
        if self.into is not None:
            self.into.append(f"</{tag}>")

    def handle_data(self, data):
        if self.into is not None:
            self.into.append(data)

    def handle_entityref(self, name):
        self.handle_data(f"&{name};")

    def handle_charref(self, name):
        self.handle_data(f"&#{name};")


def posts_of(page, name):
    channel = Channel()
    channel.feed(page)
    for message in channel.messages:
        owner, _, number = message["place"].partition("/")
        if owner.lower() != name.lower() or message["service"] or not message["when"]:
            continue
        own = words.join(*[words.of_html("".join(part))[0] for part in message["own"]])
        card = words.join(*[words.of_html("".join(part))[0] for part in message["card"]])
        passed = message["forwarded"]
        yield {"id": number, "url": f"https://{SITE}/{name}/{number}", "published": words.when(message["when"]),
               "kind": "repost" if passed else "reply" if message["reply"] else "post", "text": "" if passed else own,
               "others": words.join(own, card) if passed else card}


def case_of(case_name, path, name, older=None, page=None):
    page = page or read(path).decode()
    routes = [at(SITE, f"/s/{name}", Reply(page.encode(), HTML))]
    if older:
        end = f'<div class="tgme_channel_info"></div><main class="js-message_history">{older}</main>'
        routes.insert(0, at(SITE, f"/s/{name}", Reply(f"<html><body>{end}</body></html>".encode(), HTML), part="",
                            before=101))
    return Case(case_name, f"https://{SITE}/{name}", routes, list(posts_of(page, name)), verdicts=("ok", "truncated"),
                source="telegram", facts={"handle": name})


def genuine():
    path = SHARED / "telegram/s_channel_page.html"
    page = read(path).decode()
    yield case_of("telegram/s_channel_page", path, "tchantest", page=page)


def own():
    none = '<div class="tme_no_messages_found">No posts found</div>'
    yield case_of("own/telegram", OWN / "telegram/channel.html", "adabridges", older=none)
