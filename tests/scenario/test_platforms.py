"""Every sample of every platform through the real program, which asks the hosts that it always asks.

The namespace, the server and the readers that say what must come of it are in platforms/; each case and each
damage to it is a test here.  Without root, or without namespaces, they are skipped."""
import pytest
from platforms import cases, damage, world

SOUND = {case.name: case for case in cases.all_cases()}
DAMAGED = {f"{case.name}-{name}": (case, damaged, comes) for case in SOUND.values()
           for name, damaged, comes in damage.variants(case)}

pytestmark = pytest.mark.skipif(not world.can_enter(), reason="the platforms' world needs root and unshare(1)")


class Played:
    """All scenes, and in which of them each case was played."""

    def __init__(self, folder):
        sound = world.into_scenes(list(SOUND.values()))
        damaged = world.into_scenes([damaged for _, damaged, _ in DAMAGED.values()])
        self.results = world.run(folder, sound + damaged, twice=range(len(sound)))
        self.place = {id(case): number for number, scene in enumerate(sound + damaged) for case in scene}

    def scene(self, case):
        return self.results[self.place[id(case)]]

    def events(self, case, scene=None):
        return (scene or self.scene(case))["events"].get(case.url, [])


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    return Played(tmp_path_factory.mktemp("platforms"))


def told(events, kind):
    return [event for event in events if event["type"] == kind]


def shown(event):
    """A post as the readers describe one."""
    return {"id": event["id"], "url": event["url"], "kind": event["kind"], "published": event["published"],
            "text": " ".join(event["text"].split()), "others": " ".join((event["others"] or "").split())}


def posts(case, events):
    return [shown(event) for event in told(events, "post") if event["kind"] not in case.aside]


def unlike(want, got):
    """In what @got is not as @want says; an id that the sample does not give is dirtwatch's own affair."""
    return [f"{want['id']}: {part} is {got[part]!r}, not {value!r}" for part, value in want.items()
            if got[part] != value and not (part == "id" and value is None)]


def differences(case, events):
    """What was reported otherwise than the reader says: each wanted post against the one that is most like it."""
    left, wrong = posts(case, events), []
    for want in case.posts:
        near = [got for got in left if got["id"] == want["id"] or want["id"] is None]
        if not near:
            wrong.append(f"missing: {want}")
            continue
        got = min(near, key=lambda got: len(unlike(want, got)))
        left.remove(got)
        wrong += unlike(want, got)
    return wrong + [f"not there: {got}" for got in left]


def profile(case, events):
    (only,) = told(events, "profile")
    return only


@pytest.mark.parametrize("name", SOUND)
def test_a_sample_gives_its_posts(played, name):
    case = SOUND[name]
    events = played.events(case)
    told_profile = profile(case, events)
    assert told_profile["verdict"] in case.verdicts, (told_profile, played.scene(case)["err"])
    assert told_profile["verified"] == case.verified
    assert differences(case, events) == []
    if case.source:
        assert told_profile["source"] == case.source
    for key, value in case.facts.items():
        assert told_profile["facts"][key] == value, key


@pytest.mark.parametrize("name", SOUND)
def test_a_second_scan_finds_everything_as_it_was(played, name):
    case = SOUND[name]
    again = profile(case, played.events(case, played.scene(case)["again"]))
    first = profile(case, played.events(case))
    assert again["verdict"] == first["verdict"] and again["opened"] == 0, again
    shown, history = again["coverage"]["posts"], again["coverage"].get("history")
    assert shown == first["coverage"]["posts"] or history and history["whole"], again


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_answer_is_never_clean(played, name):
    case, damaged, comes = DAMAGED[name]
    events = played.events(damaged)
    told_profile = profile(damaged, events)
    status = played.scene(damaged)["status"]
    if comes == "same":
        assert told_profile["verdict"] in case.verdicts, told_profile
        assert differences(case, events) == []
        return
    if comes == "less" and told_profile["verified"]:
        assert told_profile["verdict"] == "truncated" and told_profile["coverage"]["lack"], told_profile
        assert not [wrong for wrong in differences(case, events) if not wrong.startswith("missing")]
        return
    assert not told_profile["verified"], told_profile
    assert told_profile["why"] and status == 3


@pytest.mark.skipif(not cases.SHARED.is_dir(), reason="there are no samples of real platforms here")
def test_every_sample_is_played_or_excused():
    assert cases.unaccounted() == []


def test_only_what_the_platforms_know_is_asked(played):
    """Requests of every scene: under our own name, and nothing but for posts that are asked with a body."""
    for result in played.results:
        for request in result["requests"]:
            assert request["agent"].startswith("dirtwatch/"), request
            assert not request["cookie"], request
            assert request["method"] == "GET" or request["kind"].startswith("application/json"), request
