"""Programs of the Go modules in `modules/`: `python -m tests.real.build PROGRAM...` builds them.

Each lands in the user's cache, outside every checkout, under its name and version, once: whoever
asks while another builds waits for that build. Without a name the known programs are listed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

MODULES = Path(__file__).parent / "modules"


@dataclass(frozen=True, kw_only=True)
class Program:
    """A main package, or a test binary, and the module of ours that pins what it is built from."""

    module: str
    package: str
    source: str = ""  # the module that gives the program its version; none: it is ours
    test: bool = False


def _kubernetes(package: str, *, test: bool = False) -> Program:
    source = "k8s.io/kubernetes"
    return Program(module="kubernetes", package=f"{source}/{package}", source=source, test=test)


def _cluster_api(package: str) -> Program:
    source = "sigs.k8s.io/cluster-api"
    return Program(module="cluster-api", package=source + package, source=source)


PROGRAMS = {
    "kube-apiserver": _kubernetes("cmd/kube-apiserver"),
    "kube-controller-manager": _kubernetes("cmd/kube-controller-manager"),
    "kube-scheduler": _kubernetes("cmd/kube-scheduler"),
    "kube-proxy": _kubernetes("cmd/kube-proxy"),
    "kubelet": _kubernetes("cmd/kubelet"),
    "kubeadm": _kubernetes("cmd/kubeadm"),
    "e2e.test": _kubernetes("test/e2e", test=True),
    "etcd": Program(
        module="etcd", package="go.etcd.io/etcd/server/v3", source="go.etcd.io/etcd/server/v3"
    ),
    "kind": Program(module="kind", package="sigs.k8s.io/kind", source="sigs.k8s.io/kind"),
    "coredns": Program(module="coredns", package="."),
    "pause": Program(module="pause", package="."),
    "grpc": Program(module="grpc", package="."),
    "merging": Program(module="merging", package="."),
    "allocating": Program(module="allocating", package="."),
    "planted": Program(module="planted", package="."),
    "kwok": Program(module="kwok", package="sigs.k8s.io/kwok/cmd/kwok", source="sigs.k8s.io/kwok"),
    "helm": Program(module="helm", package="helm.sh/helm/v3/cmd/helm", source="helm.sh/helm/v3"),
    "typed": Program(module="clients", package="./typed"),
    "operator": Program(module="clients", package="./operator"),
    "go-operator": Program(module="../../../examples/go-operator", package="."),
    "messages": Program(module="clients", package="./messages"),
    "cluster-api": _cluster_api("/core"),
    "cluster-api-bootstrap": _cluster_api("/bootstrap/kubeadm"),
    "cluster-api-control-plane": _cluster_api("/controlplane/kubeadm"),
    "cluster-api-infrastructure": _cluster_api("/test/infrastructure/docker"),
}


def version(name: str) -> str:
    """The version that the module's go.mod pins, as `v1.34.4`; of our own, its fingerprint."""
    program = PROGRAMS[name]
    if not program.source:
        return _fingerprint(MODULES / program.module, program.package)
    text = (MODULES / program.module / "go.mod").read_text(encoding="utf-8")
    pinned = re.search(rf"^(?:require)?\s*{re.escape(program.source)} (v\S+)", text, re.MULTILINE)
    if pinned is None:
        raise LookupError(f"{program.module}/go.mod requires no version of {program.source}")
    return pinned[1]


def _fingerprint(module: Path, package: str) -> str:
    parts = [module / "go.mod", *sorted((module / package).glob("*.go"))]
    digest = hashlib.sha256(b"".join(part.read_bytes() for part in parts))
    return digest.hexdigest()[:12]


def path(name: str) -> Path:
    """Where the program lies once it is built."""
    return user_cache_path("loadstone") / "real" / f"{name}-{version(name)}" / name


def build(name: str) -> Path:
    """Build the program unless it is there; what another process builds is waited for."""
    made = path(name)
    made.parent.mkdir(parents=True, exist_ok=True)
    with _alone(made.parent / ".lock"):
        if not made.exists():
            partial = made.with_name(f".{name}.partial")
            subprocess.run(
                _command(name, partial),
                cwd=MODULES / PROGRAMS[name].module,
                env=os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOWORK": "off"},
                check=True,
            )
            partial.replace(made)
    return made


def _command(name: str, out: Path) -> list[str]:
    program = PROGRAMS[name]
    verb = ["go", "test", "-c", "-vet=off"] if program.test else ["go", "build"]
    stamps = _stamps(version(name)) if program.source.startswith("k8s.io/") else ""
    flags = ["-trimpath", f"-ldflags=-s -w {stamps}", "-o", str(out)]
    return [*verb, *flags, program.package]


def _stamps(version: str) -> str:
    """What Kubernetes' programs say of themselves, and suites compare with the server's word."""
    major, minor, _ = version.removeprefix("v").split(".", 2)
    where = "k8s.io/component-base/version"
    return " ".join(
        f"-X {where}.{field}={value}"
        for field, value in {"gitVersion": version, "gitMajor": major, "gitMinor": minor}.items()
    )


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PROGRAMS]
    if unknown or not names:
        print(f"unknown: {', '.join(unknown)}" if unknown else "nothing named", file=sys.stderr)
        print(f"known programs: {', '.join(PROGRAMS)}", file=sys.stderr)
        return 2
    for name in names:
        begun = time.monotonic()
        print(f"{build(name)}  {time.monotonic() - begun:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
