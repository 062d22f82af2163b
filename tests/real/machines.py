"""A workload cluster for Cluster API: its objects, with machines that are only in memory."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]

VERSION = "v1.34.0"
# which webhooks would fill in
CONTROL_PLANE_ROLLOUT = {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}
WORKER_ROLLOUT = {
    "strategy": {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
    }
}
SOON = {"provisioning": {"startupDuration": "500ms", "startupJitter": "0.2"}}
MEMORY = {"inMemory": dict.fromkeys(("vm", "node", "apiServer", "etcd"), SOON)}
HOSTS = ["localhost", "127.0.0.1"]


def cluster(name: str, *, control_plane: int, workers: int) -> list[Object]:
    """The objects of a cluster with so many machines of each kind."""
    network = {
        "pods": {"cidrBlocks": ["192.168.0.0/16"]},
        "services": {"cidrBlocks": ["10.128.0.0/12"]},
        "serviceDomain": "cluster.local",
    }
    return [
        _object("infrastructure", "DevCluster", name, {"backend": {"inMemory": {}}}),
        _object(
            "",
            "Cluster",
            name,
            {
                "clusterNetwork": network,
                "infrastructureRef": _ref("infrastructure", "DevCluster", name),
                "controlPlaneRef": _ref("controlplane", "KubeadmControlPlane", name),
            },
        ),
        *(_machine_template(f"{name}-{role}") for role in ("control-plane", "worker")),
        _control_plane(name, control_plane),
        _config_template(name),
        _deployment(name, workers),
    ]


def _control_plane(name: str, replicas: int) -> Object:
    template = _ref("infrastructure", "DevMachineTemplate", f"{name}-control-plane")
    registration = {"nodeRegistration": {"criSocket": "unix:///run/containerd.sock"}}
    return _object(
        "controlplane",
        "KubeadmControlPlane",
        name,
        {
            "replicas": replicas,
            "version": VERSION,
            "rollout": CONTROL_PLANE_ROLLOUT,
            "machineTemplate": {"spec": {"infrastructureRef": template}},
            "kubeadmConfigSpec": {
                "clusterConfiguration": {"apiServer": {"certSANs": HOSTS}},
                "initConfiguration": registration,
                "joinConfiguration": registration,
            },
        },
    )


def _deployment(name: str, replicas: int) -> Object:
    labels = {"cluster.x-k8s.io/cluster-name": name, "cluster.x-k8s.io/deployment-name": name}
    machine = {
        "clusterName": name,
        "version": VERSION,
        "bootstrap": {"configRef": _ref("bootstrap", "KubeadmConfigTemplate", name)},
        "infrastructureRef": _ref("infrastructure", "DevMachineTemplate", f"{name}-worker"),
    }
    spec = {
        "clusterName": name,
        "replicas": replicas,
        "rollout": WORKER_ROLLOUT,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": machine},
    }
    return _object("", "MachineDeployment", name, spec)


def _machine_template(name: str) -> Object:
    spec = {"template": {"spec": {"backend": MEMORY}}}
    return _object("infrastructure", "DevMachineTemplate", name, spec)


def _config_template(name: str) -> Object:
    registration = {"nodeRegistration": {"criSocket": "unix:///run/containerd.sock"}}
    spec = {"template": {"spec": {"joinConfiguration": registration}}}
    return _object("bootstrap", "KubeadmConfigTemplate", name, spec)


def _group(prefix: str) -> str:
    return f"{prefix}.cluster.x-k8s.io" if prefix else "cluster.x-k8s.io"


def _ref(prefix: str, kind: str, name: str) -> Object:
    return {"apiGroup": _group(prefix), "kind": kind, "name": name}


def _object(prefix: str, kind: str, name: str, spec: Object) -> Object:
    metadata = {
        "name": name,
        "namespace": "default",
        "labels": {"cluster.x-k8s.io/cluster-name": name},
        "annotations": {"made-by": "a test"},  # a controller writes into them as if they were there
    }
    version = f"{_group(prefix)}/v1beta2"
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}
