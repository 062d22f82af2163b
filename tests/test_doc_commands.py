"""Documents: every command, flag, benchmark, target, path and anchor that they name is there."""

import re
import shlex
from itertools import chain, count
from pathlib import Path

import click
import pytest

from loadstone import cli
from tests.test_docs import ROOT, broken_links, offenders, prose

# What a guide, or `loadstone init`, lets its reader write.
OF_A_READER = {
    "components/mine.yaml",
    ".github/loadstone/component.yaml",
    ".github/loadstone/greetings.yaml",
}
TARGETS = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), flags=re.M))


def code(path):
    """The lines of code of a document, in blocks and spans, those that go on made one."""
    text = path.read_text()
    fenced = re.findall(r"^```[^\n]*\n(.*?)^```", text, flags=re.M | re.S)
    indented = re.findall(r"^ {4,}\S.*$", prose(path), flags=re.M)
    spans = [span.replace("\n", " ") for span in re.findall(r"`([^`]+)`", prose(path))]
    blocks = "\n".join([*fenced, *indented, *spans])
    return re.sub(r"\\\n\s*", "", blocks).splitlines()


def words(line):
    """A line as a shell would split it, without its comment."""
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return line.split()


def called(path, program):
    """The arguments of each call of a program, up to where another one begins."""
    for line in code(path):
        found = words(re.sub(r"^(\$ |(- )?run: )", "", line.strip()))
        if found[:1] == [program]:
            ends = [at for at, word in enumerate(found) if word in ("|", "&&", ";", "||", ">")]
            yield found[1 : min(ends, default=len(found))]


def test_a_command_a_flag_and_an_anchor_that_are_not_there_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# One `two`\n# One two\n\n    loadstone plan -s x \\\n      --no-such\n\n`loadstone no`"
    )
    assert unknown(page) == ["--no-such", "no"]
    assert anchors(page) == {"one-two", "one-two-1"}


def test_every_command_and_flag_exists():
    assert offenders(unknown) == {}


def unknown(path):
    """The commands and flags of `loadstone` that a document names and that there are not."""
    missing = []
    for arguments in called(path, "loadstone"):
        named = [word for word in arguments if re.fullmatch(r"[a-z]+", word)]
        flags = {word.split("=")[0] for word in arguments if re.match(r"--?[a-z]", word)}
        if not arguments or arguments[0].startswith("-"):
            known = {"--help", "--version", "-h"}
        elif arguments[0] not in cli.COMMANDS:
            missing.append(arguments[0])
            continue
        else:
            known = options(arguments[0], named[1:2])
        missing += sorted(flags - known)
    return missing


def options(name, inner):
    """The flags of a command, and of the one inside it that is named."""
    command = cli.cli.get_command(click.Context(cli.cli), name)
    assert command is not None
    several = [command]
    if isinstance(command, click.Group):
        several += [command.commands[each] for each in inner if each in command.commands]
    found = {"--help", "-h"}
    for each in several:
        for parameter in each.params:
            found |= {*parameter.opts, *parameter.secondary_opts}
    return found


def targets(path):
    """Targets of make that a document names and that there are not."""
    asked = {word for each in called(path, "make") for word in each if word.isalnum()}
    return sorted(asked - TARGETS)


def test_every_target_of_make_exists():
    assert offenders(targets) == {}


def modules(path):
    """Python modules and scripts that a document runs and that there are not."""
    missing = []
    for arguments in called(path, "python"):
        name = arguments[1] if arguments[:1] == ["-m"] else arguments[0] if arguments else ""
        if arguments[:1] == ["-m"] and name.split(".")[0] in ("benchmarks", "tests", "loadstone"):
            folder = ROOT / "src" if name.startswith("loadstone") else ROOT
            place = folder.joinpath(*name.split("."))
            if not place.with_suffix(".py").exists() and not (place / "__main__.py").exists():
                missing.append(name)
        elif name.endswith(".py") and "/" in name and not (ROOT / name).exists():
            missing.append(name)
    return missing


def test_every_python_module_and_script_exists():
    assert offenders(modules) == {}


def lost_paths(path):
    """Files of the repository that a document names in code and that there are not."""
    named = [span for span in re.findall(r"`([\w./-]+)`", prose(path)) if "/" in span.strip("/")]
    ours = [span for span in named if (places := homes(span)) and not any(places)]
    return sorted({*ours} - OF_A_READER)


def homes(span):
    """Whether a path is there, below each folder of ours in which its first part is."""
    first = span.split("/")[0]
    return [
        (folder / span).exists()
        for folder in (ROOT, ROOT / "src" / "loadstone")
        if first and (folder / first).is_dir()
    ]


def test_every_path_that_a_document_names_is_there():
    assert offenders(lost_paths) == {}


def lost_tables(path):
    """Tables of the code that a document names and that no module has."""
    named = re.findall(r"`([A-Z][A-Z_]{3,})`", prose(path))
    source = (ROOT / "src").rglob("*.py")
    there = set(re.findall(r"^([A-Z_]+)\b.*=", "\n".join(map(Path.read_text, source)), flags=re.M))
    return sorted(set(named) - there)


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_every_table_that_these_documents_name_is_there(name):
    assert lost_tables(ROOT / name) == []


def pictures(path):
    """Pictures that a document shows and that there are not."""
    sources = re.findall(r'(?:src|srcset|href)="([^"]+)"', prose(path))
    local = [source.split("#")[0] for source in sources if "://" not in source]
    return [source for source in local if source and not (path.parent / source).exists()]


def test_every_picture_exists():
    assert offenders(pictures) == {}


def anchors(path):
    """The anchors that GitHub gives a document's headings."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ +(.+?) *#*$", prose(path), flags=re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        again = (f"{slug}-{number}" for number in count(1))
        found.add(next(each for each in chain([slug], again) if each not in found))
    return found


def lost_anchors(path):
    """Links to headings that there are not."""
    missing = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else Path(path)
        if anchor and "://" not in link and target.suffix == ".md" and target.exists():
            missing += [] if anchor in anchors(target) else [link]
    return missing


def test_every_anchor_is_a_heading():
    assert offenders(lost_anchors) == {}


@pytest.mark.parametrize(
    ("text", "check", "found"),
    [
        ("[a](gone.md)", broken_links, ["gone.md"]),
        ("`make nothing`", targets, ["nothing"]),
        ("`python -m tests.gone`", modules, ["tests.gone"]),
        ("`tests/gone.py`, `stats/gone`", lost_paths, ["stats/gone", "tests/gone.py"]),
        ("`NO_SUCH_TABLE`, `PROVIDERS`", lost_tables, ["NO_SUCH_TABLE"]),
        ("`tests/test_docs.py`, `stats/common`, `rate/s`", lost_paths, []),
        ('<img src="gone.png">', pictures, ["gone.png"]),
        ("[a](#gone)", lost_anchors, ["#gone"]),
    ],
)
def test_what_a_document_names_and_that_is_not_there_is_found(text, check, found, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"# One\n\n{text}\n")
    assert check(page) == found
