"""Objectives as one writes them on a command line: `latency_p99<=30ms`, `achieved_rate>=1000/s`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from loadstone.errors import InvalidFile, Problem
from loadstone.formats import ScenarioMetric, units
from loadstone.formats.schema_problems import did_you_mean
from loadstone.model import Objective

FORM = "write METRIC<=VALUE or METRIC>=VALUE, as in 'latency_p99<=30ms'"
_FORM = re.compile(r"\s*([^\s<>=]+)\s*(<=|>=)\s*(\S.*?)\s*")


def objectives(
    texts: Sequence[str], metrics: Mapping[str, ScenarioMetric], *, option: str = "--objective"
) -> list[Objective]:
    """Read objectives over a scenario's metrics, in their units, from texts.

    The end of a name will do where only one metric has it: `p99` for `latency_p99`. Raises
    `InvalidFile` with everything that is wrong.
    """
    found: list[Objective] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            found.append(_objective(text, metrics, f"{option} {text}"))
        except InvalidFile as error:
            problems += error.problems
    if problems:
        raise InvalidFile(problems, next_step=FORM)
    return found


def _objective(text: str, metrics: Mapping[str, ScenarioMetric], where: str) -> Objective:
    form = _FORM.fullmatch(text)
    if form is None:
        raise InvalidFile([Problem(where=where, what="this is no objective", hint=FORM)])
    name = _named(form[1], metrics, where)
    bound = _amount(form[3], metrics[name].unit, where)
    if form[2] == "<=":
        return Objective(metric=name, at_most=bound)
    return Objective(metric=name, at_least=bound)


def _named(asked: str, metrics: Collection[str], where: str) -> str:
    fitting = [asked] if asked in metrics else [m for m in metrics if m.endswith(f"_{asked}")]
    if len(fitting) == 1:
        return fitting[0]
    hint = did_you_mean(asked, fitting or metrics)
    what = f"several metrics end in `{asked}`" if fitting else f"there is no metric `{asked}`"
    raise InvalidFile([Problem(where=where, what=what, hint=hint)])


def _amount(text: str, unit: str, where: str) -> float:
    value = units.amount(text, unit)
    if value is None:
        what = f"`{text}` is no amount in {unit}"
        raise InvalidFile([Problem(where=where, what=what, hint=units.forms(unit))])
    return float(value)
