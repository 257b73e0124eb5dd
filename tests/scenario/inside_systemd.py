"""Runs as root inside a booted systemd (boot.sh), in a folder that holds dest/ (what `make install DESTDIR=` wrote),
serve.py and site/.  Each step says what it saw; the first that is not so ends it."""
import json
import os
import pathlib
import re
import subprocess
import time

SITE = pathlib.Path("site")
CONFIG = pathlib.Path("/etc/dirtwatch/dirtwatch.yaml")


def sh(command, check=True):
    done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    if check and done.returncode != 0:
        raise SystemExit(f"FAILED: {command}: status {done.returncode}\n{done.stdout}\n{sh('journalctl -n 40', False)}")
    return done.stdout


def shown(what):
    return sh(f"systemctl show dirtwatch -p {what} --value").strip()


def alerts(event=None):
    lines = sh("journalctl -u dirtwatch -o json --all").splitlines()
    entries = [json.loads(line) for line in lines]
    return [e for e in entries if e.get("DIRTWATCH_EVENT") and event in (None, e["DIRTWATCH_EVENT"])]


def until(what, said, seconds=30):
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            raise SystemExit(f"FAILED: not within {seconds} s: {said}\n{sh('systemctl status dirtwatch', False)}"
                             f"\n{sh('journalctl -u dirtwatch -n 60', False)}")
        time.sleep(0.1)
    print("ok:", said, flush=True)


def expect(true, said):
    if not true:
        raise SystemExit(f"FAILED: {said}\n{sh('journalctl -u dirtwatch -n 60', False)}")
    print("ok:", said, flush=True)


def page(*texts):
    entries = "".join(f'<article class="h-entry"><p class="e-content">{text}</p><a class="u-url" href="/posts/{n}">'
                      f'<time class="dt-published" datetime="2026-10-0{n + 1}T10:00:00Z">x</time></a></article>'
                      for n, text in enumerate(texts))
    return f'<!DOCTYPE html><html lang="en"><body><main class="h-feed">{entries}</main></body></html>'


def publish(*texts):
    """A page whose time differs from that of the one before, though both are of this second."""
    path = SITE / "index.html"
    path.write_text(page(*texts))
    os.utime(path, (1_700_000_000 + len(texts), 1_700_000_000 + len(texts)))


def configure(*urls):
    profiles = "".join(f"  - {url}\n" for url in urls)
    CONFIG.write_text(f"fetch: {{delay: 0s}}\nprofiles:\n{profiles}")


def as_a_person(url):
    """The same under a user's own systemd."""
    sh("systemctl start dbus systemd-logind && useradd -m ada && loginctl enable-linger ada")
    config = pathlib.Path("/home/ada/.config/dirtwatch")
    config.mkdir(parents=True)
    (config / "dirtwatch.yaml").write_text(f"fetch: {{delay: 0s}}\nprofiles: ['{url}/']\n")
    sh("chown -R ada /home/ada/.config")
    until(lambda: sh("systemctl --user -M ada@ is-system-running", False).strip() in ("running", "degraded"),
        "a user's manager")
    sh("systemctl --user -M ada@ start dirtwatch")
    until(lambda: "1 of 1 verified" in sh("systemctl --user -M ada@ show dirtwatch -p StatusText"),
        "a person's own service scans")
    expect(pathlib.Path("/home/ada/.local/state/dirtwatch/dirtwatch.db").stat().st_mode & 0o777 == 0o600,
        "its state is its own")
    expect("clueless" in sh("su ada -c 'dirtwatch --list'", check=False), "--list finds what the service found")
    sh("systemctl --user -M ada@ stop dirtwatch")


def with_credentials():
    """Tokens as systemd hands them over: to a user made for the service, in a user namespace of its own."""
    secret = "Zq7-secret-0123456789abcdefghij"
    for name in ("hub", "social"):
        path = pathlib.Path(f"/etc/dirtwatch/{name}")
        path.write_text(secret + "\n")
        path.chmod(0o600)
    pathlib.Path("/run/systemd/system/dirtwatch.service.d/tokens.conf").write_text(
        "[Service]\nLoadCredential=github-token:/etc/dirtwatch/hub\n"
        "LoadCredential=mastodon-token.social.example:/etc/dirtwatch/social\n")
    sh("systemctl daemon-reload && systemctl restart dirtwatch")
    until(lambda: "tokens in use: github, mastodon (social.example)" in sh("journalctl -u dirtwatch"),
        "credentials are taken")
    sh("systemctl kill -s USR1 dirtwatch")
    until(lambda: "2 of 2 verified" in shown("StatusText"), "it scans with them")
    readers = sh(f"pgrep -P {shown('MainPID')}", check=False).split()
    environments = [pathlib.Path(f"/proc/{pid}/environ").read_bytes() for pid in readers]
    expect(readers and not any(b"CREDENTIALS" in each for each in environments), "a reader is not told of them")
    expect(secret not in sh("journalctl --all") and
           subprocess.run(["grep", "-rqa", secret, "/var/lib/private/dirtwatch"], check=False).returncode == 1,
           "neither journal nor state has one")


