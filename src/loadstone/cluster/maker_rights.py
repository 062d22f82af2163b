"""The rights that an API server asks of who makes an object, beside the one to make it. Pure.

Who makes a role has to have what it gives, and who binds one what that gives, unless he may
`escalate` or `bind`. Who makes a policy with parameters has to be able to read them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from loadstone.cluster.rights import ROLES, Right

# The name of a namespace that is not known yet, in objects that are rendered to be asked about.
ANY_NAMESPACE = "loadstone-any"
_POLICIES = "admissionregistration.k8s.io"
_CERTIFICATES = "certificates.k8s.io"

ResourceOf = Callable[[str, str], str]  # an API version and a kind → its plural


def of_makers(objects: Sequence[Mapping[str, Any]], resource_of: ResourceOf) -> Iterator[Right]:
    """The rights that these objects take when they are made in their order."""
    roles = [item for item in objects if _group(item) == ROLES]
    yield from _of_roles(roles)
    policies = [item for item in objects if _group(item) == _POLICIES]
    parameters = dict(_parameters(policies))
    for item in policies:
        yield from _of_policy(item, parameters, resource_of)
    bundles = [item["spec"] for item in objects if item["kind"] == "ClusterTrustBundle"]
    for signer in (each["signerName"] for each in bundles if each.get("signerName")):
        name = _known(signer)
        yield Right(verb="attest", group=_CERTIFICATES, resource="signers", name=name)


def _group(item: Mapping[str, Any]) -> str:
    return str(item["apiVersion"]).rpartition("/")[0]


def _of_roles(items: Iterable[Mapping[str, Any]]) -> Iterator[Right]:
    """Of roles and their bindings: the rights of one that was made before are among the others."""
    made: set[tuple[str, str]] = set()
    for item in items:
        role = item.get("roleRef")
        if role is not None and (role["kind"], role["name"]) not in made:
            plural, name = _plural(role["kind"]), _known(role["name"])
            yield Right(verb="bind", group=ROLES, resource=plural, name=name)
        elif (item.get("aggregationRule") or {}).get("clusterRoleSelectors"):
            # It may come to give anything, and the name of what is made is not looked at.
            yield Right(verb="escalate", group=ROLES, resource=_plural(item["kind"]))
        elif role is None:
            yield from _of_rules(item.get("rules") or ())
            made.add((item["kind"], item["metadata"]["name"]))


def _plural(kind: str) -> str:
    """The resource of a kind of roles."""
    return f"{kind.lower()}s"


def _of_rules(rules: Iterable[Mapping[str, Any]]) -> Iterator[Right]:
    for rule in rules:
        names = list(dict.fromkeys(_known(each) for each in rule.get("resourceNames") or ("",)))
        for verb in rule["verbs"]:
            for path in rule.get("nonResourceURLs") or ():
                yield Right(verb=verb, path=path, given_on=True)
            for group in rule.get("apiGroups") or ():
                for resource in rule.get("resources") or ():
                    for name in names:
                        yield Right(
                            verb=verb, group=group, resource=resource, name=name, given_on=True
                        )


def _parameters(objects: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The policies with parameters, by name, and of which kind these are."""
    for item in objects:
        if said := (item.get("spec") or {}).get("paramKind"):
            yield str(item["metadata"]["name"]), said


def _of_policy(
    item: Mapping[str, Any],
    parameters: Mapping[str, Mapping[str, str]],
    resource_of: ResourceOf,
) -> Iterator[Right]:
    """The right to read the parameters of a policy, or those that its binding names."""
    spec = item.get("spec") or {}
    chosen = spec.get("paramRef")
    said = spec.get("paramKind") or (parameters.get(spec.get("policyName", "")) if chosen else None)
    if said is None and not chosen:
        return
    group, resource = "*", "*"  # of a policy that nobody here knows
    if said is not None:
        group = said["apiVersion"].rpartition("/")[0]
        resource = resource_of(said["apiVersion"], said["kind"])
    name = _known(chosen.get("name", "")) if chosen else ""
    verb = "get" if not chosen or chosen.get("name") else "list"
    yield Right(verb=verb, group=group, resource=resource, name=name)


def _known(name: str) -> str:
    """A name, "" for every one where it is another in each run."""
    return "" if "${" in name or ANY_NAMESPACE in name else name
