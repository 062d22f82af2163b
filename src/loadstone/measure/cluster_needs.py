"""The needs of a plan: what its clusters have to be able to, asked before anything is started."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from loadstone import formats
from loadstone.errors import UsageError
from loadstone.model import Design, Plan, Side
from loadstone.protocols import Cluster, Dialable, HasControllers, Resettable, Scalable


def require(clusters: Sequence[Cluster], plan: Plan) -> None:
    """Raise `UsageError` for clusters that cannot do what every run of this plan needs."""
    mixed = [case.case.name for case in plan.cases if case.design is Design.MIXED]
    if mixed and len(clusters) < len(Side):
        raise UsageError(
            f"{mixed[0]} is measured in mixed pairs, which take a cluster for each side",
            next_step="choose another --provider, or a tier whose `design` is solo",
        )
    for cluster in clusters:
        _require_able(cluster, plan)


def _require_able(cluster: Cluster, plan: Plan) -> None:
    if not isinstance(cluster, Resettable):
        raise UsageError(
            f"the provider `{cluster.provider}` cannot be emptied between two runs",
            next_step="choose another --provider",
        )
    _require_controllers(cluster, plan)
    dialled = [case.case.name for case in plan.cases if _dials(case.workload)]
    if dialled and not isinstance(cluster, Dialable):
        raise UsageError(
            f"{dialled[0]} asks for faults, and the provider `{cluster.provider}` has none to dial",
            next_step="choose another --provider, or leave the case out with --case",
        )


def _require_controllers(cluster: Cluster, plan: Plan) -> None:
    """Raise `UsageError` where cases want controllers or nodes, and the cluster has none."""
    for case in plan.cases:
        needs = msgspec.convert(case.workload, formats.Workload).cluster
        named = f"{case.case.name} wants"
        if needs.nodes and not isinstance(cluster, Scalable):
            what = f"{named} {needs.nodes} nodes, and `{cluster.provider}` has none to give"
        elif needs.controllers and not isinstance(cluster, HasControllers):
            what = f"{named} controllers, and `{cluster.provider}` runs none"
        else:
            continue
        raise UsageError(what, next_step="choose --provider memory-controllers or hollow")


def _dials(workload: Mapping[str, Any]) -> bool:
    """Whether a workload dials faults of the API server, at any time."""
    steps = (*workload.get("setup", ()), *workload.get("measured", ()))
    return any(each.get("dials") for each in (workload, *steps))
