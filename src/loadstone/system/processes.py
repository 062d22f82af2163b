"""Subprocesses: the only place that starts one.

Every process we start carries `LOADSTONE_OWNER` in its environment, which names the process that
answers for it. When that owner is gone, `orphans` finds what it left and `end` ends it: no file has
to survive a crash for `loadstone sweep` to work. Children are also asked to die with their parent
(`parent_death`), so a killed run usually leaves nothing to sweep.

The kernel watches the *thread* that started a process, so programs are started from threads that
live as long as the run. A program that empties its environment and outlives its parent would be
missed.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from loadstone.errors import LoadstoneError, MissingTool
from loadstone.system import parent_death

OWNER = "LOADSTONE_OWNER"
_LOOK = 0.005  # s between two looks at whether a program has ended
# Programs under test may come from a stranger's pull request: this is all they get of our
# environment, and not even that when a value carries credentials (`https://user:token@…`).
_HARMLESS = (
    *("PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
    *("GOPROXY", "GOFLAGS", "GOSUMDB", "GOCACHE", "GOPATH", "GOMODCACHE", "GOTOOLCHAIN"),
    *("GOPRIVATE", "GONOPROXY", "GONOSUMDB"),
    *("CARGO_HOME", "RUSTUP_HOME"),
)
# Git's variables about one repository (`git rev-parse --local-env-vars` of every Git there is, and
# what else leads it elsewhere). A hook and `git rebase -x` set them to the caller's repository, and
# whoever inherits them works on that one, whatever directory he is in: no process of ours does.
REPOSITORY = frozenset(
    {
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX"),
        *("GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"),
        *("GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_NAMESPACE"),
        *("GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE"),
        *("GIT_INTERNAL_SUPER_PREFIX", "GIT_INTERNAL_TOPLEVEL_PREFIX", "GIT_QUARANTINE_PATH"),
        *("GIT_ATTR_SOURCE", "GIT_TEMPLATE_DIR", "GIT_REFLOG_ACTION"),
    }
)
_INJECTED = ("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")


class CommandFailed(LoadstoneError):
    """A command ended with another status than 0; the message can be pasted into a shell."""

    def __init__(self, command: Sequence[str], status: int, output: str) -> None:
        self.status = status
        self.output = output
        tail = "\n".join(output.strip().splitlines()[-20:])
        super().__init__(f"`{pretty(command)}` ended with status {status}\n{tail}".rstrip())


@dataclass(frozen=True, kw_only=True)
class CompletedProcess:
    """A command that has ended with status 0."""

    stdout: str
    stderr: str


@dataclass(frozen=True, kw_only=True)
class Orphan:
    """A process of ours whose owner is gone."""

    pid: int
    command: str


def pretty(command: Sequence[str]) -> str:
    """The command as one would type it."""
    return shlex.join(command)


def owner() -> str:
    """The identity of the process that answers for what is started here: this one, or one above."""
    inherited = os.environ.get(OWNER)
    return inherited or identity(psutil.Process())


def run(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 600.0,
    input: str | None = None,  # noqa: A002  (the name subprocess gives it)
    scrubbed: bool = False,
) -> CompletedProcess:
    """Run a command to its end; `scrubbed`, with none of the secrets in our environment.

    Raises `MissingTool` when there is no such program, `CommandFailed` for a status other than 0 or
    when `timeout` seconds have passed.
    """
    data = None if input is None else input.encode()
    done = _run(command, cwd=cwd, env=env, timeout=timeout, input=data, scrubbed=scrubbed)
    return CompletedProcess(stdout=_text(done.stdout), stderr=_text(done.stderr))


def output(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    timeout: float = 600.0,
    input: bytes | None = None,  # noqa: A002  (the name subprocess gives it)
) -> bytes:
    """The standard output of a command, byte for byte. Raises what `run` raises."""
    return _run(command, env=env, timeout=timeout, input=input).stdout


def _run(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None,
    timeout: float,
    input: bytes | None,  # noqa: A002
    scrubbed: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    environment = _environment(env, scrubbed=scrubbed)

    def ended(
        started: Sequence[str], *, before: Callable[[], None] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            started,
            cwd=cwd,
            env=environment,
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True,
            timeout=timeout,
            check=False,
            preexec_fn=before,
        )

    try:
        asking = parent_death.asking(command, environment)
        done = ended(asking) if asking else None
        if done is None or parent_death.refused(done, command[0]):
            done = ended(command, before=parent_death.ask)
    except FileNotFoundError as error:
        raise MissingTool(
            f"there is no program `{command[0]}`", next_step="install it, or run `loadstone doctor`"
        ) from error
    except subprocess.TimeoutExpired as error:
        text = _text(error.stderr or b"")
        raise CommandFailed(command, -1, f"{text}\nnot done after {timeout:g} s") from error
    if done.returncode != 0:
        raise CommandFailed(command, done.returncode, _text(done.stderr) or _text(done.stdout))
    return done


def _text(data: bytes) -> str:
    """Output as text, whatever signs and ends of lines it has."""
    return data.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def spawn(
    command: Sequence[str],
    *,
    log: Path | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
    stdout: int | None = None,
    pass_fds: Sequence[int] = (),
    scrubbed: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a program in the background, in a process group of its own.

    `scrubbed`: of our environment it sees only what cannot hold a secret (`env` is added to that).
    What it prints goes to the file `log` (or nowhere); `stdout=subprocess.PIPE` keeps its standard
    output for the caller. End it with `end`. Raises `MissingTool` when there is no such program.
    """
    with contextlib.ExitStack() as stack:
        sink: int | IO[bytes] = subprocess.DEVNULL
        if log is not None:
            sink = stack.enter_context(log.open("ab"))
        try:
            return subprocess.Popen(
                command,
                cwd=cwd,
                env=_environment(env, scrubbed=scrubbed),
                stdin=stdin,
                stdout=sink if stdout is None else stdout,
                stderr=sink,
                start_new_session=True,  # `end` ends its group, and Ctrl-C is ours to pass on
                pass_fds=pass_fds,
                # Not by setpriv: a program that it cannot start looks like one that has ended.
                preexec_fn=parent_death.ask,  # noqa: PLW1509
            )
        except FileNotFoundError as error:
            raise MissingTool(
                f"there is no program `{command[0]}`",
                next_step="install it, or run `loadstone doctor`",
            ) from error


