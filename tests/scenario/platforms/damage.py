"""What may happen to an answer on its way, or in its making.  Every kind says what must come of it:

    same    the same posts as of the sound answer
    less    nothing but posts of the sound answer, and the profile is not said to be read whole
    not     the profile is unverified: nothing is known of it
"""
import dataclasses
import gzip
import json
import re

BIG = 9 * 1024 * 1024  # more than a page may have after decompression


def is_json(reply):
    return "json" in reply.kind


def turned(value, rows):
    """Keys of objects the other way round; with @rows, lists too."""
    if isinstance(value, dict):
        return {key: turned(value[key], rows) for key in reversed(value)}
    if isinstance(value, list):
        return [turned(item, False) for item in (reversed(value) if rows else value)]
    return value


def turned_rows(value, depth=0):
    """The longest list of objects near the top of @value the other way round."""
    if isinstance(value, list):
        return list(reversed(value))
    if isinstance(value, dict) and depth < 2:
        return {key: turned_rows(item, depth + 1) if is_rows(item) or isinstance(item, dict) else item
                for key, item in value.items()}
    return value


def is_rows(value):
    return isinstance(value, list) and len(value) > 1 and all(isinstance(item, dict) for item in value)


def mistyped(value):
    """Each leaf in a list of its own."""
    if isinstance(value, dict):
        return {key: mistyped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [mistyped(item) for item in value]
    return [value]


def numbered(value):
    """Texts are numbers, numbers are texts, true is an object."""
    if isinstance(value, dict):
        return {key: numbered(item) for key, item in value.items()}
    if isinstance(value, list):
        return [numbered(item) for item in value]
    if isinstance(value, str):
        return len(value)
    return {"value": value} if isinstance(value, bool) or value is None else str(value)


def replaced(reply, value):
    return dataclasses.replace(reply, body=json.dumps(value, ensure_ascii=False).encode())


def cut(reply):
    return dataclasses.replace(reply, body=reply.body[:len(reply.body) * 3 // 5])


def torn(reply):
    return dataclasses.replace(reply, torn=True)


def swollen(reply):
    """So many blanks that no limit holds it; on the wire it is small."""
    body = reply.body
    if is_json(reply):
        body += b" " * BIG
    else:
        body = re.sub(rb">(?=[^<>]*<)", lambda m: b">" + b" " * BIG, body, count=0 if len(body) < 200 else 1) \
            + b" " * BIG
    return dataclasses.replace(reply, body=gzip.compress(body, 1), gzip=True)


def swapped(reply):
    """Something else altogether, as it is."""
    body = b'{"hello": "world"}' if not is_json(reply) else b"[[[17]]]"
    return dataclasses.replace(reply, body=body)


def keys(reply):
    return replaced(reply, turned(json.loads(reply.body), False))


def rows(reply):
    return replaced(reply, turned_rows(json.loads(reply.body)))


def types(reply):
    return replaced(reply, mistyped(json.loads(reply.body)))


def numbers(reply):
    return replaced(reply, numbered(json.loads(reply.body)))


# name: (what is done, to which parts, for JSON alone, what must come of it)
KINDS = {
    "cut": (cut, ("main",), False, "not"),
    "torn": (torn, ("main",), False, "not"),
    "keys": (keys, ("main", "also"), True, "same"),
    "rows": (rows, ("main", "also"), True, "same"),
    "types": (types, ("main",), True, "not"),
    "numbers": (numbers, ("main",), True, "not"),
    "swollen": (swollen, ("main",), False, "not"),
    "swapped": (swapped, ("main",), False, "not"),
}


def outcome(case, name, reply):
    """What must come of it for @case; None: it does not apply."""
    _, _, json_only, comes = KINDS[name]
    if json_only and not is_json(reply):
        return None
    if not reply.body or (is_json(reply) and not json.loads(reply.body)):
        return None
    if name == "rows" and case.ordered:
        return None
    if name == "types" and "activity+json" in reply.kind:  # in JSON-LD a list of one is that one
        return None
    if name == "cut" and not is_json(reply):
        return None if case.tolerant else "less"
    return comes


def variants(case):
    """(name, case with one answer damaged, what must come of it)."""
    if not case.verified:
        return
    for name, (act, parts, _, _) in KINDS.items():
        for i, route in enumerate(case.routes):
            if route.part not in parts or route.reply.status != 200:
                continue
            comes = outcome(case, name, route.reply)
            if comes is None:
                continue
            routes = list(case.routes)
            routes[i] = dataclasses.replace(route, reply=act(route.reply))
            yield f"{name}{i}", dataclasses.replace(case, routes=routes), comes
