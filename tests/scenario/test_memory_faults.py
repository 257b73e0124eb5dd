"""Out of memory at every place of a scan: whatever came of it, it did not die, wait for ever, or call clean what it did
not read."""
import concurrent.futures
import os
import shutil

from harness import ROOT, Dirtwatch, entry, hfeed

NOMEM = ROOT / "build" / "release" / "faults" / "nomem.so"
WORD = "frobnicator"
# Every so manieth place is tried; make check-faults tries each.
STEP = int(os.environ.get("DIRTWATCH_PLACES_STEP", "16"))
# A transfer that libcurl loses for want of memory is given up after LIMIT_TRANSFER_S.
SECONDS = 120
# OpenSSL 3.0 falls over its own feet where it makes its first context (OSSL_LIB_CTX_get0_global_default), long
# before anything is fetched.
NOT_OURS = "libcrypto.so.3(OSSL_LIB_CTX_get0_global_default"


def what_is_wrong(dirtwatch, place):
    """How a scan during which the allocation at @place failed was not honest; None."""
    shutil.rmtree(dirtwatch.state, ignore_errors=True)
    result = dirtwatch.scan(before=("env", f"LD_PRELOAD={NOMEM}", f"NOMEM_AT={place}", "NOMEM_SAY=1"), seconds=SECONDS)
    if result.status not in (1, 2, 3, 4):
        return None if NOT_OURS in result.err else f"place {place}: status {result.status}: {result.err}"
    if result.status == 2 and "dirtwatch" not in result.err:
        return f"place {place}: status 2 and no word why"
    clean = any(profile["verified"] for profile in result.events("profile")) and not result.events("finding")
    return f"place {place}: called clean: {result.out} {result.err}" if clean and result.status != 4 else None


def test_no_memory_at_any_place(faults, tmp_path):
    faults.put("ada.html", hfeed(entry(1, f"Our {WORD} number 1 ships today.")))

    def room(number):
        dirtwatch = Dirtwatch(tmp_path / str(number))
        dirtwatch.own_rule(WORD)
        dirtwatch.configure([f"{faults.url}/ada.html"])
        return dirtwatch

    log = tmp_path / "places"
    whole = room("whole").scan(before=("env", f"LD_PRELOAD={NOMEM}", f"NOMEM_LOG={log}"))
    assert whole.status == 1 and len(whole.events("finding")) == 1, whole.err
    places = int(log.read_text(encoding="utf-8"))
    assert places > 1000, "a scan asks for memory at many places"
    rooms = [room(number) for number in range(8)]

    def share(number):
        """What one of the eight found."""
        mine = range(1 + number * STEP, places + 1, len(rooms) * STEP)
        return [wrong for wrong in (what_is_wrong(rooms[number], place) for place in mine) if wrong]

    with concurrent.futures.ThreadPoolExecutor(len(rooms)) as pool:
        wrong = sum(pool.map(share, range(len(rooms))), [])
    assert wrong == []
