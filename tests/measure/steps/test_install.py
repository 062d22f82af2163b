"""What a component needs before it starts: brought by its revision, and said by its file."""

import json

from loadstone import formats
from loadstone.measure.steps.install import needed
from loadstone.model import Revision, Side


def revision(tmp_path, name, *kinds, **more):
    file = tmp_path / name
    file.write_text(json.dumps([{"metadata": {"name": kind}, "from": name} for kind in kinds]))
    return Revision(
        side=Side.BASE, asked=name, label=name, definitions=str(file) if kinds else "", **more
    )


def component(*objects):
    return formats.Component(
        component="thing", about="", role="x", revisions=formats.Revisions(), objects=list(objects)
    )


def test_what_the_programs_of_a_revision_bring_is_there_once_and_before_its_files_own(tmp_path):
    others = {
        "side": revision(tmp_path, "side", "b", "c"),
        "bare": revision(tmp_path, "bare"),
    }
    asked = revision(tmp_path, "main", "a", "b", others=others)
    own = {"kind": "Setting", "metadata": {"name": "s"}}
    found = needed(component(own), asked)
    assert [(each["metadata"]["name"], each.get("from")) for each in found] == [
        ("a", "main"),
        ("b", "main"),
        ("c", "side"),
        ("s", None),
    ]


def test_a_revision_that_brings_nothing_needs_what_its_file_says(tmp_path):
    assert needed(component(), revision(tmp_path, "bare")) == []
