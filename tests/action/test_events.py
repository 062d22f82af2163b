"""Events that no pull request brings are obeyed under act, each from its recorded payload.

Nothing of the program has changed, so what an event asks for is found out and nothing is measured.
"""

import json
import shutil
from pathlib import Path

import pytest

from loadstone.flows import init
from tests.action.harness.acting import ACTION, commit, git
from tests.action.harness.hosted import hosted
from tests.bot import made
from tests.flows.bot.world import Project

pytestmark = [pytest.mark.action, pytest.mark.timeout(1800)]

RECORDED = Path(made.__file__).parent / "payloads"
CONFIG = """\
component: perf/planted.yaml
scenario: perf/scenario.yaml
tier: quick
baselines: directory:/tmp/baselines
events: {schedule: {audit: false}}
"""
TAG = "v1.4.0"


@pytest.fixture(scope="module")
def github(docker, image, tmp_path_factory):
    """The main branch of a user, whose last commit has words alone, and a branch upon it."""
    root = tmp_path_factory.mktemp("events")
    with hosted(docker, image, root / "github") as there:
        files = Project(root=root / "project").create().place
        ours = shutil.ignore_patterns(".git", "loadstone.yaml")
        shutil.copytree(files, there.place, ignore=ours, dirs_exist_ok=True)
        (there.place / "loadstone.yaml").write_text(CONFIG)
        init.write(there.place, init.propose(there.place, action=ACTION), update=False)
        commit(there.place)
        (there.place / "README.md").write_text("words\n")
        commit(there.place)
        git(there.place, "switch", "--quiet", "--create", "change")
        commit(there.place)
        git(there.place, "switch", "--quiet", "main")
        git(there.place, "push", "--quiet", "origin", "main", "change")
        yield there
    assert there.fake.violations == []


def recorded(name, base, head):
    """A payload with the commits that there are."""
    text = (RECORDED / f"{name}.json").read_text().replace(made.BASE, base)
    for letter in "de":
        text = text.replace(letter * 40, head)
    return json.loads(text)


@pytest.mark.parametrize(
    ("event", "name", "workflow", "said"),
    [
        ("merge_group", "merge_group.checks_requested", "loadstone.yml", "only documentation"),
        ("workflow_dispatch", "workflow_dispatch", "loadstone.yml", "base and head are the same"),
        ("push", "push.main", "loadstone-main.yml", "only documentation"),
        ("schedule", "schedule", "loadstone-main.yml", "there is nothing before it"),
        ("push", "push.tag", "loadstone-release.yml", "there is nothing before it"),
    ],
)
def test_an_event_is_obeyed(github, event, name, workflow, said):
    base, head, change = git(github.place, "rev-parse", "HEAD~1", "HEAD", "change").split()
    payload = recorded(name, base, head)
    if event == "workflow_dispatch":
        command = "/loadstone rerun event=comment from=880001.1 more=planted@4+2:1"
        payload["inputs"] = {"command": command, "number": "7", "head": change}
    ran = github.happened(event, payload, workflow, tag=TAG if "tag" in name else "")
    assert f"planted: not measured: {said}" in ran.log, ran.everything
    if workflow == "loadstone-main.yml":
        assert "nothing was measured that is to be kept" in ran.log
    if workflow == "loadstone-release.yml":
        (status,) = github.there.statuses
        assert (status.sha, status.state) == (head, "success")
        assert f"{TAG}: pass" in ran.log
