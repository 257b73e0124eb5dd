"""The installed service under a really booted systemd."""
import os
import shutil
import subprocess

import pytest
from harness import ROOT


@pytest.mark.skipif(os.geteuid() != 0, reason="booting systemd in namespaces needs root")
def test_the_service_under_systemd(tmp_path):
    subprocess.run(["make", "-s", "install", "prefix=/usr", f"DESTDIR={tmp_path}/dest"], cwd=ROOT, check=True, timeout=120)
    (tmp_path / "site").mkdir()
    shutil.copy(ROOT / "config/demo/serve.py", tmp_path)
    shutil.copy(ROOT / "tests/scenario/inside_systemd.py", tmp_path)
    done = subprocess.run([str(ROOT / "tests/scenario/boot.sh"), str(tmp_path), "/usr/bin/python3", "inside_systemd.py"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240)
    assert done.returncode == 0, done.stdout.decode()
