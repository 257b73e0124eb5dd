"""Every page of the hostile corpus, read by the real program: it ends, says what it is, and shows nothing raw."""
import pathlib
import sys
import time

import pytest
from harness import ROOT

sys.path.insert(0, str(ROOT / "tests" / "hostile"))
from corpus import CORPUS  # noqa: E402

# The reader's own deadline is 10 s, and a page that kills one reader is tried on a second.
SECONDS = 25


@pytest.mark.parametrize("name", sorted(CORPUS))
def test_saved(dirtwatch, name):
    content, verdicts = CORPUS[name]
    page = pathlib.Path(dirtwatch.folder) / name
    page.write_bytes(content)
    started = time.monotonic()
    result = dirtwatch.run("--scan-now", "--format=json", str(page))
    assert time.monotonic() - started < SECONDS
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
