#!/usr/bin/python3
"""Fit the rules of kind phrases on labelled posts and write them as patterns/rules/90-phrases.yaml.

usage: fit.py --corpora FOLDER [--bench build/release/bench] [--rules patterns/rules] [--out FILE]

FOLDER holds NAME.jsonl, {"id","text","label","fine"} a line, and README.md with the licences.  Posts are read
by the engine itself (bench/phraselines), and scored by the other rules (bench/scorelines): what those find
already counts little.  A phrase may become an item when it is generic: it comes in several posts of several
corpora, names nobody, and is neither a group of people nor a matter of politics by itself.  The weights are
those of a logistic regression; bias and scale are set so that the benign corpora stay quiet, judged on posts
that the weights were not fitted on.  The same corpora and rules give the same file to the byte.

Printed: for each corpus that a list was fitted on, how the rules do alone, and with the list as it does on
posts that it was not fitted on (five folds).
"""
import argparse
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zlib
from collections import Counter

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

FOLDS = 5
POST_WORDS = 50  # PHRASE_POST_WORDS
OWN_FILE = "90-phrases.yaml"
# Lists of the rule files whose words mean people.
GROUPS = ["people", "group_plural", "group_singular", "group_adj", "group_the"]
# Lists of the rule files that name groups of people: what a list with needs_group asks a post to hold.
NAMED = ["group_plural", "group_singular", "group_adj", "group_the", "slur"]
BENIGN = ["agnews", "brand_tweets", "corporate", "hn_titles", "pheme", "political_posts"]
# A phrase is generic when it comes in so many posts of so many corpora each, and in so many in all.
POSTS_A_CORPUS, CORPORA, POSTS_IN_ALL = 2, 3, 10
# A list of the rule files whose words weigh little by themselves, and how much of the way such a phrase goes.
MILD, MILD_ALONE = ["profanity_soft"], 0.75
# What a post counts in the fit that the other rules find already.
FOUND_COUNTS = 0.3
# Confidences where a rule of severity medium becomes a low finding (its threshold) and a medium one.
LOW, MEDIUM = 0.5, 20 / 30

CALM = {"admiration", "amusement", "approval", "caring", "curiosity", "desire", "excitement", "gratitude", "joy",
        "love", "neutral", "optimism", "pride", "realization", "relief"}

# One list of phrases: its rule; where its posts come from and how much a corpus counts; the strengths of the fit
# (c chooses phrases, c2 weighs them); the shares of the benign posts that it may find beyond the other rules, at low
# and at medium; how much of the way from the bias to the threshold a phrase may go (under 1: no phrase
# alone is a finding; up to 1.3: alone it is a low one at most);
# the categories that find the same; corpora that hold nothing of the kind, and are as benign.
LISTS = [
    dict(id="unprofessional.insult.phrases", title="Words that offend, taken together",
         category="unprofessional.insult", items=1500, c=0.03, c2=0.1, shares=(0.0005, 0.0001), alone=1.25, same=("",),
         elsewhere=["affiliate_youtube", "ethics_cm"], unless=["_ctx.violence_condemned"],
         allow="    allow: [{match: '\\bsuck(?:s|ed)? less\\b', reason: praise}]\n",
         corpora={"tweeteval_offensive_train": 4, "tweeteval_offensive_val": 4, "toxic_spans_train": 3,
                  "toxic_spans_trial": 3, "toxicr": 2, "davidson": 1, "hatexplain": 0.7, "cyberbullying": 0.7},
         hit=["You are such a pathetic loser, what a stupid hypocrite",
              "These clowns are a disgusting joke and an ignorant disgrace"],
         miss=["Thanks for the review, I will push a fix today", "What a lovely day at the beach with the kids"]),
    dict(id="discrimination.derogation.phrases", title="Words of hate against a group, taken together",
         category="discrimination.derogation", items=1000, c=0.05, c2=0.3, shares=(0.0006, 0.0002), alone=0.7,
         same=("discrimination", "violence"), needs_group=True, severity="low",
         elsewhere=["affiliate_youtube", "antiwork", "ethics_cm", "janitr", "smokeng", "toxicr"],
         corpora={"tweeteval_hate_train": 2, "tweeteval_hate_val": 2, "hatemojibuild": 1.5, "vicomtech": 2,
                  "multitarget_conan": 1.5, "edos": 1.5, "hatexplain": 1},
         hit=["Muslims are an invasion, deport the gangs and rapists", "Blacks are apes and rapists, deport the gangs"],
         miss=["I am proud of my Muslim neighbours and their kindness", "Women in tech deserve the same pay"]),
    dict(id="conflict.promotion.phrases", title="Words of promotion and giveaways, taken together",
         category="conflict.promotion", items=300, c=0.15, c2=0.1, shares=(0.0004, 0.0001), alone=0.55,
         same=("conflict",),
         corpora={"janitr": 1}, severity="low",
         elsewhere=["antiwork", "ethics_cm", "smokeng", "toxicr", "toxic_spans_train", "tweeteval_hate_train",
                    "tweeteval_irony_train", "tweeteval_offensive_train", "tweeteval_sentiment_test", "vicomtech"],
         hit=["Claim your airdrop now, join our telegram and earn passive income",
              "Giveaway! Follow, retweet, connect your wallet and claim free tokens"],
         miss=["Our team released a new version of the compiler", "I read a good book about the stock market"]),
]

