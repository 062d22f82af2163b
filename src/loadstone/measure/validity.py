"""Validity of runs: reasons for which a run, or a part of it, does not count. Pure.

What did not do its work, or did it wrongly, is void as a whole: a wrong answer is quickly given. A
component that answers everything, but some of it too late, has told its latencies, which count from
when each request was due; only its CPU time, and the counts of its work, lack what came after the
window. Idle connections that were not there were neither stored nor slow. A profile that is none
spoils no number. The codes are stable; `docs/reference/measuring.md` lists them with what each
voids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from loadstone import formats
from loadstone.measure.probes.profile import AT_OPEN, ProfileData
from loadstone.model import Note, Scalar
from loadstone.model.reasons import Part
from loadstone.protocols import RunningProcess

ProfileProblem = Callable[[bytes], str | None]
# s of requests that may be answered after the window: one stall at its end, which latency shows in
# full, is no lack of rate. A share alone would reject 4 s for the last 40 ms of them.
STALL = 0.25
_LOST = (Part.PROFILES,)


def of_quantities(quantities: Mapping[str, float], gate: formats.CorrectnessGate) -> list[Note]:
    """Reasons of the scenario's gate, held against what was measured; absent is not judged."""
    checks = (
        _wrong_answers,
        _unasked,
        _churn_wrong,
        _rate_short,
        _churn_short,
        _hold_short,
        _restarted,
    )
    found = (check(quantities, gate) for check in checks)
    return [reason for reason in found if reason is not None]


def exited(process: RunningProcess | None) -> list[Note]:
    """A reason where a process of the component has ended, though nobody asked it to."""
    status = process.exited() if process is not None else None
    if process is None or status is None:
        return []
    data: dict[str, Scalar] = {"signal": -status} if status < 0 else {"status": status}
    if process.name:
        data["process"] = process.name
    if (tail := process.tail()).strip():
        data["said"] = tail.splitlines()[-1]
    return [Note.of("exited", **data)]


def profiles(data: ProfileData, problem: ProfileProblem) -> tuple[Mapping[str, bytes], list[Note]]:
    """The profiles that can be read, and reasons for those that cannot."""
    missing = [
        Note.of("profile-failed", _LOST, kind=kind, said=why) for kind, why in data.problems.items()
    ]
    problems = {kind: problem(content) for kind, content in data.profiles.items()}
    false = [
        Note.of("profile-not-a-profile", _LOST, kind=kind, said=why)
        for kind, why in problems.items()
        if why and not kind.endswith(AT_OPEN)  # which is said of the kind itself
    ]
    true = {kind: data.profiles[kind] for kind, why in problems.items() if not why}
    return true, missing + false


def _wrong_answers(quantities: Mapping[str, float], gate: formats.CorrectnessGate) -> Note | None:
    wrong = quantities.get("load.wrong", 0.0) + quantities.get("load.errors", 0.0)
    if wrong <= gate.wrong_answers:
        return None
    asked = quantities.get("load.requests", 0.0)
    return Note.of("wrong-answers", wrong=wrong, asked=asked, allowed=gate.wrong_answers)


def _unasked(quantities: Mapping[str, float], gate: formats.CorrectnessGate) -> Note | None:
    unasked = quantities.get("load.unasked", 0.0)
    if unasked <= gate.wrong_answers:
        return None
    return Note.of("wrong-answers", unasked=unasked, allowed=gate.wrong_answers)


def _churn_wrong(quantities: Mapping[str, float], gate: formats.CorrectnessGate) -> Note | None:
    wrong = quantities.get("churn.wrong", 0.0)
    if wrong <= gate.wrong_answers:
        return None
    operations = quantities.get("churn.operations", 0.0)
    return Note.of("wrong-answers", wrong=wrong, operations=operations)


def _rate_short(quantities: Mapping[str, float], gate: formats.CorrectnessGate) -> Note | None:
    asked = quantities.get("load.asked_rate")
    achieved = quantities.get("load.achieved_rate")
    if not asked or achieved is None or achieved >= gate.achieved * asked:
        return None
    missing = (asked - achieved) / asked * quantities.get("load.requests", 0.0) / asked
    if missing <= STALL:
        return None
    return Note.of(
        "rate-short",
        (Part.CPU, Part.WORK),
        achieved=achieved,
        asked=asked,
        share=achieved / asked,
        wanted=gate.achieved,
    )


def _churn_short(quantities: Mapping[str, float], gate: formats.CorrectnessGate) -> Note | None:
    asked, seconds = quantities.get("churn.asked_rate"), quantities.get("churn.seconds")
    if not asked or not seconds:
        return None
    done = quantities.get("churn.operations", 0.0)
    if done + 1 >= gate.achieved * asked * seconds:  # the window may cut one off at each end
        return None
    return Note.of("rate-short", done=done, seconds=seconds, asked=asked * seconds)


def _hold_short(quantities: Mapping[str, float], gate: formats.CorrectnessGate) -> Note | None:
    asked, held = quantities.get("hold.asked", 0.0), quantities.get("hold.open", 0.0)
    if held >= gate.achieved * asked:
        return None
    lost = quantities.get("hold.lost", 0.0)
    voids = (Part.LATENCY, Part.RATE, Part.CPU, Part.WORK, Part.MEMORY)
    return Note.of("hold-short", voids, held=held, asked=asked, lost=lost)


def _restarted(quantities: Mapping[str, float], gate: formats.CorrectnessGate) -> Note | None:
    restarts = quantities.get("process.restarts", 0.0)
    if restarts <= gate.restarts:
        return None
    return Note.of("restarted", restarts=restarts, allowed=gate.restarts)
