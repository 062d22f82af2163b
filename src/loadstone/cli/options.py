"""The flags that commands share, what `loadstone.yaml` says instead, and the request they make."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from loadstone.cli import complete
from loadstone.model import Goal

if TYPE_CHECKING:
    from loadstone.flows.request import Request

F = TypeVar("F", bound=Callable[..., Any])


def _looks(_context: object, _parameter: object, value: str) -> tuple[int, ...]:
    """Rounds as `4,6,8`."""
    try:
        looks = tuple(int(part) for part in value.split(",") if part.strip())
    except ValueError as error:
        raise click.BadParameter("write the rounds as whole numbers: 4,6,8") from error
    if list(looks) != sorted(set(looks)) or any(look < 2 for look in looks):
        raise click.BadParameter("the rounds must rise, and the first look needs 2 or more")
    return looks


def config_option(*given: str) -> Callable[[F], F]:
    """The flag `--config`; the file says the parameters `given` where no flag does.

    It is read before other flags are looked at, so that what it says need not be asked for. The
    command gets the name of the file that was read, "" for none.
    """

    def read(context: click.Context, _parameter: object, value: Path | None) -> str:
        from loadstone.flows import settings

        named = value or (Path(settings.CONFIG) if Path(settings.CONFIG).exists() else None)
        said = settings.read_config(named).flags()
        said = {name: said[name] for name in given if name in said}
        context.default_map = {**said, **(context.default_map or {})}
        return str(named or "")

    return click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path, dir_okay=False),
        is_eager=True,
        callback=read,
        help="The configuration file, instead of loadstone.yaml.",
    )


_GIVEN = (
    *("scenarios", "component", "base", "head", "provider", "tier", "cases", "seed", "alpha"),
    *("goal", "looks", "budget", "certain", "generator", "out"),
)

REQUEST = (
    click.option(
        "--scenario",
        "-s",
        "scenarios",
        multiple=True,
        required=True,
        shell_complete=complete.scenarios,
        help="A scenario, a family of them (`ingress`), or a file. May be given several times.",
    ),
    click.option(
        "--component",
        "-c",
        required=True,
        shell_complete=complete.components,
        help="A component, or its file.",
    ),
    click.option("--base", required=True, help="The revision to compare against."),
    click.option("--head", required=True, help="The revision under test."),
    click.option(
        "--provider",
        "-p",
        default="memory",
        show_default=True,
        shell_complete=complete.providers,
        help="Where the cluster comes from.",
    ),
    click.option(
        "--tier",
        default="quick",
        show_default=True,
        shell_complete=complete.tiers,
        help=" or ".join(complete.TIERS) + ".",
    ),
    click.option(
        "--case",
        "cases",
        default="*",
        shell_complete=complete.cases,
        help="Only the cases whose name matches this glob.",
    ),
    click.option("--seed", default=0, show_default=True, help="Of the random order of runs."),
    click.option(
        "--alpha",
        type=click.FloatRange(0, 0.5, min_open=True),
        default=0.05,
        show_default=True,
        help="Chance that a report on two equal revisions flags anything.",
    ),
    click.option(
        "--goal",
        type=click.Choice([goal.value for goal in Goal]),
        default=Goal.DETECT.value,
        show_default=True,
        help="Find changes, or certify that none exceeds its margin.",
    ),
    click.option("--looks", default="", callback=_looks, help="Rounds after which to look: 4,6,8."),
    click.option("--budget", type=click.FloatRange(0, min_open=True), help="Minutes of measuring."),
    click.option(
        "--certain/--no-certain",
        default=False,
        help="Inconclusive is not good enough: exit code 4.",
    ),
    click.option(
        "--generator",
        default="openloop",
        show_default=True,
        shell_complete=complete.generators,
        help="What sends the load.",
    ),
    config_option(*_GIVEN),
)


def request_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """All the flags of a request, in the order above."""
    return reduce(lambda decorated, option: option(decorated), reversed(REQUEST), function)


def request(flags: dict[str, Any]) -> Request:
    """Make the request of these flags. Raises what reading the configuration file raises."""
    from loadstone.flows import settings
    from loadstone.flows.request import Request

    flags = dict(flags)
    named = flags.pop("config_file")
    config = settings.read_config(named)
    minutes = flags.pop("budget")
    goal = Goal(flags.pop("goal"))
    budget = None if minutes is None else minutes * 60
    return Request(**flags, goal=goal, budget=budget, config=config, config_file=named)
