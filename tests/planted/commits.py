"""A Git repository of the planted component: each commit has the flags of its launcher."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from tests.component.repositories import git

HERE = Path(__file__).parent
_BUILD = """\
set -e
test ! -e broken || {{ echo "error: it is broken here" >&2; exit 1; }}
mkdir out
printf '#!/bin/sh\\nexec {launch} %s "$@"\\n' "$(cat flags)" > out/planted
chmod +x out/planted
"""


def planted_repository(
    place: Path, *, commits: int, flags: Mapping[int, str], broken: Collection[int]
) -> Path:
    """A repository with commits 0 to `commits` on `main`, with the `flags` of their numbers."""
    place.mkdir()
    git(place, "init", "--quiet", "--initial-branch=main")
    (place / "build.sh").write_text(_BUILD.format(launch=HERE / "launch"))
    for number in range(commits + 1):
        (place / "flags").write_text(flags.get(number, ""))
        (place / "number").write_text(str(number))
        (place / "broken").unlink(missing_ok=True)
        if number in broken:
            (place / "broken").touch()
        git(place, "add", "--all", ".")
        git(place, "commit", "--quiet", "--no-verify", "-m", f"commit {number}")
    return place


def component_file(path: Path, repository: Path) -> Path:
    """A component file whose revisions are the commits of `repository`."""
    build = f"build: {{repository: {repository}, command: [sh, build.sh], executable: out/planted}}"
    text = (HERE / "component.yaml").read_text()
    lines = [
        f"  {build}" if line.strip().startswith("build:") else line for line in text.splitlines()
    ]
    path.write_text("\n".join(lines) + "\n")
    return path
