"""The objects of a deployment, and what of them is measured. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from loadstone.formats.kubernetes import Kubernetes
from loadstone.formats.manifests import Manifest
from loadstone.formats.schema_problems import did_you_mean

# What has no namespace, of what deployments are made of: its name has to be a side's own.
WIDE = ("ClusterRole", "ClusterRoleBinding", "IngressClass", "GatewayClass", "PriorityClass",
        "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")  # fmt: skip
DEFINITION = "CustomResourceDefinition"


def problems(
    said: Kubernetes, objects: Sequence[Manifest], *, image: str, namespace: str
) -> Iterator[str]:
    """The faults that keep these objects from being deployed and measured, in words.

    `image`, `namespace`: what stands for `${image}` and `${namespace}` in them.
    """
    found = [item for item in objects if shown(item) == said.workload]
    if len(found) != 1:
        kind = said.workload.partition("/")[0]
        names = [shown(item) for item in objects if item["kind"] == kind and item not in found]
        hint = did_you_mean(said.workload, names)
        which = "twice among" if found else "not among"
        yield f"{said.workload} is {which} the objects" + (f" ({hint})" if hint else "")
    for item in found[:1]:
        yield from _of_workload(said, item, image)
    yield from _of_places(objects, namespace)


def shown(item: Mapping[str, Any]) -> str:
    """An object as `workload` names one: Deployment/traefik."""
    return f"{item['kind']}/{item['metadata']['name']}"


def workload(said: Kubernetes, objects: Sequence[Manifest]) -> Manifest:
    """The measured workload, of objects without problems."""
    return next(item for item in objects if shown(item) == said.workload)


def container(said: Kubernetes, item: Mapping[str, Any]) -> str:
    """The name of the measured container of a workload without problems."""
    return said.container or str(_containers(item)[0]["name"])


def pod_labels(item: Mapping[str, Any]) -> Mapping[str, str]:
    """The labels by which a workload knows its pods."""
    found: Mapping[str, str] = item["spec"]["selector"].get("matchLabels") or {}
    return found


def in_this_run(
    item: Manifest, container: str, *, node: str, variables: Mapping[str, str], pull: str = ""
) -> Manifest:
    """The workload with its pod on a node, and variables in its container's environment.

    `pull`: when its image is pulled, "" for as the workload says.
    """
    spec = item["spec"]
    template = spec["template"]
    chosen = {**(template["spec"].get("nodeSelector") or {}), "kubernetes.io/hostname": node}
    more = [{"name": name, "value": value} for name, value in variables.items()]
    own = {"imagePullPolicy": pull} if pull else {}
    containers = [
        {**each, "env": [*(each.get("env") or ()), *more], **own}
        if each["name"] == container
        else each
        for each in template["spec"]["containers"]
    ]
    pod = {**template["spec"], "nodeSelector": chosen, "containers": containers}
    return {**item, "spec": {**spec, "template": {**template, "spec": pod}}}


def _of_workload(said: Kubernetes, item: Manifest, image: str) -> Iterator[str]:
    if item["kind"] != "DaemonSet" and (count := (item.get("spec") or {}).get("replicas", 1)) != 1:
        yield f"{said.workload} runs {count} pods, and one is measured: set `replicas: 1`"
    containers = _containers(item)
    names = [str(each.get("name")) for each in containers]
    chosen = [each for each in containers if said.container in ("", each.get("name"))]
    selector = (item.get("spec") or {}).get("selector") or {}
    if not (isinstance(selector, Mapping) and selector.get("matchLabels")):
        yield f"{said.workload} does not say its pods' labels in `spec.selector.matchLabels`"
    if not containers:
        yield f"{said.workload} has no containers"
    elif not chosen:
        hint = did_you_mean(said.container, names)
        yield f"{said.workload} has no container `{said.container}` ({hint})"
    elif not said.container and len(containers) > 1:
        yield f"{said.workload} has several containers: say in `container` which is measured"
    elif chosen[0].get("image") != image:
        yield (
            f"the container {chosen[0].get('name')} of {said.workload} runs"
            f" {chosen[0].get('image')}, the same for every revision: its image is `${{image}}`"
        )


def _of_places(objects: Sequence[Manifest], namespace: str) -> Iterator[str]:
    for item in objects:
        where = item["metadata"].get("namespace") or namespace
        if where not in (namespace, "default"):
            yield f"{shown(item)} is for the namespace {where}: write `${{namespace}}`, or nothing"
        if item["kind"] in WIDE and namespace not in item["metadata"]["name"]:
            yield (
                f"{shown(item)} has no namespace, and would be one for both sides: put"
                " `${namespace}` into its name"
            )


def _containers(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    spec: Any = item
    for key in ("spec", "template", "spec"):
        spec = spec.get(key) if isinstance(spec, Mapping) else None
    found = spec.get("containers") if isinstance(spec, Mapping) else None
    return [each for each in found or () if isinstance(each, Mapping)]
