"""Findings: what is missing in a repository's files for Loadstone, or unsafe."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """The severity of a finding."""

    UNSAFE = "unsafe"
    MISSING = "missing"  # without it the bot does not work
    ADVICE = "advice"  # without it the bot does less


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that a repository lacks, or that is unsafe: where, what, and what to do.

    `code` is the name of the rule, for programs.
    """

    code: str
    severity: Severity
    where: str  # file:line:column, or a file
    what: str
    mend: str
