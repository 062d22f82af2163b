"""Golden files of all that `init` writes: `python -m tests.scaffold.golden` makes them anew."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from loadstone.action.inputs import INPUTS, TASKS
from loadstone.scaffold.broken import ActionWords
from loadstone.scaffold.drafts import drafts
from loadstone.scaffold.repository_facts import ActionPin, RepositoryFacts

FOLDER = Path(__file__).parents[1] / "golden" / "scaffold"
ACTION = ActionPin(repository="acme/loadstone", sha="0123456789" * 4, version="v1.2.3")
ACTION_WORDS = ActionWords(tasks=TASKS, inputs=[each.name for each in INPUTS])
REPOSITORIES: Mapping[str, RepositoryFacts] = {
    "controller": RepositoryFacts(
        directory="mine",
        branch="main",
        module="example.test/acme/mine/v2",
        programs=("admin", "mine"),
        dockerfiles=("Dockerfile",),
        charts=("charts/mine/Chart.yaml",),
        kustomizations=("config/default/kustomization.yaml",),
    ),
    "bare": RepositoryFacts(directory="3 things", branch="release/1.x#2"),
}


def files() -> dict[Path, str]:
    """Every golden file with its text."""
    return {
        FOLDER / name / draft.path: draft.text
        for name, facts in REPOSITORIES.items()
        for draft in drafts(facts, ACTION)
    }


def write() -> None:
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
    sys.stdout.write(f"wrote {len(files())} files to {FOLDER.name}\n")
