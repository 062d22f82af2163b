"""Cost against size and growth in time: what is told, and what is only counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadstone.errors import UsageError
from loadstone.model import Judgement, Note, Record, Shape, Side, Verdict
from loadstone.report import comparison
from loadstone.report.comparison import build, explain_scaling, lookup
from loadstone.report.comparison.gallery import galleries
from loadstone.report.pictures import exponents
from loadstone.store.decode import decode
from loadstone.store.records import encode
from tests.report import rendered, samples

# pages are drawn once for all of them
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("drawn")]


def judged(record: Record) -> Judgement:
    assert record.judgement is not None
    return record.judgement


def cpu(record: Record) -> Shape:
    (found,) = [each for each in judged(record).shapes if each.metric.name == "cpu_per_1000"]
    return found


def with_shapes(record: Record, *shapes: Shape) -> Record:
    return replace(record, judgement=replace(judged(record), shapes=shapes))


def test_what_became_superlinear_is_in_the_headline_and_first_of_its_table():
    view = build.view(samples.get("sizes"))

    assert "grows like routes to the power of 1.31, not 1.06" in view.headline
    first = view.scaling.told_shapes[0]
    assert (first.metric, first.says) == ("cpu_per_1000", "superlinear since head")
    assert first.gated


def test_a_leak_that_no_metric_asks_for_is_told_and_does_not_gate():
    scaling = build.view(samples.get("sizes")).scaling

    assert {row.series for row in scaling.told_growth} == {"process.anon"}
    assert {row.says for row in scaling.told_growth} == {"grows faster (not gated)"}


def test_where_nothing_changed_there_is_a_line_each_and_no_table():
    scaling = build.view(samples.get("even")).scaling
    text = comparison.terminal(samples.get("even"))

    assert not scaling.told_shapes
    assert not scaling.told_growth
    assert "none of 4 exponents changed" in scaling.sizes_line
    assert scaling.growth_line == "Growth in time: none of 6 series changed how fast they grow."
    assert "Cost against size" not in text


def test_without_sizes_and_series_there_is_no_word_of_either():
    for text in (
        comparison.terminal(samples.get("regression")),
        rendered.markdown_of(samples.get("busy")),
    ):
        assert "exponent" not in text
        assert "Growth" not in text


def test_a_shape_of_a_row_that_was_not_flagged_is_said_not_to_gate():
    record = samples.get("sizes")
    (row,) = build.view(with_shapes(record, replace(cpu(record), follows=False))).scaling.shapes

    assert row.says == "superlinear since head (not gated)"
    assert not row.gated


def test_a_resource_that_bends_since_head_is_told_although_its_exponent_held():
    record = samples.get("even")
    bent = replace(cpu(record), warnings=[Note(code="bent", data={"axis": "routes", "bend": 0.2})])
    (row,) = build.view(with_shapes(record, bent)).scaling.told_shapes

    assert row.verdict is not Verdict.REGRESSION
    assert row.notes[0].startswith("was a straight line in routes and bends on the head")


def test_both_kinds_have_pictures_of_both_sides():
    kinds = {kind.name: kind for kind in rendered.pictures("sizes")}

    first = kinds["exponents"].pictures[0]
    assert first.title == "CPU per 1,000 requests against routes"
    assert [p.title for p in kinds["slopes"].pictures] == ["memory over the window"] * 3
    for picture in (*kinds["exponents"].pictures, *kinds["slopes"].pictures):
        assert "var(--base)" in picture.svg
        assert "var(--head)" in picture.svg


def test_what_does_not_grow_is_no_picture():
    kinds = {kind.name for kind in rendered.pictures("even")}

    assert "exponents" in kinds
    assert "slopes" not in kinds


@pytest.mark.parametrize(
    "numbers",
    [{}, {"size": "x", "cost": {"base": None}}, {"size": 0, "cost": {}}, {"cost": None}],
)
def test_a_record_without_usable_numbers_draws_dots_alone(numbers):
    shape = replace(cpu(samples.get("sizes")), explain=numbers)

    assert exponents.fitted(shape, Side.HEAD) is None
    assert galleries(build.view(with_shapes(samples.get("sizes"), shape)))


def test_costs_of_nothing_are_no_picture():
    record = samples.get("sizes")
    runs = [replace(run, values={**run.values, "cpu_per_1000": 0.0}) for run in record.runs]
    view = build.view(with_shapes(replace(record, runs=runs), cpu(record)))

    assert "exponents" not in {kind.name for kind in galleries(view)}


@pytest.mark.parametrize("hostile", samples.HOSTILE)
def test_names_by_someone_who_means_harm_are_text(hostile):
    record = samples.get("sizes")
    metric = replace(cpu(record).metric, title=hostile, unit=hostile)
    shape = replace(
        cpu(record), axis=hostile, scenario=hostile, fixed={hostile: hostile}, metric=metric
    )
    grown = [
        replace(each, series=hostile, case=hostile, metric=replace(each.metric, title=hostile))
        for each in judged(record).growth
    ]
    judgement = replace(judged(record), shapes=[shape], growth=grown)
    made = replace(record, judgement=judgement)

    # pictures take seconds to draw, and only one of the names would be a script in them
    page = comparison.html(made) if "<script>alert" in hostile else rendered.words(made)
    assert "<script>alert" not in page
    text = rendered.markdown_of(made)
    assert "<img" not in text
    assert "@octocat" not in text
    assert explain_scaling.explain_shape(made, shape)


def test_a_saved_judgement_keeps_its_shapes_and_growth():
    record = samples.get("sizes")
    loaded = decode(encode(record, where="record.json"), Record, where="record.json", next_step="")

    assert comparison.terminal(loaded) == comparison.terminal(record)


def test_what_cannot_be_explained_is_named_with_what_can():
    record = samples.get("sizes")

    with pytest.raises(UsageError, match="no shape of `nothing` over `routes`") as caught:
        lookup.shape(record, "ingress-config", "nothing", "routes")
    assert "cpu_per_1000 --over routes" in str(caught.value.next_step)
    with pytest.raises(UsageError, match="more than one growth"):
        lookup.growth(record, "ingress-config", "process.anon")
    with pytest.raises(UsageError) as caught:
        lookup.growth(samples.get("empty"), "ingress-config", "process.anon")
    assert "nothing" in str(caught.value.next_step)
