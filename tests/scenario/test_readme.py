"""What the README shows is so: the source that it adds, by a file, a line and a folder."""
import re
import subprocess

from harness import ROOT

BUILD = ROOT / "build/release"
NOTES = '{"name": "Ada Example", "notes": [{"id": 1, "text": "It fell.", "at": "2026-05-01T10:00:00Z"}]}'


def compile_to(target, source, *folders):
    packages = subprocess.run(["pkg-config", "--cflags", "jansson"], capture_output=True, text=True, check=True)
    subprocess.run(["cc", "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE",
                    *[f"-I{folder}" for folder in folders], *packages.stdout.split(), "-c", "-o", target, source],
                   check=True)


def link(target, *objects):
    libraries = subprocess.run(["make", "-s", "-C", ROOT, "print-libs"], capture_output=True, text=True, check=True)
    subprocess.run(["cc", "-pie", "-o", target, *objects, BUILD / "libdirtwatch.a", *libraries.stdout.split(),
                    "-lpthread", "-lm", "-lcmocka"], check=True)


def test_the_source_that_the_readme_adds(tmp_path):
    readme = (ROOT / "README.md").read_text()
    (code,) = re.findall(r"```c\n(.*?source_notes = .*?)```", readme, re.S)
    folder = tmp_path / "crawlers/sources"
    folder.mkdir(parents=True)
    (folder / "notes.c").write_text(code)
    table = (ROOT / "crawlers/sources/sources.h").read_text()
    (folder / "sources.h").write_text(table.replace("\tX(page)", "\tX(notes) \\\n\tX(page)"))
    compile_to(tmp_path / "notes.o", folder / "notes.c", tmp_path, ROOT)
    compile_to(tmp_path / "source.o", ROOT / "crawlers/source.c", tmp_path, ROOT)
    link(tmp_path / "test_source", BUILD / "tests/unit/test_source.o", tmp_path / "source.o", tmp_path / "notes.o")

    (tmp_path / "tests/fixtures").mkdir(parents=True)
    for fixtures in (ROOT / "tests/fixtures").iterdir():
        (tmp_path / "tests/fixtures" / fixtures.name).symlink_to(fixtures)
    (tmp_path / "crawlers/walls.yaml").symlink_to(ROOT / "crawlers/walls.yaml")
    without = subprocess.run([tmp_path / "test_source"], cwd=tmp_path, capture_output=True, text=True)
    assert "notes: no file in tests/fixtures/notes" in without.stderr + without.stdout
    (tmp_path / "tests/fixtures/notes").mkdir()
    (tmp_path / "tests/fixtures/notes/ada.json").write_text(NOTES)
    whole = subprocess.run([tmp_path / "test_source"], cwd=tmp_path, capture_output=True, text=True)
    assert whole.returncode == 0, whole.stdout + whole.stderr
