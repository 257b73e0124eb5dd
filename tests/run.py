#!/usr/bin/python3
"""Run what `make check` has built and add it all up.

usage: run.py [asan]      asan: the unit tests and fuzz seeds under the sanitizers alone

Prints what failed, a line a part, and in the end `N passed, N failed, N skipped`.
"""
import os
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor

PYTHON = "/usr/bin/python3"
BUILD = pathlib.Path("build")
UNIT_SECONDS = 300
SCENARIO_SECONDS = 2400
QUIET_LEAKS = {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0", "UBSAN_OPTIONS": "print_stacktrace=1"}


class Sum:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add(self, part, passed, failed, skipped=0, output="", seconds=0.0):
        self.passed += passed
        self.failed += failed
        self.skipped += skipped
        if failed:
            print(output)
        print(f"{part:34} {passed:5} passed {failed:3} failed {skipped:3} skipped  {seconds:6.1f} s", flush=True)


def run(command, seconds, **env):
    started = time.monotonic()
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds,
                              env={**os.environ, **env}, stdin=subprocess.DEVNULL)
        status, output = done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        status, output = -1, (late.output or b"").decode(errors="replace") + f"\n{command}: over {seconds} s"
    return status, output, time.monotonic() - started


def unit_test(test):
    """One cmocka program: its own count, or one failure where it died before it could count."""
    status, output, seconds = run([str(test)], UNIT_SECONDS, **QUIET_LEAKS)
    passed = sum(map(int, re.findall(r"\[  PASSED  \] (\d+) test", output)))
    failed = sum(map(int, re.findall(r"\[  FAILED  \] (?:.*: )?(\d+) test", output)))
    skipped = sum(map(int, re.findall(r"\[  SKIPPED \] (?:.*: )?(\d+) test", output)))
    if status != 0 and failed == 0:
        failed = 1
    if status == 0 and passed + failed + skipped == 0 and "skipped" in output:
        skipped = 1  # the whole program: it says why
        print(output.strip())
    if passed + failed + skipped == 0:
        failed, output = 1, output + f"\n{test}: ran no test"
    return test, passed, failed, skipped, output, seconds


def unit_tests(total, profile):
    tests = sorted((BUILD / profile / "unit").glob("test_*"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for test, passed, failed, skipped, output, seconds in pool.map(unit_test, tests):
            total.add(f"{profile} {test.name}", passed, failed, skipped, output, seconds)


def seeds(total, profile):
    for target in sorted((BUILD / profile / "replay").glob("fuzz_*")):
        name = target.name.removeprefix("fuzz_")
        folders = [d for d in (pathlib.Path("tests/fuzz/seeds") / name, pathlib.Path("tests/fuzz/crashes") / name)
                   if d.is_dir()]
        status, output, seconds = run([str(target), *map(str, folders)], UNIT_SECONDS, **QUIET_LEAKS)
        count = sum(1 for d in folders for _ in d.iterdir())
        total.add(f"{profile} seeds of {name}", count if status == 0 else 0, 0 if status == 0 and count else 1, 0,
                  output or f"{name} has no seeds", seconds)


def rules(total):
    status, output, seconds = run([str(BUILD / "release/dirtwatch"), "--test-patterns"], UNIT_SECONDS)
    found = re.search(r"(\d+) passed, (\d+) failed", output)
    passed, failed = (int(found[1]), int(found[2])) if found else (0, 1)
    total.add("rules' own tests", passed, failed if status == 0 else max(failed, 1), 0, output, seconds)


def scenarios(total):
    report = BUILD / "scenarios.xml"
    report.unlink(missing_ok=True)
    status, output, seconds = run([PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rs",
                                   f"--junitxml={report}", "tests/scenario"], SCENARIO_SECONDS)
    try:
        suite = xml.parse(report).getroot().find("testsuite")
        tests, skipped = int(suite.get("tests")), int(suite.get("skipped"))
        failed = int(suite.get("failures")) + int(suite.get("errors"))
    except (OSError, xml.ParseError, AttributeError):
        tests, failed, skipped = 0, 1, 0
    if status != 0:
        failed = max(failed, 1)
    if skipped:
        print("\n".join(line for line in output.splitlines() if line.startswith("SKIPPED")))
    total.add("scenarios", max(tests - failed - skipped, 0), failed, skipped, output, seconds)


def main():
    total = Sum()
    only_asan = sys.argv[1:] == ["asan"]
    if not only_asan:
        rules(total)
        unit_tests(total, "release")
    unit_tests(total, "asan")
    seeds(total, "asan")
    if not only_asan:
        scenarios(total)
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    sys.exit(1 if total.failed or not total.passed else 0)


if __name__ == "__main__":
    main()
