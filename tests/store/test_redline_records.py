"""`redline.json`: strict to read, and as its schema in the documents says."""

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from loadstone.errors import InvalidFile, UsageError
from loadstone.model import Note
from loadstone.report import redline
from loadstone.store.redline_records import load, redline_schema, save
from tests.report import searches

SCHEMA = Path(__file__).parent.parent.parent / "docs" / "schemas" / "redline.schema.json"


@pytest.mark.parametrize("name", searches.NAMES)
def test_what_is_saved_is_loaded_again(tmp_path, name):
    record = searches.get(name)
    save(record, tmp_path / "redline.json")
    again = load(tmp_path / "redline.json")
    assert msgspec.json.encode(again) == msgspec.json.encode(record)


def test_the_schema_in_the_documents_is_that_of_the_code():
    assert json.loads(SCHEMA.read_text()) == redline_schema(), "make generated"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"version": 3}, "expected a version from 1 to 2, found 3"),
        ({"redlines": {"brackets": "none"}}, "expected an array"),
        ({"seconds": "long"}, "seconds"),
        ({"version": 1, "redlines": {"brackets": "none"}}, "expected an array"),
        ({"version": 1, "redlines": []}, "expected an object"),
        ({"version": 1, "redlines": None}, "expected an object"),
        ({"version": 1, "redlines": {"brackets": [{"steps": None}]}}, "brackets"),
    ],
)
def test_a_file_that_is_not_one_is_refused_with_what_is_wrong(tmp_path, change, what):
    path = tmp_path / "redline.json"
    save(searches.get("alone"), path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InvalidFile, match=what):
        load(path)


@pytest.mark.parametrize("text", ['{"version": 1}', "[]", "1", '{"version": [1]}'])
def test_a_file_of_something_else_is_refused_too(tmp_path, text):
    path = tmp_path / "redline.json"
    path.write_text(text)
    with pytest.raises(InvalidFile):
        load(path)


def test_a_file_that_is_not_there_is_wrong_use(tmp_path):
    with pytest.raises(UsageError):
        load(tmp_path / "redline.json")


def test_why_a_run_gave_no_value_in_version_1_is_still_told_in_its_words(tmp_path):
    path = tmp_path / "redline.json"
    save(searches.get("limited"), path)
    old = json.loads(path.read_text()) | {"version": 1}
    for bracket in old["redlines"]["brackets"]:
        for run in (run for step in bracket["steps"] for run in step["trials"]):
            told = run.pop("reasons")
            run["reason"] = "; ".join(note["data"]["text"] for note in told)
    old["environment"]["warnings"] = [{"code": "few-cores", "text": "one core"}]
    path.write_text(json.dumps(old))
    new = load(path)
    assert redline.terminal(new, width=110) == redline.terminal(
        replace(
            searches.get("limited"),
            environment=replace(
                searches.get("limited").environment,
                warnings=[Note(code="few-cores", data={"text": "one core"})],
            ),
        ),
        width=110,
    )
