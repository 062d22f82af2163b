"""Settings of load that pods of the cluster send, where the component runs as pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from loadstone.errors import Problem
from loadstone.formats.configuration.kind_settings import ImageName
from loadstone.formats.configuration.setting_types import Text
from loadstone.formats.fields import Spec
from loadstone.formats.yaml_text import Document

_QUANTITY = r"^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi)?$"
Quantity = Annotated[str, Meta(pattern=_QUANTITY)]


class LoadSettings(Spec, frozen=True, kw_only=True, omit_defaults=True):
    """The pods that send the load in the place `pods`; without any, this machine sends it."""

    pods: Annotated[
        Annotated[int, Meta(ge=0, le=100)],
        Meta(description="How many share the load; 0: it comes from this machine."),
    ] = 0
    image: Annotated[
        ImageName | Literal[""], Meta(description="Loadstone's own image, best with its digest.")
    ] = ""
    cpu: Annotated[
        Quantity | Literal[""],
        Meta(description="What each pod asks of its node; a core for each process, else."),
    ] = ""
    memory: Annotated[Quantity, Meta(description="The same of memory.")] = "256Mi"
    nodes: Annotated[
        dict[str, str],
        Meta(description="Labels of nodes for load; of kind, the node that is kept for it."),
    ] = msgspec.field(default_factory=dict)
    tolerations: Annotated[
        list[dict[str, str]], Meta(description="Of taints that keep other pods from these nodes.")
    ] = msgspec.field(default_factory=list)
    spread: Annotated[
        Literal["preferred", "required"],
        Meta(description="Whether two of these pods may be on one node where there is no other."),
    ] = "preferred"
    sysctls: Annotated[
        dict[str, Text],
        Meta(description="Of the pods' own kernel settings; unsafe ones need a kubelet's leave."),
    ] = msgspec.field(default_factory=lambda: {"net.ipv4.ip_local_port_range": "1024 65535"})


def problems(document: Document) -> Iterator[Problem]:
    """Problems of a section `load` that no schema finds."""
    said = document.data.get("load") if isinstance(document.data, dict) else None
    if isinstance(said, dict) and said.get("pods") and not said.get("image"):
        where = document.where(("load", "pods"))
        hint = "name Loadstone's own image, which the nodes have or can pull"
        yield Problem(where=where, what="pods that send load need an `image`", hint=hint)
