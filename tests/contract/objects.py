"""Small objects, complete enough for a real API server to accept them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Object = dict[str, Any]
IMAGE = "registry.example/pause:1"  # never pulled: nothing here waits for a container


def config_map(name: str, data: Mapping[str, str] | None = None, **metadata: Any) -> Object:
    return _object("v1", "ConfigMap", name, metadata, data=dict(data or {"key": "value"}))


def secret(name: str, type_: str = "Opaque", **metadata: Any) -> Object:
    return _object("v1", "Secret", name, metadata, type=type_, data={"key": "dmFsdWU="})


def namespace(name: str, **metadata: Any) -> Object:
    return _object("v1", "Namespace", name, metadata)


def pod(name: str, *, node: str = "", **metadata: Any) -> Object:
    """A pod that no scheduler takes: it stays where it is put."""
    containers = [{"name": "main", "image": IMAGE}]
    spec: Object = {"containers": containers, "restartPolicy": "Always", "schedulerName": "nobody"}
    if node:
        spec["nodeName"] = node
    return _object("v1", "Pod", name, metadata, spec=spec)


def service(name: str, **metadata: Any) -> Object:
    port = {"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}
    return _object("v1", "Service", name, metadata, spec={"type": "ClusterIP", "ports": [port]})


def workload(kind: str, name: str, *, replicas: int = 0, **metadata: Any) -> Object:
    """A Deployment, ReplicaSet or StatefulSet; with 0 replicas no controller makes pods of it."""
    labels = {"app": name}
    template = {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "main", "image": IMAGE}]},
    }
    spec: Object = {
        "replicas": replicas,
        "selector": {"matchLabels": labels},
        "template": template,
    }
    if kind == "StatefulSet":
        spec["serviceName"] = name
    return _object("apps/v1", kind, name, metadata, spec=spec)


def deployment(name: str, *, replicas: int = 0, **metadata: Any) -> Object:
    return workload("Deployment", name, replicas=replicas, **metadata)


def ingress(
    name: str, host: str = "a.example", *, service: str = "web", class_: str = "", **metadata: Any
) -> Object:
    backend = {"service": {"name": service, "port": {"number": 80}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    spec: Object = {"rules": [{"host": host, "http": {"paths": [path]}}]}
    if class_:
        spec["ingressClassName"] = class_
    return _object("networking.k8s.io/v1", "Ingress", name, metadata, spec=spec)


def lease(name: str, **metadata: Any) -> Object:
    spec = {"holderIdentity": "a", "leaseDurationSeconds": 15}
    return _object("coordination.k8s.io/v1", "Lease", name, metadata, spec=spec)


def owned_by(*owners: Object, block: bool = False) -> list[Object]:
    """Owner references to these objects, as the server returned them."""
    return [
        {
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"],
            "blockOwnerDeletion": block,
        }
        for owner in owners
    ]


def _object(api_version: str, kind: str, name: str, metadata: Object, **rest: Any) -> Object:
    named = {"name": name, **metadata} if name else dict(metadata)
    return {"apiVersion": api_version, "kind": kind, "metadata": named, **rest}
