"""Resources of ours in AWS: how each kind is found by its tags, and removed.

A kind is looked for as a whole and told apart by tags, since names of a session that was killed are
known to nobody. The order of the table is that in which they can be removed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any

from loadstone.cluster.eks.aws import BUSY, GONE, Aws, code, told
from loadstone.cluster.eks.network import detach, disassociate
from loadstone.cluster.eks.roles import remove_role, roles
from loadstone.cluster.eks.tags import EXPIRES, PREFIX, RUN, cluster_of, over, run_of
from loadstone.errors import ClusterFailed

GONE_WITHIN = 1800.0  # s; a node group takes three to seven minutes, a cluster two to five
PAUSE = 10.0  # s between two looks at what goes
_OF_EKS = "/aws/eks/"


@dataclass(frozen=True, kw_only=True, eq=False)
class AwsResource:
    """A resource in AWS with its tags; `cluster` is the one in which it is, "" for none."""

    kind: str
    name: str
    tags: Mapping[str, str]
    cluster: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" + (f" of {self.cluster}" if self.cluster else "")


@dataclass(frozen=True, kw_only=True)
class AwsKind:
    """A kind of resource: `find` gives all that could be ours, `remove` begins its end.

    `there` tells whether it still is, given its name and its cluster.
    """

    name: str
    find: Callable[[Aws], Iterator[AwsResource]]
    remove: Callable[[Aws, AwsResource], object]
    there: Callable[[Aws, AwsResource], object]


def of_run(run: str) -> Callable[[AwsResource], bool]:
    """A test for what is of a session, and for what Kubernetes made for its cluster."""
    name = PREFIX + run
    return lambda each: run_of(each.tags) == run or cluster_of(each.tags) == name


def expired(found: Sequence[AwsResource], now: float) -> list[AwsResource]:
    """The resources whose time is over.

    What Kubernetes made has no time of its own: it goes with its cluster, or where that is gone.
    """
    clusters = {each.name: each for each in found if each.kind == CLUSTER}

    def is_over(each: AwsResource) -> bool:
        if run_of(each.tags):
            return over(each.tags, now)
        owner = clusters.get(cluster_of(each.tags))
        return bool(cluster_of(each.tags)) and (owner is None or over(owner.tags, now))

    return [each for each in found if is_over(each)]


def find(aws: Aws) -> list[AwsResource]:
    """Everything in the region that has our tags, in the order in which it can be removed."""
    with told("list what is in the account"):
        found = [each for kind in KINDS for each in kind.find(aws)]
    return [each for each in found if run_of(each.tags) or cluster_of(each.tags)]


def remove(
    aws: Aws,
    resources: Sequence[AwsResource],
    *,
    sleep: Callable[[float], object],
    clock: Callable[[], float],
) -> list[AwsResource]:
    """Remove resources, one kind after another, and return when they are gone.

    One that does not go keeps no other from going. Raises `ClusterFailed` at the end then.
    """
    left: dict[AwsResource, str] = {}
    removed: list[AwsResource] = []
    for kind in KINDS:
        for each in [each for each in resources if each.kind == kind.name]:
            try:
                _require_empty(each, left)
                _remove(aws, kind, each, sleep=sleep, clock=clock)
            except ClusterFailed as error:
                left[each] = error.message
            else:
                removed.append(each)
    if left:
        raise ClusterFailed(
            f"left in {aws.region}, and still paid for: "
            + "; ".join(f"{each}: {why}" for each, why in left.items()),
            next_step="`loadstone sweep` tries again; else remove it by hand",
        )
    return removed


def _require_empty(resource: AwsResource, left: Collection[AwsResource]) -> None:
    """Raises `ClusterFailed` for a cluster with nodes that would not go: EKS keeps it."""
    inside = [each for each in left if each.cluster and each.cluster == resource.name]
    if resource.kind == CLUSTER and inside:
        raise ClusterFailed(f"{inside[0]} is in it")


def _remove(
    aws: Aws,
    kind: AwsKind,
    resource: AwsResource,
    *,
    sleep: Callable[[float], object],
    clock: Callable[[], float],
) -> None:
    from botocore.exceptions import ClientError

    deadline = clock() + GONE_WITHIN
    why = "it is still there"
    while True:
        with told(f"remove {resource}"):
            try:
                kind.remove(aws, resource)
                if not kind.there(aws, resource):
                    return
            except ClientError as error:
                if code(error) in GONE:
                    return
                if code(error) not in BUSY:
                    raise
                why = str(error)
        if clock() > deadline:
            raise ClusterFailed(f"not gone after {GONE_WITHIN:g} s: {why}")
        sleep(PAUSE)


CLUSTER, NODES = "cluster", "node group"


def _node_groups(aws: Aws) -> Iterator[AwsResource]:
    """Node groups of ours, in any cluster."""
    for cluster in _pages(aws.eks, "list_clusters", "clusters"):
        with _going(aws):
            for name in _pages(aws.eks, "list_nodegroups", "nodegroups", clusterName=cluster):
                if name.startswith(PREFIX):
                    about = aws.eks.describe_nodegroup(clusterName=cluster, nodegroupName=name)
                    tags = about["nodegroup"].get("tags", {})
                    yield AwsResource(kind=NODES, name=name, tags=tags, cluster=cluster)


def _clusters(aws: Aws) -> Iterator[AwsResource]:
    for name in _pages(aws.eks, "list_clusters", "clusters"):
        if name.startswith(PREFIX):
            with _going(aws):
                about = aws.eks.describe_cluster(name=name)["cluster"]
                yield AwsResource(kind=CLUSTER, name=name, tags=about.get("tags", {}))


def _going(aws: Aws) -> AbstractContextManager[None]:
    """What goes while we look at it is no failure, and no leftover."""
    return suppress(aws.eks.exceptions.ResourceNotFoundException)


def _balancers(aws: Aws) -> Iterator[AwsResource]:
    arns = [
        each["LoadBalancerArn"]
        for each in _pages(aws.balancers, "describe_load_balancers", "LoadBalancers")
    ]
    for start in range(0, len(arns), 20):  # as many as one request may ask for
        some = aws.balancers.describe_tags(ResourceArns=arns[start : start + 20])
        for each in some["TagDescriptions"]:
            yield AwsResource(
                kind="load balancer", name=each["ResourceArn"], tags=_read(each["Tags"])
            )


def _log_groups(aws: Aws) -> Iterator[AwsResource]:
    """The logs that EKS keeps of clusters of ours, which have no tags: the name says whose."""
    pages = _pages(
        aws.logs, "describe_log_groups", "logGroups", logGroupNamePrefix=f"{_OF_EKS}{PREFIX}"
    )
    for each in pages:
        cluster = each["logGroupName"].removeprefix(_OF_EKS).removesuffix("/cluster")
        tags = {f"kubernetes.io/cluster/{cluster}": "owned"}
        yield AwsResource(kind="log group", name=each["logGroupName"], tags=tags)


def _roles(aws: Aws) -> Iterator[AwsResource]:
    for name, tags in roles(aws):
        yield AwsResource(kind="role", name=name, tags=tags)


def _pages(client: Any, operation: str, key: str, **asked: Any) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**asked):
        yield from page[key]


def _read(tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in tags}


def _in_ec2(
    kind: str,
    *,
    list_by: str,
    key: str,
    name: str,
    delete: str,
    tags: str = "Tags",
    before: Callable[[Aws, str], None] = lambda *_: None,
) -> AwsKind:
    """A kind of EC2: they are all listed, tagged and removed in the same way.

    `before`: what has to be done before one can be removed.
    """
    by_name = f"{name}s"

    def found(aws: Aws) -> Iterator[AwsResource]:
        for each in _pages(aws.ec2, list_by, key):
            said = _read(each.get(tags, []))
            if (RUN in said and EXPIRES in said) or cluster_of(said):
                yield AwsResource(kind=kind, name=each[name], tags=said)

    def there(aws: Aws, resource: AwsResource) -> bool:
        return bool(getattr(aws.ec2, list_by)(**{by_name: [resource.name]})[key])

    def remove(aws: Aws, resource: AwsResource) -> None:
        before(aws, resource.name)
        getattr(aws.ec2, delete)(**{name: resource.name})

    return AwsKind(name=kind, find=found, remove=remove, there=there)


KINDS: Sequence[AwsKind] = (
    AwsKind(
        name=NODES,
        find=_node_groups,
        remove=lambda aws, each: aws.eks.delete_nodegroup(
            clusterName=each.cluster, nodegroupName=each.name
        ),
        there=lambda aws, each: aws.eks.describe_nodegroup(
            clusterName=each.cluster, nodegroupName=each.name
        ),
    ),
    AwsKind(
        name="load balancer",
        find=_balancers,
        remove=lambda aws, each: aws.balancers.delete_load_balancer(LoadBalancerArn=each.name),
        there=lambda aws, each: aws.balancers.describe_load_balancers(LoadBalancerArns=[each.name])[
            "LoadBalancers"
        ],
    ),
    AwsKind(
        name=CLUSTER,
        find=_clusters,
        remove=lambda aws, each: aws.eks.delete_cluster(name=each.name),
        there=lambda aws, each: aws.eks.describe_cluster(name=each.name),
    ),
    _in_ec2(
        "network interface",
        list_by="describe_network_interfaces",
        key="NetworkInterfaces",
        name="NetworkInterfaceId",
        delete="delete_network_interface",
        tags="TagSet",
    ),
    _in_ec2(
        "security group",
        list_by="describe_security_groups",
        key="SecurityGroups",
        name="GroupId",
        delete="delete_security_group",
    ),
    _in_ec2(
        "volume",
        list_by="describe_volumes",
        key="Volumes",
        name="VolumeId",
        delete="delete_volume",
    ),
    _in_ec2(
        "launch template",
        list_by="describe_launch_templates",
        key="LaunchTemplates",
        name="LaunchTemplateId",
        delete="delete_launch_template",
    ),
    _in_ec2(
        "route table",
        list_by="describe_route_tables",
        key="RouteTables",
        name="RouteTableId",
        delete="delete_route_table",
        before=disassociate,
    ),
    _in_ec2(
        "subnet",
        list_by="describe_subnets",
        key="Subnets",
        name="SubnetId",
        delete="delete_subnet",
    ),
    _in_ec2(
        "internet gateway",
        list_by="describe_internet_gateways",
        key="InternetGateways",
        name="InternetGatewayId",
        delete="delete_internet_gateway",
        before=detach,
    ),
    _in_ec2(
        "network",
        list_by="describe_vpcs",
        key="Vpcs",
        name="VpcId",
        delete="delete_vpc",
    ),
    AwsKind(
        name="log group",
        find=_log_groups,
        remove=lambda aws, each: aws.logs.delete_log_group(logGroupName=each.name),
        there=lambda aws, each: [
            found
            for found in _pages(
                aws.logs, "describe_log_groups", "logGroups", logGroupNamePrefix=each.name
            )
            if found["logGroupName"] == each.name
        ],
    ),
    AwsKind(
        name="role",
        find=_roles,
        remove=lambda aws, each: remove_role(aws, each.name),
        there=lambda aws, each: aws.iam.get_role(RoleName=each.name),
    ),
)
