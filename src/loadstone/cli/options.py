"""The flags that commands share, what `loadstone.yaml` says instead, and the request they make."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from loadstone.cli import complete
from loadstone.model import PLACES, Goal, Shard

if TYPE_CHECKING:
    from loadstone.flows.request import Request
    from loadstone.formats.configuration import Config

SEVERAL = "loadstone.components"  # of the configuration, in what commands share
F = TypeVar("F", bound=Callable[..., Any])


def looks(_context: object, _parameter: object, value: str) -> tuple[int, ...]:
    """Rounds as `4,6,8`."""
    try:
        found = tuple(int(part) for part in value.split(",") if part.strip())
    except ValueError as error:
        raise click.BadParameter("write the rounds as whole numbers: 4,6,8") from error
    if list(found) != sorted(set(found)) or any(look < 2 for look in found):
        raise click.BadParameter("the rounds must rise, and the first look needs 2 or more")
    return found


def _shard(_context: object, _parameter: object, value: str) -> Shard | None:
    """A machine of several as `2/4`."""
    if not value:
        return None
    found = re.fullmatch(r"([0-9]{1,3})/([0-9]{1,3})", value)
    number, of = (int(part) for part in found.groups()) if found else (0, 0)
    if not 1 <= number <= of:
        raise click.BadParameter("write which machine of how many, from 1 on: 2/4")
    return Shard(number=number, of=of)


def config_option(*given: str) -> Callable[[F], F]:
    """The flag `--config`; the file says the parameters `given` where no flag does.

    It is read before other flags are looked at, so that what it says need not be asked for. The
    command gets the name of the file that was read, "" for none.
    """

    def read(context: click.Context, _parameter: object, value: Path | None) -> str:
        from loadstone.flows import settings

        named = settings.find_config(value)
        config = settings.read_config(named)
        context.meta[SEVERAL] = [each.name for each in config.measured()]
        said = _several(config, context, given) if len(config.measured()) > 1 else config.flags()
        said = {name: said[name] for name in given if name in said}
        context.default_map = {**said, **(context.default_map or {})}
        return named

    return click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path, dir_okay=False),
        is_eager=True,
        callback=read,
        help="The configuration file, instead of loadstone.yaml.",
    )


STORE = "a directory, git:BRANCH or s3:BUCKET/PREFIX"


def store_option() -> Callable[[F], F]:
    """The flag `--store`, which the command gets as `root`."""
    return click.option("--store", "root", default="", help=f"Where baselines are kept: {STORE}.")


def _several(
    config: Config, context: click.Context, given: Sequence[str]
) -> dict[str, Callable[[], Any]]:
    """What a file of several components says, asked for once the flag has said which is meant."""
    built_in = {parameter.name: parameter.default for parameter in context.command.params}

    def said(name: str) -> Any:
        known = config.flags(context.params.get("component") or "")
        return known.get(name, built_in.get(name))

    return {name: partial(said, name) for name in given if name != "component"}


_GIVEN = (
    *("scenarios", "component", "base", "head", "provider", "kubeconfig", "context", "tier"),
    *("place", "cases", "seed", "alpha"),
    *("goal", "looks", "budget", "certain", "generator", "out"),
)

CLUSTER = (
    click.option(
        "--kubeconfig",
        default="",
        type=click.Path(dir_okay=False),
        help="Of the provider `existing`: the file that leads to it.",
    ),
    click.option(
        "--context",
        default="",
        help="Of the provider `existing`: the context of the kubeconfig, or `in-cluster`.",
    ),
)

PLACE = click.option(
    "--place",
    type=click.Choice(PLACES),
    default=PLACES[0],
    show_default=True,
    help="Where the component runs: programs on this machine, or pods of the cluster.",
)

_REVISIONS = (
    click.option("--base", required=True, help="The revision to compare against."),
    click.option("--head", required=True, help="The revision under test."),
)
_SKETCHED = (
    click.option("--base", default="", help="The revision to compare against; none: not yet."),
    click.option("--head", default="", help="The revision under test; none: not yet."),
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
    *_REVISIONS,
    click.option(
        "--provider",
        "-p",
        default="memory",
        show_default=True,
        shell_complete=complete.providers,
        help="Where the cluster comes from.",
    ),
    *CLUSTER,
    PLACE,
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
    click.option("--looks", default="", callback=looks, help="Rounds after which to look: 4,6,8."),
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
    click.option(
        "--shard",
        default="",
        metavar="K/N",
        callback=_shard,
        help="Only this machine's cases, as the K-th of N; `loadstone merge` joins them.",
    ),
    config_option(*_GIVEN),
)


def request_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """All the flags of a request, in the order above."""
    return reduce(lambda decorated, option: option(decorated), reversed(REQUEST), function)


def sketch_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same, of a request whose revisions may not be known yet."""
    replaced = dict(zip(_REVISIONS, _SKETCHED, strict=True))
    options = [replaced.get(option, option) for option in REQUEST]
    return reduce(lambda decorated, option: option(decorated), reversed(options), function)


def cluster_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The flags that name a cluster that is there already."""
    return reduce(lambda decorated, option: option(decorated), reversed(CLUSTER), function)


def naming(config: Config, flags: dict[str, Any]) -> Config:
    """The configuration with the cluster that the flags name, which they lose."""
    import msgspec

    named = {name: flags.pop(name) for name in ("kubeconfig", "context")}
    return msgspec.structs.replace(config, **{key: said for key, said in named.items() if said})


def request(flags: dict[str, Any]) -> Request:
    """Make the request of these flags. Raises what reading the configuration file raises."""
    from loadstone.flows import settings
    from loadstone.flows.request import Request

    flags = dict(flags)
    named = flags.pop("config_file")
    config = naming(settings.read_config(named), flags)
    minutes = flags.pop("budget")
    goal = Goal(flags.pop("goal"))
    budget = None if minutes is None else minutes * 60
    return Request(**flags, goal=goal, budget=budget, config=config, config_file=named)
