"""Clients of AWS in a region, and its failures in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from loadstone.errors import ClusterFailed, LoadstoneError, UsageError

_CREDENTIALS = (
    "give boto3 credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile in AWS_PROFILE,"
    " or a role; in a workflow, aws-actions/configure-aws-credentials before the run"
)
_RIGHTS = "docs/reference/eks.md has the policy that the role needs"
_STEPS = {
    "NoCredentialsError": _CREDENTIALS,
    "PartialCredentialsError": _CREDENTIALS,
    "UnrecognizedClientException": _CREDENTIALS,
    "ExpiredTokenException": "log in again; in a workflow, let the role last as long as the run",
    "ProfileNotFound": "see AWS_PROFILE and `aws configure list-profiles`",
    "EndpointConnectionError": "see `eks.region`, AWS_ENDPOINT_URL and the network",
    "AccessDeniedException": _RIGHTS,
    "UnauthorizedOperation": _RIGHTS,
    "AccessDenied": _RIGHTS,
    "ResourceLimitExceededException": "remove clusters or raise the account's quota",
}
_PRICES_IN = "us-east-1"  # the list is of all regions, and served in a few
_OTHER = "see the section `eks` of loadstone.yaml, and try again"
GONE = frozenset(
    {
        "ResourceNotFoundException",
        "LoadBalancerNotFound",
        "InvalidGroup.NotFound",
        "InvalidVolume.NotFound",
        "InvalidNetworkInterfaceID.NotFound",
        "InvalidLaunchTemplateId.NotFound",
        "InvalidSubnetID.NotFound",
        "InvalidRouteTableID.NotFound",
        "InvalidInternetGatewayID.NotFound",
        "InvalidVpcID.NotFound",
        "NoSuchEntity",
    }
)
BUSY = frozenset(
    {
        "ResourceInUseException",
        "InvalidRequestException",  # of a cluster that is being created
        "DependencyViolation",
        "VolumeInUse",
        "InvalidParameterValue",  # of a network interface that is in use
        "InvalidNetworkInterface.InUse",
        "ResourceInUse",
        "OperationAbortedException",
        "DeleteConflict",  # of a role that an instance profile still has
        "InvalidAssociationID.NotFound",  # of a route table whose subnet has just gone
        "Gateway.NotAttached",  # of one that has just been detached
    }
)


class Aws:
    """The services of AWS that clusters are made of, in one region; each client is made once.

    `make` gives a client by the name of a service and a region.
    """

    def __init__(self, region: str, make: Callable[[str, str], Any] | None = None) -> None:
        self.region = region
        self._make = make or client
        self._made: dict[str, Any] = {}

    @property
    def eks(self) -> Any:
        return self._client("eks")

    @property
    def ec2(self) -> Any:
        return self._client("ec2")

    @property
    def balancers(self) -> Any:
        return self._client("elbv2")

    @property
    def logs(self) -> Any:
        return self._client("logs")

    @property
    def iam(self) -> Any:
        return self._client("iam")

    @property
    def sts(self) -> Any:
        return self._client("sts")

    @property
    def pricing(self) -> Any:
        return self._client("pricing", _PRICES_IN)

    def _client(self, service: str, region: str = "") -> Any:
        if service not in self._made:
            self._made[service] = self._make(service, region or self.region)
        return self._made[service]


def client(service: str, region: str) -> Any:
    """A client by boto3's own chain of settings, which sends again what a bad moment spoiled."""
    import boto3
    from botocore.config import Config

    settings = Config(
        retries={"mode": "standard", "max_attempts": 8}, connect_timeout=10, read_timeout=60
    )
    session: Any = boto3.session.Session()
    return session.client(service, region_name=region, config=settings)


def code(error: Exception) -> str:
    """The code of a failure: that of the answer, else the name of boto3's own error."""
    answer = getattr(error, "response", None)
    found = answer.get("Error", {}).get("Code", "") if isinstance(answer, dict) else ""
    return str(found) or type(error).__name__


@contextmanager
def told(doing: str) -> Iterator[None]:
    """AWS's failures in words. Raises `UsageError` for credentials, else `ClusterFailed`."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        found = code(error)
        answer = getattr(error, "response", None)
        said = answer.get("Error", {}).get("Message", "") if isinstance(answer, dict) else error
        plain = "".join(sign if sign.isprintable() else " " for sign in f"{said}")[:300].strip()
        kind: type[LoadstoneError] = (
            UsageError if _STEPS.get(found) == _CREDENTIALS else ClusterFailed
        )
        raise kind(
            f"AWS does not {doing}: {plain or found} ({found})",
            next_step=_STEPS.get(found, _OTHER),
        ) from error
