"""`loadstone series`: from a directory of baselines to words, files and exit codes."""

import json

import pytest
from click.testing import CliRunner

from loadstone.cli.series import command
from loadstone.errors import UsageError
from tests.flows.test_series import CHANGED, history, kept


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A series with a regression at its eleventh record of twenty."""
    root = tmp_path_factory.mktemp("series")
    kept(history(change=CHANGED), root)
    return root


def series(root, *flags):
    return CliRunner().invoke(command, ["--store", str(root), *flags], standalone_mode=False)


def test_it_says_between_which_revisions(store):
    done = series(store)
    assert done.return_value == 0
    assert "✘ Regression: demo: four, one, three, two" in done.stdout
    assert "between r09 and r10" in done.stdout


def test_the_gate_fails_on_what_is_recent_alone(store):
    assert series(store, "--gate").return_value == 1
    assert series(store, "--gate", "--recent", "9").return_value == 0
    assert series(store, "--recent", "10").return_value == 0


def test_the_gate_does_not_pass_where_nothing_can_be_read(tmp_path):
    (entry,) = kept(history(1), tmp_path)
    (tmp_path / entry.key).write_text("{}")
    done = series(tmp_path, "--gate")
    assert done.return_value == 3
    assert entry.key in done.stdout.replace("\n  ", "")


def test_json_has_every_point_row_and_change(store):
    (found,) = json.loads(series(store, "--json").stdout)
    assert len(found["points"]) == 20
    assert {len(row["values"]) for row in found["rows"]} == {20}
    assert len(found["rows"]) == 15
    (change,) = found["changes"]
    assert (change["good"], change["bad"], change["verdict"]) == ("r09", "r10", "regression")


@pytest.mark.parametrize(
    ("form", "sign"),
    [("markdown", "### 🔴"), ("html", "<!doctype html>"), ("json", "["), ("terminal", "✘")],
)
def test_every_format_can_go_to_a_file(store, tmp_path, form, sign):
    file = tmp_path / "series.out"
    done = series(store, "--format", form, "--output", str(file))
    assert done.stdout == ""
    assert file.read_text(encoding="utf-8").lstrip().startswith(sign)


def test_a_level_that_is_nearly_nothing_finds_nothing(store):
    assert "Too few records" in series(store, "--alpha", "0.000001").stdout


def test_what_matches_nothing_is_an_error_that_names_what_there_is(store):
    done = series(store, "--component", "other")
    assert isinstance(done.exception, UsageError)
    assert "-c demo" in done.exception.next_step
