#!/usr/bin/python3
"""Includes go only to the left: daemon/base <- config <- crawlers | patterns <- daemon."""
import pathlib
import re
import sys

MAY_INCLUDE = {
    "daemon/base": {"daemon/base"},
    "config": {"daemon/base", "config"},
    "crawlers": {"daemon/base", "config", "crawlers"},
    "patterns": {"daemon/base", "config", "patterns"},
    "daemon": {"daemon/base", "config", "crawlers", "patterns", "daemon"},
}


def layer(path):
    if path.startswith("daemon/base/"):
        return "daemon/base"
    return path.split("/")[0]


def main():
    bad = 0
    folders = ("daemon", "config", "crawlers", "patterns")
    for path in sorted(p for d in folders for p in pathlib.Path(d).rglob("*.[ch]")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if found and layer(found[1]) not in MAY_INCLUDE[layer(str(path))]:
                print(f"{path}:{number}: {layer(str(path))} must not include {found[1]}")
                bad += 1
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
