"""Preflight checks: reasons for noise on this machine, and cases it cannot measure at all.

Pure: the facts of an environment and the cases of a plan go in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from loadstone import formats
from loadstone.errors import Problem, UsageError
from loadstone.measure.load.hold import PER_ADDRESS
from loadstone.model import CasePlan, Note, Scalar

BUSY = 0.1  # of a core in use by others that is worth a word
STOLEN = 0.02  # of all cores' time taken by the hypervisor, likewise
FILES = 4096  # open files: held connections have two ends, and here both are on this machine
PORTS = 10_000  # for outgoing connections; each that was closed keeps its own for a minute
BACKLOG = 1024  # connections that may wait to be accepted, in a burst of reconnects
CALM_GOVERNORS = ("performance", "unknown", "schedutil")
OWN_FILES = 256  # open files of a component beside its connections


def warnings(facts: Mapping[str, Scalar]) -> list[Note]:
    """Warnings of what makes results noisier or limits sizes, with its remedy. Pure."""
    checks = (_stolen, _busy, _cores, _quota, _governor, _files, _ports, _backlog)
    found = (check(_Facts(facts)) for check in checks)
    return [reason for reason in found if reason is not None]


def demands(
    cases: Sequence[CasePlan], facts: Mapping[str, Scalar], *, loopback: bool = True
) -> list[Problem]:
    """The demands of cases that this machine does not meet; `loopback`: it is the target too.

    On the loopback held connections come from several addresses, elsewhere all from one.
    """
    known = _Facts(facts)
    found = []
    for case in cases:
        held, loaded = _connections(case)
        found += _too_many_files(case, held, loaded, known)
        from_one = min(held, PER_ADDRESS) if loopback else held
        found += _too_many_ports(case, from_one + loaded, known)
    return found


def require(
    cases: Sequence[CasePlan], facts: Mapping[str, Scalar], *, loopback: bool = True
) -> None:
    """Raise `UsageError` with every demand of the cases that this machine does not meet."""
    problems = demands(cases, facts, loopback=loopback)
    if problems:
        lines = "\n".join(f"  {problem.where}: {problem.what}" for problem in problems)
        hints = dict.fromkeys(problem.hint for problem in problems)
        raise UsageError(
            f"this machine does not allow what the plan asks for\n{lines}",
            next_step=f"{'; '.join(hints)}; or choose a smaller tier",
        )


def _connections(case: CasePlan) -> tuple[int, int]:
    """Connections that are held idle, and that carry load, at the same time."""
    workload = msgspec.convert(case.workload, formats.Workload)
    sockets = [step.sockets() for step in (*workload.setup, *workload.measured)]
    return sum(held for held, _ in sockets), sum(loaded for _, loaded in sockets)


def _too_many_files(case: CasePlan, held: int, loaded: int, facts: _Facts) -> list[Problem]:
    """A proxy has two connections for each one that carries load, and one for each held one."""
    needed = held + 2 * loaded + OWN_FILES
    allowed = facts.number("open_files_hard", needed)
    if needed <= allowed:
        return []
    what = (
        f"{held} held and {loaded} loaded connections take the component {needed} open files, "
        f"and a process here may have {allowed:g}"
    )
    enough = max(65_536, 1 << needed.bit_length())
    return [Problem(where=case.case.name, what=what, hint=f"`ulimit -n {enough}` (as root)")]


def _too_many_ports(case: CasePlan, needed: int, facts: _Facts) -> list[Problem]:
    ports = facts.number("port_last", needed) - facts.number("port_first", 1) + 1
    if needed <= ports:
        return []
    what = f"{needed} connections from one address, which has {ports:g} ports for them"
    hint = '`sysctl -w net.ipv4.ip_local_port_range="1024 65535"`'
    return [Problem(where=case.case.name, what=what, hint=hint)]


class _Facts:
    """Facts as numbers; what is missing or no number gives no reason to warn."""

    def __init__(self, facts: Mapping[str, Scalar]) -> None:
        self._facts = facts

    def number(self, name: str, otherwise: float) -> float:
        value = self._facts.get(name, otherwise)
        return float(value) if isinstance(value, int | float) else otherwise

    def word(self, name: str) -> str:
        return str(self._facts.get(name, "unknown"))


def _stolen(facts: _Facts) -> Note | None:
    share = facts.number("stolen", 0.0)
    return Note.of("stolen-time", share=share) if share > STOLEN else None


def _busy(facts: _Facts) -> Note | None:
    cores = facts.number("other_cores", 0.0)
    return Note.of("other-load", cores=cores) if cores > BUSY else None


def _cores(facts: _Facts) -> Note | None:
    return Note.of("few-cores") if facts.number("cores", 2) < 2 else None


def _quota(facts: _Facts) -> Note | None:
    quota, cores = facts.number("cpu_quota", 0.0), facts.number("cores", 1)
    return Note.of("cpu-quota", quota=quota, cores=cores) if 0 < quota < cores else None


def _governor(facts: _Facts) -> Note | None:
    governor = facts.word("governor")
    return None if governor in CALM_GOVERNORS else Note.of("governor", governor=governor)


def _files(facts: _Facts) -> Note | None:
    files = facts.number("open_files_hard", FILES)
    return Note.of("open-files", files=files) if files < FILES else None


def _ports(facts: _Facts) -> Note | None:
    first, last = facts.number("port_first", 0), facts.number("port_last", PORTS)
    ports = last - first + 1
    return Note.of("port-range", ports=ports) if ports < PORTS else None


def _backlog(facts: _Facts) -> Note | None:
    backlog = facts.number("somaxconn", BACKLOG)
    return Note.of("backlog", backlog=backlog) if backlog < BACKLOG else None
