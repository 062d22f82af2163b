"""Rendering of a deployment: its objects, with what a revision and a namespace are filled in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from loadstone.errors import InvalidFile, UsageError
from loadstone.formats import Kubernetes
from loadstone.formats.deployment import problems
from loadstone.formats.fill import fill
from loadstone.formats.manifests import Manifest, parse
from loadstone.system import processes, temporary
from loadstone.system.tools import find

_WITHIN = 120.0  # s


def rendered(
    said: Kubernetes, names: Mapping[str, str], tools: Mapping[str, Path]
) -> list[Manifest]:
    """The objects of a deployment. `names`: what stands for `${image}` and the others.

    Raises `UsageError` for what cannot be deployed and measured, `MissingTool` without the program
    that renders it.
    """
    objects = _objects(said, names, tools)
    found = list(problems(said, objects, image=names["image"], namespace=names["namespace"]))
    if found:
        raise UsageError(
            "what `kubernetes` deploys cannot be measured: " + "; ".join(found),
            next_step="mend it in the component file, or in what it names",
        )
    return objects


def _objects(
    said: Kubernetes, names: Mapping[str, str], tools: Mapping[str, Path]
) -> list[Manifest]:
    if said.kustomization:
        command = [str(find("kubectl", tools).path), "kustomize", said.kustomization]
        return _filled(_output(command), said.kustomization, names)
    if said.chart is not None:
        chart = said.chart
        with temporary.directory() as folder:
            values = folder / "values.json"
            values.write_bytes(msgspec.json.encode(fill(chart.values, names)))
            command = [str(find("helm", tools).path), "template", chart.release, chart.path]
            command += ["--namespace", names["namespace"], "--values", str(values)]
            return parse(_output(command), chart.path)
    return [fill(item, names) for item in said.manifests]


def _output(command: list[str]) -> str:
    try:
        return processes.run(command, timeout=_WITHIN, scrubbed=True).stdout
    except processes.CommandFailed as error:
        raise UsageError(
            f"`{processes.pretty(command)}` failed: {error.output.strip()}",
            next_step="it has to work by hand",
        ) from error


def _filled(text: str, filename: str, names: Mapping[str, str]) -> list[Manifest]:
    try:
        return [fill(item, names) for item in parse(text, filename, names=names)]
    except InvalidFile as error:
        raise InvalidFile(
            error.problems, next_step=f"lines are those of `kubectl kustomize {filename}`"
        ) from error
