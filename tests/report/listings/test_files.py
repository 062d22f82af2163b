"""Files and leftovers, named for whoever looks for them."""

from loadstone.report.listings.files import schemas, swept, written


def test_files_are_named_with_their_folder_so_that_they_can_be_opened():
    assert written("out", ("report.html", "report.md")) == "files: out/report.html  out/report.md"


def test_what_was_swept_is_named_and_nothing_is_said_to_be_nothing():
    assert swept(["process 7: nginx", "directory /tmp/x"]).splitlines() == [
        "removed process 7: nginx",
        "removed directory /tmp/x",
    ]
    assert swept([]) == "nothing was left behind"


def test_each_schema_comes_with_the_line_that_an_editor_reads():
    text = schemas(["schemas/scenario.schema.json"], "# yaml-language-server: $schema=")
    assert text.splitlines()[0] == "wrote schemas/scenario.schema.json"
    last = "  # yaml-language-server: $schema=schemas/scenario.schema.json"
    assert text.splitlines()[-1] == last
