"""The provider `eks`: a cluster of Amazon's, or nodes in one, for as long as a session lasts."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from msgspec import UNSET

from loadstone.cluster.eks import token
from loadstone.cluster.eks.aws import Aws, told
from loadstone.cluster.eks.journal import Journal
from loadstone.cluster.eks.leftovers import expired, find, remove
from loadstone.cluster.eks.made_cluster import Pace, architecture, end, made
from loadstone.cluster.eks.network import zones
from loadstone.cluster.eks.node_price import NodePrice, node_price
from loadstone.cluster.eks.tags import RunTags
from loadstone.cluster.existing import ExistingCluster, ExistingProvider
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.errors import LoadstoneError, Problem, UsageError
from loadstone.formats.configuration import EksSettings
from loadstone.model import Note, Scalar

NAME = "eks"


def _journal() -> Journal:
    from platformdirs import user_state_path

    return Journal(user_state_path("loadstone") / NAME)


class EksProvider:
    """The provider of clusters of Amazon's service."""

    name = NAME

    def __init__(
        self,
        *,
        options: ProviderOptions,
        aws: Callable[[str], Aws] = Aws,
        journal: Journal | None = None,
        pace: Pace | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._options = options
        self._aws = aws
        self._journal = journal or _journal()
        self._pace = pace or Pace()
        self._now = now

    @contextmanager
    def provision(self, *, workdir: Path) -> Iterator[ExistingCluster]:
        """A namespace of our own in a cluster with nodes of our own, all gone on leaving."""
        settings = self._settings()
        aws = self._aws(settings.region)
        _require_within_cap(settings, node_price(aws, settings))
        workdir.mkdir(parents=True, exist_ok=True)
        tags = RunTags(
            run=secrets.token_hex(5),
            expires=self._now() + settings.hours * 3600,
            labels=self._options.labels,
        )
        with made(aws, settings, tags, self._journal, self._pace) as name:
            path = _kubeconfig(aws, name, workdir / "eks-kubeconfig")
            options = replace(self._options, kubeconfig=str(path), context="")
            with ExistingProvider(options=options).provision(workdir=workdir) as cluster:
                yield replace(cluster, provider=NAME)

    def identity(self) -> str:
        settings = self._settings()
        where = f"in {settings.cluster}" if settings.cluster is not UNSET else settings.version
        return f"{settings.region} {where} {settings.nodes} x {settings.instance}"

    def sweep(self) -> list[str]:
        """Remove what is over, and at once what killed sessions of this machine left."""
        settings = self._options.eks
        if settings is None:
            return []
        aws = self._aws(settings.region)
        gone = [
            each
            for run in list(self._journal.ended(settings.region))
            for each in end(aws, run, self._journal, self._pace)
        ]
        left = expired(find(aws), self._now())
        removed = remove(aws, left, sleep=self._pace.sleep, clock=self._pace.clock)
        return [*gone, *map(str, removed)]

    def problems(self) -> list[Problem]:
        try:
            settings = self._settings()
            aws = self._aws(settings.region)
            _require_within_cap(settings, node_price(aws, settings))
            with told("say who we are"):
                aws.sts.get_caller_identity()
            architecture(aws, settings.instance)
            return list(_subnet_problems(aws, settings))
        except LoadstoneError as error:
            return [Problem(where="eks", what=error.message, hint=error.next_step)]

    def foretold(self, seconds: float) -> list[Note]:
        settings = self._settings()
        price = node_price(self._aws(settings.region), settings)
        said: dict[str, Scalar] = {
            "provider": NAME,
            "likely": settings.hourly(price.dollars) * seconds / 3600,
            "most": settings.most(price.dollars),
            "cap": settings.cap,
            "nodes": settings.nodes,
            "price": price.dollars,
            "source": price.source,
        }
        if price.day:
            said["day"] = price.day
        notes = [Note.of("session-price", **said)]
        if seconds > settings.hours * 3600:
            notes.append(Note.of("session-outlives", seconds=seconds, hours=settings.hours))
        return notes

    def _settings(self) -> EksSettings:
        if self._options.eks is None:
            raise UsageError(
                "the provider `eks` was not told where its clusters are",
                next_step="write a section `eks` into loadstone.yaml: docs/reference/eks.md",
            )
        return self._options.eks


def _require_within_cap(settings: EksSettings, price: NodePrice) -> None:
    most = settings.most(price.dollars)
    if most > settings.cap:
        raise UsageError(
            f"a session on eks may cost ${most:.2f}, and `eks.cap` is ${settings.cap:.2f}:"
            f" {settings.hours:g} h until all of it is swept, {settings.nodes} nodes at"
            f" ${price.dollars:g} an hour by {price.source}",
            next_step="raise `eks.cap`, or lower `eks.hours` or `eks.nodes`",
        )


def _subnet_problems(aws: Aws, settings: EksSettings) -> Iterator[Problem]:
    """Zones, of which EKS wants two for a cluster."""
    if settings.subnets is UNSET:
        zones(aws, settings.instance)
        return
    with told("know the subnets"):
        found = aws.ec2.describe_subnets(SubnetIds=settings.subnets)["Subnets"]
    there = {each["AvailabilityZone"] for each in found}
    if settings.cluster is UNSET and len(there) < 2:
        what = f"all subnets are in {', '.join(there)}, and a cluster needs two zones"
        yield Problem(where="eks.subnets", what=what, hint="name one of another zone")


def _kubeconfig(aws: Aws, name: str, path: Path) -> Path:
    """Write the way into a cluster, whose tokens are made when they are needed."""
    with told(f"describe the cluster {name}"):
        about: Any = aws.eks.describe_cluster(name=name)["cluster"]
    cluster = {
        "server": about["endpoint"],
        "certificate-authority-data": about["certificateAuthority"]["data"],
    }
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": NAME, "cluster": cluster}],
        "users": [{"name": NAME, "user": token.user(aws.region, name)}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": NAME}}],
        "current-context": NAME,
    }
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path
