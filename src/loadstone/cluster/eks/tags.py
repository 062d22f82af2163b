"""Tags of resources in AWS: of which session they are, and when they may be removed. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

RUN = "loadstone:run"
EXPIRES = "loadstone:expires-at"  # s since 1970
PREFIX = "loadstone-"
_NAME = re.compile(r"loadstone-[0-9a-f]{10}")
# Kubernetes' own mark on what it makes for a cluster: a load balancer, its security group.
_OF_A_CLUSTER = "kubernetes.io/cluster/"
_LONGEST_VALUE = 256


@dataclass(frozen=True, kw_only=True)
class RunTags:
    """The tags of a session; `labels` are those by which a job on GitHub finds its own."""

    run: str
    expires: float
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of everything that has one."""
        return f"{PREFIX}{self.run}"

    def mapping(self) -> dict[str, str]:
        """As AWS takes them in the call that creates."""
        own = {RUN: self.run, EXPIRES: str(math.ceil(self.expires))}
        return {**{key: said[:_LONGEST_VALUE] for key, said in self.labels.items()}, **own}


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as EC2 takes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def run_of(tags: Mapping[str, str]) -> str:
    """The session of a resource with both of our tags; "" for one that is not ours."""
    return tags.get(RUN, "") if EXPIRES in tags else ""


def over(tags: Mapping[str, str], now: float) -> bool:
    """Whether it is ours and its time is over."""
    try:
        return bool(run_of(tags)) and float(tags[EXPIRES]) < now
    except ValueError:
        return False


def cluster_of(tags: Mapping[str, str]) -> str:
    """The cluster of ours for which Kubernetes made a resource, "" for another's or none."""
    for key, value in tags.items():
        name = key.removeprefix(_OF_A_CLUSTER)
        if key != name and value == "owned" and _NAME.fullmatch(name):
            return name
    return ""
