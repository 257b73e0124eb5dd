"""The words of a text, of HTML and of Markdown: the person's own, and those that stand in a quotation.

Written for the tests alone, with html.parser: where dirtwatch and this disagree, one of the two is wrong.
"""
import calendar
import datetime
import email.utils
import html.parser
import re

UNSEEN = {"script", "style", "head", "title", "template", "svg", "math", "iframe", "video", "audio", "object",
          "noscript", "select", "button", "textarea", "canvas", "embed", "applet", "noembed", "noframes", "datalist"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
QUOTES = {"blockquote", "q", "cite"}
INLINE = {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
          "img", "ins", "kbd", "label", "mark", "nobr", "o:p", "q", "rt", "ruby", "s", "samp", "small", "span",
          "strike", "strong", "sub", "sup", "tg-emoji", "time", "tt", "u", "var", "wbr"}
UNSEEN_CLASSES = {"screen-reader-text", "sr-only", "visually-hidden", "visuallyhidden", "u-hidden"}


class Html(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.own, self.others = [], []
        self.open = []  # (tag, hidden, quote)

    def put(self, text):
        if any(hidden for _, hidden, _ in self.open):
            return
        (self.others if any(quote for _, _, quote in self.open) else self.own).append(text)

    def handle_starttag(self, tag, attrs):
        have = dict(attrs)
        if tag not in INLINE:
            self.put("\n")
        if tag == "img" and have.get("alt"):
            alt = have["alt"]
            inline = re.fullmatch(r":\S+:", alt) or (" " not in alt and ord(alt[0]) >= 0x2600) \
                or "emoji" in have.get("class", "") or "smiley" in have.get("class", "")
            self.put(alt if inline else f" {alt} ")
        if tag in VOID:
            return
        style = (have.get("style") or "").replace(" ", "").lower()
        hidden = tag in UNSEEN or "hidden" in have or "display:none" in style or "visibility:hidden" in style \
            or bool(UNSEEN_CLASSES & set((have.get("class") or "").split()))
        self.open.append((tag, hidden, tag in QUOTES))

    def handle_startendtag(self, tag, attrs):
        """A slash closes nothing in HTML: what follows an iframe is in it until it is closed (HTML §13.2.5.32)."""
        self.handle_starttag(tag, attrs)
        if tag == "iframe":
            self.set_cdata_mode(tag)

    def handle_endtag(self, tag):
        for i in range(len(self.open) - 1, -1, -1):
            if self.open[i][0] == tag:
                del self.open[i:]
                break
        if tag not in INLINE:
            self.put("\n")

    def handle_data(self, data):
        self.put(data if any(tag == "pre" for tag, _, _ in self.open) else re.sub(r"\s+", " ", data))


def of_text(text):
    """White space is no word."""
    return " ".join((text or "").split())


def join(*parts):
    return of_text(" ".join(part for part in parts if part))


def lines_of_html(markup):
    """(own, others), one line for each that a browser would begin."""
    parser = Html()
    parser.feed(markup or "")
    parser.close()
    return tuple("\n".join(filter(None, map(of_text, "".join(part).split("\n"))))
                 for part in (parser.own, parser.others))


def of_html(markup):
    """(own, others)."""
    return tuple(map(of_text, lines_of_html(markup)))


def of_markdown(text):
    """(own, others): quoted lines are others', comments nobody's."""
    text = re.sub(r"<!--.*?(-->|\Z)", "", text or "", flags=re.S)
    own, others = [], []
    for line in text.splitlines():
        quoted = re.match(r" {0,3}>[> ]*", line)
        (others if quoted else own).append(line[quoted.end():] if quoted else line)
    return of_text("\n".join(own)), of_text("\n".join(others))


def when(value):
    """Any of the ways in which platforms write a time, as dirtwatch prints it; None: not told."""
    if value is None or value == "" or value == 0:
        return None
    if isinstance(value, (int, float)):
        seconds = int(value)
    elif re.match(r"\d{4}-\d\d-\d\d", value):
        time = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        seconds = calendar.timegm(time.utctimetuple())
    else:
        seconds = int(email.utils.parsedate_to_datetime(value).timestamp())
    if seconds == 0:
        return None
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
