"""Fixtures of the container action; skipped with the reason where no daemon can run."""

import os

import pytest

from tests.action.harness import images
from tests.action.harness.acting import Acting, commit
from tests.action.harness.docker_daemon import REQUIRED, NoDaemonError, daemon


@pytest.fixture(scope="session")
def docker():
    """The docker command at a daemon."""
    try:
        with daemon() as there:
            yield there
    except NoDaemonError as error:
        if os.environ.get(REQUIRED):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def image(docker):
    """The image of the action, built where it is not there."""
    try:
        return images.action(docker)
    except NoDaemonError as error:
        if os.environ.get(REQUIRED):
            raise
        pytest.skip(str(error))


@pytest.fixture
def acting(docker, image, tmp_path):
    """A repository with a Go program, and no files of ours yet."""
    made = Acting(docker, image, tmp_path / "acting")
    program = made.repository / "cmd" / "mine"
    program.mkdir(parents=True)
    (program / "main.go").write_text("package main\n\nfunc main() {}\n")
    (made.repository / "go.mod").write_text("module example.test/acme/mine\n\ngo 1.24\n")
    commit(made.repository)
    return made
