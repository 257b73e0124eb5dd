#!/usr/bin/python3
"""No function over 80 lines, cyclomatic complexity 15, or a file over 500 lines, unless it is listed here
with its own number, which may only fall.

usage: complexity.py FILE.c...
"""
import subprocess
import sys

LINES, COMPLEXITY, FILE_LINES = 80, 15, 500
LISTED = {}  # "file:function": (lines, complexity)


def main():
    files = sys.argv[1:]
    bad = 0
    out = subprocess.run(["pmccabe", *files], check=True, capture_output=True, text=True).stdout
    for row in out.splitlines():
        modified, _traditional, _statements, first, lines, rest = row.split(None, 5)
        where = rest.split("(")[0] + ":" + rest.split()[-1]
        most_lines, most = LISTED.get(where, (LINES, COMPLEXITY))
        if int(modified) > most or int(lines) > most_lines:
            print(f"{rest}: line {first}: {lines} lines (at most {most_lines}), complexity {modified} (at most {most})")
            bad += 1
    for path in files:
        with open(path, encoding="utf-8") as file:
            count = sum(1 for _ in file)
        if count > FILE_LINES:
            print(f"{path}: {count} lines (at most {FILE_LINES})")
            bad += 1
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
