"""What holds for every test."""

import os
import sys

import pytest
from hypothesis import settings

from loadstone.system import processes

# Tests may run in a hook, whose environment leads Git to the repository that it is a hook of.
for name in filter(processes.of_repository, list(os.environ)):
    del os.environ[name]

# Programs of ours are started by the hundred, and each would compile the package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A test on a busy shared machine takes as long as it takes: a deadline would fail it by chance.
settings.register_profile("loadstone", deadline=None)
# CI tries the same examples each time, so that a change is judged by what it changes.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("loadstone")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--studies", action="store_true", help="simulate all reports of the studies")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes that are no text are named for their argument.

    Workers that run side by side have to collect the same names, and gzip writes the time.
    """
    text = not isinstance(val, bytes) or (val.isascii() and val.decode().isprintable())
    return None if text else argname
