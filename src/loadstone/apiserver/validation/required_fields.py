"""Required fields and values of the built-in kinds, as data.

A line is a path and a rule. `[]` goes through a list; a rule is checked wherever the parent of the
path's end is there. Rules: `!` must be there and not empty, `port` and `count` are numbers of a
range, `subdomain` is a DNS name, words divided by `|` are the allowed values. Types are checked
before, by `type_check`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document, dig
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.validation import object_names, pod_fields

_POD = """
{spec} !
{spec}.containers !
{spec}.containers[].name !
{spec}.containers[].ports[].containerPort port
{spec}.containers[].imagePullPolicy Always|IfNotPresent|Never
{spec}.restartPolicy Always|OnFailure|Never
{spec}.volumes[].name !
"""
_TEMPLATE = "spec !\nspec.template !\n" + _POD.replace("{spec}", "spec.template.spec")
_WORKLOAD = "spec.selector !\nspec.replicas count\n" + _TEMPLATE
_ROLE = """
rules[].verbs !
"""
_BINDING = """
roleRef !
roleRef.kind !
roleRef.name !
subjects[].kind !
subjects[].name !
"""

_RULES: dict[str, str] = {
    "pods": _POD.replace("{spec}", "spec"),
    "replicationcontrollers": "spec !\nspec.replicas count",
    "services": """
spec.type ClusterIP|ExternalName|LoadBalancer|NodePort
spec.ports[].port !
spec.ports[].port port
spec.ports[].protocol SCTP|TCP|UDP
spec.sessionAffinity ClientIP|None
""",
    "endpoints": """
subsets[].addresses[].ip !
subsets[].ports[].port !
subsets[].ports[].port port
""",
    "persistentvolumeclaims": "spec !\nspec.accessModes !\nspec.resources.requests.storage !",
    "persistentvolumes": "spec !\nspec.accessModes !\nspec.capacity !",
    "deployments": _WORKLOAD,
    "replicasets": _WORKLOAD,
    "statefulsets": _WORKLOAD,
    "daemonsets": _WORKLOAD,
    "jobs": _TEMPLATE + "spec.template.spec.restartPolicy OnFailure|Never",
    "cronjobs": "spec !\nspec.schedule !\nspec.jobTemplate !",
    "ingresses": """
spec.rules[].http.paths !
spec.rules[].http.paths[].pathType !
spec.rules[].http.paths[].pathType Exact|ImplementationSpecific|Prefix
spec.rules[].http.paths[].backend !
spec.rules[].http.paths[].backend.service.name !
""",
    "networkpolicies": "spec !",
    "endpointslices": """
