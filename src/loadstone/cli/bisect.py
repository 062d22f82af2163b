"""`loadstone bisect`: the first commit of a range that is surely slower."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from loadstone.cli import complete
from loadstone.cli.options import cluster_options, config_option, looks, naming
from loadstone.cli.output import emit, json_flag
from loadstone.model import PLACES

if TYPE_CHECKING:
    from loadstone.flows.prepare_bisect import BisectRequest
    from loadstone.model.bisect import BisectRecord

_FILED = (
    *("scenario", "component", "provider", "tier", "seed", "alpha", "generator"),
    *("kubeconfig", "context", "place"),
)


@click.command(name="bisect")
@click.option("--good", default="", help="A commit that is not slower yet.")
@click.option("--bad", default="", help="A later commit that is.")
@click.option(
    "--flagged",
    type=click.Path(path_type=Path, exists=True),
    metavar="OUT",
    help="A saved run: the regression that it flagged is searched for, unless other flags say so.",
)
@click.option(
    "--scenario", "-s", default="", shell_complete=complete.scenarios, help="A scenario, or a file."
)
@click.option(
    "--component", "-c", default="", shell_complete=complete.components, help="Or its file."
)
@click.option(
    "--case", "case", default="", shell_complete=complete.cases, help="The case, by name or glob."
)
@click.option("--metric", "-m", default="", help="The metric that got worse.")
@click.option("--provider", "-p", default="", help="Where the cluster comes from.")
@cluster_options
@click.option(
    "--place",
    type=click.Choice(("", *PLACES)),
    default="",
    help="Where the component runs: programs on this machine, or pods of the cluster.",
)
@click.option("--tier", default="", shell_complete=complete.tiers, help="Whose times are used.")
@click.option("--seed", default=0, show_default=True, help="Of the random order of runs.")
@click.option(
    "--alpha",
    type=click.FloatRange(0, 0.5, min_open=True),
    default=0.05,
    show_default=True,
    help="Chance that a commit is named though nothing changed, or a wrong one.",
)
@click.option(
    "--looks",
    default="",
    callback=looks,
    help="Pairs of a commit after which to look; 4,6,9,13,20,30.",
)
@click.option("--budget", type=click.FloatRange(0, min_open=True), help="Minutes of measuring.")
@click.option("--generator", default="", help="What sends the load.")
@config_option(*_FILED)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out/bisect"),
    show_default=True,
    help="Where the steps and the answer go.",
)
@click.option("--resume", is_flag=True, help="Go on with an unfinished search in --out.")
@click.option("--plan", "plan_only", is_flag=True, help="Say what it will cost, and stop.")
@json_flag
def command(*, as_json: bool, plan_only: bool, **flags: Any) -> int:
    """Find the first commit between two that is surely slower, by measured pairs.

    Commits are those along first parents. One that cannot be built or measured is passed over.
    """
    from loadstone.cli.progress import progress
    from loadstone.flows import bisect
    from loadstone.report.bisect import console

    wanted = _wanted(flags)
    foretold = bisect.foretold(wanted)
    if plan_only:
        emit(foretold, console.cost(foretold), as_json=as_json)
        return 0
    if not as_json:
        click.echo(console.cost(foretold) + "\n", err=True)
    with progress(quiet=as_json) as watch:
        record = bisect.run(wanted, watch=watch)
    emit(record, console.terminal(record), as_json=as_json)
    return exit_code(record)


def exit_code(record: BisectRecord) -> int:
    """0 for a commit, a range, or surely nothing; 3 not measurable; 4 undecided."""
    from loadstone.model.bisect import BisectAnswer

    return {BisectAnswer.NOTHING: 3, BisectAnswer.UNDECIDED: 4}.get(
        record.answer or BisectAnswer.UNDECIDED, 0
    )


def _wanted(flags: dict[str, Any]) -> BisectRequest:
    """What is asked for; what no flag says, the run that flagged something does."""
    from loadstone.flows import settings
    from loadstone.flows.prepare_bisect import BisectRequest, flagged
    from loadstone.flows.request import Request

    flags = dict(flags)
    saved, named, minutes = flags.pop("flagged"), flags.pop("config_file"), flags.pop("budget")
    said = flagged(saved) if saved is not None else {}
    usual = {"provider": "memory", "place": PLACES[0], "tier": "quick", "generator": "openloop"}
    typed = click.get_current_context().get_parameter_source
    for name in ("good", "bad", "scenario", "component", "case", "metric", *usual):
        given = flags[name] if typed(name) is ParameterSource.COMMANDLINE else ""
        flags[name] = given or said.get(name) or flags[name] or usual.get(name, "")
    _require(flags)
    config = naming(settings.read_config(named), flags)
    metric, scenario = flags.pop("metric"), flags.pop("scenario")
    request = Request(
        scenarios=[scenario],
        base=flags.pop("good"),
        head=flags.pop("bad"),
        cases=flags.pop("case") or "*",
        budget=None if minutes is None else minutes * 60,
        config=config,
        config_file=named,
        **flags,
    )
    return BisectRequest(request=request, metric=metric)


def _require(flags: dict[str, Any]) -> None:
    """Raise `UsageError` with all that nobody has said."""
    from loadstone.errors import UsageError

    needed = ("good", "bad", "scenario", "component", "metric")
    lacking = [f"--{name}" for name in needed if not flags[name]]
    if lacking:
        raise UsageError(
            f"{', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} missing",
            next_step="say it, or name a run that flagged a regression: --flagged OUT",
        )
