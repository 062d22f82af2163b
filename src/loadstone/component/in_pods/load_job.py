"""The Job whose pods send a part of a load each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loadstone.formats.configuration import LoadSettings
from loadstone.formats.manifests import Manifest

NAME = "loadstone-load"
CONTAINER = "load"
PORT = 7070  # of the pod's own loopback, to which nothing leads but the API server's forward
LABELS = {"app.kubernetes.io/name": NAME}
HOSTNAME = "kubernetes.io/hostname"
INDEX = "batch.kubernetes.io/job-completion-index"  # label of the pods of an indexed Job
OF_JOB = "batch.kubernetes.io/job-name"  # label of the pods of a Job
LONGEST = 6 * 3600  # s after which a cluster ends a load whose session is gone
_GRACE = 2  # s: it has nothing to bring to an end
_SOMEBODY = 65532  # user without a name: it needs no rights


def load_job(
    settings: LoadSettings,
    *,
    count: int,
    processes: int = 1,
    selector: Mapping[str, str] | None = None,
    tolerations: Sequence[Mapping[str, str]] = (),
    away_from: str = "",
    name: str = NAME,
) -> Manifest:
    """The Job of `count` pods with room for so many processes each.

    `selector`, `tolerations`: of the cluster's nodes for load, where the settings name none.
    `away_from`: the host name of a node that they are better not on, that of what is measured.
    """
    spec: dict[str, Any] = {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": _GRACE,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": _pod_security(settings.sysctls),
        "affinity": _affinity(settings.spread, away_from),
        "containers": [_container(settings, processes)],
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    }
    if chosen := dict(settings.nodes or selector or {}):
        spec["nodeSelector"] = chosen
    if tolerated := [dict(each) for each in settings.tolerations or tolerations]:
        spec["tolerations"] = tolerated
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "labels": LABELS},
        "spec": {
            "completionMode": "Indexed",
            "completions": count,
            "parallelism": count,
            "backoffLimit": 0,  # a load that was broken off is none, and its run is over
            "activeDeadlineSeconds": LONGEST,
            "template": {"metadata": {"labels": LABELS}, "spec": spec},
        },
    }


def _container(settings: LoadSettings, processes: int) -> dict[str, Any]:
    node = {"fieldRef": {"fieldPath": "spec.nodeName"}}
    return {
        "name": CONTAINER,
        "image": settings.image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python"],
        "args": ["-I", "-m", "loadstone.measure.load.job", "--port", str(PORT)],
        "env": [{"name": "NODE_NAME", "valueFrom": node}],
        # No limit of CPU: a quota would keep it waiting, and what is late would be sent late.
        "resources": {
            "requests": {"cpu": settings.cpu or str(processes), "memory": settings.memory}
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        # Once only: a probe that goes on would start a process every second, beside what is sent.
        "startupProbe": {
            "exec": {"command": ["test", "-e", "/tmp/listening"]},  # noqa: S108
            "periodSeconds": 1,
            "failureThreshold": 60,
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108
    }


def _pod_security(sysctls: Mapping[str, str]) -> dict[str, Any]:
    said = {
        "runAsNonRoot": True,
        "runAsUser": _SOMEBODY,
        "runAsGroup": _SOMEBODY,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    named = [{"name": name, "value": value} for name, value in sorted(sysctls.items())]
    return {**said, "sysctls": named} if named else said


def _affinity(spread: str, away_from: str) -> dict[str, Any]:
    """Each pod on a node of its own, as far as there are such."""
    term = {"labelSelector": {"matchLabels": LABELS}, "topologyKey": HOSTNAME}
    rule = (
        {"requiredDuringSchedulingIgnoredDuringExecution": [term]}
        if spread == "required"
        else {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 100, "podAffinityTerm": term}
            ]
        }
    )
    if not away_from:
        return {"podAntiAffinity": rule}
    elsewhere = {"key": HOSTNAME, "operator": "NotIn", "values": [away_from]}
    preferred = {"weight": 100, "preference": {"matchExpressions": [elsewhere]}}
    return {
        "podAntiAffinity": rule,
        "nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [preferred]},
    }
