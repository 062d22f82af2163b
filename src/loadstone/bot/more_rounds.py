"""Rounds that are added to an earlier result: of which cases, after which round, as one word.

The job that measures them has no token, and so neither the earlier rounds nor what they showed. Who
obeys the command has both and decides; the word goes with what is dispatched, and is read by the
job that measures and by the one that joins the rounds and judges them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

MOST_ROUNDS = 1000  # in all
_MOST_CASES = 5000
_LONGEST = 500  # characters of a component's cases; more of them are measured where these are more
_ONE = re.compile(
    r"(?P<label>[A-Za-z0-9_.-]{1,100})@(?P<done>\d{1,4})\+(?P<rounds>\d{1,4}):(?P<cases>[0-9,-]+)"
)
_SPAN = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
_ATTEMPT = re.compile(r"(?P<run>[1-9][0-9]{0,17})\.(?P<attempt>[1-9][0-9]{0,4})")


@dataclass(frozen=True, kw_only=True)
class MoreRounds:
    """More rounds of some cases of a component; `cases`: their places in its plan, from 1, rising.

    `run`, `attempt`: of the workflow run that left the rounds which are there, `done` of them.
    """

    run: int
    attempt: int
    done: int
    rounds: int
    cases: Sequence[int]

    @property
    def last(self) -> int:
        """The number of the last round."""
        return self.done + self.rounds


def attempt_word(run: int, attempt: int) -> str:
    """An attempt of a workflow run as a word."""
    return f"{run}.{attempt}"


def rounds_word(more: Mapping[str, MoreRounds]) -> str:
    """The rounds of each component as a word; "" where a name cannot stand in one."""
    words = [
        f"{label}@{each.done}+{each.rounds}:{_spans(each.cases)}" for label, each in more.items()
    ]
    return ";".join(words) if all(_ONE.fullmatch(word) for word in words) else ""


def more_rounds(attempt: str, rounds: str) -> dict[str, MoreRounds]:
    """The rounds that both words say, by component; none where one says nothing that can be."""
    of, parts = _ATTEMPT.fullmatch(attempt), [_ONE.fullmatch(word) for word in rounds.split(";")]
    found: dict[str, MoreRounds] = {}
    for part in parts:
        cases = _places(part["cases"]) if part else []
        if of is None or part is None or not cases or part["label"] in found:
            return {}
        found[part["label"]] = MoreRounds(
            run=int(of["run"]),
            attempt=int(of["attempt"]),
            done=int(part["done"]),
            rounds=int(part["rounds"]),
            cases=cases,
        )
    fine = all(each.done and each.rounds and each.last <= MOST_ROUNDS for each in found.values())
    return found if fine else {}


def attempt_check(text: str) -> str:
    """The form that a word has to have to say an attempt; "" where it has it."""
    return "" if _ATTEMPT.fullmatch(text) else "a workflow run and its attempt"


def rounds_check(text: str) -> str:
    """The form that a word has to have to say more rounds; "" where it has it."""
    return "" if more_rounds("1.1", text) else "more rounds of some cases"


def _spans(cases: Sequence[int]) -> str:
    """Places as `1-3,7`; as one span where they are scattered."""
    spans: list[list[int]] = []
    for each in sorted(set(cases)):
        if spans and each == spans[-1][1] + 1:
            spans[-1][1] = each
        else:
            spans.append([each, each])
    word = ",".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)
    return word if len(word) <= _LONGEST else f"{min(cases)}-{max(cases)}"


def _places(text: str) -> list[int]:
    """The places of `1-3,7`; none where they do not rise, or are too many."""
    found: list[int] = []
    for word in text.split(","):
        span = _SPAN.fullmatch(word)
        if span is None:
            return []
        first, last = int(span[1]), int(span[2] or span[1])
        if last - first >= _MOST_CASES:
            return []
        found += range(first, last + 1) or [0]
    rising = all(a < b for a, b in pairwise([0, *found]))
    return found if rising and len(found) <= _MOST_CASES else []
