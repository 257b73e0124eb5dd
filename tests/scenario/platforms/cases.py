"""All cases: what the project has of its own, and the samples of real platforms where they are at hand."""
import importlib

from platforms.case import SHARED

READERS = [importlib.import_module(f"platforms.{name}") for name in (
    "activitypub", "blogs", "bluesky", "devto", "discourse", "feeds", "github", "gitlab", "hackernews", "lemmy",
    "linkedin", "mastodon", "misskey", "peertube", "reddit", "stackexchange", "steam", "telegram")]


def all_cases():
    cases = [case for reader in READERS for case in reader.own()]
    if SHARED.is_dir():
        cases += [case for reader in READERS for case in reader.genuine()]
    names = [case.name for case in cases]
    assert len(names) == len(set(names)), "two cases of one name"
    return cases