def end(process: subprocess.Popen[bytes], *, patience: float = 5.0) -> int:
    """End a program started with `spawn` and everything in its group; return its status.

    SIGTERM first, SIGKILL after `patience` seconds. Ending a program that has ended is fine.
    """
    _signal_group(process.pid, signal.SIGTERM)
    try:
        status = process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        status = None
    _signal_group(process.pid, signal.SIGKILL)  # children too, where they outlived it
    return process.wait() if status is None else status


def end_seen(
    process: subprocess.Popen[bytes],
    *,
    kill: bool = False,
    patience: float = 5.0,
    seen: Callable[[int], None],
) -> int:
    """End a program as `end` does, or with `kill` at once; return its status.

    `seen` is called with its pid once it has ended and its clocks stand, but can still be read.
    Nobody else may wait for it.
    """
    _signal_group(process.pid, signal.SIGKILL if kill else signal.SIGTERM)
    deadline = time.monotonic() + patience
    with contextlib.suppress(ChildProcessError):  # it had ended before, and somebody saw that
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
            if time.monotonic() > deadline:
                _signal_group(process.pid, signal.SIGKILL)
            time.sleep(_LOOK)
        seen(process.pid)
    _signal_group(process.pid, signal.SIGKILL)  # children too, where they outlived it
    return process.wait()


def orphans() -> Iterator[Orphan]:
    """Processes of ours, of any earlier run by this user, whose owner is gone.

    None in a container that is not this one: there, the pid of an owner is another process's.
    """
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            who = process.environ().get(OWNER)
            if who and _ours_to_judge(process.pid) and not alive(who):
                yield Orphan(pid=process.pid, command=pretty(process.cmdline()))


def _ours_to_judge(pid: int) -> bool:
    """Whether it is another process, of the same namespace of pids."""
    if pid == os.getpid():
        return False
    with contextlib.suppress(OSError):
        return _namespace(pid) == _namespace(os.getpid())
    return False


def _namespace(pid: int) -> Path:
    return Path(f"/proc/{pid}/ns/pid").readlink()


def sweep() -> list[Orphan]:
    """End every orphan (SIGTERM, after 2 s SIGKILL) and return what was ended."""
    found = list(orphans())
    for sign, patience in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0)):
        for orphan in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(orphan.pid, sign)
        if _gone({orphan.pid for orphan in found}, within=patience):
            break
    return found


def _environment(extra: Mapping[str, str] | None, *, scrubbed: bool = False) -> dict[str, str]:
    ours = {name: os.environ.get(name, "@") for name in _HARMLESS} if scrubbed else os.environ
    kept = {
        name: value
        for name, value in ours.items()
        if not of_repository(name) and not (scrubbed and "@" in value)
    }
    return {**kept, **(extra or {}), OWNER: owner()}


def of_repository(name: str) -> bool:
    """Whether an environment variable leads Git to one repository, or gives it settings."""
    return name in REPOSITORY or name.startswith(_INJECTED)


def identity(process: psutil.Process) -> str:
    """A process as `pid:start time`, which no later process with the same pid can equal."""
    return f"{process.pid}:{process.create_time():.2f}"


def alive(who: str) -> bool:
    """Whether the process that `owner` named still runs."""
    try:
        process = psutil.Process(int(who.split(":", maxsplit=1)[0]))
        return identity(process) == who and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError):
        return False


def _signal_group(pid: int, sign: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, sign)


def _gone(pids: set[int], *, within: float) -> bool:
    deadline = time.monotonic() + within
    while pids and time.monotonic() < deadline:
        pids = {pid for pid in pids if psutil.pid_exists(pid)}
        time.sleep(0.05)
    return not pids
