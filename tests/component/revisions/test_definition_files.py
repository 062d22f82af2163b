"""Definitions of kinds that come with a revision: what is taken, and whose."""

import json
import stat
from pathlib import Path

import pytest

from loadstone import formats
from loadstone.component.revisions import definition_files
from loadstone.component.revisions.resolve import resolve
from loadstone.errors import UsageError
from loadstone.flows.revision_programs import require_differing
from loadstone.model import Side
from tests.component.repositories import commit, component, created

BASES = formats.Definitions(paths=["crd/bases"], labels={"contract": "v1"})
DEFINITION = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {name}, labels: {{own: kept}}}}
spec: {{group: example.test}}
"""


def definition(name):
    return DEFINITION.format(name=name)


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "tree"
    (root / "crd/bases").mkdir(parents=True)
    (root / "crd/bases/b.yaml").write_text(definition("b") + "---\n" + definition("c"))
    (root / "crd/bases/a.yml").write_text(definition("a"))
    return root


def written(wanted, tree, tmp_path):
    definition_files.write(wanted, tree, tmp_path / definition_files.FILE)
    return definition_files.read(tmp_path / definition_files.FILE)


def test_all_of_a_folder_are_taken_with_their_labels_and_nothing_else(tree, tmp_path):
    (tree / "crd/bases/kustomization.yaml").write_text("kind: Kustomization\n")
    (tree / "crd/bases/role.yaml").write_text("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n")
    (tree / "crd/bases/README.md").write_text("- [nothing")
    found = written(BASES, tree, tmp_path)
    assert [each["metadata"]["name"] for each in found] == ["a", "b", "c"]
    assert {json.dumps(each["metadata"]["labels"]) for each in found} == {
        '{"own": "kept", "contract": "v1"}'
    }


def test_a_path_may_be_a_file(tree, tmp_path):
    one = formats.Definitions(paths=["crd/bases/a.yml"])
    assert len(written(one, tree, tmp_path)) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x [1]\nb: *x\n", "a.yml has an alias, which no definition needs"),
        ("a: [1\n", "a.yml is no YAML"),
        ("[" * 2000, "a.yml is no YAML"),
    ],
)
def test_what_cannot_be_read_is_said(tree, tmp_path, text, said):
    (tree / "crd/bases/a.yml").write_text(text)
    with pytest.raises(UsageError, match=said):
        written(BASES, tree, tmp_path)


def test_where_there_is_none_it_is_said(tree, tmp_path):
    with pytest.raises(UsageError, match="the revision has no crd/base"):
        written(formats.Definitions(paths=["crd/base"]), tree, tmp_path)
    for path in (tree / "crd/bases").iterdir():
        path.unlink()
    with pytest.raises(UsageError, match="there is no CustomResourceDefinition in crd/bases"):
        written(BASES, tree, tmp_path)


@pytest.mark.parametrize("path", ["../outside", "crd/bases"])
def test_nothing_is_read_that_is_not_the_revisions_own(tree, tmp_path, path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.yaml").write_text(definition("x"))
    (tree / "crd/bases/x.yaml").symlink_to(outside / "x.yaml")
    with pytest.raises(UsageError, match="leads out of the revision's files"):
        written(formats.Definitions(paths=[path]), tree, tmp_path)


def operator(repository):
    """A component whose commits bring definitions."""
    described = component(repository)
    build = described.revisions.build
    assert build is not None
    fields = {name: getattr(build, name) for name in ("repository", "command", "executable")}
    kept = formats.Revisions(build=formats.BuildSource(**fields, definitions=BASES))
    return formats.Component(
        component="thing", about="", role="x", revisions=kept, command=described.command,
        ready=described.ready,
    )  # fmt: skip


def test_a_commit_brings_its_own_and_those_alone_make_a_difference(tmp_path):
    place = created(tmp_path / "repository")
    (place / "crd/bases").mkdir(parents=True)
    (place / "crd/bases/a.yaml").write_text(definition("a"))
    commit(place, "one")
    (place / "crd/bases/b.yaml").write_text(definition("b"))
    commit(place, "one", subject="another kind")
    cache = tmp_path / "cache"
    base, head = (
        resolve(operator(place), name, side, cache=cache)
        for name, side in (("main~1", Side.BASE), ("main", Side.HEAD))
    )
    assert base.digest == head.digest
    counts = [len(definition_files.read(Path(each.definitions))) for each in (base, head)]
    assert counts == [1, 2]
    require_differing(base, head)  # the same program, and not the same revision
    assert resolve(component(place), "main", Side.HEAD, cache=cache).definitions == ""


def test_a_program_whose_definitions_nobody_knows_is_refused(tmp_path):
    program = tmp_path / "thing"
    program.write_text("#!/bin/sh\n")
    program.chmod(stat.S_IRWXU)
    place = created(tmp_path / "repository", "one")
    with pytest.raises(UsageError, match=r"which definitions of kinds go with path:") as caught:
        resolve(operator(place), f"path:{program}", Side.BASE, cache=tmp_path / "cache")
    assert caught.value.next_step == "name a commit (build:main)"
