"""The program of a pod that sends a part of a load: `python -m loadstone.measure.load.job`.

    job --port 7070                                     led over a connection, as by a session
    job --task FILE [--start S] [--index K --of N]      by itself, from that second since 1970 on

Led, it takes one connection on its loopback, which is the pod's own, and a line for each word:

| word | answer |
|---|---|
| `clock` | its `time.monotonic` |
| `task {…}`, a `PodTask` | `ready`, once its connections are open |
| `begin T`, `open T` | none: requests are due from T on, and count |
| `finish T` | a `PodOutcome` as JSON, and it ends |
| `hold {…}`, a `HoldPlan` | `ready`, once each of its connections is open or refused |
| `finish 0` after that | a `HoldResult` as JSON, and it ends |

Every T is of its own clock. What goes wrong is answered by `failed …`, and it ends, as it does when
the connection does. By itself the outcome is the one line of its standard output.
"""

from __future__ import annotations

import argparse
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from loadstone.errors import LoadstoneError, UsageError
from loadstone.measure.load import k6_pod
from loadstone.measure.load.hold import HoldPlan
from loadstone.measure.load.k6 import K6
from loadstone.measure.load.k6_pod import K6Sender
from loadstone.measure.load.pod_holder import PodHolder
from loadstone.measure.load.pod_sender import PodSender
from loadstone.measure.load.pod_task import PodOutcome, PodTask
from loadstone.system import temporary
from loadstone.system.limits import raise_open_files

SENDERS: Mapping[str, Callable[[PodTask, Path], PodSender | K6Sender]] = {
    "openloop": PodSender,
    "k6": K6Sender,
}
BEGUN: Mapping[bytes, Callable[[bytes, Path], PodSender | K6Sender | PodHolder]] = {
    b"task": lambda said, at: sender(msgspec.json.decode(said, type=PodTask), at),
    b"hold": lambda said, at: PodHolder(msgspec.json.decode(said, type=HoldPlan), at),
}
TOLD: Mapping[bytes, Callable[[PodSender | K6Sender, float], None]] = {
    b"begin": lambda doing, moment: doing.begin(moment),
    b"open": lambda doing, moment: doing.open_window(moment),
}
LISTENING = "listening"  # in the directory `--says`: the file that tells that it takes a connection


def main(words: Sequence[str] | None = None) -> int:
    """Send a part of a load; the exit status."""
    said = _arguments().parse_args(words)
    raise_open_files()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the first process of a pod has no other
    with temporary.directory() as folder:
        if said.task:
            task = msgspec.json.decode(Path(said.task).read_bytes(), type=PodTask)
            mine = part(task, said.index, said.of)
            print(msgspec.json.encode(alone(mine, said.start, folder)).decode(), flush=True)
            return 0
        return led(said.port, Path(said.says), folder)


def sender(task: PodTask, folder: Path) -> PodSender | K6Sender:
    """The sender of a task, ready to send. Raises `UsageError`, `MeasurementFailed`."""
    if task.generator not in SENDERS:
        raise UsageError(
            f"pods have no load generator `{task.generator}`",
            next_step=f"choose one of {', '.join(SENDERS)}",
        )
    return SENDERS[task.generator](task, folder)


def part(task: PodTask, index: int, of: int) -> PodTask:
    """The task of one of several pods that are given the same file."""
    if task.generator == K6.name:
        return replace(task, plan=k6_pod.part(task.plan, index, of))
    plan = replace(task.plan, processes=task.count * of)
    return replace(task, plan=plan, first=task.count * index)


def alone(task: PodTask, start: float, folder: Path) -> PodOutcome:
    """The outcome of a task that begins at a second since 1970, or now where that has passed.

    Raises `UsageError` for a window without an end, which somebody would have to tell.
    """
    if not task.plan.window:
        raise UsageError("a load that nobody leads needs a window", next_step="set `window`")
    doing = sender(task, folder)
    try:
        begun = time.monotonic() + max(start - time.time(), 0)
        doing.begin(begun)
        doing.open_window(begun + task.plan.warmup)
        time.sleep(max(begun + task.plan.warmup + task.plan.window - time.monotonic(), 0))
        return doing.finish(time.monotonic())
    finally:
        doing.stop()


def led(port: int, says: Path, folder: Path) -> int:
    """Obey whoever connects first; 0 when the outcome was told."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        (says / LISTENING).touch()
        connection, _ = listening.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        with connection, connection.makefile("rwb") as lines:
            return told_of_failures(lines, folder)
    except OSError as error:
        print(f"the connection ended: {error}", file=sys.stderr)
        return 1


def told_of_failures(lines: Any, folder: Path) -> int:
    """Obey, and say what went wrong."""
    try:
        return obeyed(lines, folder)
    except LoadstoneError as error:
        _answer(lines, b"failed " + msgspec.json.encode(error.message))
        print(error.message, file=sys.stderr)
        return 1


def obeyed(lines: Any, folder: Path) -> int:
    """Obey word by word; 1 where the connection ends before the outcome was asked for."""
    doing: PodSender | K6Sender | PodHolder | None = None
    try:
        while line := lines.readline().strip():
            word, _, rest = line.partition(b" ")
            if word == b"clock":
                _answer(lines, repr(time.monotonic()).encode())
            elif word in BEGUN:
                doing = BEGUN[word](rest, folder)
                _answer(lines, b"ready")
            elif doing is not None and word == b"finish":
                _answer(lines, msgspec.json.encode(doing.finish(float(rest))))
                return 0
            elif isinstance(doing, PodSender | K6Sender) and word in TOLD:
                TOLD[word](doing, float(rest))
        return 1
    finally:
        if doing is not None:
            doing.stop()


def _answer(lines: Any, line: bytes) -> None:
    lines.write(line + b"\n")
    lines.flush()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m loadstone.measure.load.job")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--port", type=int, help="of the loopback: be led by who connects there")
    how.add_argument("--task", help="file of a task as JSON: send by itself")
    parser.add_argument("--says", default="/tmp", help="directory for the file `listening`")  # noqa: S108
    parser.add_argument("--start", type=float, default=0.0, help="seconds since 1970; 0: now")
    parser.add_argument("--index", type=int, default=0, help="which of the pods this is")
    parser.add_argument("--of", type=int, default=1, help="how many pods share the task")
    return parser


if __name__ == "__main__":
    sys.exit(main())
