"""Images for tests, made without a registry, each once for what it is made of.

    python -m tests.action.harness.images      builds them and prints the action's

The bases that the Dockerfile names are on registries; here Debian's packages, this machine's Go and
its docker command take their places, by the same build arguments that anybody may give.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.action.harness.docker_daemon import Docker, NoDaemonError, daemon

ROOT = Path(__file__).parents[3]
PLACE = "loadstone-test"  # of all our images
SUITE = "bookworm"
PACKAGES = "python3,python3-pip,python3-venv,ca-certificates,git"
AUTHORITIES = Path(os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"))
_PYTHON = f"""\
FROM {PLACE}/debian:{SUITE}
COPY authorities.crt /etc/ssl/certs/ca-certificates.crt
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
RUN ln -sf python3 /usr/bin/python
"""
INPUTS = (
    *("Dockerfile", ".dockerignore", "loadstone-cleanup.sh", "requirements.lock"),
    *("pyproject.toml", "README.md", "LICENSE", "src", "scenarios", "components", "presets"),
)


def action(docker: Docker) -> str:
    """The image of the action as this checkout makes it."""
    given = arguments(docker)
    tag = f"{PLACE}/action:{digest(files_of(INPUTS), *given)}"
    if not is_there(docker, tag):
        docker("build", "--quiet", "--tag", tag, *given, str(ROOT), timeout=3600)
    return tag


def arguments(docker: Docker) -> list[str]:
    """The arguments of the build: bases that are made here."""
    bases = {"BASE": python, "GOLANG": go, "DOCKER_CLI": docker_cli}
    given = (f"{name}={made(docker)}" for name, made in bases.items())
    return [word for each in given for word in ("--build-arg", each)]


def python(docker: Docker) -> str:
    """Debian with Python and the authorities that this machine trusts: its registries need them."""
    tag = f"{PLACE}/python:{digest([AUTHORITIES], _PYTHON, PACKAGES)}"
    if not is_there(docker, tag):
        debian(docker)
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(AUTHORITIES, Path(folder) / "authorities.crt")
            (Path(folder) / "Dockerfile").write_text(_PYTHON)
            docker("build", "--quiet", "--tag", tag, folder)
    return tag


def go(docker: Docker) -> str:
    """The same with this machine's Go."""
    base = python(docker)
    root = Path(_output("go", "env", "GOROOT"))
    tag = f"{PLACE}/golang:{digest([root / 'VERSION'], base)}"
    if not is_there(docker, tag):
        tree = f"{PLACE}/go-tree"
        _imported(docker, root.parent, root.name, tree)
        text = f"FROM {tree} AS tree\nFROM {base}\nCOPY --from=tree /{root.name} /usr/local/go\n"
        docker("build", "--quiet", "--tag", tag, "-", input=text)
    return tag


def docker_cli(docker: Docker) -> str:
    """An image that holds this machine's docker command where the official one has it."""
    program = Path(shutil.which("docker") or "docker").resolve()
    tag = f"{PLACE}/docker-cli:{digest([program])}"
    if not is_there(docker, tag):
        with tempfile.TemporaryDirectory() as folder:
            inside = Path(folder) / "usr/local/bin/docker"
            inside.parent.mkdir(parents=True)
            shutil.copy(program, inside)
            _imported(docker, Path(folder), "usr", tag)
    return tag


def debian(docker: Docker) -> str:
    """The suite as debootstrap unpacks it: two minutes."""
    tag = f"{PLACE}/debian:{SUITE}"
    if is_there(docker, tag):
        return tag
    if shutil.which("debootstrap") is None:
        raise NoDaemonError("there is no debootstrap to make a base image with: make docker")
    with tempfile.TemporaryDirectory(prefix="debootstrap-") as folder:
        root = Path(folder) / "root"
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(root)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(root / "var/cache/apt/archives", ignore_errors=True)
        _imported(docker, root, ".", tag)
    return tag


def _imported(docker: Docker, folder: Path, name: str, tag: str) -> None:
    with subprocess.Popen(
        ["tar", "-C", str(folder), "-c", name], stdout=subprocess.PIPE
    ) as archive:
        docker("import", "-", tag, stdin=archive.stdout)


def is_there(docker: Docker, tag: str) -> bool:
    return docker.run("image", "inspect", tag).returncode == 0


def files_of(names: Iterable[str]) -> list[Path]:
    found = [path for name in names for path in [ROOT / name, *(ROOT / name).rglob("*")]]
    return sorted(each for each in found if each.is_file() and "__pycache__" not in each.parts)


def digest(files: Iterable[Path], *words: str) -> str:
    digest = hashlib.sha256("\0".join(words).encode())
    for path in files:
        inside = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
        digest.update(f"{inside}\0{path.stat().st_mode & 0o111}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _output(*command: str) -> str:
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise NoDaemonError(f"there is no `{command[0]}` to make images with") from error
    return done.stdout.strip()


if __name__ == "__main__":
    try:
        with daemon() as there:
            sys.stdout.write(f"{action(there)}\n")
    except NoDaemonError as error:
        sys.exit(str(error))
