"""The provider `existing`: a cluster that is there already, in namespaces of our own.

Nothing else is touched: what is made has our labels, and only what has them is removed.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loadstone.cluster.cluster_api import MERGE_PATCH, ClusterApi, at_once
from loadstone.cluster.credentials import Credentials, credentials
from loadstone.cluster.emptying import release
from loadstone.cluster.local_address import local_address
from loadstone.cluster.own_objects import KINDS, OURS, RUN, OwnObjects, expired, kinds_of
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.cluster.rights import Right, asked
from loadstone.cluster.served_resources import ListedObject, ServedResource, objects, served
from loadstone.cluster.session_rights import needed
from loadstone.errors import ClusterFailed, LoadstoneError, Problem, UsageError
from loadstone.model import ApiAccess
from loadstone.system import processes
from loadstone.system.kubeconfig import write_kubeconfig

NAME = "existing"
SPACES = "/api/v1/namespaces"
GONE_WITHIN = 300.0  # s; a namespace's controller waits for what is in it
_OPTIONS = {"propagationPolicy": "Background"}


@dataclass(frozen=True, kw_only=True)
class ExistingCluster:
    """Somebody's cluster, of which a namespace is ours for as long as this lives."""

    access: ApiAccess
    kubeconfig: Path
    version: str
    client: ClusterApi
    own: OwnObjects
    options: ProviderOptions
    folder: Path
    provider: str = NAME
    host: str = ""  # an address of this machine that its pods can reach; "": as we send from

    @property
    def api(self) -> str:
        return self.access.url

    @property
    def namespace(self) -> str:
        return self.own.namespace

    @property
    def endpoint_host(self) -> str:
        return self.host or local_address()

    @property
    def controllers(self) -> Sequence[str]:
        return ("whatever the cluster has",)

    def reset(self) -> None:
        """Our namespace as new, and credentials that are fresh."""
        credentials(self.options.kubeconfig, self.options.context, self.folder)
        remove(self.client, self.own.run, sorted(self.own.kinds))
        self.own.spaces.clear()
        self.own.kinds.clear()
        self.client.done("POST", SPACES, self.own.first(time.time()))

    def place(
        self, item: Mapping[str, Any], *, namespaced: bool, collection: str
    ) -> Mapping[str, Any]:
        """The object as it may be made here; of what it leaves, note is taken first."""
        placed = self.own.placed(item, namespaced=namespaced)
        if not namespaced and collection not in self.own.kinds:
            self.own.kinds.add(collection)
            first = self.own.first(time.time())
            path = f"{SPACES}/{self.namespace}"
            answer = self.client.ask("PATCH", path, first, content_type=MERGE_PATCH)
            if not answer.good:
                raise ClusterFailed(f"{path} cannot be changed: {answer.message}")
        return placed

    def alive(self) -> bool:
        try:
            return self.client.ask("GET", f"{SPACES}/{self.namespace}").good
        except ClusterFailed:
            return False


