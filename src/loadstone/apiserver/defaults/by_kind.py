"""Defaulting of built-in kinds, by kind: the values that clients rely on finding in an object."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from loadstone.apiserver.admission import pod_resources
from loadstone.apiserver.defaults import admission_kinds, cluster_addresses, node_ports
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.state import State


def _namespace(document: Document, state: State) -> None:  # noqa: ARG001
    metadata = document["metadata"]
    labels = metadata.get("labels") or {}
    if isinstance(labels, dict):
        metadata["labels"] = {**labels, "kubernetes.io/metadata.name": metadata.get("name", "")}
    document.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])
    document.setdefault("status", {}).setdefault("phase", "Active")


def _secret(document: Document, state: State) -> None:  # noqa: ARG001
    document.setdefault("type", "Opaque")
    plain = document.pop("stringData", None)
    if isinstance(plain, dict):
        data = document.get("data") or {}
        encoded = {key: base64.b64encode(str(v).encode()).decode() for key, v in plain.items()}
        document["data"] = {**data, **encoded}


def _service(document: Document, state: State) -> None:
    spec = document.setdefault("spec", {})
    if not isinstance(spec, dict):
        return
    spec.setdefault("type", "ClusterIP")
    spec.setdefault("sessionAffinity", "None")
    for port in _dicts(spec.get("ports")):
        port.setdefault("protocol", "TCP")
        port.setdefault("targetPort", port.get("port"))
    if spec["type"] != "ExternalName":
        spec.setdefault("internalTrafficPolicy", "Cluster")
        spec.setdefault("ipFamilies", ["IPv4"])
        spec.setdefault("ipFamilyPolicy", "SingleStack")
        cluster_addresses.fill(document, state)
    if spec["type"] in ("NodePort", "LoadBalancer"):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    else:
        spec.pop("externalTrafficPolicy", None)
    node_ports.fill(document, state)
    document.setdefault("status", {}).setdefault("loadBalancer", {})


def _pod(document: Document, state: State) -> None:  # noqa: ARG001
    spec = document.get("spec")
    if isinstance(spec, dict):
        _pod_spec(spec)
        pod_resources.fill_requests(spec)
        spec.setdefault("enableServiceLinks", True)
    document.setdefault("status", {}).setdefault("phase", "Pending")
    if isinstance(spec, dict) and "qosClass" not in document["status"]:
        document["status"]["qosClass"] = pod_resources.quality(spec)


def _pod_spec(spec: dict[str, Any], restart: str = "Always") -> None:
    spec.setdefault("restartPolicy", restart)
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("schedulerName", "default-scheduler")
    spec.setdefault("securityContext", {})
    spec.setdefault("terminationGracePeriodSeconds", 30)
    kinds = ("containers", "initContainers", "ephemeralContainers")
    for container in [each for kind in kinds for each in _dicts(spec.get(kind))]:
        container.setdefault("imagePullPolicy", _pull_policy(container.get("image")))
        container.setdefault("resources", {})
        container.setdefault("terminationMessagePath", "/dev/termination-log")
        container.setdefault("terminationMessagePolicy", "File")
        for port in _dicts(container.get("ports")):
            port.setdefault("protocol", "TCP")


def _pull_policy(image: object) -> str:
    last = str(image or "").rsplit("/", maxsplit=1)[-1]
    tagged = ":" in last and not last.endswith(":latest")
    return "IfNotPresent" if tagged or "@" in last else "Always"


def _template(document: Document, restart: str = "Always") -> None:
    template = (document.get("spec") or {}).get("template")
    if isinstance(template, dict):
        template.setdefault("metadata", {})
        if isinstance(template.get("spec"), dict):
            _pod_spec(template["spec"], restart)


def _pod_template(document: Document, state: State) -> None:  # noqa: ARG001
    spec = (document.get("template") or {}).get("spec")
    if isinstance(spec, dict):
        _pod_spec(spec)


def _deployment(document: Document, state: State) -> None:  # noqa: ARG001
    spec = document.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)
    rolling = {"maxSurge": "25%", "maxUnavailable": "25%"}
    _strategy(spec, "strategy", rolling)
    document.setdefault("status", {})
    _template(document)


def _strategy(spec: dict[str, Any], field: str, rolling: dict[str, Any]) -> None:
    strategy = spec.setdefault(field, {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        strategy["rollingUpdate"] = {**rolling, **(strategy.get("rollingUpdate") or {})}


def _stateful_set(document: Document, state: State) -> None:
    spec = document.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("podManagementPolicy", "OrderedReady")
    _strategy(spec, "updateStrategy", {"partition": 0})
    kept = {"whenDeleted": "Retain", "whenScaled": "Retain"}
    spec.setdefault("persistentVolumeClaimRetentionPolicy", kept)
    for claim in _dicts(spec.get("volumeClaimTemplates")):
        claim.setdefault("apiVersion", "v1")
        claim.setdefault("kind", "PersistentVolumeClaim")
        _claim(claim, state)
    _replicas_seen(document)
    document["status"].setdefault("availableReplicas", 0)
    _template(document)


def _daemon_set(document: Document, state: State) -> None:  # noqa: ARG001
    spec = document.setdefault("spec", {})
    spec.setdefault("revisionHistoryLimit", 10)
    _strategy(spec, "updateStrategy", {"maxSurge": 0, "maxUnavailable": 1})
    _template(document)


def _replica_set(document: Document, state: State) -> None:  # noqa: ARG001
    document.setdefault("spec", {}).setdefault("replicas", 1)
    _replicas_seen(document)
    _template(document)


def _replicas_seen(document: Document) -> None:
    document.setdefault("status", {}).setdefault("replicas", 0)


def _job(document: Document, state: State) -> None:
    spec = document.setdefault("spec", {})
    spec.setdefault("backoffLimit", 6)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    spec.setdefault("manualSelector", False)
    spec.setdefault("podReplacementPolicy", "TerminatingOrFailed")
    if "completions" not in spec and "parallelism" not in spec:
        spec.update(completions=1, parallelism=1)
    spec.setdefault("parallelism", 1)
    uid = document["metadata"].get("uid", "")
    if not spec.get("manualSelector") and "selector" not in spec:
        spec["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
        _job_labels(document, uid)
    document.setdefault("status", {})
    _template(document)
    del state


def _job_labels(document: Document, uid: str) -> None:
    template = document["spec"].get("template")
    if not isinstance(template, dict):
        return
    metadata = template.setdefault("metadata", {})
    name = document["metadata"].get("name", "")
    own = {"controller-uid": uid, "job-name": name}
    own |= {f"batch.kubernetes.io/{label}": value for label, value in own.items()}
    for each in (metadata, document["metadata"]):
        each["labels"] = {**(each.get("labels") or {}), **own}


def _cron_job(document: Document, state: State) -> None:  # noqa: ARG001
    spec = document.setdefault("spec", {})
    spec.setdefault("concurrencyPolicy", "Allow")
    spec.setdefault("suspend", False)
    spec.setdefault("successfulJobsHistoryLimit", 3)
    spec.setdefault("failedJobsHistoryLimit", 1)
    document.setdefault("status", {})
    template = spec.get("jobTemplate")
    if isinstance(template, dict):
        template.setdefault("metadata", {})
        _template(template)


def _autoscaler(document: Document, state: State) -> None:  # noqa: ARG001
    spec = document.setdefault("spec", {})
    spec.setdefault("minReplicas", 1)
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": 80}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    document.setdefault("status", {}).setdefault("desiredReplicas", 0)


def _claim(document: Document, state: State) -> None:  # noqa: ARG001
    document.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")
    document.setdefault("status", {}).setdefault("phase", "Pending")


def _node(document: Document, state: State) -> None:  # noqa: ARG001
    document.setdefault("spec", {})
    seen = document.setdefault("status", {})
    seen.setdefault("daemonEndpoints", {"kubeletEndpoint": {"Port": 0}})
    seen.setdefault("nodeInfo", dict.fromkeys(_NODE_INFO, ""))


_NODE_INFO = (
    *("machineID", "systemUUID", "bootID", "kernelVersion", "osImage"),
    *("containerRuntimeVersion", "kubeletVersion", "kubeProxyVersion"),
    *("operatingSystem", "architecture"),
)


def _attachment(document: Document, state: State) -> None:  # noqa: ARG001
    document.setdefault("status", {}).setdefault("attached", False)


def _storage_class(document: Document, state: State) -> None:  # noqa: ARG001
    document.setdefault("reclaimPolicy", "Delete")
    document.setdefault("volumeBindingMode", "Immediate")


def _network_policy(document: Document, state: State) -> None:  # noqa: ARG001
    spec = document.get("spec")
    if not isinstance(spec, dict):
        return
    rules = [*_dicts(spec.get("ingress")), *_dicts(spec.get("egress"))]
    for port in [port for rule in rules for port in _dicts(rule.get("ports"))]:
        port.setdefault("protocol", "TCP")
    out = ["Egress"] if spec.get("egress") is not None else []
    spec.setdefault("policyTypes", ["Ingress", *out])


def _limit_range(document: Document, state: State) -> None:  # noqa: ARG001
    spec = document.get("spec") or {}
    for limit in _dicts(spec.get("limits")):
        if limit.get("type") == "Container":
            usual = {**(limit.get("max") or {}), **(limit.get("default") or {})}
            least = {**usual, **(limit.get("min") or {}), **(limit.get("defaultRequest") or {})}
            limit.update({"default": usual} if usual else {})
            limit.update({"defaultRequest": least} if least else {})


def _quota(document: Document, state: State) -> None:  # noqa: ARG001
    document.setdefault("status", {})


def _ingress(document: Document, state: State) -> None:  # noqa: ARG001
    document.setdefault("status", {}).setdefault("loadBalancer", {})


def _subjects(document: Document, state: State) -> None:  # noqa: ARG001
    for subject in _dicts(document.get("subjects")):
        if subject.get("kind") in ("User", "Group"):
            subject.setdefault("apiGroup", "rbac.authorization.k8s.io")


def _dicts(value: object) -> list[dict[str, Any]]:
    """The mappings in a list: what else a client put there is not ours to mend."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


