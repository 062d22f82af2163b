"""Building real programs: pinned, once, and safely at the same time."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.real import build


@pytest.mark.parametrize("name", sorted(build.PROGRAMS))
def test_every_program_has_a_version_and_a_place_of_its_own(name: str) -> None:
    assert build.version(name)
    assert build.version(name) in build.path(name).parent.name
    assert (build.MODULES / build.PROGRAMS[name].module / "go.sum").exists()
    assert len({build.path(each) for each in build.PROGRAMS}) == len(build.PROGRAMS)


def test_who_asks_while_another_builds_waits_for_that_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, ran = tmp_path / "made" / "kwok", []

    def compile_(name: str, out: Path) -> list[str]:
        ran.append(name)
        script = f"import time; time.sleep(0.3); open({str(out)!r}, 'w').write('built')"
        return [sys.executable, "-c", script]

    monkeypatch.setattr(build, "path", lambda _: made)
    monkeypatch.setattr(build, "_command", compile_)
    both = [threading.Thread(target=build.build, args=["kwok"]) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert (ran, made.read_text()) == (["kwok"], "built")


def test_a_build_that_fails_leaves_no_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "made" / "kwok"
    monkeypatch.setattr(build, "path", lambda _: made)
    monkeypatch.setattr(build, "_command", lambda *_: [sys.executable, "-c", "exit(1)"])
    with pytest.raises(subprocess.CalledProcessError):
        build.build("kwok")
    assert not made.exists()


def test_an_unknown_program_is_refused_with_those_that_are_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert build.main(["kube-nothing"]) == 2
    said = capsys.readouterr().err
    assert "kube-nothing" in said
    assert "kube-apiserver" in said
