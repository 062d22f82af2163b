"""A real Go program that allocates what a test asks for: `tests/real/modules/allocating`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3

from tests.real.build import build
from tests.real.programs import ports, running, wait


@dataclass(frozen=True, kw_only=True)
class GoProgram:
    """The program while it runs."""

    pid: int
    url: str

    def ask(self, path: str) -> str:
        return urllib3.request("GET", self.url + path, retries=False).data.decode()

    def up(self) -> bool:
        with suppress(urllib3.exceptions.HTTPError):
            return bool(self.ask("/collections"))
        return False


@contextmanager
def go_program(place: Path, **env: str) -> Iterator[GoProgram]:
    """The program, up; built first where it has to be. Skips the test without Go."""
    if shutil.which("go") is None:
        pytest.skip("needs Go, whose runtime is measured")
    address = f"127.0.0.1:{ports(1)[0]}"
    log = place / "allocating.log"
    with running(build("allocating"), [address], log, os.environ | env) as process:
        program = GoProgram(pid=process.pid, url=f"http://{address}")
        wait(program.up, "the program", process=process, log=log)
        yield program