DEFAULTS: dict[tuple[str, str], Callable[[Document, Any], None]] = {
    ("", "namespaces"): _namespace,
    ("", "persistentvolumeclaims"): _claim,
    ("", "nodes"): _node,
    ("", "limitranges"): _limit_range,
    ("", "pods"): _pod,
    ("", "podtemplates"): _pod_template,
    ("", "resourcequotas"): _quota,
    ("", "replicationcontrollers"): _replica_set,
    ("", "secrets"): _secret,
    ("", "services"): _service,
    ("apps", "daemonsets"): _daemon_set,
    ("apps", "deployments"): _deployment,
    ("apps", "replicasets"): _replica_set,
    ("apps", "statefulsets"): _stateful_set,
    ("autoscaling", "horizontalpodautoscalers"): _autoscaler,
    ("batch", "cronjobs"): _cron_job,
    ("batch", "jobs"): _job,
    ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"): admission_kinds.mutating,
    ("admissionregistration.k8s.io", "validatingadmissionpolicies"): admission_kinds.policy,
    ("admissionregistration.k8s.io", "validatingadmissionpolicybindings"): admission_kinds.binding,
    ("admissionregistration.k8s.io", "validatingwebhookconfigurations"): admission_kinds.validating,
    ("networking.k8s.io", "ingresses"): _ingress,
    ("networking.k8s.io", "networkpolicies"): _network_policy,
    ("rbac.authorization.k8s.io", "clusterrolebindings"): _subjects,
    ("rbac.authorization.k8s.io", "rolebindings"): _subjects,
    ("storage.k8s.io", "storageclasses"): _storage_class,
    ("storage.k8s.io", "volumeattachments"): _attachment,
}
