"""Credentials for a cluster that is there already: of a kubeconfig, or of the pod we run in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from loadstone.errors import UsageError
from loadstone.model import ApiAccess

IN_CLUSTER = "in-cluster"
_POD = Path("/var/run/secrets/kubernetes.io/serviceaccount")


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """A way into a cluster, and the name of the context that says so."""

    access: ApiAccess
    context: str


def credentials(
    kubeconfig: str,
    context: str,
    folder: Path,
    *,
    environment: Mapping[str, str] = os.environ,
    pod: Path = _POD,
) -> Credentials:
    """Read them anew; files that we make of them are in `folder`, for nobody else to read.

    A cluster has to be named, by a file or a context: where none is, only the pod's own will do.
    Raises `UsageError`.
    """
    if kubeconfig or (context and context != IN_CLUSTER):
        return _of_file(kubeconfig, context, folder)
    if environment.get("KUBERNETES_SERVICE_HOST") and (pod / "token").exists():
        return _of_pod(environment, pod)
    raise UsageError(
        "the provider `existing` was not told which cluster is meant",
        next_step="name it: --context NAME, or --kubeconfig FILE; `kubectl config get-contexts`"
        " lists those that there are",
    )


def _of_file(kubeconfig: str, context: str, folder: Path) -> Credentials:
    import kubernetes

    library: Any = kubernetes
    config, settings = library.config, library.client.Configuration()
    where, which = kubeconfig or None, context or None
    try:
        config.load_kube_config(where, which, settings, persist_config=False)
        name = context or str(config.list_kube_config_contexts(where)[1]["name"])
    except (config.ConfigException, OSError, yaml.YAMLError) as error:
        raise UsageError(
            f"the kubeconfig cannot be used: {error}",
            next_step="see whether `kubectl version` works with the same file and context",
        ) from error
    if not settings.verify_ssl:
        raise UsageError(
            "the kubeconfig says insecure-skip-tls-verify: whoever answers would be believed",
            next_step="put the cluster's certificate-authority-data into it",
        )
    token = _token(settings)
    access = ApiAccess(
        url=str(settings.host).rstrip("/"),
        ca_file=_kept(folder / "ca.crt", settings.ssl_ca_cert),
        cert_file=_kept(folder / "client.crt", settings.cert_file),
        key_file=_kept(folder / "client.key", settings.key_file),
        token_file=_written(folder / "token", token) if token else "",
    )
    return Credentials(access=access, context=name)


def _of_pod(environment: Mapping[str, str], pod: Path) -> Credentials:
    host, port = environment["KUBERNETES_SERVICE_HOST"], environment["KUBERNETES_SERVICE_PORT"]
    shown = f"[{host}]" if ":" in host else host
    access = ApiAccess(
        url=f"https://{shown}:{port}", ca_file=str(pod / "ca.crt"), token_file=str(pod / "token")
    )
    return Credentials(access=access, context=IN_CLUSTER)


def _token(settings: Any) -> str:
    """The bearer token, which releases of the library keep in two places."""
    for key in ("authorization", "BearerToken"):
        said = settings.get_api_key_with_prefix(key)
        if said:
            return str(said).removeprefix("Bearer ")
    return ""


def _kept(path: Path, source: str | None) -> str:
    """A copy: the library's own are gone when it is, and the user's may be renewed meanwhile."""
    return _written(path, Path(source).read_text(encoding="utf-8")) if source else ""


def _written(path: Path, text: str) -> str:
    """Write a file that nobody else can read, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}")
    partial.touch(mode=0o600)
    partial.write_text(text, encoding="utf-8")
    return str(partial.replace(path))
