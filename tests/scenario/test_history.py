"""Long lists: a scan reads what is new and what lies in the window, the rest once, over several scans, and anew
every schedule.full."""
import signal
import subprocess
import time

import pytest
from harness import BINARY
from longlist import DAY, Account
from test_clock import Clock
from test_terminal import on_a_terminal

WORD = "frobnicator"
DIRT = f"Our {WORD} ships today."


@pytest.fixture
def ada(dirtwatch):
    accounts = []

    def make(**options):
        accounts.append(Account(**options))
        dirtwatch.own_rule(WORD)
        dirtwatch.configure([accounts[-1].url + "/@ada"])
        return accounts[-1]

    yield make
    for account in accounts:
        account.close()


def texts(scan):
    return sorted(finding["excerpt"] for finding in scan.events("finding"))


def history(scan):
    return scan.profile()["coverage"]["history"]


def test_the_second_scan_asks_for_the_head_alone(dirtwatch, ada):
    account = ada()
    account.fill(200, 3 * DAY)
    first = dirtwatch.scan()
    assert first.profile()["verdict"] == "ok" and history(first) is None, first.out
    assert len(account.lists()) == 5 and first.profile()["coverage"]["posts"] == 200
    account.forget()
    second = dirtwatch.scan()
    assert account.lists() == ["head"]
    assert second.profile()["verdict"] == "ok" and history(second)["whole"], second.out
    assert history(second)["posts"] == 200 and second.profile()["coverage"]["total"] == 200
    assert history(second)["told"].startswith("history: read back to ")
    assert any(", the rest on " in message for _, message in second.alerts()), second.err


def test_an_edit_and_a_deletion_in_the_window_are_noticed(dirtwatch, ada):
    account = ada(a_page=10)
    account.fill(100, DAY)
    edited = account.publish(DIRT, 5 * DAY + 1, 1094)
    deleted = account.publish(DIRT + " Twice.", 3 * DAY + 1, 1096)
    assert len(dirtwatch.scan().events("finding")) == 2
    account.posts[edited][1] = "Nothing to see."
    account.posts[1090][1] = DIRT + " Now."
    del account.posts[deleted]
    account.forget()
    once = dirtwatch.scan()
    assert len(account.lists()) == 2, "back to the window, and no farther"
    assert once.events("scan")[0]["resolved"] == 1, "its permalink is gone"
    assert texts(once) == [DIRT, DIRT + " Now."]
    twice = dirtwatch.scan()
    assert texts(twice) == [DIRT + " Now."] and len(account.lists()) == 4


def test_what_changes_outside_the_window_is_noticed_when_all_is_read_anew(dirtwatch, ada, tmp_path):
    account = ada(a_page=10)
    account.fill(100, DAY)
    old = account.publish(DIRT, 80 * DAY + 1, 1019)
    clock = Clock(tmp_path)
    assert texts(dirtwatch.scan(before=clock.before())) == [DIRT]
    account.posts[old][1] = DIRT + " Still."
    clock.move(2 * DAY)
    assert texts(dirtwatch.scan(before=clock.before())) == [DIRT]
    clock.move(28 * DAY)
    account.forget()
    read = dirtwatch.scan(before=clock.before())
    assert len(account.lists()) == 10 and read.events("scan")[0]["opened"] == 1
    assert texts(read) == [DIRT, DIRT + " Still."]
    account.forget()
    sure = dirtwatch.scan(before=clock.before())
    assert len(account.lists()) == 10, "what was missing is looked for once more"
    assert texts(sure) == [DIRT + " Still."] and sure.events("scan")[0]["resolved"] == 1
    account.forget()
    dirtwatch.scan(before=clock.before())
    assert len(account.lists()) == 1


def test_other_rules_score_everything_anew(dirtwatch, ada):
    account = ada(a_page=10)
    account.fill(60, DAY)
    account.publish("A gizmo of old.", 55 * DAY, 1004)
    assert texts(dirtwatch.scan()) == []
    dirtwatch.own_rule("gizmo")
    assert texts(dirtwatch.scan()) == ["A gizmo of old."]


