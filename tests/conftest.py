"""What holds for every test."""

import os

import pytest
from hypothesis import settings

from loadstone.system import processes

# Tests may run in a hook, whose environment leads Git to the repository that it is a hook of.
for name in filter(processes.of_repository, list(os.environ)):
    del os.environ[name]

# A test on a busy shared machine takes as long as it takes: a deadline would fail it by chance.
settings.register_profile("loadstone", deadline=None)
settings.load_profile("loadstone")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--studies", action="store_true", help="simulate all reports of the studies")
