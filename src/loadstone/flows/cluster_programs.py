"""Programs of clusters: a file, one of this machine, or a version that is downloaded or built.

`tools:` of the configuration says which, in the words in which revisions of a component are asked
for: a path, `download:1.34.4`, `go:1.34.4`.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from pathlib import Path

import msgspec

from loadstone import formats
from loadstone.action.teardown import job_of
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.flows.settings import MADE, cache_directory, tool_paths
from loadstone.formats.configuration import Config
from loadstone.formats.fill import fill_text
from loadstone.model import Side
from loadstone.system.tools import find

_KUBERNETES = "https://dl.k8s.io/release/v${revision}/bin/${os}/${arch}"
_KIND = "https://github.com/kubernetes-sigs/kind/releases/download/v${revision}"
_ETCD = "https://github.com/etcd-io/etcd/releases/download/v${revision}"


def _kubernetes(name: str) -> formats.Revisions:
    return formats.Revisions(
        download=formats.DownloadSource(
            url=f"{_KUBERNETES}/{name}", checksums=f"{_KUBERNETES}/{name}.sha256"
        ),
        go=formats.GoSource(
            module="k8s.io/kubernetes",
            package=f"cmd/{name}",
            replaces={"k8s.io/*": "v0.${minor}.${patch}"},
            ldflags="-s -w -X k8s.io/component-base/version.gitVersion=${version}",
        ),
    )


SOURCES: Mapping[str, formats.Revisions] = {
    **{
        name: _kubernetes(name)
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    },
    "etcd": formats.Revisions(
        download=formats.DownloadSource(
            url=f"{_ETCD}/etcd-v${{revision}}-${{os}}-${{arch}}.tar.gz",
            checksums=f"{_ETCD}/SHA256SUMS",
            executable="etcd-v${revision}-linux-${arch}/etcd",
        ),
        go=formats.GoSource(module="go.etcd.io/etcd/server/v3"),
    ),
    "kind": formats.Revisions(
        download=formats.DownloadSource(
            url=f"{_KIND}/kind-${{os}}-${{arch}}",
            checksums=f"{_KIND}/kind-${{os}}-${{arch}}.sha256sum",
        ),
        go=formats.GoSource(module="sigs.k8s.io/kind"),
    ),
    "kwok": formats.Revisions(go=formats.GoSource(module="sigs.k8s.io/kwok", package="cmd/kwok")),
}


def provider_options(config: Config, *, make: bool = True) -> ProviderOptions:
    """The options of providers: where their programs are, and which cluster is meant.

    Without `make` a version that is asked for is neither downloaded nor built.
    """
    known: dict[str, Path] = {}

    def found(name: str) -> Path:
        if name not in known:
            known[name] = cluster_program(name, config, make=make)
        return known[name]

    return ProviderOptions(
        find_program=found,
        kubeconfig=str(Path(config.kubeconfig).expanduser()) if config.kubeconfig else "",
        context=config.context or "",
        eks=config.eks,
        kind=config.kind,
        labels=job.labels if (job := job_of(os.environ)) else {},
    )


def cluster_program(name: str, config: Config, *, make: bool = True) -> Path:
    """The path of a program, made first where a version of it is asked for.

    Raises `MissingTool` for one that is not here, and what making revisions raises.
    """
    asked = config.tools.get(name, "")
    if not asked.startswith(MADE) or name not in SOURCES:
        return find(name, tool_paths(config)).path
    if not make:
        return Path(asked)
    from loadstone.component.revisions.resolve import resolve

    component = component_of(name, asked.partition(":")[2])
    made = resolve(component, asked, Side.BASE, cache=cache_directory(config))
    return Path(made.executable)


def component_of(name: str, version: str) -> formats.Component:
    """A component of which there is nothing but revisions: a program of a cluster."""
    revisions = SOURCES[name]
    download = revisions.download
    if download is not None and download.executable:
        machine = {"aarch64": "arm64"}.get(platform.machine(), "amd64")
        inside = fill_text(download.executable, {"revision": version, "arch": machine})
        download = msgspec.structs.replace(download, executable=inside)
    return formats.Component(
        component=name,
        about=f"a program of a cluster: {name}",
        role="cluster",
        revisions=msgspec.structs.replace(revisions, download=download),
        version=["${executable}", "--version"],
    )
