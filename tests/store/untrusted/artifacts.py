"""Artifacts for tests: an honest one, and a corpus of hostile ones, made anew each time."""

from __future__ import annotations

import io
import json
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from loadstone import __version__
from loadstone.model import (
    Case,
    CasePlan,
    Direction,
    Metric,
    MetricSource,
    Plan,
    Policy,
    Revision,
    Side,
)

COMMITS = {Side.BASE: "a" * 40, Side.HEAD: "b" * 40}
# What somebody else would like to have printed: none of it may be seen again.
INJECTED = (
    "<!-- loadstone:v1 key=default -->",
    "::error file=app.py,line=1::pwned",
    "::set-output name=x::y",
    "@everyone look at #1",
    "[click](https://evil.test) ![x](https://evil.test/x.png)",
    "| a | b |\n|---|---|\n| <script>alert(1)</script> |",
    "\u202egnp.exe\u202c \u200b\u2066\u2069 \x1b[31mred\x00",
    "merge this: all checks passed",
)


def plan(*, commits: bool = True) -> Plan:
    """A plan of ours with two cases."""
    metrics = [Metric(name="p50", unit="s", direction=Direction.LOWER, margin=0.05)]
    return Plan(
        component="c",
        provider="memory",
        tier="quick",
        base=Revision(
            side=Side.BASE, asked="1", label="1", commit=COMMITS[Side.BASE] if commits else ""
        ),
        head=Revision(
            side=Side.HEAD, asked="2", label="2", commit=COMMITS[Side.HEAD] if commits else ""
        ),
        cases=[
            CasePlan(
                case=Case(scenario="s", axes={"n": n}),
                metrics=metrics,
                estimate=5.0,
                sources={"p50": MetricSource(quantity="latency.p50")},
            )
            for n in (1, 2)
        ],
        policy=Policy(looks=(4,)),
        seed=1,
    )


def session(**other: Any) -> dict[str, Any]:
    """A session as a run writes it, with more than is taken."""
    said: dict[str, Any] = {
        "plan": {
            "component": "c",
            "tier": "quick",
            "provider": "memory",
            "base": {"asked": "1", "commit": COMMITS[Side.BASE]},
            "head": {"asked": "2", "commit": COMMITS[Side.HEAD]},
            "seed": 1,
            "policy": {"alpha": 1e-9, "looks": [1000]},
            "cases": [],
        },
        "environment": {"provider": "memory", "harness": __version__, "key": "chosen"},
        "started": "2026-01-01T00:00:00+00:00",
        "pull_request": 31337,
    }
    return {**said, **other}


def runs(change: float = 1.0) -> list[dict[str, Any]]:
    """Four rounds of both cases, head slower by a factor."""
    return [
        {
            "case": f"s/n={n}",
            "side": side,
            "round": number,
            "order": order,
            "started": f"2026-01-01T00:0{number}:00+00:00",
            "seconds": 5.0,
            "values": {"p50": 1e-9},
            "quantities": {
                "latency.p50": 0.01
                * (change if side == "head" else 1.0)
                * (1 + 0.001 * (number * 7 % 5) + 0.0003 * order)
            },
            "series": {"process.rss": [[0.0, 1.0], [1.0, 1.0]]},
            "invalid": [],
            "notes": [],
        }
        for number in range(1, 5)
        for n in (1, 2)
        for order, side in enumerate(("base", "head"))
    ]


def lines(found: list[dict[str, Any]]) -> bytes:
    """A log of rounds."""
    head = json.dumps({"log": "loadstone rounds", "version": 1, "plan": {}})
    return "".join(f"{line}\n" for line in [head, *map(json.dumps, found)]).encode()


def files(**other: bytes) -> dict[str, bytes]:
    """An honest artifact's files."""
    said = {"session.json": json.dumps(session()).encode(), "rounds.jsonl": lines(runs())}
    return {**said, **other}


