"""Acceptance: what a command or the configuration says of a change that is known and fine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from loadstone.bot.commands import Command, CommandRefusal
from loadstone.bot.safe_words import quoted
from loadstone.formats.configuration import Config, label_of
from loadstone.model.accepted import AcceptedChange
from loadstone.model.bot import KnownRow

_LISTED = 5  # rows that a refusal names


def accepted_change(
    command: Command,
    rows: Sequence[KnownRow],
    *,
    who: str,
    now: str,
    days: int,
    number: int,
) -> AcceptedChange | CommandRefusal:
    """The change that an `accept` records: as large as the largest of the rows that it names.

    Only what is worse now can be accepted: what is inconclusive or invalid is not known, and what
    comes later has to be looked at first.
    """
    case, metric = command.word("case"), command.word("metric")
    named = label_of(command.options.get("component", ""))
    worse = [row for row in rows if row.worse and named in ("", row.component)]
    found = [row for row in worse if row.metric == metric and _matches(row.case, case)]
    if not found:
        what = f"no regression of {quoted(metric)} in {quoted(case)} is known here"
        return CommandRefusal(what=what, hint=_those(worse))
    components = {row.component for row in found}
    if len(components) > 1:
        what = f"{quoted(case)} is of several components: {', '.join(sorted(components))}"
        return CommandRefusal(what=what, hint="say which by `component=…`")
    return AcceptedChange(
        component=components.pop(),
        case=case,
        metric=metric,
        reason=command.word("reason"),
        who=who,
        when=now,
        expires=(datetime.fromisoformat(now) + timedelta(days=days)).isoformat(timespec="seconds"),
        size=max((row.size for row in found if row.size is not None), key=abs, default=None),
        beyond=max((row.beyond for row in found if row.beyond is not None), default=None),
        pull_request=number,
    )


def of_configuration(config: Config) -> list[AcceptedChange]:
    """The changes that the configuration accepts, which hold for everybody."""
    return [
        AcceptedChange(
            component=label_of(each.component) if isinstance(each.component, str) else "",
            case=each.case,
            metric=each.metric,
            reason=each.reason,
            who="",
            when="",
            expires=f"{each.expires}T23:59:59+00:00",
            size=each.size if isinstance(each.size, float | int) else None,
        )
        for each in config.accepted
    ]


def for_pull_request(changes: Iterable[AcceptedChange], number: int) -> list[AcceptedChange]:
    """Those that hold for a pull request: accepted there, or for everybody.

    Another pull request has changed something else, be it in the same row and as large.
    """
    return [each for each in changes if each.pull_request in (0, number)]


def _matches(case: str, glob: str) -> bool:
    """A row over all cases is named by a glob that takes all of them."""
    return glob == "*" if not case else case == glob or fnmatchcase(case, glob)


def _those(worse: Sequence[KnownRow]) -> str:
    if not worse:
        return "nothing is worse in the last result of this pull request"
    shown = [f"{quoted(row.case or '*')} {quoted(row.metric)}" for row in worse[:_LISTED]]
    more = f", and {len(worse) - _LISTED} more" if len(worse) > _LISTED else ""
    return f"what is worse: {', '.join(shown)}{more}"