def kill_within(dirtwatch, account, requests):
    """A scan that is killed when so many requests were made."""
    process = subprocess.Popen([str(BINARY), "--scan-now", *dirtwatch.places()], env=dirtwatch.environment(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=dirtwatch.folder)

    def count(account):
        if len(account.asked) == requests:
            process.send_signal(signal.SIGKILL)

    account.on_request = count
    assert process.wait(timeout=60) == -signal.SIGKILL
    account.on_request = None


def test_a_long_history_is_read_over_several_scans_and_a_kill(dirtwatch, ada):
    account = ada(a_page=5)
    account.fill(600, DAY)  # 120 pages; 4 of them in the window
    account.publish(DIRT, 590 * DAY, 1009)
    first = dirtwatch.scan()
    assert first.profile()["verdict"] == "truncated" and first.profile()["verified"], first.out
    assert "older posts are still to be read" in first.profile()["why"]
    told = history(first)
    assert not told["whole"] and told["posts"] == 5 * len(account.lists()) and told["read"] is None, told
    assert told["told"].startswith("history: 265 of 600 posts read, back to "), told
    assert told["told"].endswith("; the next scan goes on")
    place = account.lists()[-1]
    account.forget()
    kill_within(dirtwatch, account, 20)
    account.forget()
    account.publish("Something new.", 0, 5000)
    second = dirtwatch.scan()
    assert account.lists()[0] == "head" and place in account.lists()[:6], account.lists()
    assert texts(second) == [] and not history(second)["whole"]
    third = dirtwatch.scan()
    assert texts(third) == [DIRT] and third.profile()["verdict"] == "ok", third.out
    assert history(third)["whole"] and history(third)["posts"] in range(601, 607)
    account.forget()
    fourth = dirtwatch.scan()
    assert len(account.lists()) <= 4 and texts(fourth) == [DIRT]


def test_a_place_that_is_gone_is_told_and_the_history_read_anew(dirtwatch, ada):
    account = ada(a_page=5)
    account.fill(400, DAY)
    dirtwatch.scan()
    account.gone.add(int(account.lists()[-1]))
    account.forget()
    second = dirtwatch.scan()
    assert "the place where the last scan stopped was not found again" in history(second)["told"], second.out
    assert second.profile()["verdict"] == "truncated" and len(account.lists()) > 50
    account.gone.clear()
    dirtwatch.scan()
    assert history(dirtwatch.scan())["whole"]


def test_the_text_report_tells_of_it(dirtwatch, ada):
    account = ada(a_page=5)
    account.fill(400, DAY)
    out = dirtwatch.run("--scan-now", *dirtwatch.places()).out
    assert "history: 265 of 400 posts read, back to " in out, out


def test_progress_at_a_terminal_tells_of_it(dirtwatch, ada):
    account = ada(a_page=5)
    account.fill(400, DAY)
    account.on_request = lambda account: time.sleep(1) if len(account.lists()) == 30 else None
    _, shown = on_a_terminal(dirtwatch, "--scan-now", *dirtwatch.places())
    assert "(history: 145 of 400)" in shown.split("coverage")[0], shown


def test_a_server_that_asks_to_wait_keeps_the_profile_verified(dirtwatch, ada):
    account = ada(a_page=5)
    account.fill(200, DAY)
    account.busy_after = 20
    first = dirtwatch.scan()
    assert first.profile()["verdict"] == "truncated" and first.profile()["verified"], first.out
    assert "the server asks to wait; the next scan goes on" in history(first)["told"]
    account.busy_after = None
    dirtwatch.forget_pauses()
    assert history(dirtwatch.scan())["whole"]


def test_the_daemon_goes_on_where_it_was_stopped(dirtwatch, daemon, ada):
    account = ada(a_page=5)
    account.fill(400, DAY)
    first = daemon()
    first.wait_said("older posts are still to be read")
    assert first.stop()[0] == 0
    place = account.lists()[-1]
    account.forget()
    second = daemon()
    second.wait_told("READY=1")
    second.signal(signal.SIGUSR1)
    second.wait_said(", the rest on ")
    assert place in account.lists()[:6] and "1005" in account.lists()
    assert second.stop()[0] == 0


def test_a_look_at_an_address_reads_as_much_as_one_scan_may(dirtwatch, ada):
    account = ada(a_page=5)
    account.fill(400, DAY)
    result = dirtwatch.scan_url(account.url + "/@ada")
    assert len(account.lists()) == 80 and result.profile()["verdict"] == "ok", result.out
    assert history(result) is None


@pytest.mark.parametrize("schedule,says", [("window: 30m", "window"), ("full: 1h", "full"), ("window: soon", "window"),
                                           ("full: 2y", "full")])
def test_a_bad_schedule_is_told(dirtwatch, schedule, says):
    dirtwatch.configure([], schedule=schedule)
    result = dirtwatch.run("--check-config", "--config", str(dirtwatch.config))
    assert result.status == 2 and says in result.err + result.out, result.err
