"""Sentences of the bot: why it measured nothing, why there is no result, and what else to know."""

from __future__ import annotations

from loadstone.report.common.sentences.filling import Table

OF_PULL_REQUESTS: Table = {
    "draft": "a draft is not measured; it is once it is ready for review",
    "event-off": "the configuration measures nothing for the event {event}",
    "label-missing": "only pull requests with one of these labels are measured: {labels}",
    "documentation-only": "only documentation changed ({files:files})",
    "paths-untouched": "none of {files:changed files} belongs to {component}",
    "same-program": "base and head are the same program, byte for byte ({digest})",
    "same-program-unconfirmed": (
        "the job of this fork says that base and head are the same program ({digest}), and left "
        "nothing by which that could be told; whoever may command and has looked at the change "
        "lets it count by /loadstone run"
    ),
    "files-unconfirmed": (
        "its job says that none of {files:changed files} matters here, and GitHub "
        "does not tell which they are; whoever may command and has looked at the change has it "
        "measured by /loadstone run"
    ),
    "no-merge-base": "head and base branch have no commit in common that is known here",
    "nothing-before": "there is nothing before it to compare with",
    "same-commit": "{sha} was measured already",
    "minutes-per-run": (
        "the first look needs {needed:minutes}, and a run may take {cap:.0f}; measure fewer cases, "
        "or raise minutes.run"
    ),
    "minutes-per-pull-request": (
        "the first look needs {needed:minutes}; this pull request has spent {spent} of {cap:.0f}"
    ),
    "minutes-per-day": (
        "the first look needs {needed:minutes}; {spent} of {cap:.0f} are spent today; "
        "it is allowed again from {again}"
    ),
    "measuring-failed": "the measuring failed: {said:quoted}",
    "timed-out": "the measuring took longer than its workflow allows",
    "no-result": "the measuring ended and left no result",
    "artifact-expired": "what was measured is no longer kept",
    "artifact-refused": "what the measuring left was refused: {said:quoted}",
    "other-machine": ("it ran on another kind of machine, and rounds of two kinds are never mixed"),
    "rounds-not-added": (
        "the rerun added nothing to {component}: {said:quoted}; what is shown is what was found "
        "before, and /loadstone run measures everything anew"
    ),
    "configuration-of-base": (
        "the change of {file} does not count here; what measured this is the one of the base"
    ),
    "as-commanded": (
        "a command said what was measured here, so the commit status stays what it was before"
    ),
    "base-ahead": (
        "{branch} is {commits:commits} ahead of where this branched off; they are on neither side"
    ),
}
