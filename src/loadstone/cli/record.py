"""`loadstone record`: the changes of a cluster, written down to be replayed."""

from __future__ import annotations

from pathlib import Path

import click

from loadstone.cli.output import emit, json_flag


@click.command(name="record")
@click.argument("kinds", nargs=-1, required=True)
@click.option("--kubeconfig", default="", help="A kubeconfig; kubectl's own, if left out.")
@click.option("--context", default="", help="A context of it, in place of its current one.")
@click.option("--for", "seconds", default=60.0, show_default=True, help="Seconds.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write.")
@click.option("--most", default=100.0, show_default=True, help="The most MB that it may have.")
@json_flag
def command(
    *,
    kinds: tuple[str, ...],
    kubeconfig: str,
    context: str,
    seconds: float,
    out: Path,
    most: float,
    as_json: bool,
) -> None:
    """Write down what happens to KINDS of a cluster, for the step `replay` of a scenario.

    KINDS are named as kubectl does: pods, leases.coordination.k8s.io. What is there as it begins is
    written first. The file has lines of JSON; secrets that are recorded are in it as they are.
    """
    from loadstone.flows import record
    from loadstone.report.listings import recordings

    found = record.record(
        kinds,
        kubeconfig=kubeconfig,
        context=context,
        seconds=seconds,
        out=out,
        most=round(most * 1e6),
    )
    counts = [(*key, count) for key, count in sorted(found.counts.items())]
    text = recordings.terminal(str(out), counts, size=found.size, ended=found.ended)
    data = [{"method": method, "kind": kind, "count": count} for method, kind, count in counts]
    emit({"file": str(out), "changes": data, "ended": found.ended}, text, as_json=as_json)
