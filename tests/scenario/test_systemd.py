"""The installed service under a really booted systemd."""
import os
import shutil
import subprocess

import pytest
from harness import ROOT


def can_boot():
    """Root, and a root file system that is a mount of its own (in a plain chroot it is none)."""
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], check=False,
                                                stderr=subprocess.DEVNULL).returncode == 0


@pytest.mark.skipif(not can_boot(), reason="booting systemd in namespaces needs root and unshare(1)")
def test_the_service_under_systemd(tmp_path):
    subprocess.run(["make", "-s", "install", "prefix=/usr", f"DESTDIR={tmp_path}/dest"], cwd=ROOT, check=True,
        timeout=120)
    (tmp_path / "site").mkdir()
    shutil.copy(ROOT / "config/demo/serve.py", tmp_path)
    shutil.copy(ROOT / "tests/scenario/inside_systemd.py", tmp_path)
    done = subprocess.run([str(ROOT / "tests/scenario/boot.sh"), str(tmp_path), "/usr/bin/python3",
        "inside_systemd.py"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240)
    assert done.returncode == 0, done.stdout.decode()
