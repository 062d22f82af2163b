"""Profiles of a Python operator by py-spy: the planted line comes first, by its commit."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.command import Said, finish

PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(shutil.which("py-spy", path=PATH) is None, reason="there is no py-spy"),
]

FOLDER = "operators/shop"  # the program's, in the repository
EXAMPLE = Path(__file__).parents[2] / "examples" / "kopf-operator"
SOUND = "    core = kubernetes.client.CoreV1Api()\n"
KEY = '    hashlib.pbkdf2_hmac("sha256", b"secret", name.encode(), 200_000)\n'


def _git(place: Path, *words: str) -> str:
    known = (
        "-c",
        "user.name=Nobody",
        "-c",
        "user.email=nobody@localhost",
        "-c",
        "commit.gpgSign=false",
    )
    return subprocess.check_output(["git", *known, *words], cwd=place, text=True).strip()


def _commit(place: Path, text: str, message: str) -> str:
    file = place / FOLDER / "websites.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)
    _git(place, "add", "--all")
    _git(place, "commit", "--quiet", "--message", message)
    return _git(place, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> tuple[Said, dict[str, Any], Path, str]:
    """The operator beside one that derives a key in each reconcile: what was said, the record."""
    folder = tmp_path_factory.mktemp("python")
    source = folder / "source"
    source.mkdir()
    _git(source, "init", "--quiet")
    text = (EXAMPLE / "websites.py").read_text()
    base = _commit(source, text, "Serve websites")
    other = _commit(source, text + "# The end.\n", "Say where it ends")
    head = _commit(source, (text + "# The end.\n").replace(SOUND, SOUND + KEY), "Derive a key")
    assert len({base, other, head}) == 3
    component = yaml.safe_load((EXAMPLE / "component.yaml").read_text())
    executable = f"{FOLDER}/websites.py"
    component["revisions"]["build"] |= {"repository": str(source), "executable": executable}
    (folder / "component.yaml").write_text(yaml.safe_dump(component))
    said = finish(
        "run",
        *("--scenario", "controller-reconcile", "--component", folder / "component.yaml"),
        *("--base", base, "--head", head),
        *("--tier", "quick", "--looks", "4", "--out", folder / "out"),
        cwd=folder,
        PATH=PATH,
    )
    record = json.loads((folder / "out" / "record.json").read_text())
    return said, record, folder / "out", head


def test_the_first_function_is_the_planted_one_at_its_line_by_its_commit(session):
    said, record, _, head = session
    (diff,) = (each for each in record["profiles"] if each["kind"] == "cpu")
    first = diff["rows"][0]
    assert (first["function"], first["file"]) == ("reconcile (websites.py)", "websites.py"), (
        said.out
    )
    assert first["changed"], said.out
    assert first["line"] == (EXAMPLE / "websites.py").read_text().split("\n").index(SOUND[:-1]) + 2
    assert (first["reach"], first["commits"]) == ("touched", [head[:12]])


def test_the_report_says_so_in_words(session):
    _, _, out, head = session
    (row, *_) = (
        line
        for line in (out / "report.md").read_text().split("\n")
        if line.startswith("| <code>reconcile (websites.py)")
    )
    assert f"changed between the revisions by {head[:7]}" in row


def test_the_flame_graph_of_both_sides_is_written(session):
    _, _, out, _ = session
    written = finish("profiles", out, "--out", out / "flames", cwd=out.parent)
    assert written.code == 0, written.err
    (page,) = (out / "flames").rglob("cpu/flame.html")
    assert "reconcile (websites.py)" in page.read_text()
