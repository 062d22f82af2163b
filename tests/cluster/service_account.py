"""A service account with rights that a test gives it, and its kubeconfig."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.model import ApiAccess
from loadstone.system.kubeconfig import write_kubeconfig
from tests.cluster.test_contract import named

_VERSION = "rbac.authorization.k8s.io/v1"
_GROUP = f"/apis/{_VERSION}"
_ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts"


def service_account(
    api: ClusterApi, name: str, rules: Sequence[Mapping[str, Any]], folder: Path
) -> Path:
    """The kubeconfig of a new account of that name, which may do this in every namespace."""
    api.done("POST", _ACCOUNTS, named(name, "ServiceAccount"))
    api.done("POST", f"{_GROUP}/clusterroles", named(name, "ClusterRole", _VERSION, rules=rules))
    binding = named(
        name,
        "ClusterRoleBinding",
        _VERSION,
        subjects=[{"kind": "ServiceAccount", "name": name, "namespace": "default"}],
        roleRef={"kind": "ClusterRole", "name": name, "apiGroup": "rbac.authorization.k8s.io"},
    )
    api.done("POST", f"{_GROUP}/clusterrolebindings", binding)
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    token = api.done("POST", f"{_ACCOUNTS}/{name}/token", request)["status"]["token"]
    (folder / f"{name}-token").write_text(token)
    access = ApiAccess(
        url=api.access.url, ca_file=api.access.ca_file, token_file=str(folder / f"{name}-token")
    )
    return write_kubeconfig(folder / f"{name}.yaml", access, name=name)
