"""A plan says what is missing before anything runs: of revisions, the cluster and the runs."""

import pytest

from loadstone.flows import prepare
from loadstone.flows.lacking_parts import lacking
from loadstone.flows.request import Request
from loadstone.formats.configuration import Config

SCENARIO = "controller-idle"


def said(scenario=SCENARIO, component="kube-controller-manager", **asked):
    request = Request(
        scenarios=[scenario], component=component, **{"base": "", "head": "", **asked}
    )
    return [(note.code, note.data) for note in lacking(prepare.sketch(request), request)]


def test_of_a_plan_for_this_machine_nothing_is_missing():
    assert said() == []


@pytest.mark.parametrize("name", ["path:/nonexistent/program", "./nonexistent", "../none/program"])
def test_a_program_that_is_not_there_is_missing(name):
    ((code, data),) = said(head=name)
    assert (code, data["name"]) == ("missing-tool", name)
    assert data["said"] == f"there is no file {name.removeprefix('path:')}"


def test_a_program_that_cannot_be_run_is_missing(tmp_path):
    program = tmp_path / "program"
    program.touch()
    ((code, data),) = said(base=f"path:{program}")
    assert (code, data["step"]) == ("missing-tool", f"chmod +x {program}")


def test_the_programs_beside_a_file_are_looked_for_as_well(tmp_path):
    program = tmp_path / "kube-apiserver"
    program.touch(mode=0o755)
    found = said("api-writes", "kubernetes", head=f"path:{program}")
    missing = [data["said"] for code, data in found if code == "missing-tool"]
    assert any(str(tmp_path / "kube-scheduler") in each for each in missing), found


@pytest.mark.parametrize("named", [{}, {"context": "no-such-context"}, {"kubeconfig": "/none"}])
def test_a_cluster_that_cannot_be_reached_is_missing(named, monkeypatch, tmp_path):
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    found = said(provider="existing", config=Config(**named))
    assert found[0][0] == "missing-provider"
    assert found[0][1]["step"]


def test_the_programs_of_a_cluster_are_missing_where_they_are_not_here(tmp_path):
    names = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
    config = Config(tools={name: str(tmp_path / name) for name in names})
    found = said(provider="hollow", config=config)
    assert [code for code, _ in found] == ["missing-provider"] * len(names)


def test_sides_that_share_a_cluster_are_said_to(monkeypatch, tmp_path):
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    assert said(provider="existing")[-1] == ("shared-cluster", {"cases": 1})


def test_what_runs_beside_a_component_is_missing_where_it_is_not_here(tmp_path):
    config = Config(tools={"nginx": str(tmp_path / "nginx"), "k6": str(tmp_path / "k6")})
    found = said("ingress-latency", "traefik", generator="k6", config=config)
    assert [code for code, _ in found] == ["missing-program", "missing-program"]


def test_of_pods_it_is_said_which_images_the_nodes_have_to_pull(tmp_path):
    here = "local:1"
    docker, kind = tmp_path / "docker", tmp_path / "kind"
    docker.write_text(
        f'#!/bin/sh\n[ $# -lt 5 ] && echo 28.0.0 || {{ [ "$5" = {here} ] && echo sha256:1; }}\n'
    )
    kind.write_text("#!/bin/sh\necho 0.33.0\n")
    for each in (docker, kind):
        each.chmod(0o755)
    config = Config(tools={"docker": str(docker), "kind": str(kind)})
    found = said(
        "ingress-config",
        "traefik",
        base=f"image:{here}",
        head="3.7.15",
        provider="kind",
        place="pods",
        config=config,
    )
    pulled = [data["image"] for code, data in found if code == "image-to-pull"]
    assert pulled == ["traefik:v3.7.15"]
