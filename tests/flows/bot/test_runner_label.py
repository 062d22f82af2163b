"""The label in the title of runs: the one of the workflow that `init` writes, or none."""

from pathlib import Path

import pytest

from loadstone.bot.dispatch_title import dispatched
from loadstone.flows.bot.runner_label import FOLDER, runner_label
from loadstone.formats.yaml_text import read
from loadstone.github.workflows import TITLE
from loadstone.model.bot import WorkflowRunEvent

ROOT = Path(__file__).parents[3]
HEAD = "a" * 40


def test_our_own_workflow_has_the_label_that_its_jobs_run_on():
    label = runner_label("loadstone.yml", ROOT)
    assert label == "ubuntu-24.04"
    measuring = read((ROOT / FOLDER / "loadstone-measure.yml").read_text(), "").data
    assert measuring["jobs"]["measure"]["runs-on"] == label


def test_the_title_that_it_gives_is_the_one_that_the_bot_reads():
    """The expression of `run-name` filled in as GitHub does it: a file that YAML has not cut."""
    title = read((ROOT / FOLDER / "loadstone.yml").read_text(), "").data["run-name"]
    form = title.partition("format('")[2].partition("'")[0]
    made = form.format("/loadstone run tier=quick", HEAD, 12)
    run = WorkflowRunEvent(
        run=1,
        attempt=1,
        name="Loadstone",
        event="workflow_dispatch",
        conclusion="",
        head_sha="b" * 40,
        head_branch="main",
        head_repository="acme/proxy",
        title=made,
    )
    event = dispatched(run)
    assert event is not None
    assert event.inputs == {"command": "/loadstone run tier=quick", "head": HEAD, "number": "12"}
    found = TITLE.search(made)
    assert found is not None
    assert (found["number"], found["runner"]) == ("12", "ubuntu-24.04")


@pytest.mark.parametrize("text", ["", "name: Loadstone\n", "run-name: Loadstone\n", "\0"])
def test_a_workflow_without_one_has_none(tmp_path, text):
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "own.yml").write_text(text)
    assert runner_label("own.yml", tmp_path) == ""
    assert runner_label("missing.yml", tmp_path) == ""