# What collectors of corpora put in the place of names and addresses, and what only their time and topic explains.
ARTEFACTS = set("""user url mention number link rt amp quot https http www com pic via hashtag ap s e tweet twitter ipad
iphone
google apple app sxsw mkr sydneysiege charliehebdo ferguson germanwings ottawashooting free speech time ke ca mc
ik sol wl cc gm era studio movie hysterical redneck trash gt re w â deploy ai model models agent agents code
recovery nerds base launch stocks price prices supply racist racists racism aids vagina penis breeding isolated
sand data""".split()) | set("€🏻🏼🏽🏾🏿🌈🏳♂♀い→")

# Whose side somebody is on is no dirt, and words of the day's politics are soon others.
POLITICS = re.compile(
    r"\b(?:liberals?|libs?|libtards?|conservatives?|democrats?|dems?|republicans?|gop|maga|kag|antifa|trump'?s?|obama|"
    r"hillary|clinton|kavanaugh|brexit|tory|tories|labour|nra|gun|guns|control|2a|qanon|wwg1wga|potus|fbi|doj|nfl|"
    r"left|leftists?|lefties|right|wing|socialis[mt]s?|communis[mt]s?|marxis[mt]s?|fascis[mt]s?|nazis?|vote[rs]?|voted|"
    r"voting|elections?|president|senat\w+|congress|party|parties|politic\w+|america|american|americans|usa|country|"
    r"buildthewall|buildthatwall|build|wall|border|borders|illegals?|aliens?|refugees?|immigra\w+|migrants?|daca|"
    r"soros|cnn|fox|media|news|sjws?|feminis[mt]s?|gamergate|mkr|israel|palestin\w+|isis|islam\w*|sharia|"
    r"lefty|elected|radical\w*|treason|church|religion|welfare|ideology|nationalist|diversity|economy|bill|"
    r"europe|germany|uk|england|india|trudeau|merkel|korea|russia\w*|china|mexico)\b")
