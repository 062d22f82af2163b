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
# What nodes need of a cluster that is there, and why it cannot be made for them.
_OF_ANOTHER = {
    "node-role": "name one: a role that is made would leave an entry in that cluster",
    "subnets": "name some of its network",
}
Dollars = Annotated[float, Meta(ge=0)]
_FOR_A_CLUSTER = ("cluster-role", "version")
_ADDRESS = 0.005  # dollars for an hour of a public IPv4 address, in every region
_ROLES = ("cluster-role", "node-role")


class EksSettings(Spec, frozen=True, kw_only=True, omit_defaults=True):
    """The clusters of the provider `eks`: one that is made, or a node group in one that is there.

    Prices are in US dollars, and the reader's own or Amazon's, since they differ by region and
    change.
    """

    region: Annotated[
        Annotated[str, Meta(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")],
        Meta(description="The region, as eu-west-1."),
    ]
    node_role: Annotated[
        RoleArn | UnsetType,
        Meta(description="The role of the nodes; for a new cluster made, else."),
    ] = msgspec.field(default=UNSET, name="node-role")
    subnets: Annotated[
        Annotated[list[Annotated[str, Meta(pattern=r"^subnet-[0-9a-f]+$")]], Meta(min_length=1)]
        | UnsetType,
        Meta(
            description="The subnets of nodes, of two zones where a cluster is made; else made as"
            " well."
        ),
    ] = UNSET
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
        RoleArn | UnsetType, Meta(description="The role of a cluster that is made; made, else.")
    ] = msgspec.field(default=UNSET, name="cluster-role")
    version: Annotated[
        Annotated[str, Meta(pattern=r"^1\.\d+$")] | UnsetType,
        Meta(description='Its version of Kubernetes, as "1.34", one in standard support.'),
    ] = UNSET
    cluster_price: Annotated[
        Dollars, Meta(description="Dollars for an hour of a cluster that is made.")
    ] = msgspec.field(default=0.10, name="cluster-price")

    def hourly(self, node_price: float) -> float:
        """Dollars for an hour of all nodes, and of a cluster and public addresses that are made.

        Not what is sent, nor what a component asks of AWS itself.
        """
        made = self.cluster_price if self.cluster is UNSET else 0.0
        address = _ADDRESS if self.subnets is UNSET else 0.0
        return made + self.nodes * (node_price + address)

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
        for name, hint in _OF_ANOTHER.items():
            if name not in settings:
                yield _missing(document, f"nodes of a cluster that is there need `{name}`", hint)
        return
    if "version" not in said:
        hint = "say `version`, or with `cluster` the name of one that is there"
        yield _missing(document, "a cluster cannot be made without `version`", hint)
    roles = [name for name in _ROLES if name in settings]
    if len(roles) == 1:
        (other,) = (name for name in _ROLES if name not in roles)
        what = f"`{roles[0]}` is given, and `{other}` is not"
        yield _missing(document, what, "give both, or none, and both are made")
    yield from _in_one_subnet(document, settings)


def _missing(document: Document, what: str, hint: str) -> Problem:
    """A problem of a key that is not there, beside others of which that is so."""
    return Problem(where=f"{document.where(('eks',))}: eks", what=what, hint=hint)


def _in_one_subnet(document: Document, settings: dict[str, Any]) -> Iterator[Problem]:
    subnets = settings.get("subnets")
    if isinstance(subnets, list) and len(set(map(str, subnets))) == 1:
        hint = "name two, of two availability zones"
        what = "EKS makes no cluster in a single subnet"
        yield Problem(where=document.where(("eks", "subnets")), what=what, hint=hint)
