"""In a journald of its own (journald.sh): an alert while the journal is away reaches it when it is back, once.

usage: inside_journald.py BINARY ARGUMENT...      the page to change is $PAGE; $ONE and $TWO are what it
shows; $ENVIRONMENT is the program's, as JSON, for journald heeds the same variables
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

PAGE = pathlib.Path(os.environ["PAGE"])


def wait_for(what, said):
    end = time.monotonic() + 30
    while not what():
        if time.monotonic() > end:
            raise AssertionError(f"not within 30 s: {said}")
        time.sleep(0.05)


def entries():
    """Alerts in the journal: permalinks, in order."""
    done = subprocess.run(["journalctl", "-o", "json", "-t", "dirtwatch"], stdout=subprocess.PIPE, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return [row["DIRTWATCH_URL"].split("/posts/")[1] for row in rows if "DIRTWATCH_FINDING" in row]


def log_of(daemon):
    daemon.log.seek(0)
    return daemon.log.read().decode()


def main():
    PAGE.write_text(os.environ["ONE"])
    log = tempfile.TemporaryFile()
    daemon = subprocess.Popen(sys.argv[1:], stdout=log, stderr=log, env=json.loads(os.environ["ENVIRONMENT"]))
    daemon.log = log
    wait_for(lambda: entries() == ["1"], "the first finding is in the journal")
    journald = int(os.environ["JOURNALD_PID"])
    os.kill(journald, signal.SIGKILL)
    wait_for(lambda: not pathlib.Path(f"/proc/{journald}").exists() or
             "Z" in pathlib.Path(f"/proc/{journald}/stat").read_text().split()[2], "journald has ended")
    PAGE.write_text(os.environ["TWO"])
    daemon.send_signal(signal.SIGUSR1)
    wait_for(lambda: "cannot reach the journal" in log_of(daemon), "it is told that the journal is away")
    subprocess.Popen([os.environ["JOURNALD"]], stderr=subprocess.DEVNULL)
    wait_for(lambda: "takes alerts again" in log_of(daemon), "it is told that the journal is back")
    wait_for(lambda: entries()[-1:] == ["2"], f"the second finding is in the journal: {entries()}")
    assert sorted(set(entries())) == sorted(entries()) or entries() == ["2"], entries()
    daemon.terminate()
    assert daemon.wait(timeout=20) == 0


if __name__ == "__main__":
    main()
