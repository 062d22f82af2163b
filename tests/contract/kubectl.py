"""The real kubectl, run against the cluster under contract."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TIMEOUT = 60.0  # s


def find() -> str | None:
    """The kubectl of this environment, or the one on PATH."""
    beside = Path(sys.executable).with_name("kubectl")
    return str(beside) if beside.exists() else shutil.which("kubectl")


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


@dataclass(frozen=True, kw_only=True)
class Kubectl:
    """kubectl in one namespace, with a cache directory of its own."""

    program: str
    kubeconfig: Path
    cache: Path
    namespace: str

    def command(self, *arguments: str) -> list[str]:
        flags = ["--kubeconfig", self.kubeconfig, "--cache-dir", self.cache, "-n", self.namespace]
        return [self.program, *map(str, flags), *arguments]

    def try_(self, *arguments: str, stdin: Any = None) -> Said:
        """Run it, whatever it says. `stdin` that is no string is sent as JSON."""
        text = stdin if stdin is None or isinstance(stdin, str) else json.dumps(stdin)
        done = subprocess.run(
            self.command(*arguments),
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        return Said(status=done.returncode, out=done.stdout, err=done.stderr)

    def __call__(self, *arguments: str, stdin: Any = None) -> str:
        """Run it; it has to succeed. Returns what it printed."""
        said = self.try_(*arguments, stdin=stdin)
        assert said.status == 0, f"kubectl {' '.join(arguments)}: {said.err}{said.out}"
        return said.out

    def fails(self, *arguments: str, stdin: Any = None) -> str:
        """Run it; it has to fail. Returns its complaint."""
        said = self.try_(*arguments, stdin=stdin)
        assert said.status != 0, f"kubectl {' '.join(arguments)} succeeded: {said.out}"
        return said.err
