"""`loadstone bisect`: what is searched for, where flags, a saved run or the file say it."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from loadstone.cli.bisect import command, exit_code
from loadstone.errors import UsageError
from loadstone.flows import output_directory
from loadstone.flows.judge import judged
from loadstone.flows.prepare_bisect import flagged
from loadstone.model.bisect import BisectAnswer
from tests.report import samples


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """A run of two commits that flagged a regression."""
    folder = tmp_path_factory.mktemp("out")
    record = samples.regression()
    base = replace(record.plan.base, commit="a" * 40)
    head = replace(record.plan.head, commit="b" * 40)
    record = replace(record, plan=replace(record.plan, base=base, head=head))
    output_directory.keep(judged(record, anew=True), folder)
    return folder


def test_what_a_run_flagged_is_what_is_searched_for(out):
    said = flagged(out)
    assert said["good"] == f"build:{'a' * 40}"
    assert said["bad"] == f"build:{'b' * 40}"
    record = output_directory.load(out)
    assert record.judgement is not None
    rows = {(row.case, row.metric.name): row.verdict for row in record.judgement.comparisons}
    assert rows[said["case"], said["metric"]] == "regression"
    assert said["tier"] == record.plan.tier


def test_a_run_without_a_regression_has_nothing_to_search_for(tmp_path):
    output_directory.keep(judged(samples.unchanged(), anew=True), tmp_path)
    with pytest.raises(UsageError, match="no gated regression"):
        flagged(tmp_path)


def test_the_run_that_flagged_something_wins_over_the_file(out, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loadstone.yaml").write_text("scenario: nothere\ncomponent: nothere\n")
    asked = ["--flagged", str(out), "--plan"]
    done = CliRunner().invoke(command, asked, standalone_mode=False)
    assert isinstance(done.exception, UsageError)  # of traefik nothing can be built here
    assert "nothere" not in done.exception.message
    flag = CliRunner().invoke(command, [*asked, "--component", "nobody"], standalone_mode=False)
    assert isinstance(flag.exception, UsageError)
    assert "nobody" in flag.exception.message


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (BisectAnswer.COMMIT, 0),
        (BisectAnswer.RANGE, 0),
        (BisectAnswer.NOT_SLOWER, 0),
        (BisectAnswer.NOTHING, 3),
        (BisectAnswer.UNDECIDED, 4),
        (None, 4),
    ],
)
def test_the_exit_code_says_whether_there_is_an_answer(answer, code):
    record = type("Record", (), {"answer": answer})()
    assert exit_code(record) == code
