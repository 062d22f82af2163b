"""The section `kind` of the configuration: what is wrong is said at once, each with its line."""

from __future__ import annotations

import pytest

from loadstone.errors import InvalidFile
from loadstone.formats import configuration
from loadstone.formats.configuration.kind_settings import NODE_IMAGE

WRONG = """\
kind:
  image: KindEst/node
  wokers: 2
  network: foo
  images: [a b]
  config:
    networking: {podSubnet: nix, kubeProxyMode: x}
    kubeadmConfigPatches:
      - "a: ["
      - "b: 1"
      - |
        kind: ClusterConfiguration
        apiServer: {extraVolumes: []}
    nodes: []
"""


def said(text: str) -> list[str]:
    with pytest.raises(InvalidFile) as raised:
        configuration.parse(text, "loadstone.yaml")
    return [str(each) for each in raised.value.problems]


def test_all_that_is_wrong_is_said_with_its_line() -> None:
    problems = said(WRONG)
    places = [each.split(": ")[0].removeprefix("loadstone.yaml:") for each in problems]
    assert [int(place.split(":")[0]) for place in places] == [2, 3, 4, 5, 7, 7, 9, 10, 11, 14]
    assert "did you mean `workers`" in problems[1]
    assert "auto, host, kind" in problems[2]
    assert "10.244.0.0/16" in problems[4]
    assert "kind: ClusterConfiguration" in problems[7]
    assert "audit: false" in problems[8]


def test_volumes_of_the_api_server_are_anybodys_where_there_is_no_audit_log() -> None:
    text = "kind:\n  audit: false\n  config:\n    kubeadmConfigPatches:\n      - |\n"
    text += "        kind: ClusterConfiguration\n        apiServer: {extraVolumes: []}\n"
    config = configuration.parse(text, "loadstone.yaml")
    assert len(config.kind.config.kubeadm_patches) == 1


@pytest.mark.parametrize(
    "image",
    [
        NODE_IMAGE,
        "kindest/node",
        "example.test:5000/a/b_c:v1.2.3-rc.1",
        f"mine@sha256:{'0' * 64}",
    ],
)
def test_an_image_may_be_named_in_every_way_that_docker_knows(image: str) -> None:
    assert configuration.parse(f"kind: {{image: '{image}'}}", "x").kind.image == image


@pytest.mark.parametrize("image", ["", "Mine", "a@sha256:1", "a b", "-a", "a/" + "_" * 60 + "!"])
def test_what_is_no_name_of_an_image_is_refused(image: str) -> None:
    assert said(f"kind: {{image: '{image}'}}")


def test_without_the_section_everything_is_as_built_in() -> None:
    kind = configuration.parse("provider: memory\n", "x").kind
    assert kind.image == NODE_IMAGE
    assert "@sha256:" in NODE_IMAGE
    assert kind.audit
