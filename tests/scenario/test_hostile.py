"""Every page of the hostile corpus, read by the real program: it ends, says what it is, and shows nothing raw."""
import pathlib
import sys

import pytest
from harness import INSULT, ROOT, entry, hfeed

sys.path.insert(0, str(ROOT / "tests" / "hostile"))
from corpus import CORPUS  # noqa: E402


@pytest.mark.parametrize("name", sorted(CORPUS))
def test_saved(dirtwatch, name):
    content, verdicts = CORPUS[name]
    page = pathlib.Path(dirtwatch.folder) / name
    page.write_bytes(content)
    result = dirtwatch.run("--scan-now", "--format=json", str(page))
    if not verdicts:
        assert result.status == 2 and "larger than" in result.err
        return
    assert result.status in (0, 1, 3), result.err
    profile = result.profile()
    assert profile["verdict"] in verdicts, profile
    assert profile["verified"] == (profile["verdict"] in ("ok", "empty", "truncated", "unchanged"))


@pytest.mark.parametrize("name", ["escapes.html", "bidi.html", "nul.html", "broken-utf8.html"])
def test_nothing_raw_reaches_a_terminal(dirtwatch, name):
    page = pathlib.Path(dirtwatch.folder) / name
    page.write_bytes(CORPUS[name][0])
    result = dirtwatch.run("--scan-now", "--verbose", str(page))
    shown = result.out + result.err
    assert not [c for c in shown if (ord(c) < 0x20 and c != "\n") or 0x7f <= ord(c) < 0xa0
                or c in "\u202e\u202c\u2066\u2069"]


def test_a_kernel_without_landlock_is_told_once_and_seccomp_stands_alone(dirtwatch, site):
    for number in range(3):
        site.put(f"{number}.html", hfeed(entry(number, INSULT)))
    dirtwatch.configure([f"{site.url}/{number}.html" for number in range(3)])
    without = ("/usr/bin/python3", str(ROOT / "tests/scenario/without.py"), "landlock_create_ruleset")
    result = dirtwatch.scan(before=without)
    assert result.status == 1 and len(result.events("finding")) == 3, result.err
    assert result.err.count("no Landlock: readers are kept in by seccomp alone") == 1, result.err
    assert "Landlock" not in dirtwatch.scan().err


# Patterns that take exponential time of a backtracking matcher, what they choke on (the last character is there, so
# that its absence does not tell at once that there is no match), and whether the rules' lint refuses them.
BOMBS = {
    "nested": (r"(?:a+)+!", "a" * 4000 + " b!", True),
    "a look ahead": (r"(?=(?:\w+\s*)+!)\w+", "word " * 2000 + "- b!", True),
    "a reference back": (r"(\w+\s*)+\1!", "word " * 2000 + "- b!", True),
    "one, two or three": (r"(?:\w\w?\w?){1,90}!", "a" * 400 + " !", False),
    "words of any length": (r"(?:\w{1,9}\s?){5,60}!", "word" * 100 + " - !", False),
}
BOMB_RULE = """
dirtwatch_patterns: 1
rules:
  - {id: own.bomb, title: A bomb, category: secrets, kind: text, pattern: 'PATTERN', why: None., advice: None.}
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_rule_that_explodes_costs_its_post_and_is_never_clean(dirtwatch, site, name):
    pattern, food, refused = BOMBS[name]
    dirtwatch.own_rule("frobnicator")
    (dirtwatch.patterns / "bomb.yaml").write_text(BOMB_RULE.replace("PATTERN", pattern), encoding="utf-8")
    site.put("index.html", hfeed(entry(1, "Our frobnicator ships today."), entry(2, food)))
    dirtwatch.configure([site.url + "/"])
    result = dirtwatch.scan()
    assert [finding["rule"] for finding in result.events("finding")] == ["own.word"], result.err
    (scan,) = result.events("scan")
    assert scan["posts"] == 2 and result.status in (1, 3), result.err
    if refused:
        assert "bomb.yaml:4:" in result.err and "can take for ever" in result.err
    else:
        assert "own.bomb gave up at its limit" in result.profile()["coverage"]["lack"], result.profile()
