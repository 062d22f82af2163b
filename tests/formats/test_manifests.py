"""Manifests are read as Kubernetes reads them, and each mistake is named with its line."""

from __future__ import annotations

import pytest

from loadstone.errors import InvalidFile
from loadstone.formats.manifests import parse

NAMES = ("image", "namespace", "revision")
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidFile) as caught:
        parse(text, "m.yaml", names=NAMES)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0644", 420),
        ("12:30", "12:30"),
        ("2026-11-27", "2026-11-27"),
        ("on", True),
        ('"on"', "on"),
        ("1e3", "1e3"),
        ("3", 3),
    ],
)
def test_a_scalar_is_what_kubernetes_takes_it_for(written: str, value: object) -> None:
    (item,) = parse(f"{CONFIG}value: {written}", "m.yaml", names=NAMES)
    assert item["value"] == value
    assert type(item["value"]) is type(value)


def test_several_documents_and_lists_give_all_their_objects() -> None:
    text = (
        f"{CONFIG}---\n# nothing here\n---\napiVersion: v1\nkind: List\nitems:\n"
        "- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n"
        "- {apiVersion: v1, kind: Secret, metadata: {name: c}}\n"
    )
    names = [item["metadata"]["name"] for item in parse(text, "m.yaml", names=NAMES)]
    assert names == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", ["m.yaml:2:1: is no YAML: did not find expected node content"]),
        (
            "a: {image: ${image}}",
            [
                (
                    "m.yaml:1:13: is no YAML: did not find expected ',' or '}'"
                    " (between { and }, `${…}` needs quotes around it)"
                )
            ],
        ),
        (
            f"{CONFIG}---\n- 1\n---\nkind: X\nmetadata: []\n",
            [
                "m.yaml:5:1: this is no object of Kubernetes",
                "m.yaml:7:1: the object has no apiVersion, metadata.name",
            ],
        ),
        (
            f"# ${{comment}}\n{CONFIG}data: {{a: '$${{x}} ${{imag}} ${{IMAGE}}'}}\n",
            ["m.yaml:5:18: `${imag}` has no value (did you mean `image`?)"],
        ),
    ],
)
def test_each_mistake_is_named_with_its_line(text: str, said: list[str]) -> None:
    assert problems(text) == said
