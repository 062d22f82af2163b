"""Profile diffs from the files beside a record, with warnings of what cannot be compared.

Whatever is wrong with a profile is a warning of the report: the numbers of a session must not be
lost for a picture that cannot be drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadstone.model import Note, ProfileDiff, Run, Scalar, Side
from loadstone.profiles.diff import diff
from loadstone.profiles.pprof import NotAProfile, Profile, parse
from loadstone.profiles.thin import ThinProfile, thin

CPU = "cpu"
COUNTED = "profile.cpu_seconds"  # the kernel's CPU time while the profile was taken

WARNINGS = frozenset({"profile-thin", "profile-unreadable", "profile-not-compared", "profile-type"})


@dataclass(frozen=True, kw_only=True)
class SideProfiles:
    """The profiles of a side, of one case and kind, in the order of its runs."""

    profiles: Sequence[Profile] = ()
    thin: Sequence[ThinProfile] = ()
    broken: Sequence[str] = field(default_factory=tuple)


def take(runs: Sequence[Run], files: Path, *, case: str, kind: str, side: Side) -> SideProfiles:
    """Read the profiles of valid runs. Files that are gone, or lie elsewhere, are passed over."""
    profiles: list[Profile] = []
    lean: list[ThinProfile] = []
    broken: list[str] = []
    for run in runs:
        path = _path(run, files, kind) if (run.case, run.side) == (case, side) else None
        if path is None or not run.valid:
            continue
        try:
            profile = parse(path.read_bytes())
        except NotAProfile as error:
            broken.append(f"{run.profiles[kind]}: {error}")
            continue
        found = thin(profile, counted(run, profile)) if kind == CPU else None
        if found is None:
            profiles.append(profile)
        else:
            lean.append(found)
    return SideProfiles(profiles=profiles, thin=lean, broken=broken)


def diffs(runs: Sequence[Run], files: Path) -> tuple[list[ProfileDiff], list[Note]]:
    """Compare the profiles of every case and kind; warn of what cannot be compared."""
    found: list[ProfileDiff] = []
    warnings: list[Note] = []
    pairs = dict.fromkeys((run.case, kind) for run in runs if run.valid for kind in run.profiles)
    for case, kind in pairs:
        base, head = (take(runs, files, case=case, kind=kind, side=side) for side in Side)
        warnings += _left_out(base, head, case, kind)
        if not base.profiles or not head.profiles:
            continue
        try:
            found.append(diff(base.profiles, head.profiles, case=case, kind=kind))
        except ValueError as error:
            warnings.append(Note.of("profile-not-compared", kind=kind, case=case, said=str(error)))
    told = {(each.kind, each.by) for each in found if each.by}
    warnings += [Note.of("profile-type", kind=kind, by=by) for kind, by in sorted(told)]
    return found, warnings


def counted(run: Run, profile: Profile) -> float | None:
    """CPU seconds that the kernel counted while the run's CPU profile was taken.

    Records that do not have it have those of the window, of which the profile covers a part.
    """
    known = run.quantities.get(COUNTED)
    if known is not None:
        return known
    whole = run.quantities.get("process.cpu_seconds")
    if whole is None:
        return None
    window = run.quantities.get("window.seconds", 0.0)
    covered = profile.duration / window if profile.duration and window > 0 else 1.0
    return whole * min(1.0, covered)


def _path(run: Run, files: Path, kind: str) -> Path | None:
    name = run.profiles.get(kind)
    if name is None:
        return None
    root = files.resolve()
    path = (root / name).resolve()
    return path if path.is_relative_to(root) and path.is_file() else None


def _left_out(base: SideProfiles, head: SideProfiles, case: str, kind: str) -> list[Note]:
    lean = [*base.thin, *head.thin]
    broken = [*base.broken, *head.broken]
    found = []
    if lean:
        worst = min(lean, key=lambda each: each.seen / each.counted)
        thin = Note.of(
            "profile-thin",
            kind=kind,
            case=case,
            thin=len(lean),
            of=len(lean) + len(base.profiles) + len(head.profiles),
            seen=worst.seen,
            counted=worst.counted,
        )
        found.append(thin)
    if broken:
        data: dict[str, Scalar] = {"kind": kind, "case": case, "said": broken[0]}
        if len(broken) > 1:
            data["broken"] = len(broken)
        found.append(Note.of("profile-unreadable", **data))
    return found
