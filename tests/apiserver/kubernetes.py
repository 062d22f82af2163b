"""Kubernetes' own merging code, as a program that answers a request a line."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from loadstone.apiserver.machinery.resources import Resource, group_version
from loadstone.apiserver.types import make_types
from tests.real import binary

Answer = dict[str, Any]


def module() -> Path:
    """The Go module of the Kubernetes that the tables were made from."""
    if shutil.which("go") is None:
        pytest.skip("fetching Kubernetes' OpenAPI needs Go, which is not on this machine")
    wanted = f"k8s.io/kubernetes@{make_types.VERSION}"
    said = subprocess.run(
        ["go", "mod", "download", "-json", wanted], capture_output=True, check=True
    )
    return Path(json.loads(said.stdout)["Dir"])


class Kubernetes:
    """The running program."""

    def __init__(self, requests: IO[bytes], answers: IO[bytes]) -> None:
        self._requests, self._answers = requests, answers

    def ask(self, what: str, kind: Resource | None = None, **more: Any) -> Answer:
        return next(iter(self.ask_all([request(what, kind, **more)])))

    def ask_all(self, requests: Iterable[Answer]) -> Iterator[Answer]:
        """The answers to some requests, a few of which are under way at any time."""
        waiting = 0
        for each in requests:
            self._requests.write(json.dumps(each).encode() + b"\n")
            self._requests.flush()
            waiting += 1
            if waiting == _UNDER_WAY:
                waiting -= 1
                yield json.loads(self._answers.readline())
        for _ in range(waiting):
            yield json.loads(self._answers.readline())

    def knows(self, kind: Resource) -> bool:
        return bool(self.ask("known", kind).get("text"))


_UNDER_WAY = 8  # fewer than fill a pipe


def request(what: str, kind: Resource | None = None, **more: Any) -> Answer:
    named = {}
    if kind is not None:
        version = group_version(kind.group, kind.version)
        named = {"apiVersion": version, "kind": kind.kind}
    return {"ask": what, **named, **more}


@contextmanager
def running() -> Iterator[Kubernetes]:
    """The program from start to end; skips where it cannot be built."""
    program = binary("merging")
    with subprocess.Popen(
        [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Kubernetes(process.stdin, process.stdout)
        process.stdin.close()
