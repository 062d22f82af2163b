"""Progress in a terminal: what the display says goes to the console, as it is."""

import io

from rich.console import Console

from loadstone.cli.progress import progress
from loadstone.model.events import Progress
from tests.report.progress.test_session import events


def test_in_a_log_every_run_is_a_line_with_the_time_to_the_next_look():
    said = io.StringIO()
    console = Console(file=said, width=200)
    with progress(console=console) as watch:
        for event in events():
            watch(event)
    text = said.getvalue()
    assert text.count("round 1/2") == 4
    assert "look in 0:50" in text  # measured and estimated
    assert "note: left out" in text
    assert "look after 2 rounds" in text


def test_words_of_the_program_are_never_read_as_markup():
    said = io.StringIO()
    console = Console(file=said, width=200)
    with progress(console=console) as watch:
        watch(Progress(text="[bold]x[/bold]"))
    assert "[bold]" in said.getvalue()


def test_quiet_shows_nothing():
    said = io.StringIO()
    console = Console(file=said, width=200)
    with progress(quiet=True, console=console) as watch:
        for event in events():
            watch(event)
    assert said.getvalue() == ""
