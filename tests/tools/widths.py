#!/usr/bin/python3
"""No line of a script over 120 characters.

usage: widths.py FILE...
"""
import sys

WIDTH = 120


def main():
    bad = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if len(line.rstrip("\n")) > WIDTH:
                    print(f"{path}:{number}: {len(line) - 1} characters (at most {WIDTH})")
                    bad += 1
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
