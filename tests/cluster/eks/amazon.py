"""A stand-in of AWS for tests: moto's server, behind whose clusters a real API server answers."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from moto.eks.models import eks_backends
from moto.iam.models import iam_backends
from moto.server import ThreadedMotoServer

from loadstone.cluster.eks.aws import Aws
from loadstone.cluster.eks.aws import client as real_client
from loadstone.cluster.eks.leftovers import KINDS, AwsResource

REGION = "eu-west-1"
ACCOUNT = "123456789012"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "of-a-test",
    "AWS_SECRET_ACCESS_KEY": "of-a-test",
    "AWS_EC2_METADATA_DISABLED": "true",
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",  # Amazon's own, which roles are given
}
_IN_POLICIES = {"elbv2": "elasticloadbalancing"}


class KilledError(BaseException):
    """What a killed process would not live to see."""


@dataclass
class Amazon:
    """A region of a moto server: its clients, what was asked of it, and when it fails.

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


@contextmanager
def amazon(endpoint: str) -> Iterator[Amazon]:
    """A server on loopback, to which boto3's own settings lead meanwhile."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    changed = {**CREDENTIALS, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    iam_backends[ACCOUNT]["aws"].reset()  # one of a test before may know no policies of Amazon
    try:
        yield Amazon(endpoint)
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
        server.stop()
