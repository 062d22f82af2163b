"""The package's promises about itself: one name for one thing, and the same order in its tests."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import loadstone
from loadstone import apiserver

ALL = Path(loadstone.__file__).parent
PACKAGE = Path(apiserver.__file__).parent
TESTS = Path(__file__).parent


def classes(folder: Path) -> Counter[str]:
    trees = [ast.parse(path.read_text()) for path in folder.rglob("*.py")]
    return Counter(
        node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    )


def test_no_class_of_the_api_server_shares_its_name_with_another() -> None:
    everywhere = classes(ALL)
    assert [name for name in classes(PACKAGE) if everywhere[name] > 1] == []


def test_tests_lie_where_what_they_test_lies() -> None:
    modules = {path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py")}
    tested = {
        path.relative_to(TESTS).with_name(path.stem.removeprefix("test_"))
        for path in TESTS.rglob("test_*.py")
        if path != Path(__file__)
    }
    assert sorted(tested - modules) == []


def test_every_module_class_and_public_function_says_what_it_is() -> None:
    silent = []
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text())
        public = [
            node
            for node in tree.body
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and not node.name.startswith("_")
        ]
        silent += [f"{path.name}:{n.name}" for n in public if not ast.get_docstring(n)]
        silent += [] if ast.get_docstring(tree) else [path.name]
    assert silent == []
