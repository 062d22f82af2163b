"""The keys and words of the file formats: each stands in a reference page and in a shipped file."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from loadstone.formats import Component, Preset, Scenario
from loadstone.formats.schema import Schema, children, fitting, strict_schema
from loadstone.formats.yaml_text import read
from loadstone.plan.components import parse_component
from loadstone.plan.matrix import cases, fit
from loadstone.plan.scenarios import parse_scenario

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "every-key"
FORMATS: dict[type[msgspec.Struct], list[Path]] = {
    Scenario: [*ROOT.glob("scenarios/**/*.yaml"), EXAMPLES / "objects.yaml",
               EXAMPLES / "routes.yaml", EXAMPLES / "cut-off.yaml"],
    Component: [*ROOT.glob("components/*.yaml"), *ROOT.glob("examples/*/component.yaml"),
                EXAMPLES / "one-process.yaml", EXAMPLES / "several-processes.yaml",
                EXAMPLES / "chart.yaml"],
    Preset: [*ROOT.glob("presets/*.yaml")],
}  # fmt: skip

Key = tuple[str, ...]  # (a type, a key of it), or (a type, a key, a word that it may have)


def keys(root: Schema) -> set[Key]:
    """All that a file of this schema can say, but for what stands for nothing said."""
    found: set[Key] = set()
    for name, schema in root["$defs"].items():
        for key, child in schema.get("properties", {}).items():
            words = {word for part in fitting(child, None, root) for word in part.get("enum", ())}
            found |= {(name, key), *((name, key, str(word)) for word in words if word != "")}
    return found


def said(data: Any, schema: Schema, root: Schema) -> Iterator[Key]:
    """What data says of that."""
    types = {id(each): name for name, each in root["$defs"].items()}
    for part in fitting(schema, data, root):
        if isinstance(data, dict) and (name := types.get(id(part))):
            for key in data.keys() & part.get("properties", {}).keys():
                yield name, key
                if not isinstance(data[key], dict | list):
                    yield name, key, str(data[key])
    for key, child in children(schema, data, root):
        yield from said(data[key], child, root)


def without(keys: set[Key], there: set[Key]) -> list[str]:
    return sorted(".".join(key[:2]) + "".join(f": {word}" for word in key[2:])
                  for key in keys - there)  # fmt: skip


@pytest.mark.parametrize("kind", FORMATS, ids=lambda kind: kind.__name__)
def test_every_key_and_word_stands_in_a_shipped_file(kind: type[msgspec.Struct]) -> None:
    root = strict_schema(kind)
    there: set[Key] = set()
    for each, paths in FORMATS.items():  # a template may stand in a scenario or in a component
        schema = strict_schema(each)
        for path in paths:
            there |= set(said(read(path.read_text(), path.name).data, schema, schema))
    assert without(keys(root), there) == []


def test_every_key_and_word_stands_in_the_reference() -> None:
    """What scenarios can say on their page, and what components alone can on theirs."""
    missing = []
    explained: set[str] = set()
    for kind, page in ((Scenario, "scenarios"), (Component, "components"), (Preset, "components")):
        root = strict_schema(kind)
        text = (ROOT / f"docs/reference/{page}.md").read_text()
        code = re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.S)
        words = set(re.findall(r"[\w/]+", " ".join(code)))
        here = {key for key in keys(root) if key[0] not in explained}
        missing += [f"{page}.md: {each}" for each in
                    without(here, {key for key in here if key[-1] in words})]  # fmt: skip
        explained |= root["$defs"].keys()
    assert missing == []


@pytest.mark.parametrize(
    ("scenario", "component"),
    [
        ("objects", ROOT / "examples/go-operator/component.yaml"),
        ("routes", ROOT / "components/traefik.yaml"),
        ("cut-off", ROOT / "components/kube-proxy.yaml"),
    ],
    ids=str,
)
def test_the_examples_of_every_key_go_with_a_component(scenario: str, component: Path) -> None:
    path = EXAMPLES / f"{scenario}.yaml"
    found = parse_scenario(path.read_text(), path.name)
    fitted, _ = fit(cases(found, "quick"), parse_component(component.read_text(), component.name))
    assert any(metric.gated for case in fitted for metric in case.metrics)


@pytest.mark.parametrize("name", ["one-process", "several-processes", "chart"])
def test_the_components_of_every_key_are_read(name: str) -> None:
    path = EXAMPLES / f"{name}.yaml"
    assert parse_component(path.read_text(), path.name).component == name
