"""What a person at a terminal sees."""
import os
import pty
import select
import subprocess

from harness import BINARY, HARMLESS, INSULT, entry, hfeed


def on_a_terminal(dirtwatch, *args):
    """Run the program with a terminal of its own; everything it showed."""
    leader, follower = pty.openpty()
    env = {k: v for k, v in dirtwatch.environment().items() if k != "NO_COLOR"}
    process = subprocess.Popen([str(BINARY), *args], stdin=subprocess.DEVNULL, stdout=follower, stderr=follower,
        env=env)
    os.close(follower)
    shown = b""
    while select.select([leader], [], [], 30)[0]:
        try:
            part = os.read(leader, 65536)
        except OSError:  # EIO: the program has closed its side
            break
        if not part:
            break
        shown += part
    os.close(leader)
    return process.wait(timeout=30), shown.decode(errors="replace")


def test_colour_and_progress(dirtwatch, nginx):
    site = nginx(conf="limit_rate 600;")  # slow enough for a line of progress
    site.put("index.html", hfeed(entry(1, INSULT)))
    site.put("robots.txt", "")
    dirtwatch.configure([site.url + "/"])
    status, shown = on_a_terminal(dirtwatch, "--scan-now", "--config", str(dirtwatch.config))
    assert status == 1, shown
    assert "0 of 1 profiles" in shown and site.url in shown.split("coverage")[0]
    assert "\x1b[1;7mMy boss is a clueless idiot\x1b[0m" in shown


def test_quiet_shows_no_progress(dirtwatch, site):
    site.put("index.html", hfeed(entry(1, HARMLESS)))
    dirtwatch.configure([site.url + "/"])
    status, shown = on_a_terminal(dirtwatch, "--scan-now", "--quiet", "--color=never", "--config",
        str(dirtwatch.config))
    assert status == 0 and "profiles," not in shown.split("coverage")[0] and "\x1b" not in shown
