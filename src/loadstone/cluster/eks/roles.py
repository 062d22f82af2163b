"""Roles of a session in AWS, for its cluster and its nodes, where none are given.

Each has Amazon's own policies for its part and no other, and is trusted by one service alone. They
are below a path of ours, by which they are found and a policy can hold us to them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from loadstone.cluster.eks.aws import Aws, code, told
from loadstone.cluster.eks.tags import RunTags, listed

PATH = "/loadstone/"
_POLICIES: Mapping[str, Sequence[str]] = {
    "cluster": ("AmazonEKSClusterPolicy",),
    "nodes": (
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonEC2ContainerRegistryPullOnly",
    ),
}
_TRUSTED: Mapping[str, str] = {"cluster": "eks.amazonaws.com", "nodes": "ec2.amazonaws.com"}
_UNKNOWN_FOR = 60.0  # s that a role may take until the other services of AWS know it
_AGAIN = 5.0  # s
_NOT_YET = ("InvalidParameterException", "InvalidRequestException")


def made_role(aws: Aws, tags: RunTags, part: str) -> str:
    """The ARN of a new role for `cluster` or `nodes`. Raises `ClusterFailed`."""
    name = f"{tags.name}-{part}"
    with told(f"create the role {name}"):
        role = aws.iam.create_role(
            RoleName=name,
            Path=PATH,
            AssumeRolePolicyDocument=json.dumps(_trust(_TRUSTED[part])),
            Description="of one session of Loadstone, which removes it",
            Tags=listed(tags.mapping()),
        )["Role"]
        partition = role["Arn"].split(":")[1]
        for policy in _POLICIES[part]:
            aws.iam.attach_role_policy(
                RoleName=name, PolicyArn=f"arn:{partition}:iam::aws:policy/{policy}"
            )
    return str(role["Arn"])


def once_known(
    call: Callable[[], Any], *, sleep: Callable[[float], object], clock: Callable[[], float]
) -> Any:
    """The answer of a call that names a new role, tried again while other services know it not."""
    from botocore.exceptions import ClientError

    deadline = clock() + _UNKNOWN_FOR
    while True:
        try:
            return call()
        except ClientError as error:
            said = str(error).lower()
            if code(error) not in _NOT_YET or "role" not in said or clock() > deadline:
                raise
        sleep(_AGAIN)


def roles(aws: Aws) -> Iterator[tuple[str, dict[str, str]]]:
    """Name and tags of every role below our path."""
    pages = aws.iam.get_paginator("list_roles").paginate(PathPrefix=PATH)
    for name in sorted(role["RoleName"] for page in pages for role in page["Roles"]):
        try:
            said = aws.iam.list_role_tags(RoleName=name)["Tags"]
        except aws.iam.exceptions.NoSuchEntityException:
            continue  # it goes while we look
        yield name, {each["Key"]: each["Value"] for each in said}


def remove_role(aws: Aws, name: str) -> None:
    """Take its policies from a role, and remove it."""
    for page in aws.iam.get_paginator("list_attached_role_policies").paginate(RoleName=name):
        for policy in page["AttachedPolicies"]:
            aws.iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    aws.iam.delete_role(RoleName=name)


def _trust(service: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
