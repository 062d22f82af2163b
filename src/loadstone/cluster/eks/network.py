"""The network of a session in AWS, where no subnets are given: two of them in two zones.

Nodes have public addresses and a way out, as EKS wants it of subnets without a NAT gateway, which
would cost more than the nodes. Nothing from outside leads to them: the cluster's own security group
lets nobody in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loadstone.cluster.eks.aws import Aws, told
from loadstone.cluster.eks.tags import RunTags, listed
from loadstone.errors import ClusterFailed

_WHOLE = "10.213.0.0/16"
_PARTS = ("10.213.0.0/18", "10.213.64.0/18")  # an address for each pod
_ALL = "0.0.0.0/0"
_WITHOUT_EKS = frozenset({"use1-az3", "usw1-az2", "cac1-az3"})  # zones that EKS makes nothing in


def zones(aws: Aws, instance: str) -> Sequence[str]:
    """Two zones in which there are such instances. Raises `ClusterFailed`."""
    with told("know the zones of the region"):
        known = aws.ec2.describe_availability_zones(
            Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}]
        )["AvailabilityZones"]
        offered = aws.ec2.describe_instance_type_offerings(
            LocationType="availability-zone",
            Filters=[{"Name": "instance-type", "Values": [instance]}],
        )["InstanceTypeOfferings"]
    there = {each["Location"] for each in offered}
    found = sorted(
        each["ZoneName"]
        for each in known
        if each["ZoneName"] in there
        and each["ZoneId"] not in _WITHOUT_EKS
        and each["State"] == "available"
    )
    if len(found) < len(_PARTS):
        raise ClusterFailed(
            f"a cluster needs two zones with {instance}, and {aws.region} has"
            f" {', '.join(found) or 'none'}",
            next_step="name another type in `eks.instance`, or `eks.subnets` of yours",
        )
    return found[: len(_PARTS)]


def made_network(aws: Aws, tags: RunTags, instance: str) -> list[str]:
    """The subnets of a new network. Raises `ClusterFailed`."""
    places = zones(aws, instance)
    with told("create a network"):
        vpc = _created(aws.ec2.create_vpc, "vpc", tags, CidrBlock=_WHOLE)["VpcId"]
        aws.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        way = _created(aws.ec2.create_internet_gateway, "internet-gateway", tags)
        out = way["InternetGatewayId"]
        aws.ec2.attach_internet_gateway(InternetGatewayId=out, VpcId=vpc)
        table = _created(aws.ec2.create_route_table, "route-table", tags, VpcId=vpc)["RouteTableId"]
        aws.ec2.create_route(RouteTableId=table, DestinationCidrBlock=_ALL, GatewayId=out)
        return [
            _subnet(aws, tags, vpc=vpc, table=table, zone=zone, part=part)
            for zone, part in zip(places, _PARTS, strict=True)
        ]


def detach(aws: Aws, gateway: str) -> None:
    """Take a gateway from its networks, without which it cannot be removed."""
    found = aws.ec2.describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"]
    for each in found:
        for attached in each["Attachments"]:
            aws.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=attached["VpcId"])


def disassociate(aws: Aws, table: str) -> None:
    """Take a route table from its subnets, without which it cannot be removed."""
    for each in aws.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]:
        for joined in each["Associations"]:
            if not joined.get("Main"):
                aws.ec2.disassociate_route_table(AssociationId=joined["RouteTableAssociationId"])


def _subnet(aws: Aws, tags: RunTags, *, vpc: str, table: str, zone: str, part: str) -> str:
    asked = {"VpcId": vpc, "CidrBlock": part, "AvailabilityZone": zone}
    subnet = str(_created(aws.ec2.create_subnet, "subnet", tags, **asked)["SubnetId"])
    aws.ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    aws.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    return subnet


def _created(create: Any, kind: str, tags: RunTags, **asked: str) -> Any:
    """What was created, tagged in the call that creates it."""
    said = [{"ResourceType": kind, "Tags": listed(tags.mapping())}]
    answer = create(**asked, TagSpecifications=said)
    return next(value for key, value in answer.items() if key != "ResponseMetadata")
