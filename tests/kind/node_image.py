"""A node image for kind, made without a registry, once for what it is made of.

    python -m tests.kind.node_image      builds it and prints its name

Its programs are those of `tests/real`, its operating system the Debian of `make action`. The images
that Kubernetes runs on it are named as kubeadm asks for them, and unpacked before it is used, since
every cluster would have to do that again.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.action.harness import images
from tests.action.harness.docker_daemon import Docker, NoDaemonError, daemon
from tests.real import build

HERE = Path(__file__).parent / "node"
ON_THE_NODE = ("kubeadm", "kubelet")
CONTROL_PLANE = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd")
PROGRAMS = (*ON_THE_NODE, *CONTROL_PLANE, "kube-proxy", "coredns", "pause")
UNPACKED_WITHIN = 300.0  # s
RUN = ("--privileged", "--tmpfs=/tmp", "--tmpfs=/run", "--volume=/var")  # as kind does


def node_image(docker: Docker) -> str:
    """The name of the image, built where it is not there."""
    programs = {name: build.build(name) for name in PROGRAMS}
    programs["kubectl"] = Path(shutil.which("kubectl", path=f"{sys.prefix}/bin") or "kubectl")
    made_of = [*sorted(each for each in HERE.rglob("*") if each.is_file()), Path(__file__)]
    versions = [f"{name} {build.version(name)}" for name in PROGRAMS]
    tag = f"{images.PLACE}/node:{images.digest(made_of, *versions)}"
    if not images.is_there(docker, tag):
        _build(docker, tag, programs)
    return tag


def _build(docker: Docker, tag: str, programs: Mapping[str, Path]) -> None:
    version = build.version("kubelet")
    names = _names(programs["kubeadm"], version)
    with tempfile.TemporaryDirectory(prefix="node-image-") as folder:
        bare = _bare(docker, Path(folder), programs, names["pause"])
        archive = Path(folder) / "images.tar"
        wanted = [_image(docker, Path(folder), name, names[name], bare, programs) for name in names]
        docker("save", f"--output={archive}", *wanted)
        _unpacked(docker, bare, archive, version, tag)
        docker("image", "rm", "--force", *wanted, bare)


def _names(kubeadm: Path, version: str) -> dict[str, str]:
    """The images that kubeadm asks for, by the name of the program in each."""
    command = [str(kubeadm), "config", "images", "list", f"--kubernetes-version={version}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return {each.rpartition("/")[2].partition(":")[0]: each for each in said}


def _bare(docker: Docker, folder: Path, programs: Mapping[str, Path], pause: str) -> str:
    """The node without the images that run on it."""
    context = folder / "bare"
    shutil.copytree(HERE, context)
    (context / "programs").mkdir()
    for name in (*ON_THE_NODE, "kubectl"):
        shutil.copy(programs[name].resolve(), context / "programs" / name)
    config = context / "files/etc/containerd/config.toml"
    config.write_text(config.read_text().replace("PAUSE", pause))
    (context / "files/kind/version").write_text(f"{build.version('kubelet')}\n")
    tag = f"{images.PLACE}/bare-node:{folder.name.lower()}"
    base = f"--build-arg=BASE={images.debian(docker)}"
    docker("build", "--quiet", f"--tag={tag}", base, str(context), timeout=1800)
    return tag


def _image(
    docker: Docker, folder: Path, name: str, tag: str, bare: str, programs: Mapping[str, Path]
) -> str:
    """An image with one program; kube-proxy's has the iptables of the node as well."""
    context = folder / name
    context.mkdir()
    shutil.copy(programs[name], context / name)
    if name == "kube-proxy":
        shutil.copy(HERE / "kube-proxy.Dockerfile", context / "Dockerfile")
    else:
        begun = name in ("coredns", "pause")  # the others are named in the commands of their pods
        inside = f"/{name}" if begun else f"/usr/local/bin/{name}"
        entry = f'["{inside}"]' if begun else "[]"
        text = f"FROM scratch\nENV PATH=/usr/local/bin\nCOPY {name} {inside}\n"
        (context / "Dockerfile").write_text(f"{text}ENTRYPOINT {entry}\n")
    base = [f"--build-arg=NODE={bare}"] if name == "kube-proxy" else []
    docker("build", "--quiet", f"--tag={tag}", *base, str(context))
    return tag


def _unpacked(docker: Docker, bare: str, archive: Path, version: str, tag: str) -> None:
    """The node with the images of an archive as its containerd keeps them."""
    with _running(docker, bare) as node:
        docker("cp", str(archive), f"{node}:/kind/images.tar")
        importing = ("ctr", "--namespace=k8s.io", "images", "import", "/kind/images.tar")
        deadline = time.monotonic() + UNPACKED_WITHIN
        while docker.run("exec", node, *importing, timeout=UNPACKED_WITHIN).returncode != 0:
            assert time.monotonic() < deadline, docker("logs", node)
            time.sleep(0.5)
        docker("exec", node, "sh", "-c", "pkill -x containerd; sync")
        made = docker("create", bare)
        try:
            _copied(docker, f"{node}:/var/lib/containerd", f"{made}:/var/lib")
            docker("commit", made, tag, timeout=600)
        finally:
            docker("rm", "--force", "--volumes", made)


@contextmanager
def _running(docker: Docker, image: str) -> Iterator[str]:
    node = docker("run", "--detach", "--security-opt=seccomp=unconfined", *RUN, image)
    try:
        yield node
    finally:
        docker("rm", "--force", "--volumes", node)


def _copied(docker: Docker, source: str, target: str) -> None:
    """Copy a folder from one container to another."""
    with subprocess.Popen(
        ["docker", "cp", source, "-"], env=docker.environment(), stdout=subprocess.PIPE
    ) as reading:
        docker("cp", "-", target, stdin=reading.stdout)
    assert reading.returncode == 0


if __name__ == "__main__":
    try:
        with daemon() as there:
            sys.stdout.write(f"{node_image(there)}\n")
    except NoDaemonError as error:
        sys.exit(str(error))
