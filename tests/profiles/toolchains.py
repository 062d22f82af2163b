"""Real CPU profiles of one program built by two toolchains of Go, recorded for the tests.

    python -m tests.profiles.toolchains OLD/bin/go NEW/bin/go

builds `tests/real/modules/toolchains` as one commit by each of them, runs both in turns, and keeps
their profiles and build information in `tests/data/profiles/toolchains`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import msgspec

from loadstone.component.revisions.go_build import go_build
from loadstone.model import GoBuild, Side

MODULE = Path(__file__).parents[1] / "real" / "modules" / "toolchains"
DATA = Path(__file__).parents[1] / "data" / "profiles" / "toolchains"
ROUNDS = 4


def main(base: str, head: str) -> None:
    DATA.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "source"
        shutil.copytree(MODULE, source)
        for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "-m", "Work"]):
            _run(
                source, "git", "-c", "user.name=Nobody", "-c", "user.email=nobody@localhost", *words
            )
        programs = {
            side: _build(source, go, Path(scratch) / side.value)
            for side, go in zip(Side, (base, head), strict=True)
        }
        for side, program in programs.items():
            build = go_build(program)
            assert build is not None
            (DATA / f"{side.value}.json").write_bytes(msgspec.json.encode(asdict(build)) + b"\n")
        for number in range(1, ROUNDS + 1):
            for side, program in programs.items():
                _run(source, str(program), str(DATA / f"{side.value}-{number}.pb.gz"))


def build_of(side: Side) -> GoBuild:
    """The build information of a side's program."""
    return msgspec.json.decode((DATA / f"{side.value}.json").read_bytes(), type=GoBuild)


def _build(source: Path, go: str, program: Path) -> Path:
    """By the toolchain that was named, and no other that it would fetch."""
    alone = {"GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    _run(source, go, "build", "-trimpath", "-buildvcs=true", "-o", str(program), ".", **alone)
    return program


def _run(place: Path, *command: str, **environment: str) -> None:
    known = {name: value for name, value in os.environ.items() if name != "GOROOT"}
    subprocess.run(command, cwd=place, env=known | environment, check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
