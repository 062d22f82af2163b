"""Validity of runs: reasons for which a run, or a part of it, does not count. Pure.

What did not do its work, or did it wrongly, is void as a whole: a wrong answer is quickly given. A
component that answers everything, but some of it too late, has told its latencies, which count from
when each request was due; only its CPU time lacks the work that came after the window. Idle
connections that were not there were neither stored nor slow. A profile that is none spoils no
number. The codes are stable; `docs/reference/measuring.md` lists them with what each voids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from loadstone import formats
from loadstone.measure.probes.profile import ProfileData
from loadstone.model import Reason
from loadstone.model.reasons import Part

ProfileProblem = Callable[[bytes], str | None]
# s of requests that may be answered after the window: one stall at its end, which latency shows in
# full, is no lack of rate. A share alone would reject 4 s for the last 40 ms of them.
STALL = 0.25


def of_quantities(quantities: Mapping[str, float], gate: formats.Gate) -> list[Reason]:
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


def exited(status: int | None, tail: str) -> list[Reason]:
    """A reason where the component has ended (exit `status`), though nobody asked it to."""
    if status is None:
        return []
    how = f"by signal {-status}" if status < 0 else f"with status {status}"
    said = f"; its last words: {tail.splitlines()[-1]}" if tail.strip() else ""
    return [Reason(code="exited", text=f"the component ended {how} during the run{said}")]


def profiles(
    data: ProfileData, problem: ProfileProblem
) -> tuple[Mapping[str, bytes], list[Reason]]:
    """The profiles that can be read, and reasons for those that cannot."""
    missing = [
        _no_profile("profile-failed", f"the {kind} profile could not be taken: {why}")
        for kind, why in data.problems.items()
    ]
    problems = {kind: problem(content) for kind, content in data.profiles.items()}
    false = [
        _no_profile("profile-not-a-profile", f"the {kind} profile is none: {why}")
        for kind, why in problems.items()
        if why
    ]
    true = {kind: data.profiles[kind] for kind, why in problems.items() if not why}
    return true, missing + false


def _no_profile(code: str, text: str) -> Reason:
    return Reason(code=code, text=text, voids=(Part.PROFILES,))


def _wrong_answers(quantities: Mapping[str, float], gate: formats.Gate) -> Reason | None:
    wrong = quantities.get("load.wrong", 0.0) + quantities.get("load.errors", 0.0)
    if wrong <= gate.wrong_answers:
        return None
    asked = quantities.get("load.requests", 0.0)
    allowed = f"{gate.wrong_answers} allowed"
    text = f"{wrong:.0f} of {asked:.0f} requests were answered wrongly or not at all ({allowed})"
    return Reason(code="wrong-answers", text=text)


def _unasked(quantities: Mapping[str, float], gate: formats.Gate) -> Reason | None:
    unasked = quantities.get("load.unasked", 0.0)
    if unasked <= gate.wrong_answers:
        return None
    text = (
        f"{unasked:.0f} answers came that no request had asked for ({gate.wrong_answers} allowed)"
    )
    return Reason(code="wrong-answers", text=text)


def _churn_wrong(quantities: Mapping[str, float], gate: formats.Gate) -> Reason | None:
    wrong = quantities.get("churn.wrong", 0.0)
    if wrong <= gate.wrong_answers:
        return None
    of = quantities.get("churn.operations", 0.0)
    text = f"{wrong:.0f} routes did not come or go in time ({of:.0f} operations in the window)"
    return Reason(code="wrong-answers", text=text)


def _rate_short(quantities: Mapping[str, float], gate: formats.Gate) -> Reason | None:
    asked = quantities.get("load.asked_rate")
    achieved = quantities.get("load.achieved_rate")
    if not asked or achieved is None or achieved >= gate.achieved * asked:
        return None
    missing = (asked - achieved) / asked * quantities.get("load.requests", 0.0) / asked
    if missing <= STALL:
        return None
    share = f"{achieved / asked:.1%}, {gate.achieved:.1%} wanted"
    text = f"{achieved:.1f} of the {asked:g} requests a second were answered ({share})"
    return Reason(code="rate-short", text=text, voids=(Part.CPU,))


def _churn_short(quantities: Mapping[str, float], gate: formats.Gate) -> Reason | None:
    asked, seconds = quantities.get("churn.asked_rate"), quantities.get("churn.seconds")
    if not asked or not seconds:
        return None
    done = quantities.get("churn.operations", 0.0)
    if done + 1 >= gate.achieved * asked * seconds:  # the window may cut one off at each end
        return None
    text = f"{done:.0f} operations in {seconds:.1f} s where {asked * seconds:.0f} were asked for"
    return Reason(code="rate-short", text=text)


def _hold_short(quantities: Mapping[str, float], gate: formats.Gate) -> Reason | None:
    asked, held = quantities.get("hold.asked", 0.0), quantities.get("hold.open", 0.0)
    if held >= gate.achieved * asked:
        return None
    lost = quantities.get("hold.lost", 0.0)
    text = f"{held:.0f} of {asked:.0f} idle connections were open at the end ({lost:.0f} lost)"
    voids = (Part.LATENCY, Part.RATE, Part.CPU, Part.MEMORY)
    return Reason(code="hold-short", text=text, voids=voids)


def _restarted(quantities: Mapping[str, float], gate: formats.Gate) -> Reason | None:
    restarts = quantities.get("process.restarts", 0.0)
    if restarts <= gate.restarts:
        return None
    text = f"the component restarted {restarts:.0f} times ({gate.restarts} allowed)"
    return Reason(code="restarted", text=text)
