"""Expressions of workflows: what GitHub puts in the place of `${{ … }}`."""

from __future__ import annotations

import re
from collections.abc import Iterator

_EXPRESSION = re.compile(r"\$\{\{((?:'[^']*'|[^'])*?)\}\}", re.DOTALL)
_INDEX = re.compile(r"\s*\[\s*'([^']*)'\s*\]")
_TEXT = re.compile(r"'[^']*'")
# What whoever opens a pull request, names a branch or writes a comment has chosen.
_FOREIGN = re.compile(
    r"\bgithub\.(event|head_ref|base_ref|ref|ref_name)\b|\binputs\b|\btojson\(\s*github\s*\)"
)
_SECRET = re.compile(r"\bsecrets\b(?!\.github_token\b)")
_VARIABLE = re.compile(r"\benv\.([\w-]+)")


def expressions(text: str) -> Iterator[str]:
    """The insides, as GitHub compares them: small letters, `a['b']` as `a.b`, without texts."""
    for found in _EXPRESSION.finditer(text):
        yield _TEXT.sub("''", _INDEX.sub(r".\1", found[1])).lower()


def has_any(text: str) -> bool:
    """Whether anything is put into a text."""
    return any(True for _ in expressions(text))


def has_secret(text: str) -> bool:
    """Whether a secret is put into a text, the job's own token aside."""
    return any(_SECRET.search(each) for each in expressions(text))


def has_foreign(text: str, variables: frozenset[str] = frozenset()) -> bool:
    """Whether words of strangers are put into a text; `variables`: those that hold some."""
    return any(
        _FOREIGN.search(each) or variables & set(_VARIABLE.findall(each))
        for each in expressions(text)
    )
