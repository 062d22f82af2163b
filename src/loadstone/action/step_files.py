"""Files by which a step hands something over: its outputs and its part of the job's summary."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

SUMMARY_LIMIT = 1024 * 1024  # By of a step's summary; the runner drops a larger one whole
_CUT = "\n\n*Cut here: the rest is in the artifact.*\n"
_SPARE = 512  # By, for what has to be closed after a cut
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", flags=re.MULTILINE)


def _delimiter() -> str:
    return f"loadstone_{secrets.token_hex(16)}"


def output(name: str, value: str, *, delimiter: Callable[[], str] = _delimiter) -> str:
    """An output as the runner reads it. No value can end before its end, or add another one."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"no name of an output: {name!r}")
    end = delimiter()
    while end in value:
        end = delimiter()
    return f"{name}<<{end}\n{value}\n{end}\n"


def add_outputs(path: Path | None, outputs: Mapping[str, str]) -> None:
    """Append outputs to the runner's file; without one (no runner), nothing is done."""
    if path is not None:
        with path.open("a", encoding="utf-8", newline="") as file:
            file.writelines(output(name, value) for name, value in outputs.items())


def add_summary(path: Path | None, markdown: str) -> None:
    """Append to the job's summary as much as the runner takes; without a file, nothing is done."""
    if path is None:
        return
    there = path.stat().st_size if path.exists() else 0
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(fitted(markdown, SUMMARY_LIMIT - there))


def fitted(markdown: str, limit: int) -> str:
    """Markdown within `limit` bytes: whole lines, what was open closed, and said to be cut."""
    text = markdown if markdown.endswith("\n") else f"{markdown}\n"
    if len(text.encode()) <= limit:
        return text
    room = limit - len(_CUT.encode()) - _SPARE
    if room <= 0:
        return ""
    head = text.encode()[:room].decode(errors="ignore")
    whole = head[: head.rfind("\n") + 1]
    return f"{whole}{_closing(whole)}{_CUT}"


def _closing(text: str) -> str:
    """What closes the block of code and the folded parts that `text` leaves open."""
    fence = ""
    plain: list[str] = []
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if fence:
            closes = mark is not None and mark[1].startswith(fence) and line.strip() == mark[1]
            fence = "" if closes else fence
        elif mark is not None:
            fence = mark[1]
        else:
            plain.append(line)
    said = "\n".join(plain).lower()
    folded = max(0, said.count("<details") - said.count("</details>"))
    return f"{fence}\n" * bool(fence) + "\n</details>\n" * min(folded, _SPARE // 16)