def zipped(contents: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def entry(name: str, data: bytes, *, mode: int = 0) -> bytes:
    """An honest archive with one entry more, of this name and mode."""
    buffer = io.BytesIO(zipped(files()))
    with zipfile.ZipFile(buffer, "a") as archive:
        about = zipfile.ZipInfo(name)
        about.external_attr = mode << 16
        archive.writestr(about, data)
    return buffer.getvalue()


def bomb() -> bytes:
    """A log of rounds that is 100 MB of blanks."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.json", json.dumps(session()))
        with archive.open("rounds.jsonl", "w") as file:
            for _ in range(100):
                file.write(b" " * 1_000_000)
    return buffer.getvalue()


def lying_bomb() -> bytes:
    """A bomb that claims to be small."""
    data = bytearray(bomb())
    for sign, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.rfind(sign)
        struct.pack_into("<L", data, place + offset, 1000)
    return bytes(data)


def many_entries(claimed: int) -> bytes:
    """An archive that claims a number of entries, or has them where it can."""
    data = bytearray(zipped(files()))
    place = data.rfind(b"PK\x05\x06")
    struct.pack_into("<2H", data, place + 8, min(claimed, 65535), min(claimed, 65535))
    struct.pack_into("<L", data, place + 12, min(46 * claimed, 2**32 - 1))
    return bytes(data)


def _twice(name: str, other: str) -> bytes:
    buffer = io.BytesIO(zipped(files()))
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, b"{}")
        archive.writestr(other, b"{}")
    return buffer.getvalue()


def with_session(data: bytes) -> bytes:
    return zipped(files(**{"session.json": data}))


def with_rounds(data: bytes) -> bytes:
    return zipped(files(**{"rounds.jsonl": data}))


# What is refused as a whole: what it is → the archive, and the code of the reason.
HOSTILE: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "slip": (lambda: entry("../../etc/passwd", b"x"), "artifact-path"),
    "slip inside": (lambda: entry("profiles/../../x.pb.gz", b"x"), "artifact-path"),
    "absolute": (lambda: entry("/etc/passwd", b"x"), "artifact-path"),
    "drive": (lambda: entry("C:/x", b"x"), "artifact-path"),
    "backslash": (lambda: entry("..\\..\\x", b"x"), "artifact-path"),
    "control": (lambda: entry("a\nb", b"x"), "artifact-path"),
    "bidi": (lambda: entry("profiles/\u202ex.pb.gz", b"x"), "artifact-path"),
    "long": (lambda: entry("profiles/" + "a" * 400 + ".pb.gz", b"x"), "artifact-path"),
    "deep": (lambda: entry("/".join("a" * 20), b"x"), "artifact-path"),
    "dots": (lambda: entry("profiles/...", b"x"), "artifact-path"),
    "dot": (lambda: entry("./x", b"x"), "artifact-path"),
    "link": (lambda: entry("profiles/x.pb.gz", b"/etc", mode=stat.S_IFLNK), "artifact-link"),
    "device": (lambda: entry("profiles/x.pb.gz", b"", mode=stat.S_IFCHR), "artifact-link"),
    "pipe": (lambda: entry("profiles/x.pb.gz", b"", mode=stat.S_IFIFO), "artifact-link"),
    "same name": (lambda: _twice("profiles/x.pb.gz", "profiles/x.pb.gz"), "artifact-twice"),
    "other case": (lambda: _twice("profiles/x.pb.gz", "profiles/X.pb.gz"), "artifact-twice"),
    "bomb": (bomb, "artifact-bomb"),
    "lying bomb": (lying_bomb, "artifact-unreadable"),
    "entries claimed": (lambda: many_entries(60_000), "artifact-too-many-files"),
    "no archive": (lambda: b"\x7fELF" * 100, "artifact-unreadable"),
    "empty": (lambda: b"", "artifact-unreadable"),
    "no session": (lambda: zipped({"rounds.jsonl": lines(runs())}), "artifact-incomplete"),
    "no rounds": (lambda: zipped({"session.json": b"{}"}), "artifact-incomplete"),
    "deep session": (lambda: with_session(b"[" * 200_000), "artifact-session"),
    "deep inside": (
        lambda: with_session(b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}"),
        "artifact-session",
    ),
    "no runs": (lambda: with_rounds(lines([])), "artifact-no-runs"),
    "only newlines": (lambda: with_rounds(b"\n" * 900_000), "runs-beyond"),
    "one endless line": (lambda: with_rounds(b"x" * 900_000), "artifact-no-runs"),
}


def strings(value: Any) -> Iterator[str]:
    """Every text in plain data, keys too."""
    match value:
        case str():
            yield value
        case dict():
            for key, each in value.items():
                yield from strings(key)
                yield from strings(each)
        case list() | tuple():
            for each in value:
                yield from strings(each)
        case _:
            pass
