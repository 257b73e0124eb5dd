#!/usr/bin/python3
"""How well verdicts agree with labels: every corpus of FOLDER through `dirtwatch --check --jsonl`.

usage: quality.py [--binary build/release/dirtwatch] [--rules patterns/rules] [--out build/quality] FOLDER

FOLDER holds NAME.jsonl, {"id","text","label": 1|0|null} a line, and README.md, whose table names each corpus's kind.
Printed, and written to OUT/table.txt: for each corpus, category prefix and severity precision, recall, F1,
macro-F1, share of label 0 that was flagged, share of all.  OUT/false-alarms.txt lists what was found in benign
corpora; OUT/rules.txt, of each rule, how many of the labelled posts that it found are of label 1.
"""
import argparse
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict

SEVERITIES = ["info", "low", "medium", "high", "critical"]
# What findings a kind of corpus is about, beside all of them.
PREFIXES = {
    "offence": ["unprofessional."], "spans": ["unprofessional."], "hate": ["discrimination.", "violence."],
    "sexism": ["discrimination.", "violence."], "unethical": ["unethical.", "illegal."], "drugs": ["illegal.drugs"],
    "coi": ["conflict."],
}
# Corpora of these kinds hold one kind of post only: label 0 there is not everything that is harmless.
ONE_SIDED = {"political", "irony", "flagrate"}


def kinds(folder):
    found = {}
    for line in open(os.path.join(folder, "README.md"), encoding="utf-8"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 6:
            found[cells[0]] = cells[1]
    return found


def verdicts(binary, rules, rows):
    feed = "".join(json.dumps({"id": str(i), "text": row["text"]}) + "\n" for i, row in enumerate(rows))
    done = subprocess.run([binary, f"--patterns={rules}", "--check", "--jsonl", "--format=json", "--quiet"],
                          input=feed.encode(), stdout=subprocess.PIPE)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    by_id = {int(v["id"]): v for v in answers if v.get("type") == "verdict"}
    if len(by_id) != len(rows):
        sys.exit(f"{binary} answered {len(by_id)} of {len(rows)} posts (exit status {done.returncode})")
    return [by_id[i] for i in range(len(rows))]


def flagged(verdict, at, prefixes):
    return any(SEVERITIES.index(f["severity"]) >= at and f["category"].startswith(tuple(prefixes))
               for f in verdict["findings"])


def figures(rows, marks):
    count = Counter((row["label"], mark) for row, mark in zip(rows, marks))
    tp, fn, fp, tn = count[1, True], count[1, False], count[0, True], count[0, False]

    def share(part, whole):
        return f"{part / whole:7.3f}" if whole else "      -"

    f1 = share(2 * tp, 2 * tp + fp + fn) if tp + fn else "      -"
    macro = f"{tp / (2 * tp + fp + fn) + tn / (2 * tn + fp + fn):9.3f}" if tp + fn and fp + tn else "        -"
    quiet = f"{100 * fp / (fp + tn):8.2f}" if fp + tn else "       -"
    return (f"{len(rows):7}{tp + fn:7}{share(tp, tp + fp) if tp + fn else '      -'}{share(tp, tp + fn)}{f1}{macro}"
            f"{quiet}{100 * sum(marks) / max(len(rows), 1):8.2f}")


def alarms(name, rows, found):
    for row, verdict in zip(rows, found):
        for f in verdict["findings"]:
            if SEVERITIES.index(f["severity"]) >= SEVERITIES.index("low"):
                text = " ".join(row["text"].split())
                yield f"{f['severity']:9}{f['rule']:42}{name:14}{f['excerpt']!r}: {text}"


def rule_lines(hits):
    yield f"{'rule':48}{'hits':>8}{'label 1':>9}{'precision':>11}"
    for rule, count in sorted(hits.items(), key=lambda item: (item[1][1] / item[1].total(), item[0])):
        yield f"{rule:48}{count.total():8}{count[1]:9}{count[1] / count.total():11.3f}"


def measure(args):
    kind_of = kinds(args.folder)
    table, wrong, hits, benign = [], [], defaultdict(Counter), []
    table.append(f"{'corpus':28}{'categories':26}{'at':8}{'rows':>7}{'pos':>7}{'P':>7}{'R':>7}{'F1':>7}{'macroF1':>9}"
                 f"{'FPR%':>8}{'flag%':>8}")
    for name in sorted(f[:-6] for f in os.listdir(args.folder) if f.endswith(".jsonl")):
        with open(os.path.join(args.folder, name + ".jsonl"), encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        found, kind = verdicts(args.binary, args.rules, rows), kind_of.get(name, "")
        for prefixes in [[""]] + ([PREFIXES[kind]] if kind in PREFIXES else []):
            for at in ("low", "medium"):
                marks = [flagged(v, SEVERITIES.index(at), prefixes) for v in found]
                table.append(f"{name:28}{' '.join(prefixes) or 'all':26}{at:8}{figures(rows, marks)}")
        if kind == "benign":
            wrong.extend(alarms(name, rows, found))
            benign.extend(zip(rows, found))
        if kind not in ONE_SIDED:
            for row, verdict in zip(rows, found):
                for rule in {f["rule"] for f in verdict["findings"]}:
                    if row["label"] is not None:
                        hits[rule][row["label"]] += 1
    for at in ("low", "medium"):
        marks = [flagged(v, SEVERITIES.index(at), [""]) for _, v in benign]
        table.append(f"{'all benign':28}{'all':26}{at:8}{figures([row for row, _ in benign], marks)}")
    return table, sorted(wrong), list(rule_lines(hits))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default="build/release/dirtwatch")
    parser.add_argument("--rules", default="patterns/rules")
    parser.add_argument("--out", default="build/quality")
    parser.add_argument("folder")
    args = parser.parse_args()
    if not os.path.isdir(args.folder):
        sys.exit(f"{args.folder} is not there: give a folder of labelled posts with CORPUS=")
    table, wrong, rules = measure(args)
    os.makedirs(args.out, exist_ok=True)
    for name, lines in (("table.txt", table), ("false-alarms.txt", wrong), ("rules.txt", rules)):
        with open(os.path.join(args.out, name), "w", encoding="utf-8") as out:
            out.writelines(line + "\n" for line in lines)
    print("\n".join(table))
    print(f"\nfalse alarms in benign posts: {len(wrong)}, in {args.out}/false-alarms.txt; "
          f"precision of rules: {args.out}/rules.txt")


if __name__ == "__main__":
    main()
