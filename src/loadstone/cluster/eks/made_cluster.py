"""The life of a session in AWS: all that its cluster and nodes are of is made, and is gone.

Every creating call has the tags of the session in it, so that there is no moment at which something
is there and nobody could tell whose. The end is the same removal by tags as a sweep's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from loadstone.cluster.eks.aws import Aws, told
from loadstone.cluster.eks.journal import Journal
from loadstone.cluster.eks.leftovers import find, of_run, remove
from loadstone.cluster.eks.network import made_network
from loadstone.cluster.eks.roles import made_role, once_known
from loadstone.cluster.eks.tags import RunTags, listed
from loadstone.errors import ClusterFailed
from loadstone.formats.configuration import EksSettings

_AMI = {"x86_64": "AL2023_x86_64_STANDARD", "arm64": "AL2023_ARM_64_STANDARD"}
_TAGGED = ("instance", "volume", "network-interface")
NODE = "loadstone.dev/run"  # the label of the nodes of a session


@dataclass(frozen=True, kw_only=True)
class Pace:
    """The clock, and how long to wait between two looks: seams of the tests."""

    sleep: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = time.monotonic
    pause: int = 15  # s


@contextmanager
def made(
    aws: Aws, settings: EksSettings, tags: RunTags, journal: Journal, pace: Pace
) -> Iterator[str]:
    """The name of a cluster with nodes of the session; all that was made is gone on leaving.

    Raises `ClusterFailed`, and what credentials lack as `UsageError`.
    """
    journal.begin(tags.run, settings.region)
    try:
        template = _launch_template(aws, tags)
        settings = _with_network(aws, _with_roles(aws, settings, tags), tags)
        cluster = (
            _cluster(aws, settings, tags, pace) if settings.cluster is UNSET else settings.cluster
        )
        _node_group(aws, settings, tags, pace, cluster=cluster, template=template)
        yield cluster
    finally:
        end(aws, tags.run, journal, pace)


def end(aws: Aws, run: str, journal: Journal, pace: Pace) -> list[str]:
    """Remove all of a session, name it, and forget the session."""
    wanted = of_run(run)
    ours = [each for each in find(aws) if wanted(each)]
    removed = remove(aws, ours, sleep=pace.sleep, clock=pace.clock)
    journal.end(run)
    return [str(each) for each in removed]


def architecture(aws: Aws, instance: str) -> str:
    """The architecture of an instance type. Raises `ClusterFailed` for one that will not do."""
    with told(f"know the instance type {instance}"):
        (found,) = aws.ec2.describe_instance_types(InstanceTypes=[instance])["InstanceTypes"]
    if found.get("BurstablePerformanceSupported"):
        raise ClusterFailed(
            f"{instance} is burstable: its speed depends on what it did before",
            next_step="name another in `eks.instance`, as m7i.large",
        )
    supported = found["ProcessorInfo"]["SupportedArchitectures"]
    known = [each for each in supported if each in _AMI]
    if not known:
        raise ClusterFailed(
            f"{instance} is {', '.join(supported)}", next_step=f"one of {', '.join(_AMI)}"
        )
    return str(known[0])


def _launch_template(aws: Aws, tags: RunTags) -> str:
    """A template that tags instances, volumes and interfaces, to which EKS passes no tags on.

    Pods do not reach the metadata service, which would give them the role of the node.
    """
    said = listed(tags.mapping())
    data = {
        "TagSpecifications": [{"ResourceType": kind, "Tags": said} for kind in _TAGGED],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
    }
    with told("create a launch template"):
        made = aws.ec2.create_launch_template(
            LaunchTemplateName=tags.name,
            LaunchTemplateData=data,
            TagSpecifications=[{"ResourceType": "launch-template", "Tags": said}],
        )
    return str(made["LaunchTemplate"]["LaunchTemplateId"])


def _with_roles(aws: Aws, settings: EksSettings, tags: RunTags) -> EksSettings:
    """The settings with roles that are made, where none are given."""
    if settings.node_role is not UNSET:
        return settings
    return replace(
        settings,
        cluster_role=made_role(aws, tags, "cluster"),
        node_role=made_role(aws, tags, "nodes"),
    )


def _with_network(aws: Aws, settings: EksSettings, tags: RunTags) -> EksSettings:
    """The settings with subnets that are made, where none are given."""
    if settings.subnets is not UNSET:
        return settings
    return replace(settings, subnets=made_network(aws, tags, settings.instance))


def _cluster(aws: Aws, settings: EksSettings, tags: RunTags, pace: Pace) -> str:
    asked = {
        "name": tags.name,
        "roleArn": settings.cluster_role,
        "version": settings.version,
        "resourcesVpcConfig": {"subnetIds": settings.subnets, "endpointPublicAccess": True},
        "accessConfig": {
            "authenticationMode": "API",
            "bootstrapClusterCreatorAdminPermissions": True,
        },
        "upgradePolicy": {"supportType": "STANDARD"},  # the default costs six times as much
        "tags": tags.mapping(),
    }
    with told("create a cluster"):
        once_known(partial(aws.eks.create_cluster, **asked), sleep=pace.sleep, clock=pace.clock)
    _wait(aws, "cluster_active", pace, f"cluster {tags.name}", name=tags.name)
    return tags.name


def _node_group(
    aws: Aws,
    settings: EksSettings,
    tags: RunTags,
    pace: Pace,
    *,
    cluster: str,
    template: str,
) -> None:
    count = settings.nodes
    named = {"clusterName": cluster, "nodegroupName": tags.name}
    kind = architecture(aws, settings.instance)
    asked = {
        "subnets": settings.subnets,
        "nodeRole": settings.node_role,
        "scalingConfig": {"minSize": count, "maxSize": count, "desiredSize": count},
        "launchTemplate": {"id": template, "version": "1"},
        "instanceTypes": [settings.instance],
        "amiType": _AMI[kind],
        "capacityType": "ON_DEMAND",
        "labels": {NODE: tags.run},
        "tags": tags.mapping(),
    }
    with told(f"create a node group in {cluster}"):
        create = partial(aws.eks.create_nodegroup, **named, **asked)
        once_known(create, sleep=pace.sleep, clock=pace.clock)
    _wait(aws, "nodegroup_active", pace, f"node group {tags.name}", **named)


def _wait(aws: Aws, waiter: str, pace: Pace, what: str, **named: str) -> None:
    """Wait until it is active. Raises `ClusterFailed` with what EKS says is wrong with it."""
    from botocore.exceptions import WaiterError

    looks = {"Delay": pace.pause, "MaxAttempts": 1800 // max(1, pace.pause)}
    with told(f"look at {what}"):
        try:
            aws.eks.get_waiter(waiter).wait(**named, WaiterConfig=looks)
        except WaiterError as error:
            raise ClusterFailed(
                f"{what} does not become active: {_issues(error.last_response) or error}",
                next_step="mend what it says; the section `eks` of loadstone.yaml names roles,"
                " subnets and the instance type",
            ) from error


def _issues(answer: Mapping[str, Any]) -> str:
    about = answer.get("nodegroup") or answer.get("cluster") or {}
    issues = about.get("health", {}).get("issues", [])
    return "; ".join(f"{each.get('code')}: {each.get('message')}" for each in issues)