addressType !
addressType FQDN|IPv4|IPv6
endpoints[].addresses !
ports[].port port
ports[].protocol SCTP|TCP|UDP
""",
    "roles": _ROLE,
    "clusterroles": _ROLE,
    "rolebindings": _BINDING,
    "clusterrolebindings": _BINDING,
    "storageclasses": "provisioner !",
    "csidrivers": "spec !",
    "volumeattachments": "spec.attacher !\nspec.attacher subdomain\nspec.nodeName !\nspec.source !",
    "horizontalpodautoscalers": "spec.maxReplicas !\nspec.scaleTargetRef !",
}

_CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_CONFIG_KEY_SAYS = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
    f"'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
    f"'{_CONFIG_KEY.pattern}')"
)
_KEYS_OF_SECRETS = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}
_RANGES = {
    "port": (1, 65535, "must be between 1 and 65535, inclusive"),
    "count": (0, 2**31 - 1, "must be greater than or equal to 0"),
}


def check(resource: Resource, document: Document) -> list[Cause]:
    """The errors of an object against the rules of its kind."""
    causes = list(_walk(_tree(resource.plural), document, ""))
    more = _MORE.get(resource.plural)
    if more is not None and not causes:
        causes += more(document)
    if not causes:
        causes += pod_fields.check(resource.plural, document)
    return causes


@dataclass
class _RuleNode:
    """A node in the tree of paths of a kind: the rules that end here, and the next steps."""

    rules: list[str] = field(default_factory=list)
    steps: dict[str, _RuleNode] = field(default_factory=dict)


@lru_cache(maxsize=256)
def _tree(plural: str) -> _RuleNode:
    """The rules of a kind, by path, so that one walk through an object checks them all."""
    root = _RuleNode()
    for line in _RULES.get(plural, "").splitlines():
        path, _, rule = line.partition(" ")
        node = root
        for step in re.findall(r"\w+|\[\]", path):
            node = node.steps.setdefault(step, _RuleNode())
        if rule:
            node.rules.append(rule)
    return root


def _walk(node: _RuleNode, value: Any, path: str) -> Iterator[Cause]:
    if not isinstance(value, dict):
        return
    for step, inside in node.steps.items():
        where, inner = f"{path}.{step}" if path else step, value.get(step)
        for rule in inside.rules:
            yield from _judge(rule, where, inner, inner is not None)
        items = inside.steps.get("[]")
        if items is not None and isinstance(inner, list):
            for index, item in enumerate(inner):
                yield from _walk(items, item, f"{where}[{index}]")
        elif inside.steps:
            yield from _walk(inside, inner, where)


def _judge(rule: str, field: str, value: Any, present: bool) -> Iterator[Cause]:
    if rule == "!":
        if value is None or value in ("", []):
            yield Cause.required(field)
    elif not present:
        return
    elif rule in _RANGES:
        low, high, says = _RANGES[rule]
        if not low <= value <= high:
            yield Cause.invalid(field, value, says)
    elif rule == "subdomain":
        if value and not object_names.SUBDOMAIN.fullmatch(value):
            yield Cause.invalid(field, value, object_names.SUBDOMAIN_SAYS)
    elif value not in rule.split("|"):
        yield Cause.unsupported(field, value, rule.split("|"))


# --- rules that look at two places at once --------------------------------------------------------


def _ingress(document: Document) -> Iterator[Cause]:
    spec = document.get("spec") or {}
    if not any(spec.get(name) for name in ("rules", "defaultBackend")):
        says = "either `defaultBackend` or `rules` must be specified"
        yield Cause.invalid("spec", "", says)
    for where, path in _paths(document):
        text = path.get("path") or ""
        if path.get("pathType") != "ImplementationSpecific" and not text.startswith("/"):
            yield Cause.invalid(f"{where}.path", text, "must be an absolute path")
        port = dig(path, ("backend", "service", "port"))
        if dig(path, ("backend", "service")) and not (port or {}):
            yield Cause.required(f"{where}.backend.service.port", "port name or number is required")


def _paths(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    for i, rule in enumerate(dig(document, ("spec", "rules")) or ()):
        for j, path in enumerate(dig(rule, ("http", "paths")) or ()):
            yield f"spec.rules[{i}].http.paths[{j}]", path


def _service(document: Document) -> Iterator[Cause]:
    spec = document.get("spec") or {}
    ports = spec.get("ports") or []
    headless = spec.get("clusterIP") == "None"
    if spec.get("type") == "ExternalName":
        if not spec.get("externalName"):
            yield Cause.required("spec.externalName")
    elif not ports and not headless:
        yield Cause.required("spec.ports")
    given = [port.get("name") for port in ports if isinstance(port, dict)]
    for index, name in enumerate(given):
        if not name and len(given) > 1:
            yield Cause.required(f"spec.ports[{index}].name")
        elif name and name in given[:index]:
            yield Cause.duplicate(f"spec.ports[{index}].name", f'"{name}"')
    places = [(port.get("protocol", "TCP"), port.get("port")) for port in ports]
    for index, (protocol, number) in enumerate(places):
        if (protocol, number) in places[:index]:
            shown = f'"Name":"","Protocol":"{protocol}","AppProtocol":null,"Port":{number}'
            shown = f'{{{shown},"TargetPort":0,"NodePort":0}}'
            yield Cause.duplicate(f"spec.ports[{index}]", shown)


def _selected(document: Document) -> Iterator[Cause]:
    wanted = dig(document, ("spec", "selector", "matchLabels")) or {}
    labels = dig(document, ("spec", "template", "metadata", "labels")) or {}
    expressions = dig(document, ("spec", "selector", "matchExpressions"))
    if not wanted and not expressions:
        says = "empty selector is invalid for deployment"
        yield Cause.invalid("spec.selector", "", says)
    elif any(labels.get(key) != value for key, value in wanted.items()):
        says = "`selector` does not match template `labels`"
        yield Cause.invalid("spec.template.metadata.labels", "", says)


def _config(document: Document) -> Iterator[Cause]:
    for name in ("data", "binaryData"):
        for key in document.get(name) or {}:
            if not _CONFIG_KEY.fullmatch(key) or len(key) > 253:
                yield Cause.invalid(f"{name}[{key}]", key, _CONFIG_KEY_SAYS)
    for key in document.get("binaryData") or {}:
        if key in (document.get("data") or {}):
            yield Cause.invalid(f"data[{key}]", key, "duplicate of key present in binaryData")


def _secret(document: Document) -> Iterator[Cause]:
    yield from _config(document)
    for key in _KEYS_OF_SECRETS.get(document.get("type", ""), ()):
        if key not in (document.get("data") or {}):
            yield Cause.required(f"data[{key}]")


def _cron_job(document: Document) -> Iterator[Cause]:
    written = str(dig(document, ("spec", "schedule")) or "")
    fields = written.split()
    if not written.startswith("@") and len(fields) != 5:
        says = f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]"
        yield Cause.invalid("spec.schedule", written, says)


_MORE: dict[str, Callable[[Document], Iterator[Cause]]] = {
    "configmaps": _config,
    "cronjobs": _cron_job,
    "daemonsets": _selected,
    "deployments": _selected,
    "ingresses": _ingress,
    "replicasets": _selected,
    "secrets": _secret,
    "services": _service,
    "statefulsets": _selected,
}
