"""Settings of the provider `eks`: where in AWS its clusters are, of what size, at what price."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from loadstone.errors import Problem
from loadstone.formats.configuration.setting_types import Text
from loadstone.formats.fields import Spec
from loadstone.formats.yaml_text import Document

_ROLE = r"^arn:aws[a-z-]*:iam::\d{12}:role/.+$"
RoleArn = Annotated[str, Meta(pattern=_ROLE)]
Dollars = Annotated[float, Meta(ge=0)]
_FOR_A_CLUSTER = ("cluster-role", "version")


class EksSettings(Spec, frozen=True, kw_only=True, omit_defaults=True):
    """The clusters of the provider `eks`: one that is made, or a node group in one that is there.

    Prices are in US dollars, and the reader's own or Amazon's, since they differ by region and
    change.
    """

    region: Annotated[
        Annotated[str, Meta(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")],
        Meta(description="The region, as eu-west-1."),
    ]
    node_role: Annotated[RoleArn, Meta(description="The role of the nodes.")] = msgspec.field(
        name="node-role"
    )
    subnets: Annotated[
        Annotated[list[Annotated[str, Meta(pattern=r"^subnet-[0-9a-f]+$")]], Meta(min_length=1)],
        Meta(description="The subnets of nodes; of two zones where a cluster is made."),
    ]
    instance: Annotated[
        Annotated[str, Meta(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")],
        Meta(description="The one instance type of all nodes, none that is burstable."),
    ]
    node_price: Annotated[
        Dollars | UnsetType,
        Meta(description="Dollars for an hour of a node; as Amazon's price list says, else."),
    ] = msgspec.field(default=UNSET, name="node-price")
    priced: Annotated[
        Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")] | UnsetType,
        Meta(description="The day on which these prices were looked up, as 2026-11-01."),
    ] = UNSET
    cap: Annotated[
        Annotated[float, Meta(gt=0)],
        Meta(description="Dollars that a session may cost at most: one that could does not start."),
    ]
    nodes: Annotated[Annotated[int, Meta(ge=1, le=100)], Meta(description="How many nodes.")] = 2
    hours: Annotated[
        Annotated[float, Meta(gt=0, le=24)],
        Meta(description="Hours after which what is left is removed by `loadstone sweep`."),
    ] = 3.0
    cluster: Annotated[
        Text | UnsetType,
        Meta(description="A cluster that is there, which gets a node group; else one is made."),
    ] = UNSET
    cluster_role: Annotated[
        RoleArn | UnsetType, Meta(description="The role of a cluster that is made.")
    ] = msgspec.field(default=UNSET, name="cluster-role")
    version: Annotated[
        Annotated[str, Meta(pattern=r"^1\.\d+$")] | UnsetType,
        Meta(description='Its version of Kubernetes, as "1.34", one in standard support.'),
    ] = UNSET
    cluster_price: Annotated[
        Dollars, Meta(description="Dollars for an hour of a cluster that is made.")
    ] = msgspec.field(default=0.10, name="cluster-price")

    def hourly(self, node_price: float) -> float:
        """Dollars for an hour of all nodes, and of a cluster that is made.

        Not what is sent, nor what a component asks of AWS itself.
        """
        made = self.cluster_price if self.cluster is UNSET else 0.0
        return made + self.nodes * node_price

    def most(self, node_price: float) -> float:
        """Dollars that a session costs if it is killed at once, and swept after its hours."""
        return self.hours * self.hourly(node_price)


def problems(document: Document) -> Iterator[Problem]:
    """Problems of a section `eks` that no schema finds."""
    data = document.data if isinstance(document.data, dict) else {}
    settings = data.get("eks")
    if not isinstance(settings, dict):
        return
    said = [name for name in _FOR_A_CLUSTER if name in settings]
    if "cluster" in settings:
        for name in said:
            where = document.where(("eks", name))
            hint = "leave it out, or `cluster`: then one is made"
            yield Problem(where=where, what=f"`{name}` is of a cluster that is made", hint=hint)
        return
    for name in [each for each in _FOR_A_CLUSTER if each not in said]:
        hint = f"say `{name}`, or with `cluster` the name of one that is there"
        what = f"a cluster cannot be made without `{name}`"
        where = f"{document.where(('eks',))}: eks"  # beside other keys that are missing there
        yield Problem(where=where, what=what, hint=hint)
    yield from _in_one_subnet(document, settings)


def _in_one_subnet(document: Document, settings: dict[str, Any]) -> Iterator[Problem]:
    subnets = settings.get("subnets")
    if isinstance(subnets, list) and len(set(map(str, subnets))) == 1:
        hint = "name two, of two availability zones"
        what = "EKS makes no cluster in a single subnet"
        yield Problem(where=document.where(("eks", "subnets")), what=what, hint=hint)
