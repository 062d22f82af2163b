"""Every failure a user can meet, with its exit code and its next step.

    LoadstoneError                 (the family; `cli` is its only catcher)
    ├── UsageError              2  the command line asks for something that cannot be
    ├── InvalidFile             2  a file is not what it should be; all its problems at once
    ├── MissingTool             2  a program this machine lacks, with the command that mends it
    ├── UnsafeGate              2  a comparison that must not gate (another environment, …)
    ├── NothingToCompare        0  both revisions are the same program: there is nothing to find
    ├── MeasurementFailed       3  measuring could not start, go on or be trusted
    │   ├── ComponentFailed     3  the component under test did not start, get ready or stay up
    │   └── ClusterFailed       3  the provider could not give a working cluster
    ├── GithubFailed            3  GitHub did not take, or did not give, what was asked of it
    │   ├── ArtifactExpired     3  an artifact that GitHub keeps no longer
    │   └── ArtifactRefused     3  an artifact that is larger than may be, or is not one
    └── Interrupted           130  SIGINT or SIGTERM, after cleaning up

Exit codes 0 (pass), 1 (regression or a missed objective) and 4 (inconclusive where the policy
demands certainty) are verdicts, not failures: see `loadstone.cli`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong in a file: where, what, and what to write instead."""

    where: str  # "scenarios/ingress-latency.yaml:12" or "--rounds" or "plan.cases[3].window"
    what: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" ({self.hint})" if self.hint else "")


class LoadstoneError(Exception):
    """A failure with words for a user: what happened, and what to do next."""

    exit_code = 3

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message}\n  next: {self.next_step}" if self.next_step else self.message


class UsageError(LoadstoneError):
    """The command line, or an argument of the Python API, asks for something that cannot be."""

    exit_code = 2


class InvalidFile(LoadstoneError):
    """A file is not what it should be. `problems` holds all of them, not the first."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem], *, next_step: str = "") -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems), next_step=next_step)


class MissingTool(LoadstoneError):
    """A program is not on this machine; `next_step` is the command that mends it."""

    exit_code = 2


class UnsafeGate(LoadstoneError):
    """A stored baseline that must not be used as a gate: it may only be shown as context."""

    exit_code = 2


class NothingToCompare(LoadstoneError):
    """Two names of one program, byte for byte: nothing is measured, and nothing has got worse."""

    exit_code = 0


class MeasurementFailed(LoadstoneError):
    """Measuring could not start, go on, or be trusted."""

    exit_code = 3


class ComponentFailed(MeasurementFailed):
    """The component under test did not start, get ready or stay up."""


class ClusterFailed(MeasurementFailed):
    """The provider could not give a working cluster."""


class GithubFailed(LoadstoneError):
    """GitHub did not take, or did not give, what was asked of it.

    `status`: of its answer, 0 for none. `effect_unknown`: it may have taken it all the same.
    `hopeless`: what is asked next will fare no better.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        next_step: str = "",
        status: int = 0,
        effect_unknown: bool = False,
        hopeless: bool = False,
    ) -> None:
        super().__init__(message, next_step=next_step)
        self.status = status
        self.effect_unknown = effect_unknown
        self.hopeless = hopeless


class ArtifactExpired(GithubFailed):
    """An artifact that GitHub keeps no longer."""


class ArtifactRefused(GithubFailed):
    """An artifact that is larger than may be, or is not what it says."""


class Interrupted(LoadstoneError):
    """Stopped by SIGINT or SIGTERM; everything started has been ended."""

    exit_code = 130
