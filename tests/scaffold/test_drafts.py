"""Drafts: golden, valid to whoever reads them, and safe by our own rules and by others'."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loadstone.formats.configuration import parse
from loadstone.formats.yaml_text import read
from loadstone.plan.components import parse_component
from loadstone.scaffold.check import check
from loadstone.scaffold.drafts import COMPONENT, CONFIGURATION, WORKFLOWS, drafts
from loadstone.scaffold.repository_facts import RepositoryFacts
from loadstone.scaffold.stamp import Ownership, ownership
from tests.action.harness.acting import commit
from tests.scaffold.golden import ACTION, ACTION_WORDS, FOLDER, REPOSITORIES, files

BIN = Path(sys.executable).parent


def by_path(facts):
    return {draft.path: draft.text for draft in drafts(facts, ACTION)}


def test_what_is_written_is_what_was_looked_at():
    wrong = [
        str(path.relative_to(FOLDER))
        for path, text in files().items()
        if not path.exists() or path.read_text() != text
    ]
    assert wrong == [], "python -m tests.scaffold.golden writes them anew; read the diff"
    assert {path for path in FOLDER.rglob("*") if path.is_file()} == set(files())


@pytest.mark.parametrize("name", REPOSITORIES)
def test_configuration_and_component_are_read_without_a_problem(name):
    found = by_path(REPOSITORIES[name])
    config = parse(found[CONFIGURATION], CONFIGURATION)
    assert config.component == COMPONENT
    parse_component(found[COMPONENT], COMPONENT)


@pytest.mark.parametrize("name", REPOSITORIES)
def test_our_own_check_finds_nothing_to_say(name):
    found = by_path(REPOSITORIES[name])
    workflows = {path: text for path, text in found.items() if path.startswith(WORKFLOWS)}
    assert check(workflows, ACTION_WORDS, configuration=CONFIGURATION) == []


@pytest.mark.parametrize("name", REPOSITORIES)
def test_two_linters_of_workflows_find_nothing_to_say(name, tmp_path):
    for path, text in by_path(REPOSITORIES[name]).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    commit(tmp_path)
    for command in (["zizmor", "--offline", "--quiet", "."], ["actionlint"]):
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@example(directory="null", branch="on", file="# a: b")
@settings(max_examples=40)
@given(directory=WORDS, branch=WORDS, file=WORDS)
def test_no_name_in_a_repository_breaks_a_file(directory, branch, file):
    facts = RepositoryFacts(directory=directory, branch=branch, dockerfiles=[file], charts=[file])
    found = by_path(facts)
    for text in found.values():
        assert ownership(text) == Ownership.OURS
    main = read(found[f"{WORKFLOWS}/loadstone-main.yml"], "main").data
    assert main["on"]["push"]["branches"] == [branch]
    parse_component(found[COMPONENT], COMPONENT)
    assert parse(found[CONFIGURATION], CONFIGURATION).component == COMPONENT


def test_an_existing_configuration_gets_no_other_beside_it():
    paths = {
        draft.path for draft in drafts(REPOSITORIES["bare"], ACTION, configuration="loadstone.yaml")
    }
    assert paths
    assert all(path.startswith(WORKFLOWS) for path in paths)


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        (RepositoryFacts(directory="x", branch="main", programs=("a", "manager")), "manager"),
        (RepositoryFacts(directory="b", branch="main", programs=("a", "b")), "b"),
        (
            RepositoryFacts(directory="x", branch="main", module="a.test/Kube_Thing/v3"),
            "kube-thing",
        ),
        (RepositoryFacts(directory="3 things", branch="main"), "component-3-things"),
        (RepositoryFacts(directory="…", branch="main"), "component"),
    ],
)
def test_the_component_is_called_what_it_most_likely_is(facts, name):
    assert facts.name == name
