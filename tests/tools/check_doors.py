#!/usr/bin/python3
"""Main never parses what a stranger sent: looked up in the objects' symbols, so that no macro hides a call.

A parser may be called only from where the reader runs (crawlers/parse, crawlers/sources, patterns);
what calls those, only from the doors listed here, each with its reason.

    check_doors.py BUILD_FOLDER
"""
import fnmatch
import pathlib
import re
import subprocess
import sys

READER = ("crawlers/parse/", "crawlers/sources/", "patterns/")

# Functions of libraries that take apart bytes.
LIBRARIES = ["gumbo_*", "XML_*", "json_load*", "pcre2_match*", "pcre2_dfa_match*", "iconv*",
             "archive_read*", "jpeg_*", "png_*"]

# Our own functions through which a page is read, wherever they are defined.
OURS = ["source_read", "score_post", "reading_make"]

# (object, symbol) -> why it may.
DOORS = {
    ("crawlers/source.o", "*"): "the table of sources, and source_read() itself",
    ("crawlers/extract.o", "*"): "containers for sources, called by them",
    ("crawlers/net/rate.o", "date_parse"): "dates in response headers, which main must obey",
    ("daemon/reading.o", "source_read"): "reading_make(), the reader's work",
    ("daemon/reading.o", "score_post"): "reading_make(), the reader's work",
    ("daemon/reader_role.o", "reading_make"): "the reader's process",
    ("daemon/role.o", "charset_prepare"): "the reader's process, before the sandbox",
    ("daemon/check.o", "wall_test"): "--test-patterns: examples that stand in walls.yaml",
    ("daemon/check.o", "score_post"): "--check: the person's own draft",
    ("daemon/check.o", "json_loadb"): "--check --jsonl: the person's own drafts",
    ("daemon/control.o", "json_loadb"): "--scan-now: what the person's own running daemon says",
    ("daemon/courier.o", "json_loads"): "alerts that main itself wrote into the store",
    ("daemon/standing.o", "json_loads"): "what main itself wrote into the store",
}


def symbols(path):
    """What an object asks for, and what it offers."""
    wanted, defined = set(), set()
    out = subprocess.run(["nm", "--format=posix", str(path)], check=True, capture_output=True, text=True)
    for line in out.stdout.splitlines():
        name, kind = line.split()[:2]
        if kind in "Uw":
            wanted.add(name)
        elif kind.isupper():
            defined.add(name)
    return wanted, defined


def allowed(name, symbol):
    return any(name == door and fnmatch.fnmatchcase(symbol, pattern) for door, pattern in DOORS)


def through_pointers(folders):
    """A source's read() is a pointer, which no symbol shows."""
    for folder in folders:
        for path in pathlib.Path(folder).rglob("*.c"):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if re.search(r"\bsources?(\[[^]]*\])?(\.|->)read\b", line) and str(path) != "crawlers/source.c":
                    yield f"{path}:{number}: a source's read() is called outside crawlers/source.c"


def main():
    build = pathlib.Path(sys.argv[1])
    objects = {}
    for folder in ("daemon", "config", "crawlers", "patterns"):
        for path in sorted((build / folder).rglob("*.o")):
            name = str(path.relative_to(build))
            # What is left of a file that is gone or renamed is not part of the program.
            if pathlib.Path(name).with_suffix(".c").exists():
                objects[name] = symbols(path)
    behind = {s for name, (_, defined) in objects.items()
              if name.startswith(("crawlers/parse/", "crawlers/sources/")) for s in defined}
    bad = list(through_pointers(("daemon", "config", "crawlers", "patterns")))
    doors = 0
    for name, (wanted, _) in objects.items():
        if name.startswith(READER):
            continue
        for symbol in sorted(wanted):
            parses = any(fnmatch.fnmatchcase(symbol, pattern) for pattern in LIBRARIES)
            if not parses and symbol not in OURS and symbol not in behind:
                continue
            doors += 1
            if not allowed(name, symbol):
                bad.append(f"{name}: calls {symbol}, which only the reader may")
    if not objects:
        bad.append(f"{build}: no objects")
    print("\n".join(bad) if bad else f"doors: {len(objects)} objects, {doors} references, all through known doors")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
