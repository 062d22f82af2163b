"""Settings of the provider `kind`: which nodes its clusters have, and what they are given."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Annotated, Any, Literal

import msgspec
import yaml
from msgspec import UNSET, Meta, UnsetType

from loadstone.errors import Problem
from loadstone.formats.configuration.setting_types import Text, Texts
from loadstone.formats.fields import Spec
from loadstone.formats.yaml_text import Document

# What kind 0.33.0, the one of our image, makes by itself.
NODE_IMAGE = (
    "kindest/node:v1.37.0@sha256:a1ed56cfb0e7b93589bdf97c8cd566405a265939e3620fc4f5de89adff580ae5"
)
_NAME = r"^[a-z0-9]+([._/:-]+[A-Za-z0-9]+)*(@sha256:[0-9a-f]{64})?$"
ImageName = Annotated[str, Meta(pattern=_NAME)]
_OURS = "apiServer", "extraVolumes"  # of a ClusterConfiguration: where the audit log goes


class KindNetworks(Spec, frozen=True, kw_only=True, omit_defaults=True):
    """The networks of a cluster that kind makes; what is not said is as kind has it."""

    ip_family: Annotated[
        Literal["ipv4", "ipv6", "dual"] | UnsetType, Meta(description="Which addresses there are.")
    ] = msgspec.field(default=UNSET, name="ipFamily")
    pod_subnet: Annotated[
        Text | UnsetType, Meta(description="The addresses of pods, as 10.244.0.0/16.")
    ] = msgspec.field(default=UNSET, name="podSubnet")
    service_subnet: Annotated[Text | UnsetType, Meta(description="Those of services.")] = (
        msgspec.field(default=UNSET, name="serviceSubnet")
    )
    proxy_mode: Annotated[
        Literal["iptables", "ipvs", "nftables", "none"] | UnsetType,
        Meta(description="How kube-proxy leads to services; `none`: it does not run."),
    ] = msgspec.field(default=UNSET, name="kubeProxyMode")


class KindConfig(Spec, frozen=True, kw_only=True, omit_defaults=True):
    """The part of kind's own configuration that is not Loadstone's to say, in kind's words."""

    feature_gates: Annotated[
        dict[str, bool], Meta(description="Of all programs of the cluster, by name.")
    ] = msgspec.field(default_factory=dict, name="featureGates")
    runtime_config: Annotated[
        dict[str, Text], Meta(description='APIs to serve or not: `api/alpha: "true"`.')
    ] = msgspec.field(default_factory=dict, name="runtimeConfig")
    networking: Annotated[KindNetworks, Meta(description="Its networks.")] = KindNetworks()
    kubeadm_patches: Annotated[
        Texts, Meta(description="Merge patches of what kubeadm is told, each a text of YAML.")
    ] = msgspec.field(default_factory=list, name="kubeadmConfigPatches")
    containerd_patches: Annotated[
        Texts, Meta(description="Merge patches of containerd's configuration, in TOML.")
    ] = msgspec.field(default_factory=list, name="containerdConfigPatches")


class KindSettings(Spec, frozen=True, kw_only=True, omit_defaults=True):
    """The clusters of the provider `kind`."""

    image: Annotated[
        ImageName, Meta(description="The image of its nodes, best with its digest.")
    ] = NODE_IMAGE
    workers: Annotated[
        Annotated[int, Meta(ge=0, le=20)] | UnsetType,
        Meta(description="Nodes beside the control plane; 2 for pods, none for local processes."),
    ] = UNSET
    audit: Annotated[
        bool, Meta(description="Whether the API server logs who asks it what, to be counted.")
    ] = True
    network: Annotated[
        Literal["auto", "host", "kind"],
        Meta(
            description="The way to the API server: a port of the host, or kind's Docker network;"
            " `auto`: the network in a container of the same Docker, else the port."
        ),
    ] = "auto"
    images: Annotated[
        list[ImageName], Meta(description="Images of the local Docker that every node gets.")
    ] = msgspec.field(default_factory=list)
    archives: Annotated[
        Texts, Meta(description="Files of `docker save` whose images every node gets.")
    ] = msgspec.field(default_factory=list)
    config: Annotated[KindConfig, Meta(description="More of kind's own configuration.")] = (
        KindConfig()
    )


def problems(document: Document) -> Iterator[Problem]:
    """Problems of a section `kind` that no schema finds."""
    settings = _mapping(_mapping(document.data).get("kind"))
    config = _mapping(settings.get("config"))
    for name in ("podSubnet", "serviceSubnet"):
        said = _mapping(config.get("networking")).get(name)
        if isinstance(said, str) and not all(map(_is_network, said.split(","))):
            where = document.where(("kind", "config", "networking", name))
            yield Problem(where=where, what=f"`{said}` is no network", hint="such as 10.244.0.0/16")
    patches = config.get("kubeadmConfigPatches")
    for index, text in enumerate(patches if isinstance(patches, list) else ()):
        if isinstance(text, str) and (what := _wrong_patch(text, settings)):
            where = document.where(("kind", "config", "kubeadmConfigPatches", index))
            yield Problem(where=where, what=what[0], hint=what[1])


def _is_network(text: str) -> bool:
    try:
        ip_network(text.strip())
    except ValueError:
        return False
    return True


def _wrong_patch(text: str, settings: dict[str, Any]) -> tuple[str, str] | None:
    """What is wrong with a patch, and what to write instead."""
    try:
        patch = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return f"this patch is no YAML: {' '.join(str(error).split())}", "a mapping, in YAML"
    if not isinstance(patch, dict) or not isinstance(patch.get("kind"), str):
        return "this patch does not say what it is of", "begin it with `kind: ClusterConfiguration`"
    inside = _mapping(patch.get(_OURS[0]))
    if (
        settings.get("audit", True)
        and patch["kind"] == "ClusterConfiguration"
        and (_OURS[1] in inside)
    ):
        return f"{'.'.join(_OURS)} is where the audit log goes", "say `audit: false` beside it"
    return None


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
