"""First lines: a module, class or public function of these folders says what it is, no riddle."""

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "loadstone"
FOLDERS = (
    *("formats", "system", "plan", "cluster", "component", "measure", "store", "profiles", "bot"),
    *("flows", "errors.py", "protocols.py"),
)
# A sentence that begins so tells what a thing is like, and leaves its name to the reader.
RIDDLE = re.compile(r"(What|How|Where|When|Why|Who|That|Of|From|Until|It|Its|They) ")
KINDS = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def first_lines(tree, where):
    """Each name of a module with the first line of what it says of itself, "" for none."""
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        or (isinstance(node, KINDS) and not node.name.startswith("_"))
    ]
    for node in (tree, *public):
        said = ast.get_docstring(node) or ""
        yield f"{where}:{getattr(node, 'name', '')}", said.partition("\n")[0]


def offenders(trees):
    """The names that say nothing of themselves, or begin with a riddle."""
    return [
        name
        for where, tree in trees
        for name, line in first_lines(tree, where)
        if not line or RIDDLE.match(line)
    ]


def modules(folder):
    place = SOURCE / folder
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    return [(str(path.relative_to(SOURCE)), ast.parse(path.read_text())) for path in files]


@pytest.mark.parametrize("folder", FOLDERS)
def test_first_lines_name_the_thing(folder):
    assert offenders(modules(folder)) == []


@pytest.mark.parametrize("text", ['"""What one sees."""', "", '"""A module."""\nclass A: ...'])
def test_a_riddle_or_silence_is_found(text):
    assert len(offenders([("m", ast.parse(text))])) == 1