class ExistingProvider:
    """The provider of clusters that are there already."""

    name = NAME

    def __init__(self, *, options: ProviderOptions) -> None:
        self._options = options

    @contextmanager
    def provision(self, *, workdir: Path) -> Iterator[ExistingCluster]:
        """A namespace of our own, gone on leaving; credentials are in `workdir`."""
        workdir.mkdir(parents=True, exist_ok=True)
        folder = workdir.absolute() / "credentials"
        found = self._credentials(folder)
        own = OwnObjects(run=secrets.token_hex(5), owner=_owner())
        with closing(ClusterApi(found.access)) as client:
            version = str(client.get("/version").get("gitVersion", "unknown"))
            client.done("POST", SPACES, own.first(time.time()))
            try:
                yield ExistingCluster(
                    access=found.access,
                    kubeconfig=write_kubeconfig(
                        workdir / "kubeconfig", found.access, name=NAME, namespace=own.namespace
                    ),
                    version=version,
                    client=client,
                    own=own,
                    options=self._options,
                    folder=folder,
                )
            finally:
                remove(client, own.run, sorted(own.kinds))

    def identity(self) -> str:
        with self._client() as client:
            version = client.get("/version").get("gitVersion", "unknown")
            return f"{client.url} {version}"

    def sweep(self) -> list[str]:
        """Remove what sessions left that are over; nothing where no cluster was named."""
        if not (self._options.kubeconfig or self._options.context):
            return []
        with self._client() as client:
            left = [each for each in _spaces(client, OURS) if _over(each["metadata"])]
            for each in left:
                metadata = each["metadata"]
                kinds = kinds_of(metadata.get("annotations") or {})
                remove(client, metadata["labels"][RUN], kinds)
        return [f"namespace {each['metadata']['name']} and what came with it" for each in left]

    def problems(self) -> list[Problem]:
        try:
            lacking = [each for each in self.rights() if each.lacking]
        except UsageError as error:
            return [Problem(where="a cluster's name", what=error.message, hint=error.next_step)]
        except LoadstoneError as error:
            return [Problem(where="an answer", what=error.message, hint=error.next_step)]
        return [_lacked(each) for each in lacking]

    def rights(self) -> list[Right]:
        """The rights that a session needs there, each with whether we have it."""
        said = self._options
        with self._client() as client:
            rights = needed(
                client,
                objects=said.objects,
                kinds=said.kinds,
                uses=said.uses,
                others=said.rights,
            )
            return asked(client, rights)

    def _credentials(self, folder: Path) -> Credentials:
        return credentials(self._options.kubeconfig, self._options.context, folder)

    @contextmanager
    def _client(self) -> Iterator[ClusterApi]:
        from loadstone.system import temporary

        with temporary.directory() as folder:
            found = self._credentials(folder)
            with closing(ClusterApi(found.access, timeout=20.0)) as client:
                yield client


def remove(client: ClusterApi, run: str, kinds: Sequence[str]) -> None:
    """Remove what a session made, and return when it is gone. Raises `ClusterFailed`.

    The namespace that knows of all the rest goes last.
    """
    first = OwnObjects(run=run, owner="").namespace
    for collection in [each for each in kinds if each != SPACES]:
        _remove_labelled(client, collection, run)
    _remove_labelled(client, SPACES, run, but=first)
    _remove_labelled(client, SPACES, run)


def _remove_labelled(client: ClusterApi, collection: str, run: str, *, but: str = "") -> None:
    deadline = time.monotonic() + GONE_WITHIN
    resource = _resource(collection)
    while left := [each for each in _labelled(client, resource, run) if each.name != but]:
        staying = [each for each in left if not each.going]
        at_once(lambda each: client.ask("DELETE", each.path, _OPTIONS), staying)
        at_once(lambda each: release(client, each), [*left, *_held(client, left)])
        if time.monotonic() > deadline:
            raise ClusterFailed(
                f"{left[0]} did not go within {GONE_WITHIN:g} s",
                next_step=f"see what it waits for: kubectl get --raw {left[0].path}",
            )
        time.sleep(0.2)


def _labelled(client: ClusterApi, resource: ServedResource, run: str) -> list[ListedObject]:
    """The objects of a run; of a kind that went with its definition, none."""
    return objects(client, resource, query=f"labelSelector={OURS},{RUN}={run}")


def _held(client: ClusterApi, left: Sequence[ListedObject]) -> Iterator[ListedObject]:
    """What is in our namespaces that go, as far as we may look: a component has ended."""
    spaces = [each.name for each in left if each.resource.plural == "namespaces" and each.going]
    for resource in served(client) if spaces else ():
        for space in spaces if resource.namespaced else ():
            yield from objects(client, resource, space)


def _resource(collection: str) -> ServedResource:
    """The resource of a collection's path: /api/v1/nodes, /apis/GROUP/VERSION/PLURAL."""
    *group, version, plural = collection.removeprefix("/apis/").removeprefix("/api/").split("/")
    return ServedResource(
        group="/".join(group), version=version, plural=plural, namespaced=False, verbs=frozenset()
    )


def _spaces(client: ClusterApi, selector: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        client.get(f"{SPACES}?labelSelector={selector}").get("items") or []
    )
    return [each for each in found if KINDS in (each["metadata"].get("annotations") or {})]


def _over(metadata: Mapping[str, Any]) -> bool:
    return expired(metadata.get("labels") or {}, time.time())


def _owner() -> str:
    """This process, as far as a label can say it."""
    return processes.owner().replace(":", "-")


def _lacked(right: Right) -> Problem:
    return Problem(where=str(right), what=f"not allowed: {right}", hint="loadstone doctor --rights")