# Words of the news: what happened is no offence to tell.
NEWS = set("""arrested attack attacks bomb bombs church corrupt corruption court crime crimes criminal criminals dead
death deaths die died dies fraud jail jailed judge kill killed killer killers killing killings kills law laws mass
murder murdered murders office police prison rape raped rapes sex sexual shoot shooter shooting shot society
terror terrorism terrorist terrorists tragedy trial victim victims violence violent war""".split())
# Words that say nothing by themselves: phrases of nothing else are none.
STOP = set("""a about after again all also always am an and another any anyone anything are aren't around as at back be
because been before being below but by came can can't cant come comes could couldn't did didn't do does doesn't
doing don't done dont down each either else enough even ever every everyone everything for from get gets getting
give go goes going gone gonna got had has have haven't having he he's her here hers hey him himself his how i
i'd i'll i'm i've if im in into is isn't it it's its just keep know let let's like ll look made make makes
making many may maybe me mean means might more most much must my need never no nobody not nothing now of off oh
ok on once one only or other our out over own put re really said same say saying says see seems she she's should
so some someone something still such take taking talk talking tell than that that's thats the their them
themselves then there there's these they they'll they're they've theyre thing things think thinks this those
though through to too try trying two u un under until up ur us use used using very want wants was wasn't way we
we'll we're we've well went were what what's when where which while who who's why will with won't without would
wouldn't yeah yes yet you you'll you're you've your youre yours""".split())
WORD = re.compile(r"[^\W_][\w'’]*")


