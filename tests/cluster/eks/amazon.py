"""A stand-in of AWS for tests: moto, behind whose clusters a real API server answers.

It takes what boto3 would send and gives what boto3 would have received, in this process: by a
server on loopback the tests that ask thousands of things took three times as much.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws
from moto.core.utils import method_names_from_class
from moto.ec2.models.tags import TagBackend
from moto.eks.models import eks_backends

from loadstone.cluster.eks.aws import Aws
from loadstone.cluster.eks.aws import client as real_client
from loadstone.cluster.eks.leftovers import KINDS, AwsResource

REGION = "eu-west-1"
ACCOUNT = "123456789012"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "of-a-test",
    "AWS_SECRET_ACCESS_KEY": "of-a-test",
    "AWS_EC2_METADATA_DISABLED": "true",
}
_IN_POLICIES = {"elbv2": "elasticloadbalancing"}


class KilledError(BaseException):
    """What a killed process would not live to see."""


@dataclass
class Amazon:
    """A region of moto: its clients, what was asked of it, and when it fails.

    `wrong` is called before each request with its number and its name in policies, and may raise.
    """

    endpoint: str  # of the API server that each cluster has
    asked: list[str] = field(default_factory=list)
    wrong: Callable[[int, str], None] = lambda *_: None
    made: dict[str, Any] = field(default_factory=dict)

    def aws(self, region: str = REGION) -> Aws:
        return Aws(region, self._client)

    def subnets(self, zones: int = 2) -> list[str]:
        found = self._apart.ec2.describe_subnets()["Subnets"]
        return [each["SubnetId"] for each in found][:zones]

    def left(self) -> Sequence[AwsResource]:
        """Everything there is of all kinds, whosever it is, but what each account has."""
        return [each for kind in KINDS for each in kind.find(self._apart)]

    @cached_property
    def _apart(self) -> Aws:
        """What tests ask themselves, which is not counted and does not fail."""
        return Aws(REGION, real_client)

    def _client(self, service: str, region: str) -> Any:
        """A client, made once: boto3 reads the description of EC2 for half a second."""
        if service not in self.made:
            made = self.made[service] = real_client(service, region)
            made.meta.events.register("before-call.*.*", self._before)
            made.meta.events.register("after-call.eks.CreateCluster", self._answering)
        return self.made[service]

    def _before(self, model: Any, **_: Any) -> None:
        service = model.service_model.service_name
        self.asked.append(f"{_IN_POLICIES.get(service, service)}:{model.name}")
        self.wrong(len(self.asked), self.asked[-1])

    def _answering(self, **_: Any) -> None:
        for cluster in eks_backends[ACCOUNT][REGION].clusters.values():
            cluster.endpoint = self.endpoint
            cluster.certificate_authority = {"data": base64.b64encode(b"none").decode()}


Filters = Mapping[str, Sequence[str]]


def _tags_by_one(found: Callable[..., Any]) -> Callable[..., Any]:
    """For the tags of one resource, look at its own alone: moto keeps those of all that is gone."""

    def of_one(backend: TagBackend, filters: Filters | None = None) -> Any:
        ((key, names), *others) = (filters or {"": ()}).items()
        if key != "resource-id" or others or len(names) != 1 or names[0] not in backend.tags:
            return found(backend, filters)
        alone = TagBackend()
        alone.tags[names[0]] = backend.tags[names[0]]
        return found(alone, filters)

    return of_one


@contextmanager
def _quick() -> Iterator[None]:
    """Moto answers as ever, and works out what never changes once and not for each request."""
    with (
        patch("moto.eks.utils.Session", cache(boto3.Session)),
        patch("moto.core.responses.method_names_from_class", cache(method_names_from_class)),
        patch.object(TagBackend, "describe_tags", _tags_by_one(TagBackend.describe_tags)),
    ):
        yield


@contextmanager
def amazon(endpoint: str) -> Iterator[Amazon]:
    """A region as new, which answers the clients of this process in place of Amazon meanwhile."""
    with mock_aws(config={"iam": {"load_aws_managed_policies": True}}), _quick():
        yield Amazon(endpoint)
