"""Access of Git to the repository's server by the step's token, in tasks that run no foreign code.

A workflow checks out without leaving its token behind. Who has to write to a branch of records gets
it for that long, in a file that only this user reads, and never on a command line.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loadstone.action.runner import RunnerContext
from loadstone.system import temporary

_VARIABLE = "GIT_CONFIG_GLOBAL"


@contextmanager
def authorised(run: RunnerContext, token: str) -> Iterator[None]:
    """Let Git prove itself to the server of this run by the token, if there is one."""
    if not token:
        yield
        return
    before = os.environ.get(_VARIABLE)
    with temporary.directory(run.temporary) as folder:
        file = folder / "gitconfig"
        file.touch(mode=0o600)
        file.write_text(_settings(run.server_url, token, before or _own()), encoding="utf-8")
        os.environ[_VARIABLE] = str(file)
        try:
            yield
        finally:
            if before is None:
                del os.environ[_VARIABLE]
            else:
                os.environ[_VARIABLE] = before


def _own() -> str:
    return str(Path("~/.gitconfig").expanduser())


def _settings(server: str, token: str, also: str) -> str:
    shown = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return (
        f'[include]\n\tpath = "{also}"\n'
        f'[http "{server}/"]\n\textraheader = "AUTHORIZATION: basic {shown}"\n'
    )