def rows_of(folder, name):
    with open(os.path.join(folder, name + ".jsonl"), encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def licences(folder):
    found = {}
    for line in open(os.path.join(folder, "README.md"), encoding="utf-8"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 6:
            found[cells[0]] = cells[5]
    return found


def read_phrases(binary, rules, rows):
    feed = "".join(json.dumps({"text": row["text"]}) + "\n" for row in rows)
    done = subprocess.run([binary, rules], input=feed.encode(), stdout=subprocess.PIPE, check=True)
    lists = [json.loads(line) for line in done.stdout.splitlines()]
    if len(lists) != len(rows):
        sys.exit(f"{binary}: {len(lists)} answers to {len(rows)} posts")
    return [n for n, _ in lists], [phrases for _, phrases in lists]


def rule_words(folder, names):
    """The words of lists in the rule files: read by pattern, the file's own form of them being flat."""
    return {word for item in rule_items(folder, names) for word in item.split()}


def rule_items(folder, names):
    items = set()
    for path in sorted(os.listdir(folder)):
        text = open(os.path.join(folder, path), encoding="utf-8").read()
        for name in names:
            for found in re.findall(rf"^  {name}:\n    items: \[([^\]]*)\]", text, re.M):
                items.update((a or b).strip() for a, b in re.findall(r'"([^"]*)"|([^,\[\]]+)', found))
    return items


def names_of(corpora):
    """Words that stand with a capital inside a sentence nearly always: names."""
    capital, all_ = Counter(), Counter()
    for rows in corpora.values():
        for row in rows:
            text = row["text"]
            if text.islower() or text.isupper():
                continue
            for match in WORD.finditer(text):
                before = text[:match.start()].rstrip(" \"'“‘(#")
                word = match.group().replace("’", "'")
                if not before or before[-1] in ".!?:|\n" or (len(word) > 1 and word.isupper()):
                    continue
                all_[word.lower()] += 1
                capital[word.lower()] += word[0].isupper()
    return {word for word, n in all_.items() if n >= 5 and capital[word] > 0.6 * n}


def is_generic(phrase, names, groups):
    words = phrase.split()
    if any(re.search(r"\d", w) or len(w) > 20 or w in ARTEFACTS or w in NEWS or
           ("🇦" <= w[0] <= "🇿") or (w in names and w not in groups) for w in words):
        return False
    if POLITICS.search(phrase):
        return False
    if all(w in STOP for w in words):
        return False
    # A group by itself is not held against anybody.
    bare = [w for w in words if w not in groups]
    return not (len(bare) < len(words) and all(w in STOP for w in bare))


def choose_phrases(corpora, seen, names, groups):
    """Phrases that come in several posts of several corpora, sorted."""
    in_all, in_corpora = Counter(), Counter()
    for name in sorted(corpora):
        counts = Counter(p for phrases in seen[name] for p in phrases)
        for phrase, n in counts.items():
            if n >= POSTS_A_CORPUS:
                in_all[phrase] += n
                in_corpora[phrase] += 1
    return sorted(p for p, n in in_all.items()
                  if n >= POSTS_IN_ALL and in_corpora[p] >= CORPORA and is_generic(p, names, groups))


def matrix_of(lengths, seen, index):
    """A row a post: 1 where it holds a phrase, less in a long one (patterns/phrases.h)."""
    columns, ends = [], [0]
    for phrases in seen:
        columns.extend(sorted(index[p] for p in phrases if p in index))
        ends.append(len(columns))
    share = np.minimum(1, POST_WORDS / np.maximum(1, np.array(lengths)))
    return sparse.csr_matrix((np.repeat(share, np.diff(ends)), np.array(columns, np.int32), np.array(ends)),
                             shape=(len(seen), len(index)))


class Posts:
    """The labelled posts of one list: features, label, weight, fold, corpus, and whether the rules find them."""

    def __init__(self, what, corpora, matrices, found, grouped):
        parts, names, label, weight, fold, known, hears = [], [], [], [], [], [], []
        for name in sorted(corpora):
            own = name in what["corpora"]
            marks = [self.mark(what, name, row) for row in corpora[name]]
            asked = grouped[name] if what.get("needs_group") else [True] * len(marks)
            keep = [i for i, mark in enumerate(marks) if mark is not None]
            if not keep:
                continue
            parts.append(matrices[name][keep])
            n = Counter(marks[i] for i in keep)
            for i in keep:
                same = any(category.startswith(what["same"]) for category in found[name][i])
                # Both labels of a corpus weigh alike to their root, so that a large class does not rule.
                own_weight = what["corpora"][name] if own else 0.7
                own_weight = 1.5 if name in BENIGN else own_weight
                weight.append(own_weight * (len(keep) / n[marks[i]]) ** 0.5 * (FOUND_COUNTS if same else 1))
                label.append(marks[i])
                known.append(same)
                hears.append(asked[i])
                names.append(name)
                fold.append(zlib.crc32(str(corpora[name][i]["id"]).encode()) % FOLDS)
        self.x, self.label = sparse.vstack(parts).tocsr(), np.array(label)
        self.weight, self.fold = np.array(weight), np.array(fold)
        self.names, self.known, self.hears = np.array(names), np.array(known), np.array(hears)
        self.quiet = np.isin(self.names, [*BENIGN, *what["elsewhere"]]) & ~self.known

    @staticmethod
    def mark(what, name, row):
        """What a post teaches: 1, 0, or None for nothing."""
        if name in what["corpora"]:
            return row["label"]
        if name in BENIGN or name in what["elsewhere"]:
            return 0
        if name == "goemotions_test":
            return 0 if set(re.split(r"[+,; ]+", row.get("fine") or "")) <= CALM else None
        return None


def fit(what, x, label, weight):
    """Weights of the phrases, mostly nought, at most what["items"] of them, and the bias."""
    first = LogisticRegression(penalty="l1", C=what["c"], solver="liblinear", random_state=1, max_iter=200, tol=1e-3)
    first.fit(x, label, sample_weight=weight)
    # A phrase that is hardly ever there earns little, however sure: weigh by how often it speaks.
    often = np.sqrt(np.asarray(x.sum(axis=0)).ravel())
    order = np.lexsort((np.arange(x.shape[1]), -np.abs(first.coef_[0]) * often))
    kept = np.array(sorted(i for i in order[:what["items"]] if first.coef_[0][i] != 0))
    second = LogisticRegression(C=what["c2"], solver="liblinear", random_state=1, max_iter=200, tol=1e-4)
    second.fit(x[:, kept], label, sample_weight=weight)
    weights = np.zeros(x.shape[1])
    weights[kept] = second.coef_[0]
    return weights, float(second.intercept_[0])


class Model:
    """Weights and bias as they were fitted, and capped by how far from the bias to the sum @low a phrase may go."""

    def __init__(self, what, posts, use, is_mild):
        self.alone = np.where(is_mild, min(what["alone"], MILD_ALONE), what["alone"])
        self.weights, self.bias = fit(what, posts.x[use], posts.label[use], posts.weight[use])

    def capped(self, low):
        return np.minimum(self.weights, self.alone * max(low - self.bias, 0.0))

    def sums(self, x, low):
        return x @ self.capped(low) + self.bias


def share_of(posts, sums, share):
    """The sum that so many benign posts reach which the rules leave alone."""
    quiet = np.sort(sums[posts.quiet])[::-1]
    return float(quiet[int(share * len(quiet))])


def held_out(what, posts, is_mild):
    """The sum of each post by weights that were fitted on the others, and the one where a finding begins."""
    models = [Model(what, posts, posts.fold != fold, is_mild) for fold in range(FOLDS)]
    sums, low = np.zeros(len(posts.label)), np.inf
    # The cap lowers the sums of benign posts, and so itself: it settles within a few rounds.
    for _ in range(6):
        for fold, model in enumerate(models):
            test = posts.fold == fold
            sums[test] = model.sums(posts.x[test], low)
        low = share_of(posts, sums, what["shares"][0])
    return sums, low


def calibrate(what, posts, sums, low):
    """Scale and shift that put @low at LOW, and the second share at MEDIUM."""
    scale = np.log(MEDIUM / (1 - MEDIUM)) / max(share_of(posts, sums, what["shares"][1]) - low, 0.5)
    return scale, -scale * low


def found_by_rules(bench, rules, corpora):
    """The categories that the other rules find in each post, at low or worse."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(os.listdir(rules)):
            if path != OWN_FILE:
                os.symlink(os.path.abspath(os.path.join(rules, path)), os.path.join(folder, path))
        for name, rows in corpora.items():
            feed = "".join(json.dumps({"id": str(row["id"]), "text": row["text"]}) + "\n" for row in rows)
            done = subprocess.run([f"{bench}/scorelines", folder], input=feed.encode(), stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, check=True)
            verdicts = [json.loads(line) for line in done.stdout.splitlines()]
            if [v["id"] for v in verdicts] != [str(row["id"]) for row in rows]:
                sys.exit(f"{name}: not every post was scored")
            found[name] = [[f["category"] for f in v["findings"] if f["severity"] != "info"] for v in verdicts]
    return found


# ---- what is told and written ----

def figures(label, mark):
    tp, fp = int(np.sum(mark & (label == 1))), int(np.sum(mark & (label == 0)))
    fn, tn = int(np.sum(~mark & (label == 1))), int(np.sum(~mark & (label == 0)))
    f1 = 2 * tp / max(2 * tp + fp + fn, 1)
    return (f"P {tp / max(tp + fp, 1):.3f}  R {tp / max(tp + fn, 1):.3f}  F1 {f1:.3f}  "
            f"macro-F1 {(f1 + 2 * tn / max(2 * tn + fp + fn, 1)) / 2:.3f}  FPR {100 * fp / max(fp + tn, 1):5.2f} %")


def report(what, posts, sums, low):
    print(f"{what['id']}, by the categories {', '.join(what['same']) or 'all'}, on posts it was not fitted on:")
    for name in [*what["corpora"], *BENIGN, *what["elsewhere"]]:
        here = posts.names == name
        label, known, mark = posts.label[here], posts.known[here], (
            posts.known[here] | (posts.hears[here] & (sums[here] >= low)))
        print(f"  {name:26} rules  {figures(label, known)}\n  {'':26} both   {figures(label, mark)}")


def quote(text):
    return json.dumps(text, ensure_ascii=False)


def write_rule(out, what, phrases, weights, bias):
    items = sorted((-round(w, 2), p) for p, w in zip(phrases, weights) if abs(w) >= 0.05)
    needs = "    requires: [_ctx.group_named]\n" if what.get("needs_group") else ""
    unless = ["_ctx.news", "_ctx.wrong_to", *what.get("unless", [])]
    print(f"""  - id: {what['id']}
    title: {what['title']}
    status: stable
    category: {what['category']}
    severity: {what.get('severity', 'medium')}
    kind: phrases
    bias: {bias:.2f}
    threshold: {LOW}
{needs}    unless: [{', '.join(unless)}]
{what.get('allow', '')}    items:""", file=out)
    line = "      {"
    for i, (weight, phrase) in enumerate(items):
        item = f"{quote(phrase)}: {-weight:.2f}" + ("}" if i + 1 == len(items) else ",")
        if len(line) + len(item) > 118:
            print(line.rstrip(), file=out)
            line = "       "
        line += item + " "
    print(line.rstrip(), file=out)
    print("    tests:", file=out)
    for kind in ("hit", "miss"):
        print(f"      {kind}:", *(f"        - {quote(text)}" for text in what[kind]), sep="\n", file=out)
    return len(items)


def write_head(out, corpora, licence):
    print(f"""# Phrases that weigh: fitted, not written.  Made by `make fit CORPUS=FOLDER` (tests/tools/fit.py), \
which makes it
# again to the byte from the same corpora and rules; run it after rules have changed.  No text of a corpus is in it:
# only words, pairs and triples of words that come in several posts of {CORPORA} corpora or more.  \
Fitted on (licences):""",
          file=out)
    for name in sorted(corpora):
        print(f"#   {name} ({licence.get(name, 'unknown')})", file=out)
    print("""dirtwatch_patterns: 1
meta: {name: phrases-en, lang: en, version: "2026.1", license: CC0-1.0, sources: [fitted weights]}

rules:
  - id: _ctx.group_named
    title: A group of people is named
    kind: context
    reach: post
    pattern: '\\b(?:""" + "|".join("${list:%s}" % name for name in NAMED) + """)\\b'
    tests: {hit: ["my muslim neighbours"], miss: ["my neighbours"]}""", file=out)


def used(corpora):
    wanted = {name for what in LISTS for name in what["corpora"]} | set(BENIGN) | {"goemotions_test"}
    return sorted(wanted & set(corpora))


def run(args):
    corpora = {name[:-6]: rows_of(args.corpora, name[:-6]) for name in sorted(os.listdir(args.corpora))
               if name.endswith(".jsonl")}
    lengths, seen = {}, {}
    for name, rows in corpora.items():
        lengths[name], seen[name] = read_phrases(f"{args.bench}/phraselines", args.rules, rows)
    groups = rule_words(args.rules, GROUPS)
    phrases = choose_phrases(corpora, seen, names_of(corpora), groups)
    index = {phrase: i for i, phrase in enumerate(phrases)}
    matrices = {name: matrix_of(lengths[name], seen[name], index) for name in corpora}
    named = rule_items(args.rules, NAMED)
    mild = rule_words(args.rules, MILD) | STOP
    is_mild = np.array([all(word in mild for word in phrase.split()) for phrase in phrases])
    grouped = {name: [not named.isdisjoint(phrases_) for phrases_ in lists] for name, lists in seen.items()}
    found = found_by_rules(args.bench, args.rules, corpora)
    text, total = io.StringIO(), 0
    write_head(text, used(corpora), licences(args.corpora))
    for what in LISTS:
        posts = Posts(what, corpora, matrices, found, grouped)
        sums, low = held_out(what, posts, is_mild)
        scale, shift = calibrate(what, posts, sums, low)
        report(what, posts, sums, low)
        model = Model(what, posts, np.ones(len(posts.label), bool), is_mild)
        total += write_rule(text, what, phrases, model.capped(low) * scale, model.bias * scale + shift)
    with open(args.out, "w", encoding="utf-8") as out:
        out.write(text.getvalue())
    print(f"{args.out}: {total} phrases")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpora", required=True)
    parser.add_argument("--bench", default="build/release/bench")
    parser.add_argument("--rules", default="patterns/rules")
    parser.add_argument("--out", default="patterns/rules/" + OWN_FILE)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
