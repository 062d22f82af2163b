"""`loadstone explain`: rows, exponents and slopes, from a saved record."""

import json

import pytest

from loadstone.store.records import save
from tests.e2e.command import loadstone
from tests.report import samples


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("explain") / "record.json"
    save(samples.get("sizes"), path)
    return path


@pytest.fixture
def explain(capsys):
    return lambda *given: loadstone("explain", *given, capsys=capsys)


def test_an_exponent_is_explained_over_its_axis(explain, saved):
    done = explain("ingress-config", "cpu_per_1000", saved, "--over", "routes")
    assert done.code == 0, done.err
    assert "Their means are 1.06" in done.out
    assert "Hence: regression; the row that was flagged gates." in done.out


def test_a_slope_is_explained_by_its_series(explain, saved):
    done = explain("routes=500", "process.anon", saved, "--growth")
    assert done.code == 0, done.err
    assert "Hence: regression; it does not gate." in done.out


def test_json_is_the_shape_itself(explain, saved):
    done = explain("ingress-config", "cpu_per_1000", saved, "--over", "routes", "--json")
    found = json.loads(done.out)
    assert (found["axis"], found["sizes"], found["verdict"]) == (
        "routes",
        [200.0, 500.0, 1000.0],
        "regression",
    )


def test_two_questions_at_once_are_an_error(explain, saved):
    done = explain("x", "y", saved, "--over", "routes", "--growth")
    assert done.code == 2
    assert "--over and --growth ask two questions" in done.err


def test_an_axis_that_is_none_names_those_that_are(explain, saved):
    done = explain("ingress-config", "cpu_per_1000", saved, "--over", "rate")
    assert done.code != 0
    assert "no shape of `cpu_per_1000` over `rate`" in done.err
    assert "--over routes" in done.err
