"""A kubeconfig with one cluster, one user and one context, written from an access."""

from __future__ import annotations

from pathlib import Path

import yaml

from loadstone.model import ApiAccess


def write_kubeconfig(path: Path, access: ApiAccess, *, name: str, namespace: str = "") -> Path:
    """Write a kubeconfig that leads to `access`; `namespace` is where its programs work."""
    cluster = {"server": access.url, "certificate-authority": access.ca_file}
    user = {
        "client-certificate": access.cert_file,
        "client-key": access.key_file,
        "tokenFile": access.token_file,
    }
    context = {"cluster": name, "user": name, "namespace": namespace}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": _said(cluster)}],
        "users": [{"name": name, "user": _said(user)}],
        "contexts": [{"name": name, "context": _said(context)}],
        "current-context": name,
    }
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path


def _said(fields: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}
