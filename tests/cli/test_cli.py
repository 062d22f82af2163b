"""The command line: it answers at once, says what is wrong, and exits with the documented codes."""

import importlib
import json
import os
import re
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from loadstone import cli
from loadstone.errors import (
    ClusterFailed,
    ComponentFailed,
    Interrupted,
    InvalidFile,
    LoadstoneError,
    MeasurementFailed,
    MissingTool,
    UnsafeGate,
    UsageError,
)

HEAVY = ("numpy", "scipy", "matplotlib", "kubernetes", "rich", "jinja2", "jsonschema", "msgspec")


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-c", "from loadstone.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_help_loads_nothing_heavy():
    script = (
        "import sys\nfrom loadstone.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit: pass\n"
        f"print(sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_names_every_command_and_exit_code():
    text = run("--help").stdout
    assert all(re.search(rf"^  {name} ", text, re.M) for name in cli.COMMANDS)
    assert all(re.search(rf"^ +{code} ", text, re.M) for code in (0, 1, 2, 3, 4, 130))


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_table_of_commands_is_true(name):
    command = importlib.import_module(f"loadstone.cli.{name}").command
    assert isinstance(command, click.Command)
    assert command.name == name


def leaves(name):
    command = importlib.import_module(f"loadstone.cli.{name}").command
    return command.commands.values() if isinstance(command, click.Group) else [command]


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_speaks_json(name):
    for command in leaves(name):
        flags = [flag for parameter in command.params for flag in parameter.opts]
        assert "--json" in flags, command.name


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_flag_says_what_it_is_for(name):
    for command in leaves(name):
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.opts}"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_those_of_the_shell(shell):
    done = run("completion", shell)
    assert done.returncode == 0
    assert "_LOADSTONE_COMPLETE" in done.stdout


def test_completion_knows_the_commands():
    done = run(_LOADSTONE_COMPLETE="bash_complete", COMP_WORDS="loadstone ba", COMP_CWORD="1")
    assert "baseline" in done.stdout


def test_an_unknown_command_is_wrong_use():
    done = run("mesure")
    assert done.returncode == 2
    assert "mesure" in done.stderr


def test_with_json_an_error_is_json_too():
    done = run("run", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["exit"] == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (InvalidFile([]), 2),
        (MissingTool("x"), 2),
        (UnsafeGate("x"), 2),
        (MeasurementFailed("x"), 3),
        (ComponentFailed("x"), 3),
        (ClusterFailed("x"), 3),
        (LoadstoneError("x"), 3),
        (Interrupted("x"), 130),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_failure_has_its_exit_code(error, code, monkeypatch, capsys):
    def fail(**_):
        raise error

    monkeypatch.setattr(cli.cli, "main", fail)
    with pytest.raises(SystemExit) as caught:
        cli.main([])
    assert caught.value.code == code
    assert capsys.readouterr().err.startswith("loadstone: ")


def test_a_defect_of_ours_never_looks_like_a_regression(monkeypatch, capsys):
    def fail(**_):
        raise ZeroDivisionError

    monkeypatch.setattr(cli.cli, "main", fail)
    with pytest.raises(SystemExit) as caught:
        cli.main([])
    assert caught.value.code == 3
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_reader_that_has_gone_is_no_pass():
    script = "import sys\nfrom loadstone import cli\n"
    script += "def gone(**_): raise BrokenPipeError\ncli.cli.main = gone\ncli.main([])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 141


def test_rounds_to_look_at_must_rise():
    from loadstone.cli.run import command

    arguments = ["-s", "x", "-c", "x", "--base", "1", "--head", "2", "--looks", "6,4"]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 2
    assert "must rise" in done.output
