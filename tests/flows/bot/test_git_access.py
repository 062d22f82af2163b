"""Access of Git by the step's token: in a file, for as long as it is needed, and seen by Git."""

import os
import stat
from pathlib import Path

import pytest

from loadstone.flows.bot.git_access import authorised
from loadstone.system.git import ask
from tests.component.repositories import git
from tests.flows.bot.world import Project

HEADER = "http.https://github.test/.extraheader"


@pytest.fixture
def run(tmp_path):
    git(tmp_path, "init", "--quiet")
    return Project(root=tmp_path).context("workflow_run", {}, workspace=tmp_path)


def test_git_proves_itself_by_the_token_and_only_meanwhile(run, tmp_path):
    before = os.environ.get("GIT_CONFIG_GLOBAL")
    with authorised(run, "ghs_secret"):
        said = ask(tmp_path, "config", "--get", HEADER)
        assert said is not None
        assert said.startswith("AUTHORIZATION: basic ")
        mode = Path(os.environ["GIT_CONFIG_GLOBAL"]).stat().st_mode
        assert not mode & (stat.S_IRWXG | stat.S_IRWXO)
    assert os.environ.get("GIT_CONFIG_GLOBAL") == before
    assert ask(tmp_path, "config", "--get", HEADER) is None
    assert list(run.temporary.iterdir()) == []


def test_what_the_user_had_set_stays(run, tmp_path, monkeypatch):
    mine = tmp_path / "mine"
    mine.write_text("[user]\n\tname = ada\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(mine))
    with authorised(run, "ghs_secret"):
        assert ask(tmp_path, "config", "--get", "user.name") == "ada"
    assert os.environ["GIT_CONFIG_GLOBAL"] == str(mine)


def test_without_a_token_nothing_is_set(run, tmp_path):
    with authorised(run, ""):
        assert ask(tmp_path, "config", "--get", HEADER) is None
