"""Every note that the code can make has a sentence, and every sentence has a note that takes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from loadstone.flows import profile_diffs
from loadstone.report.common.sentences import INVALID_RUN, SENTENCES
from loadstone.report.common.sentences.filling import fields

SOURCE = Path(__file__).parents[3] / "src" / "loadstone"
WORDED = SOURCE / "report" / "common" / "sentences"
DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "warnings.md"
# Codes that are chosen by a condition, or stand in a constant, where a note is made.
CHOSEN = {
    "_code(error)": ("not-ready", "api-errors", "failed"),
    "code": ("other-measure", "metric-gone"),
    "INVALID_RUN": (INVALID_RUN,),
    "BASELINE": ("baseline",),
    "claimed.code": (),  # of an artifact: one that is known, or none
    "claim.skip.code": (),  # the same
    "each.skip.code": (),  # of a measuring of our own: one that was made elsewhere
    "why.code": (),  # of a step of a bisection, kept shorter
    "_EMPTY": ("artifact-no-runs",),
    "n.code": (),  # of a note that a process is added to
    "_UNKNOWN": ("no-pairs",),
    "said.code": (),  # of an artifact: one of those of a bisection, or none
}


@dataclass(frozen=True, kw_only=True)
class Made:
    """A place where a note is made; `data`: its names, None where they are not written there."""

    code: str
    where: str
    data: frozenset[str] | None


@cache
def made() -> tuple[Made, ...]:
    return tuple(
        each
        for path in sorted(SOURCE.rglob("*.py"))
        if WORDED not in path.parents and path.name != "values.py"
        for each in _in(path)
    )


def _in(path: Path) -> Iterator[Made]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) not in ("Note", "Note.of"):
            continue
        named = {each.arg: each.value for each in node.keywords}
        code = named.pop("code", None) or node.args[0]
        data: frozenset[str] | None = None
        if ast.unparse(node.func) == "Note.of":
            data = None if None in named else frozenset(name for name in named if name)
        elif "data" not in named:
            data = frozenset()
        elif isinstance(given := named["data"], ast.Dict) and all(given.keys):
            data = frozenset(
                str(each.value) for each in given.keys if isinstance(each, ast.Constant)
            )
        if isinstance(code, ast.Constant):
            yield Made(code=str(code.value), where=f"{path.name}:{node.lineno}", data=data)
            continue
        for one in CHOSEN[ast.unparse(code)]:
            yield Made(code=one, where=f"{path.name}:{node.lineno}", data=data)


def test_every_code_has_a_sentence():
    codes = {each.code: each.where for each in made() if each.code != INVALID_RUN}
    assert len(codes) > 90
    assert {code: codes[code] for code in codes.keys() - SENTENCES.keys()} == {}


def test_every_sentence_has_a_code_that_is_used():
    assert SENTENCES.keys() - {each.code for each in made()} == set()


def test_every_note_brings_what_a_sentence_of_its_code_takes():
    unsaid = [
        f"{each.where}: {each.code} has {sorted(each.data)}"
        for each in made()
        if each.data is not None
        and each.code in SENTENCES
        and each.code not in ADDED
        and not any(fields(said) <= each.data for said in SENTENCES[each.code])
    ]
    assert unsaid == []


# What `flows.series` and `store.comparable_parts` say of a record more than where it is made.
ADDED = frozenset(
    {
        "case-gone", "metric-gone", "other-design", "other-measure", "other-workload", "provider",
        "redlines", "no-runs", "twice",
    }
)  # fmt: skip


def test_every_warning_of_profiles_is_kept_when_their_files_are_gone():
    codes = {each.code for each in made() if each.where.startswith("profile_diffs.py")}
    assert codes == set(profile_diffs.WARNINGS)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_code_is_in_the_reference_with_its_data(code):
    (row,) = [
        line
        for line in DOCUMENT.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `") and f"`{code}`" in line.split("|")[1]
    ]
    told = {name.strip() for name in row.split("|")[2].replace("; or", ",").split(",")}
    wanted = {name for said in SENTENCES[code] for name in fields(said)}
    assert wanted - told == set()
