"""Sessions of a real component on clusters of real nodes, as a user types them."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from loadstone.component.revisions.resolve import resolve
from loadstone.flows.settings import cache_directory
from loadstone.formats.configuration import Config
from loadstone.model import Side
from loadstone.plan.components import parse_component
from tests.action.harness import images
from tests.component.repositories import git
from tests.kind.ground import Ground
from tests.real import binary

ROOT = Path(__file__).parents[2]
REVISIONS = BASE, HEAD = "3.7.10", "3.7.15"  # of Traefik


def image(there: Ground, revision: str) -> str:
    """An image of that Traefik, on no registry, which is made of the program of its package."""
    file = ROOT / "components/traefik.yaml"
    component = parse_component(file.read_text(), file.name)
    found = resolve(component, revision, Side.BASE, cache=cache_directory(Config()))
    tag = f"{images.PLACE}/traefik:{revision}"
    if not images.is_there(there.docker, tag):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            shutil.copy(found.executable, folder / "traefik")
            text = 'FROM scratch\nCOPY traefik /traefik\nENTRYPOINT ["/traefik"]\n'
            (folder / "Dockerfile").write_text(text)
            there.docker("build", "--quiet", f"--tag={tag}", str(folder))
    return tag


def configured(there: Ground, folder: Path, **more: Any) -> Path:
    """A folder with a configuration by which `loadstone` finds kind and the nodes' image."""
    folder.mkdir(parents=True, exist_ok=True)
    said = {"tools": {"kind": str(binary("kind"))}, "kind": {"image": there.image}, **more}
    (folder / "loadstone.yaml").write_text(yaml.safe_dump(said))
    return folder


def command(*arguments: str, component: str = "traefik") -> list[str]:
    """A command line of Traefik in the scenario of steady traffic, with the smaller bodies."""
    what = ("--scenario", "ingress-latency", "--component", component, "--case", "*body=600*")
    return [sys.executable, "-m", "loadstone", *arguments, *what]


def of_commits(folder: Path, image: str) -> Path:
    """A component file of Traefik whose commits are images, with a repository that has one."""
    repository = folder / "repository"
    repository.mkdir()
    (repository / "Dockerfile").write_text(f"FROM {image}\nENV OF=commit\n")
    git(repository, "init", "--quiet", "--initial-branch=main")
    git(repository, "add", "--all", ".")
    git(repository, "commit", "--quiet", "--no-verify", "-m", "first")
    said = yaml.safe_load((ROOT / "components/traefik.yaml").read_text())
    said["revisions"]["build"] = {"repository": str(repository), "dockerfile": "Dockerfile"}
    file = folder / "traefik.yaml"
    file.write_text(yaml.safe_dump(said))
    return file


def record(out: Path) -> dict[str, Any]:
    """The record in the output directory of a session."""
    found: dict[str, Any] = json.loads((out / "record.json").read_text())
    return found
