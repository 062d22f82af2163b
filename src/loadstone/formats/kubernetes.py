"""The deployment of a component as pods: what is applied, and what of it is measured."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from loadstone.formats.fields import PositiveSeconds, Spec

# What is replaced in manifests, the files of a kustomization, and the values of a chart.
NAMES = ("image", "namespace", "revision")

ContainerPort = Annotated[int, Meta(ge=1, le=65535)]


class Chart(Spec, frozen=True, kw_only=True):
    """A Helm chart: a folder or archive beside the component file, and the values it is given."""

    path: Annotated[str, Meta(min_length=1)]
    release: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")] = "measured"
    values: dict[str, Any] = {}


class Kubernetes(Spec, frozen=True, kw_only=True):
    """The deployment of a component, in one of three forms, and what of it is measured.

    `manifests` are objects, or files of them beside the component file; `kustomization` is a folder
    that `kubectl kustomize` renders, `chart` one that `helm template` does. `${image}`,
    `${namespace}` and `${revision}` are replaced in their strings. `workload` runs one pod, whose
    `container` is measured; `ports` are the numbers that it listens on, by the names that the file
    gives its ports.
    """

    manifests: list[str | dict[str, Any]] = []
    kustomization: str = ""
    chart: Chart | None = None
    workload: Annotated[
        str, Meta(pattern=r"^(Deployment|StatefulSet|DaemonSet)/[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")
    ]
    container: str = ""  # the only one, without a name
    ports: dict[str, ContainerPort] = {}
    timeout: PositiveSeconds = 120.0  # from the first object to a pod that is ready

    def forms(self) -> list[str]:
        """The forms in which it says what is applied; one is right."""
        return [name for name in ("manifests", "kustomization", "chart") if getattr(self, name)]
