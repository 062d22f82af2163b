"""The command line: commands, flags, exit codes. A module per command, loaded when it is asked for.

Exit codes, the same in every command:

    0    pass
    1    a regression, or an objective missed
    2    wrong use, or wrong files
    3    the measurement failed or is invalid
    4    inconclusive, where the policy demands certainty
    130  interrupted, after cleaning up
    141  the reader of the output has gone

What `--help` lists stands in a table, and heavy imports happen inside a command, so that `loadstone
--help` answers at once.
"""

from __future__ import annotations

import importlib
import signal
import sys
from collections.abc import Sequence

import click

from loadstone import __version__
from loadstone.errors import Interrupted, LoadstoneError
from loadstone.system import signals


class _Never(click.UsageError):
    """A stand-in for an exception that click has from 8.2; before, it prints the help by itself."""


# Of a bare `loadstone` or `loadstone baseline`; not 0, which a pipeline would take for a pass.
NOTHING_ASKED = 2
NoArgs: type[click.UsageError] = getattr(click.exceptions, "NoArgsIsHelpError", _Never)

COMMANDS = {
    "run": "Measure two revisions side by side, judge them and write the report.",
    "merge": "Join the shards of a run and judge them as one.",
    "deliver": "Send again what the bot could not deliver.",
    "more": "Go on with a finished run for more rounds, as if they had been planned.",
    "redline": "Find the largest size that still meets the objectives.",
    "bisect": "Find the first commit between two that is surely slower.",
    "plan": "Show what `run` would measure and how long it takes, and stop.",
    "compare": "Judge saved measurements anew, or a run against a baseline.",
    "report": "Render a saved comparison as terminal, markdown, html, json or junit.",
    "profiles": "Write interactive flame graphs of both sides, and files for pprof and speedscope.",
    "explain": "Show why one metric of one case got its verdict.",
    "baseline": "Keep records of earlier days: save, list, show, prune.",
    "series": "Find change points over the baselines, and the revisions they lie between.",
    "audit": "Say how often reports without a change alarm here, from A/A sessions.",
    "similar": "Say by how much a scenario differs between two providers.",
    "schema": "Write the schemas of the files you write, for your editor.",
    "cache": "Show the programs and mirrors that are kept between sessions.",
    "prune": "Remove from the cache what is not used any more.",
    "record": "Write down what happens to a cluster, for the step `replay`.",
    "sweep": "Remove what killed runs left behind.",
    "doctor": "Show what this machine or repository lacks, and how to mend it.",
    "init": "Write what a repository on GitHub needs: configuration, component, workflows.",
    "action": "Do a task of a GitHub workflow, as the container action runs it.",
    "completion": "Print the completion script for a shell.",
}

HELP = """Find performance regressions in Kubernetes components.

\b
Try:   loadstone doctor
       loadstone run --scenario ingress --component traefik \\
         --base 3.7.10 --head 3.7.15 --tier quick
"""

EXIT_CODES = """\b
Exit codes:
  0    pass
  1    a regression, or an objective missed
  2    wrong use, or wrong files
  3    the measurement failed or is invalid
  4    inconclusive, where --certain demands an answer
  130  interrupted, after cleaning up
  141  the reader of the output has gone
"""


class LazyCommands(click.Group):
    """Commands that are imported when they are called, so that --help answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"loadstone.cli.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyCommands,
    help=HELP,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="loadstone")
def cli() -> None:
    """The group; its words are in HELP."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line and exit with its code: the only place that catches our errors."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    with signals.listening():
        code = _run(arguments)
    sys.exit(code)


def _run(arguments: Sequence[str]) -> int:
    try:
        code = cli.main(args=list(arguments), prog_name="loadstone", standalone_mode=False)
    except click.ClickException as error:
        return _misused(error, arguments)
    except (click.Abort, KeyboardInterrupt):
        interrupted = Interrupted("interrupted; everything that was started has been ended")
        return _fail(interrupted.message, interrupted.exit_code, arguments)
    except LoadstoneError as error:
        return _fail(error.message, error.exit_code, arguments, error.next_step)
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone (`| head`): no failure, and no pass either
        return 128 + signal.SIGPIPE
    except Exception:
        return _defect(arguments)
    return code if isinstance(code, int) else 0


def _fail(message: str, code: int, arguments: Sequence[str], next_step: str = "") -> int:
    if "--json" in arguments:
        import json

        click.echo(json.dumps({"error": message, "next": next_step, "exit": code}))
    click.echo(f"loadstone: {message}", err=True)
    if next_step:
        click.echo(f"  next: {next_step}", err=True)
    return code


def _defect(arguments: Sequence[str]) -> int:
    import traceback

    click.echo(traceback.format_exc(), err=True)
    words = "this is a defect of Loadstone and not of your component"
    return _fail(words, 3, arguments, "please report it with the lines above")


def _misused(error: click.ClickException, arguments: Sequence[str]) -> int:
    context = getattr(error, "ctx", None)
    if isinstance(error, NoArgs) and context is not None:
        click.echo(context.get_help())
        return NOTHING_ASKED
    if isinstance(error, click.MissingParameter) and isinstance(error.param, click.Option):
        message, step = _missing(error.param, context, arguments)
        return _fail(message, error.exit_code, arguments, step)
    return _fail(error.format_message(), error.exit_code, arguments, _usage(error))


def _missing(
    option: click.Option, context: click.Context | None, arguments: Sequence[str]
) -> tuple[str, str]:
    """All that is missing at once, and where it may be said."""
    from loadstone.cli.options import SEVERAL

    if context is None:
        return f"{option.opts[0]} is missing", ""
    said = {argument.split("=")[0] for argument in arguments} | {a[:2] for a in arguments}
    lacking = [
        parameter.opts[0]
        for parameter in context.command.params
        if isinstance(parameter, click.Option)
        and parameter.required
        and not said & set(parameter.opts)
        and parameter.name not in (context.default_map or {})
    ] or [option.opts[0]]
    named = ", ".join(lacking)
    help_ = f"{context.command_path} --help"
    known = any(parameter.name == "config_file" for parameter in context.command.params)
    step = f"say it by flag ({help_}), or for every time in loadstone.yaml" if known else help_
    several = context.meta.get(SEVERAL, ()) if "--component" in lacking else ()
    if len(several) > 1:
        step = f"choose one of those that the configuration has: {', '.join(several)}"
    return f"{named} {'is' if len(lacking) == 1 else 'are'} missing", step


def _usage(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path} --help" if context is not None else "loadstone --help"
