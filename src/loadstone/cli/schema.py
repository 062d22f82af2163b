"""`loadstone schema`: the schemas of the files that a user writes."""

from __future__ import annotations

from pathlib import Path

import click

from loadstone.cli.output import emit, json_flag

FOLDER = Path(".loadstone/schemas")
_LINE = "# yaml-language-server: $schema="


@click.command(name="schema")
@click.argument(
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=FOLDER,
    metavar="[DIRECTORY]",
)
@json_flag
def command(*, folder: Path, as_json: bool) -> None:
    """Write the schemas of scenarios, components, presets and loadstone.yaml to DIRECTORY.

    An editor that knows the YAML language server completes and checks a file that names its
    schema in the first line. Without a DIRECTORY, they go to .loadstone/schemas.
    """
    from loadstone.errors import UsageError
    from loadstone.flows import output_directory
    from loadstone.report.listings.files import schemas

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot write into {folder}: {error.strerror}", next_step="name another directory"
        ) from error
    files = {
        name: folder / f"{name}.schema.json"
        for name in ("loadstone", "scenario", "component", "preset")
    }
    for name, path in files.items():
        output_directory.write_text(path, text(name))
    written = [str(path) for path in files.values()]
    emit({"written": written}, schemas(written, _LINE), as_json=as_json)


def text(name: str) -> str:
    """A schema as it is written."""
    import json

    from loadstone.formats import configuration
    from loadstone.formats.schemas import SCHEMAS

    schema = configuration.schema() if name == "loadstone" else SCHEMAS[name]()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
