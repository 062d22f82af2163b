"""`loadstone redline`: the largest size at which a component still meets its objectives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loadstone.cli import complete
from loadstone.cli.options import PLACE, cluster_options, config_option, naming
from loadstone.cli.output import emit, json_flag

if TYPE_CHECKING:
    from loadstone.flows.prepare_redline import RedlineRequest
    from loadstone.model import RedlineRecord

# What loadstone.yaml says for it, too; the budget there is one of comparisons.
FILED = (
    *("scenario", "component", "base", "head", "provider", "tier", "seed", "alpha"),
    *("generator", "kubeconfig", "context", "place"),
)


def _repeats(_context: object, _parameter: object, value: str) -> tuple[int, int]:
    """Runs of one size as `3,10`, or `5` for five and no more."""
    parts = value.split(",")
    try:
        least, most = int(parts[0]), int(parts[-1])
    except ValueError as error:
        raise click.BadParameter("write the fewest and the most runs: 3,10") from error
    if len(parts) > 2 or not 2 <= least <= most:
        raise click.BadParameter("a size needs at least 2 runs, and no more than the second number")
    return least, most


@click.command(name="redline")
@click.option(
    "--scenario",
    "-s",
    required=True,
    shell_complete=complete.scenarios,
    help="A scenario, or its file.",
)
@click.option(
    "--component",
    "-c",
    required=True,
    shell_complete=complete.components,
    help="A component, or its file.",
)
@click.option("--base", default="", help="The revision to compare against; none: head alone.")
@click.option("--head", required=True, help="The revision whose redline is searched.")
@click.option("--axis", default="", help="What grows: an axis of the scenario (`rate`, if any).")
@click.option("--from", "low", default="", help="The smallest size; a quarter of the tier's.")
@click.option("--to", "high", default="", help="The largest size; 16 times the tier's.")
@click.option(
    "--precision",
    type=click.FloatRange(0.005, 10),
    default=0.1,
    show_default=True,
    help="How closely to find it: 0.1 is to a factor of 1.1.",
)
@click.option(
    "--repeats",
    default="3,10",
    show_default=True,
    callback=_repeats,
    help="Fewest and most runs of one size.",
)
@click.option(
    "--objective",
    "-o",
    "objectives",
    multiple=True,
    help="What has to hold, as 'latency_p99<=30ms'; instead of the scenario's.",
)
@click.option(
    "--at", "fixed", multiple=True, metavar="AXIS=VALUE", help="Another axis' value; the tier's."
)
@click.option(
    "--tier",
    default="quick",
    show_default=True,
    shell_complete=complete.tiers,
    help="Whose times and values are used.",
)
@click.option(
    "--provider", "-p", default="memory", show_default=True, help="Where the cluster comes from."
)
@cluster_options
@PLACE
@click.option("--seed", default=0, show_default=True, help="Of the random order of runs.")
@click.option(
    "--alpha",
    type=click.FloatRange(0, 0.5, min_open=True),
    default=0.05,
    show_default=True,
    help="Chance that any size is called met or missed wrongly.",
)
@click.option(
    "--budget",
    type=click.FloatRange(0, min_open=True),
    default=30.0,
    show_default=True,
    help="Minutes of measuring.",
)
@click.option("--certain", is_flag=True, help="Undecided is not good enough: exit code 4.")
@click.option("--generator", default="openloop", show_default=True, help="What sends the load.")
@config_option(*FILED)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out/redline"),
    show_default=True,
    help="Where the rounds, the result and the reports go.",
)
@click.option("--resume", is_flag=True, help="Go on with an unfinished search in --out.")
@json_flag
def command(*, as_json: bool, **flags: Any) -> int:
    """Find the largest size that still meets the objectives, by bisection with repeated runs."""
    from loadstone.cli.progress import progress
    from loadstone.flows import redline
    from loadstone.report.progress.search import SearchDisplay
    from loadstone.stats.redline.run_outcomes import trial

    wanted = _wanted(flags)
    with progress(quiet=as_json, display=SearchDisplay(trial)) as watch:
        record = redline.run(wanted, watch=watch)
    emit(record, show(record, out=wanted.request.out), as_json=as_json)
    return exit_code(record)


def _wanted(flags: dict[str, Any]) -> RedlineRequest:
    from loadstone.flows import settings
    from loadstone.flows.prepare_redline import RedlineRequest
    from loadstone.flows.request import Request

    flags = dict(flags)
    own = {
        name: flags.pop(name)
        for name in ("axis", "low", "high", "precision", "objectives", "fixed")
    }
    least, most = flags.pop("repeats")
    named = flags.pop("config_file")
    config = naming(settings.read_config(named), flags)
    request = Request(
        scenarios=[flags.pop("scenario")],
        budget=flags.pop("budget") * 60,
        config=config,
        config_file=named,
        **flags,
    )
    return RedlineRequest(request=request, least=least, most=most, **own)


def exit_code(record: RedlineRecord) -> int:
    """0 found, 1 head's is lower or below every size, 3 invalid, 4 undecided but to be sure."""
    from loadstone.cli.exit import CODES
    from loadstone.model import conclusion

    return CODES[conclusion(record)]


def show(record: RedlineRecord, *, out: Path | None = None) -> str:
    """The report as the terminal shows it, and where the files are."""
    import shutil
    import sys

    from loadstone.report.listings.files import written
    from loadstone.report.redline import terminal

    width = shutil.get_terminal_size((100, 24)).columns
    text = terminal(record, width=width, colour=sys.stdout.isatty())
    if out is None:
        return text
    return f"{text}\n\n{written(str(out), ('redline.html', 'redline.md'))}\n"
