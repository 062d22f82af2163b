"""The hidden marker of a comment, by which it is found again."""

from __future__ import annotations

import re

from loadstone.model import Record


def marker(record: Record) -> str:
    """What was compared, and the verdict, as `key=value` pairs."""
    plan = record.plan
    verdict = record.judgement.verdict.value if record.judgement else "none"
    pairs = {
        "key": f"{plan.component}/{plan.provider}/{plan.tier}",
        "base": plan.base.label,
        "head": plan.head.label,
        "verdict": verdict,
    }
    return " ".join(f"{name}={_token(value)}" for name, value in pairs.items())


def _token(value: str) -> str:
    """Letters, digits and `._/+`, single hyphens: nothing that could end an HTML comment."""
    return re.sub(r"-{2,}", "-", re.sub(r"[^A-Za-z0-9._/+-]", "_", value))[:100].strip("-") or "_"