def main():
    sh("cp -a dest/. / && systemctl daemon-reload && systemd-sysusers && journalctl --update-catalog")
    said = sh("systemd-analyze verify dirtwatch.service", check=False)
    expect(not [line for line in said.splitlines() if "dirtwatch" in line],
        f"systemd-analyze verify has nothing to say of it: {said}")
    exposure = float(re.search(r"Overall exposure level for dirtwatch.service: ([\d.]+)",
                               sh("systemd-analyze security dirtwatch.service --no-pager"))[1])
    expect(exposure <= 1.5, f"exposure level {exposure}")
    (SITE / "posts").mkdir(parents=True, exist_ok=True)
    publish("My boss is a clueless idiot.")
    (SITE / "posts/0").write_text("there")
    (SITE / "other.html").write_text(page("High five to the team."))
    server = subprocess.Popen(["/usr/bin/python3", "serve.py", "site", "170"], stdout=subprocess.PIPE, text=True)
    url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
    configure(url + "/")
    sh("mkdir -p /run/systemd/system/dirtwatch.service.d")
    pathlib.Path("/run/systemd/system/dirtwatch.service.d/test.conf").write_text(
        "[Service]\nWatchdogSec=2s\nRestartSec=100ms\nTimeoutAbortSec=2s\n")
    sh("systemctl daemon-reload")

    sh("systemctl start dirtwatch")
    expect(shown("ActiveState") == "active", "started: READY=1 came")
    until(lambda: alerts("finding-opened"), "a scan and an alert under journalctl -u dirtwatch")
    (alert,) = alerts("finding-opened")
    for field in ("MESSAGE_ID", "DIRTWATCH_FINDING", "DIRTWATCH_RULE", "DIRTWATCH_CLASS", "DIRTWATCH_CATEGORY",
        "DIRTWATCH_SEVERITY",
                  "DIRTWATCH_SCORE", "DIRTWATCH_PROFILE", "DIRTWATCH_URL", "DIRTWATCH_PUBLISHED", "DIRTWATCH_EXCERPT",
                  "DIRTWATCH_ADVICE", "DIRTWATCH_SCAN"):
        expect(alert.get(field), f"{field}={alert.get(field)}")
    expect(alert["SYSLOG_IDENTIFIER"] == "dirtwatch" and alert["PRIORITY"] in "2345", f"PRIORITY={alert['PRIORITY']}")
    explained = sh(f"journalctl -x -u dirtwatch MESSAGE_ID={alert['MESSAGE_ID']}")
    expect("man:dirtwatch(8)" in explained and alert["DIRTWATCH_ADVICE"] in explained, "journalctl -x explains it")
    until(lambda: "1 of 1 verified" in shown("StatusText"), "STATUS= says so")
    until(lambda: alerts("scan-summary"), "a summary entry with coverage")
    expect(shown("User") == "dirtwatch" and pathlib.Path("/var/lib/private/dirtwatch/dirtwatch.db").exists(),
           "it runs as a user made for it, and keeps its state in private")

    out = sh("dirtwatch --scan-now", check=False)
    expect("clueless" in out and "verified" in out, "--scan-now goes through the running service")
    expect(len(alerts("finding-opened")) == 1, "a scan that changes nothing alerts nothing")

    publish("My boss is a clueless idiot.", "I got so stoned last night.")
    sh("systemctl kill -s USR1 dirtwatch")
    until(lambda: len(alerts("finding-opened")) == 2, "SIGUSR1: a scan, and an alert for what is new")

    configure(url + "/", url + "/other.html")
    sh("systemctl reload dirtwatch")
    until(lambda: "2 profiles" in shown("StatusText"), "reload: two profiles")
    CONFIG.write_text("profiles: nonsense: {\n")
    sh("systemctl reload dirtwatch")
    until(lambda: alerts("config-rejected"), "a bad config is refused, and told")
    expect(shown("ActiveState") == "active" and "2 profiles" in shown("StatusText"), "the old one stays")
    configure(url + "/", url + "/other.html")

    before = shown("MainPID")
    sh("systemctl kill -s STOP --kill-who=main dirtwatch")
    until(lambda: shown("MainPID") not in (before, "0") and shown("ActiveState") == "active",
        "the watchdog killed it, and it is back")
    expect(int(shown("NRestarts")) >= 1 and "Watchdog timeout" in sh("journalctl -u dirtwatch"), "systemd says why")
    until(lambda: "2 profiles" in shown("StatusText"), "watching again")
    expect(len(alerts("finding-opened")) == 2, "what was told is not told again")

    with_credentials()

    started = time.monotonic()
    sh("systemctl stop dirtwatch")
    expect(time.monotonic() - started < 5 and shown("Result") == "success" and shown("ExecMainStatus") == "0",
        "a clean stop")
    left = sh("pgrep -a dirtwatch", check=False)
    expect(left == "", f"no process is left {left}")
    as_a_person(url)
    server.terminate()
    print("all steps passed")


if __name__ == "__main__":
    main()
