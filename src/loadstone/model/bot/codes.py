"""Codes of the notes that the bot gives, with the data that each has; the report words them."""

from __future__ import annotations

from collections.abc import Mapping

# Why nothing was measured (`SkippedState.reason`).
SKIPS: Mapping[str, tuple[str, ...]] = {
    "draft": (),
    "event-off": ("event",),  # the configuration has nothing for it
    "label-missing": ("labels",),  # only pull requests with one of these are measured
    "documentation-only": ("files",),  # how many files changed, all of them ignored
    "paths-untouched": ("files", "component"),  # no changed file is of this component
    "same-program": ("digest",),  # both sides build to the same bytes
    "same-program-unconfirmed": ("digest",),  # as the job of a fork says, and nobody else
    "files-unconfirmed": ("files",),  # as its job says, and GitHub does not tell
    "no-merge-base": (),  # head and base branch share no commit that is known here
    "nothing-before": (),  # a new branch, or the first release: there is no base
    "same-commit": ("sha",),  # nothing happened since the last measuring
    "minutes-per-run": ("needed", "cap"),
    "minutes-per-pull-request": ("needed", "spent", "cap"),
    "minutes-per-day": ("needed", "spent", "cap", "again"),  # again: when it would be allowed
}

# Why there is no result (`FailedState.reason`).
FAILURES: Mapping[str, tuple[str, ...]] = {
    "measuring-failed": ("said",),  # what the measuring job said
    "timed-out": (),
    "no-result": (),  # the run ended well, and left nothing to judge
    "artifact-expired": (),
    "artifact-refused": ("said",),  # hostile, or damaged: which rule it broke
    "other-machine": (),  # rounds that are to be added are of another kind of machine
}

# What is to be said beside the sections (`CommentState.notes`).
REMARKS: Mapping[str, tuple[str, ...]] = {
    "configuration-of-base": ("file",),  # the pull request changes it; the old one was used
    "rounds-not-added": ("component", "said"),  # a rerun brought nothing; said: why
    "as-commanded": (),  # a command asked for something else than the configuration does
    "base-ahead": ("commits", "branch"),  # the base branch has that many newer ones
}
