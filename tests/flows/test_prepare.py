"""What stages say as data is in words where a user meets it."""

from dataclasses import replace

import pytest

from loadstone.component.revisions.commit_build import BuildFailed
from loadstone.errors import InvalidFile, MeasurementFailed, UsageError
from loadstone.flows.planned_files import read_files
from loadstone.flows.prepare import sketch
from loadstone.flows.request import Request
from loadstone.flows.revision_programs import require_reachable, say, worded_builds
from loadstone.formats.configuration import Config, KindSettings
from loadstone.model import Note, Revision, Side
from tests.plan.sample import COMPONENT, SCENARIO, edited


def test_a_build_that_failed_says_what_its_files_were_without():
    lacking = [Note.of("no-submodules", said="vendored"), Note.of("no-lfs", files="a", said="none")]

    with pytest.raises(MeasurementFailed) as caught, worded_builds():
        raise BuildFailed("building x failed: exit 1", next_step="look", lacking=lacking)

    assert caught.value.message.splitlines() == [
        "building x failed: exit 1",
        "its submodules are not checked out: vendored",
        "large files are pointers only (a): none",
    ]
    assert caught.value.next_step == "look"


def test_presets_that_there_are_not_are_problems_of_the_file_beside_all_others(tmp_path):
    component, scenario = tmp_path / "c.yaml", tmp_path / "s.yaml"
    named = "presets: [proces, ./none.yaml]\nscrape"
    component.write_text(edited(COMPONENT, ("scrape", named), ("${api}", "${apis}")))
    scenario.write_text("scenario: broken\n")
    asked = Request(scenarios=[str(scenario)], component=str(component), base="1", head="2")
    with pytest.raises(InvalidFile) as caught:
        read_files(asked)
    said = str(caught.value)
    assert "c.yaml:11:11: there is no preset named `proces` (did you mean `process`? known:" in said
    assert "c.yaml:11:19: cannot read none.yaml: No such file or directory" in said
    assert "`${apis}` has no value" in said
    assert "s.yaml:1:" in said


@pytest.mark.parametrize("text", ["- a", "processes: [a]", "processes: {a: 1}", "presets: a", "{"])
def test_a_component_file_of_another_shape_names_no_presets(tmp_path, text):
    file = tmp_path / "c.yaml"
    file.write_text(text)
    with pytest.raises(InvalidFile):
        read_files(Request(scenarios=["ingress"], component=str(file), base="1", head="2"))


def test_notes_become_lines_of_progress():
    lines: list[str] = []
    say([Note.of("ambiguous-revision", name="main"), Note.of("few-cores")], lines.append)

    assert lines == [
        "note: main is a file here, which was taken, and the name of commits: build:main",
        "note: one core for load, component and upstream; `taskset -pc $$` shows what is allowed",
    ]


def test_requests_of_pods_are_rows_where_an_audit_log_counts_them():
    def counted(provider, **kind):
        config = Config(kind=KindSettings(**kind))
        asked = Request(
            scenarios=["ingress-config"],
            component="traefik",
            base="1",
            head="2",
            provider=provider,
            place="pods",
            config=config,
        )
        sources = [source for case in sketch(asked).plan.cases for source in case.sources.values()]
        return {each.quantity for each in sources if each.quantity.startswith("api.")}

    assert "api.requests" in counted("kind")
    assert "api.watch_events" not in counted("kind")  # no audit log has these
    assert counted("kind", audit=False) == counted("existing") == set()


@pytest.mark.parametrize("source", ["build", "archive"])
def test_an_image_that_is_here_alone_is_refused_where_nodes_are_given_none(source):
    found = Revision(side=Side.HEAD, asked="build:main", label="a", source=source, image="i")
    asked = Request(scenarios=[], component="c", base="1", head="2", place="pods")
    require_reachable(found, replace(asked, provider="kind"))
    with pytest.raises(UsageError, match="this machine's Docker alone") as caught:
        require_reachable(found, replace(asked, provider="existing"))
    assert "image:REGISTRY" in caught.value.next_step


@pytest.mark.parametrize(
    ("configured", "asked"),
    [({}, "http://its.own"), ({"prometheus": "http://of.all"}, "http://of.all")],
)
def test_the_prometheus_of_the_configuration_goes_before_that_of_the_component(
    tmp_path, configured, asked
):
    component, scenario = tmp_path / "c.yaml", tmp_path / "s.yaml"
    component.write_text(f"prometheus: http://its.own\n{COMPONENT}")
    scenario.write_text(SCENARIO)
    request = Request(
        scenarios=[str(scenario)],
        component=str(component),
        base="1",
        head="2",
        config=Config(**configured),
    )
    found, _ = read_files(request)
    assert found.prometheus == asked
