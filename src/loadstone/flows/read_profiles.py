"""Profiles read from the files beside a record, by case, kind and side, thin ones apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from loadstone.measure.probes.profile import AT_OPEN, CPU
from loadstone.model import Run, Side
from loadstone.model.profile_kinds import of_process, parted
from loadstone.model.reasons import named
from loadstone.profiles.pprof import NotAProfile, Profile, StackSample
from loadstone.profiles.reading import read
from loadstone.profiles.thin import ThinProfile, counted_cpu, thin

COUNTED = "profile.cpu_seconds"  # the kernel's CPU time while the profile was taken


@dataclass(frozen=True, kw_only=True)
class TakenProfile:
    """The profile of a run. `since_open`: what had been there when the window opened is taken off.

    `seen`: of a CPU profile, the part of the kernel's CPU time that it saw; None if not known.
    """

    run: Run
    profile: Profile
    since_open: bool = False
    seen: float | None = None


@dataclass(frozen=True, kw_only=True)
class SideProfiles:
    """The profiles of a side, of one case and kind, in the order of its runs."""

    taken: Sequence[TakenProfile] = ()
    thin: Sequence[ThinProfile] = ()
    broken: Sequence[str] = field(default_factory=tuple)

    @property
    def profiles(self) -> Sequence[Profile]:
        return [each.profile for each in self.taken]


def take(
    runs: Sequence[Run], files: Path, *, case: str, kind: str, side: Side, grown: bool = False
) -> SideProfiles:
    """Read the profiles of valid runs. Files that are gone, or lie elsewhere, are passed over.

    `grown`: of what is counted from the start of a program, what came since the window opened,
    where every run that was profiled has both profiles.
    """
    chosen = [run for run in runs if (run.case, run.side) == (case, side) and run.valid]
    sort, process = parted(kind)
    at_open = of_process(f"{sort}{AT_OPEN}", process)
    grown = grown and all(at_open in run.profiles for run in chosen if kind in run.profiles)
    taken: list[TakenProfile] = []
    lean: list[ThinProfile] = []
    broken: list[str] = []
    for run in chosen:
        try:
            profile = _read(run, files, kind)
            before = _read(run, files, at_open) if grown else None
        except NotAProfile as error:
            broken.append(str(error))
            continue
        if profile is None or (grown and before is None):
            continue
        known = counted(run, profile, process) if sort == CPU else None
        found = thin(profile, known)
        if found is not None:
            lean.append(found)
            continue
        seen = counted_cpu(profile) if known else None
        taken.append(
            TakenProfile(
                run=run,
                profile=profile if before is None else _less(profile, before),
                since_open=before is not None,
                seen=None if seen is None or not known else seen / known,
            )
        )
    return SideProfiles(taken=taken, thin=lean, broken=broken)


def counted(run: Run, profile: Profile, process: str = "") -> float | None:
    """CPU seconds that the kernel counted while the CPU profile of a run's process was taken.

    Records that do not have it have those of the window, of which the profile covers a part.
    """
    known = run.quantities.get(named(COUNTED, process))
    if known is not None:
        return known
    whole = run.quantities.get(named("process.cpu_seconds", process))
    if whole is None:
        return None
    window = run.quantities.get("window.seconds", 0.0)
    covered = profile.duration / window if profile.duration and window > 0 else 1.0
    return whole * min(1.0, covered)


def _less(profile: Profile, before: Profile) -> Profile:
    """A profile without what was in an earlier one of the same program."""
    if [each.name for each in profile.types] != [each.name for each in before.types]:
        return profile
    gone = [
        StackSample(stack=each.stack, values=[-value for value in each.values], lines=each.lines)
        for each in before.samples
    ]
    return replace(profile, samples=[*profile.samples, *gone])


def _read(run: Run, files: Path, kind: str) -> Profile | None:
    path = _path(run, files, kind)
    if path is None:
        return None
    try:
        return read(path.read_bytes())
    except NotAProfile as error:
        raise NotAProfile(f"{run.profiles[kind]}: {error}") from error


def _path(run: Run, files: Path, kind: str) -> Path | None:
    name = run.profiles.get(kind)
    if name is None:
        return None
    root = files.resolve()
    path = (root / name).resolve()
    return path if path.is_relative_to(root) and path.is_file() else None
