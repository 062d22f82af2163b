"""The reply to `explain`: the words of a terminal about one row of the last result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loadstone.bot.commands import Command
from loadstone.bot.safe_words import quoted
from loadstone.errors import UsageError
from loadstone.formats.configuration import label_of
from loadstone.report.comment import Result
from loadstone.report.common.escape import block
from loadstone.report.comparison.explain import explain

_MOST = 50_000  # characters; a comment may have 65,536
_NONE = (
    "There is no result of this pull request that could be explained: `/loadstone run` makes one."
)


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The body of a reply: the words, or why there are none."""

    body: str
    found: bool


def explained(command: Command, results: Mapping[str, Result]) -> Explanation:
    """The explanation of the row that a command names. `results`: the last, by component."""
    named = label_of(command.options.get("component", ""))
    asked = {name: each for name, each in results.items() if named in ("", name)}
    case, metric = command.word("case"), command.word("metric")
    found: dict[str, str] = {}
    why = ""
    for name, each in asked.items():
        try:
            found[name] = explain(each.record, case, metric)
        except UsageError as error:
            why = f"{error.message}\n{error.next_step}"
    if not found:
        missing = f"There is no such row in the last result.\n\n{_block(why)}"
        return Explanation(body=missing if asked else _NONE, found=False)
    if len(found) > 1:
        which = ", ".join(quoted(name) for name in sorted(found))
        body = f"{quoted(case)} is of several components: say which by `component=…` ({which})."
        return Explanation(body=body, found=False)
    ((name, words),) = found.items()
    sha = asked[name].record.plan.head.commit[:12]
    of = f" at {quoted(sha)}" if sha else ""
    body = f"Why {quoted(metric)} of {quoted(case)} got its verdict{of}:\n\n{_block(words)}"
    return Explanation(body=body, found=True)


def _block(words: str) -> str:
    """A block of code: the words name cases and metrics, which somebody else has chosen."""
    return block(words.rstrip() if len(words) <= _MOST else f"{words[:_MOST].rstrip()}\n…")
