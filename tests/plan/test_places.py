"""How a component is deployed is checked as it is read, and what a place cannot do is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loadstone.errors import InvalidFile
from loadstone.flows.files import with_manifests
from loadstone.formats.yaml_text import read
from loadstone.model import PLACES
from loadstone.plan import check_kubernetes, places
from loadstone.plan.components import parse_component
from loadstone.plan.scenarios import parse_scenario
from tests.plan.sample import COMPONENT, SCENARIO, edited

SECTION = """
kubernetes:
  workload: Deployment/small
  ports: {http: 80, admin: 81}
  manifests:
    - apiVersion: apps/v1
      kind: Deployment
      metadata: {name: small, namespace: "${namespace}"}
      spec: {template: {spec: {containers: [{name: a, image: "${image}"}]}}}
"""
IMAGE = ("revisions:\n", "revisions:\n  image: {reference: 'small:${revision}'}\n")
DEPLOYED = edited(COMPONENT, IMAGE) + SECTION


def said(text: str) -> list[str]:
    with pytest.raises(InvalidFile) as caught:
        parse_component(text, "c.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_file_that_says_how_it_is_deployed_is_read() -> None:
    found = parse_component(DEPLOYED, "c.yaml").kubernetes
    assert found is not None
    assert found.ports == {"http": 80, "admin": 81}
    assert found.timeout == 120.0


def test_what_runs_as_pods_alone_has_no_command() -> None:
    line = next(each for each in DEPLOYED.splitlines() if each.startswith("command:"))
    text = DEPLOYED.replace(f"{line}\n", "")
    component = parse_component(text, "c.yaml")
    document = read(text, "c.yaml")
    assert not list(places.of_component(component, document, "pods"))
    (problem,) = places.of_component(component, document, "processes")
    assert problem.what == "small has no `command`, and runs as pods alone"


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (("  manifests:\n", "  kustomization: deploy\n  manifests:\n"),
         "manifests and kustomization say what is applied"),
        (("http: 80, ", "htp: 80, "), "the file has no port `htp` (did you mean `http`?)"),
        (("{http: 80, admin: 81}", "{http: 80}"), "the port `admin` has no number"),
        (("Deployment/small", "Job/small"), "`Job/small` is not well formed"),
        (('"${image}"', '"${imge}"'), "`${imge}` has no value (did you mean `image`?)"),
        (("      kind: Deployment\n", ""), "the object has no kind"),
        (IMAGE[::-1], "nothing says which image a revision is"),
    ],
)  # fmt: skip
def test_each_mistake_is_named(edit: tuple[str, str], problem: str) -> None:
    found = said(edited(DEPLOYED, edit))
    assert any(problem in each for each in found), found


def test_what_the_objects_lack_is_said_at_the_workload() -> None:
    text = edited(DEPLOYED, ("metadata: {name: small,", "metadata: {name: smal,"))
    component = parse_component(text, "c.yaml")
    (problem,) = check_kubernetes.of_objects(component, read(text, "c.yaml"))
    assert "Deployment/small is not among the objects" in problem.what
    line = text.splitlines().index("  workload: Deployment/small") + 1
    assert problem.where.startswith(f"c.yaml:{line}:")


def test_files_of_manifests_lie_beside_the_component(tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n"
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"
    )
    text = edited(DEPLOYED, ("  manifests:\n", "  manifests:\n    - all.yaml\n"))
    component = parse_component(text, "c.yaml")
    found = with_manifests(component, text, str(tmp_path / "c.yaml")).kubernetes
    assert found is not None
    names = [item["metadata"]["name"] for item in found.manifests if not isinstance(item, str)]
    assert names == ["a", "b", "small"]


def test_all_that_is_wrong_with_them_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("a: ${x}\n")
    listed = "  manifests:\n    - bad.yaml\n    - none.yaml\n"
    text = edited(DEPLOYED, ("  manifests:\n", listed))
    component = parse_component(text, "c.yaml")
    with pytest.raises(InvalidFile) as caught:
        with_manifests(component, text, str(tmp_path / "c.yaml"))
    found = "\n".join(str(problem) for problem in caught.value.problems)
    assert f"{tmp_path}/bad.yaml:1:4: `${{x}}` has no value" in found
    assert "the object has no apiVersion, kind, metadata.name" in found
    assert f"cannot read {tmp_path}/none.yaml" in found


@pytest.mark.parametrize("form", ["kustomization: deploy", "chart: {path: deploy}"])
def test_a_folder_that_is_not_there_is_said(form: str, tmp_path: Path) -> None:
    head, _, _ = DEPLOYED.partition("  manifests:\n")
    text = f"{head}  {form}\n"
    component = parse_component(text, "c.yaml")
    with pytest.raises(InvalidFile, match=f"there is no {tmp_path}/deploy"):
        with_manifests(component, text, str(tmp_path / "c.yaml"))
    (tmp_path / "deploy").mkdir()
    assert with_manifests(component, text, str(tmp_path / "c.yaml")).kubernetes is not None


def in_pods(text: str) -> list[str]:
    component = parse_component(text, "c.yaml")
    return [str(each) for each in places.of_component(component, read(text, "c.yaml"), "pods")]


def test_a_component_that_is_not_deployed_does_not_run_in_pods() -> None:
    assert in_pods(DEPLOYED) == []
    (problem,) = in_pods(COMPONENT)
    assert "small does not say how it is deployed as pods" in problem


@pytest.mark.parametrize(
    "more", ["network: own", "api: http://${http}", "certificates: {a: {}}",
             'profilers: {cpu: {command: [perf, "${pid}"]}}']
)  # fmt: skip
def test_what_does_not_work_in_pods_yet_is_said_with_its_line(more: str) -> None:
    text = f"{DEPLOYED}{more}\n"
    if more.startswith("api"):
        text = text[: text.index("push:")] + text[text.index("kubernetes:") :]
    key = more.partition(":")[0]
    (problem,) = in_pods(text)
    line = text.splitlines().index(more) + 1
    assert problem.startswith(f"c.yaml:{line}:1: `{key}` does not work in pods yet")


def asked(edit: tuple[str, str], place: str) -> list[str]:
    text = edited(SCENARIO, edit)
    scenario = parse_scenario(text, "s.yaml")
    return [each.what for each in places.of_scenario(scenario, read(text, "s.yaml"), place)]


STEP = "    - {do: await, template: route}\n"


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        ((STEP, f"{STEP}    - {{do: settle}}\n"), "`do: settle` counts API requests"),
        (("  profiles:", "  dials: [{verb: get, latency: 1s}]\n  profiles:"), "no faults to dial"),
    ],
)
def test_a_step_that_cannot_be_done_in_pods_is_refused_there_alone(
    edit: tuple[str, str], problem: str
) -> None:
    (found,) = asked(edit, "pods")
    assert problem in found
    assert asked(edit, "processes") == []


def test_a_kind_cannot_be_made_for_each_side_of_a_pair() -> None:
    definition: dict[str, Any] = {"kind": "CustomResourceDefinition", "apiVersion": "x/v1"}
    text = f"{DEPLOYED}objects:\n  - {{...}}\n".replace(
        "{...}", "{apiVersion: x/v1, kind: CustomResourceDefinition, metadata: {name: a}}"
    )
    component = parse_component(text, "c.yaml")
    (problem,) = places.of_pairs(component, read(text, "c.yaml"))
    assert definition["kind"] in problem.what
    assert problem.where == f"c.yaml:{len(text.splitlines()) - 1}:1"


@pytest.mark.parametrize(
    "way", ["build: {repository: ., dockerfile: Dockerfile, ", "go: {module: a.example/b, "]
)
def test_definitions_of_a_revision_cannot_be_there_for_each_side_of_a_pair(way: str) -> None:
    said = f"revisions:\n  {way}definitions: {{paths: [crd]}}}}\n"
    text = "".join(
        said if line.startswith("revisions:") else f"{line}\n" for line in DEPLOYED.splitlines()
    )
    component = parse_component(text, "c.yaml")
    (problem,) = places.of_pairs(component, read(text, "c.yaml"))
    assert "`definitions`" in problem.what
    assert "solo" in problem.hint


def test_there_are_two_places() -> None:
    assert PLACES == ("processes", "pods")
