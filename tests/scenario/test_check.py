"""--check, --check-config, --test-patterns, --explain: the jobs without a network."""
import json
import subprocess

import pytest
from harness import BINARY, INSULT, ROOT, STONED, entry, hfeed


def test_a_draft_is_scored_with_byte_offsets(dirtwatch):
    draft = "Café. " + STONED
    result = dirtwatch.run("--check", "--format=json", stdin=draft.encode())
    (verdict,) = result.events("verdict")
    finding = verdict["findings"][0]
    assert set(finding) >= {"rule", "class", "category", "severity", "confidence", "score", "start", "end", "excerpt",
        "why",
                            "advice"}
    assert "stoned" in draft.encode()[finding["start"]:finding["end"]].decode()
    assert verdict["severity"] != "none" and 0 < verdict["score"] <= 100
    assert result.status == 1


def test_a_harmless_draft_is_clean(dirtwatch):
    result = dirtwatch.run("--check", stdin=b"High five to the team!")
    assert result.status == 0 and "none" in result.out


def test_a_batch_answers_every_line(dirtwatch):
    rows = [{"id": i, "text": t} for i, t in enumerate([INSULT, "Hello", "", "\u0000 nul", "🎉" * 50, "x" * 200000])]
    feed = "".join(json.dumps(r) + "\n" for r in rows).encode()
    result = dirtwatch.run("--check", "--jsonl", "--format=json", "--quiet", stdin=feed)
    verdicts = result.events("verdict")
    assert [v["id"] for v in verdicts] == list(range(len(rows)))
    assert verdicts[0]["findings"] and not verdicts[1]["findings"]


def test_a_line_may_tell_its_language(dirtwatch):
    told = [{"id": "told", "text": "Gute Fart", "lang": "de"}, {"id": "no word of it", "text": "Gute Fart"},
            {"id": "no string", "text": "Gute Fart", "lang": 7}]
    feed = "".join(json.dumps(row) + "\n" for row in told).encode()
    verdicts = dirtwatch.run("--check", "--jsonl", "--format=json", "--quiet", stdin=feed).events("verdict")
    assert [bool(v["findings"]) for v in verdicts] == [False, True, True]


def test_a_bad_line_is_named_and_the_others_are_scored(dirtwatch):
    result = dirtwatch.run("--check", "--jsonl", "--format=json",
        stdin=b'{"id":1,"text":"a"}\n{oops\n{"id":3,"text":"b"}\n')
    assert [v["id"] for v in result.events("verdict")] == [1, 3]
    assert result.status == 2 and "line 2" in result.err


def test_evaluate_runs_on_it(tmp_path):
    tool = ROOT / ".." / "shared" / "tools" / "evaluate.py"
    if not tool.exists():
        pytest.skip("../shared/tools/evaluate.py is not there")
    corpus = tmp_path / "own.jsonl"
    corpus.write_text("".join(json.dumps({"id": str(i), "text": t, "label": l}) + "\n"
                              for i, (t, l) in enumerate([(INSULT, 1), (STONED, 1), ("Hello", 0), ("High five", 0)])))
    done = subprocess.run(["/usr/bin/python3", str(tool), "--binary", str(BINARY), "--json", str(tmp_path / "out.json"),
                           str(corpus)], stdout=subprocess.PIPE, timeout=60)
    assert done.returncode == 0
    row = json.loads((tmp_path / "out.json").read_text())["own/own"]
    assert row["recall"] == 1 and row["fpr"] == 0


def test_check_config_tells_everything_at_once(dirtwatch):
    dirtwatch.config.write_text("person:\n  nam: Ada\nschedule: {every: 6 fortnights}\n"
                                "profiles:\n  - gopher://x.example/\n")
    result = dirtwatch.run("--check-config", str(dirtwatch.config))
    assert result.status == 2
    out = result.out + result.err
    assert f"{dirtwatch.config}:2:3: " in out and 'did you mean "name"' in out
    assert ":3:" in out and ":5:" in out and "^" in out


def test_check_config_lists_what_is_not_used_yet(dirtwatch):
    dirtwatch.config.write_text("person: {name: Ada, resume: resume.json}\nprofiles: [https://ada.example/]\n")
    result = dirtwatch.run("--check-config", str(dirtwatch.config))
    assert result.status == 0 and "not used yet" in result.out and "1 profile" in result.out


def test_the_shipped_sample_config_is_fine(dirtwatch):
    assert dirtwatch.run("--check-config", str(ROOT / "config/dirtwatch.yaml")).status == 0


def test_rules_pass_their_own_tests(dirtwatch):
    result = dirtwatch.run("--test-patterns")
    assert result.status == 0, result.out + result.err
    assert result.out.splitlines()[-1].endswith("0 failed")


def test_a_bad_rule_is_named_with_its_place(dirtwatch, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("dirtwatch_patterns: 1\nrules:\n  - id: own.bad\n    title: Bad\n"
                   "    category: unprofessional.profanity\n"
                   "    patern: 'x'\n    pattern: '(unclosed'\n    why: w\n    advice: a\n"
                   "    tests: {hit: [a, b], miss: [c, d]}\n")
    result = dirtwatch.run("--test-patterns", str(bad))
    assert result.status == 2
    assert f"{bad}:6:5" in result.err and 'did you mean "pattern"' in result.err and f"{bad}:7:" in result.err


def test_explain(dirtwatch, site):
    site.put("index.html", hfeed(entry(1, INSULT)))
    dirtwatch.configure([site.url + "/"])
    finding = dirtwatch.scan().events("finding")[0]
    config = ("--config", str(dirtwatch.config))
    assert finding["title"] in dirtwatch.run("--explain", finding["rule"], *config).out
    shown = dirtwatch.run("--explain", finding["id"], *config).out
    assert finding["url"] in shown and "weighed:" in shown
    assert dirtwatch.run("--explain", "no.such.rule", *config).status == 2


BOMB = r"""
dirtwatch_patterns: 1
categories:
  own.bomb: {title: A bomb, class: unprofessional, severity: low, max_score: 10, why: w, advice: a}
rules:
  - id: own.bomb
    title: A bomb
    category: own.bomb
    severity: low
    confidence: 0.9
    kind: text
    pattern: '\w*\w*\w*\w*\w*q9\z'
    why: It never ends.
    advice: Mend the rule.
    tests: {hit: [aq9, bq9], miss: [c, d]}
"""


def test_a_rule_that_gives_up_leaves_the_post_unscored(dirtwatch, site):
    (dirtwatch.folder / "patterns.d").mkdir()
    (dirtwatch.folder / "patterns.d" / "bomb.yaml").write_text(BOMB)
    text = "x" * 3000 + " q9 " + "y" * 3000
    draft = dirtwatch.run("--check", "--format=json", stdin=text.encode())
    (verdict,) = draft.events("verdict")
    assert verdict["unscored"] and "own.bomb" in verdict["unscored_why"] and draft.status == 3
    site.put("index.html", hfeed(entry(1, text)))
    dirtwatch.configure([site.url + "/"])
    for _ in range(2):  # and it is read again, though it has not changed
        result = dirtwatch.scan()
        profile = result.profile()
        assert result.status == 3 and profile["coverage"]["unscored"] == 1 and "own.bomb" in profile["coverage"]["lack"]
    assert "could not be scored" in dirtwatch.run("--scan-now", "--config", str(dirtwatch.config)).out
