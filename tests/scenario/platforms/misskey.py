"""Misskey: an API of POSTs: the account, its notes page by page."""
import re

from platforms import words
from platforms.case import OWN, SHARED, Case, as_json, at, load


def of_mfm(text):
    """(own, others): effects and tags are no words; quoted lines are others'."""
    text = re.sub(r"\$\[[a-z0-9.,=]+ ((?:[^\[\]]|\[[^\]]*\])*)\]", r"\1", text or "")
    return words.of_markdown(re.sub(r"</?(b|i|s|small|center|plain)>", "", text))


def words_of(note):
    alts = [file.get("comment") for file in note.get("files") or []]
    options = [choice["text"] for choice in (note.get("poll") or {}).get("choices", [])]
    own, others = of_mfm(note.get("text"))
    return words.join(note.get("cw"), own, *options, *alts), others


def post_of(note, host, owner):
    shown = {"id": note["id"], "url": f"https://{host}/notes/{note['id']}", "published": words.when(note["createdAt"])}
    renote = note.get("renote") or {}
    own, quoted = words_of(note)
    theirs = words.join(*words_of(renote))
    if note["userId"] != owner or note.get("renoteId") and not own:
        return {**shown, "kind": "repost", "text": "", "others": words.join(own, quoted, theirs)}
    kind = "quote" if note.get("renoteId") else "reply" if note.get("replyId") else "post"
    if "<!--" in (note.get("text") or ""):  # is parted, for it is no comment there: white space is all that differs
        return {**shown, "kind": kind}
    return {**shown, "kind": kind, "text": own, "others": words.join(quoted, theirs)}


def case_of(name, host, user, notes):
    routes = [at(host, "/api/users/show", as_json(user), method="POST", body=(("username", user["username"]),)),
              at(host, "/api/users/notes", as_json([]), part="", method="POST", body=(("untilId", notes[-1]["id"]),)),
              at(host, "/api/users/notes", as_json(notes), method="POST", body=(("userId", user["id"]),)),
              at(host, "/api/users/following", as_json([]), part="", method="POST")]
    return Case(name, f"https://{host}/@{user['username']}", routes,
                [post_of(note, host, user["id"]) for note in notes], source="misskey", config="source: misskey",
                verdicts=("ok", "truncated"))


def genuine():
    notes = load(SHARED / "misskey/synthetic_users_notes.json")
    user = {**notes[0]["user"], "notesCount": len(notes), "createdAt": "2024-01-01T00:00:00.000Z", "description": None,
            "followersCount": 0, "followingCount": 0, "fields": [], "pinnedNoteIds": []}
    yield case_of("misskey/synthetic_users_notes", "misskey.example", user, notes)


def own():
    user, notes = load(OWN / "misskey/user.json"), load(OWN / "misskey/notes.json")
    yield case_of("own/misskey", "own.misskey.example", user, notes)
