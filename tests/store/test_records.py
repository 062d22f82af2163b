from __future__ import annotations

import json
import resource
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import InvalidFile, LoadstoneError, UsageError
from loadstone.model import RECORD_VERSION, Note, Record
from loadstone.report.common.sentences import sentence
from loadstone.store import records
from loadstone.store.migrations import STEPS, upgrade
from tests.store import made

FIXTURES = Path(__file__).parent.parent / "data" / "records"
SCHEMA = Path(__file__).parent.parent.parent / "docs" / "schemas" / "record.schema.json"


def document(**changes: Any) -> dict[str, Any]:
    """A record as its file holds it, with changes."""
    return {**json.loads(msgspec.json.encode(made.record())), **changes}


def problems(path: Path, raw: Any) -> list[str]:
    """What `load` says of a file with this text or document, without the file's name."""
    path.write_bytes(raw if isinstance(raw, bytes) else json.dumps(raw).encode())
    with pytest.raises(InvalidFile) as caught:
        records.load(path)
    assert caught.value.next_step
    return [str(problem).removeprefix(f"{path}: ") for problem in caught.value.problems]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.json"


def test_a_record_survives_the_trip_to_disk(path):
    records.save(made.record(), path)
    assert made.same(records.load(path), made.record())


def test_saving_again_replaces_the_file_whole(path):
    records.save(made.record(), path)
    records.save(made.record(runs=[]), path)
    assert records.load(path).runs == []
    assert list(path.parent.iterdir()) == [path], "no draft stays behind"


def test_a_full_disk_leaves_the_older_record_as_it_was(path):
    records.save(made.record(), path)
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, old[1]))
    try:
        with pytest.raises(LoadstoneError, match="cannot write"):
            records.save(made.record(runs=[]), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert made.same(records.load(path), made.record())
    assert list(path.parent.iterdir()) == [path]


def test_a_record_that_json_cannot_carry_is_not_written(path):
    broken = made.record(runs=[replace(made.run(), seconds=float("nan"))])
    with pytest.raises(InvalidFile, match=r"runs\[0\]\.seconds: expected a finite number"):
        records.save(broken, path)
    assert not path.exists()


# --- what is refused ------------------------------------------------------------------------------


def test_all_problems_are_told_at_once_with_their_fields(path):
    raw = document(started=5)
    raw["plan"]["seed"] = "seven"
    raw["plan"]["cases"][0]["case"]["axes"]["body size"] = [1]
    raw["plan"]["policy"]["goal"] = "win"
    raw["judgement"] = {"verdict": "unchanged", "comparisons": [{"case": 1}]}
    del raw["runs"][2]["side"]
    assert set(problems(path, raw)) == {
        "started: expected a string, found the number 5",
        'plan.seed: expected an integer, found the string "seven"',
        'plan.cases[0].case.axes["body size"]: expected string or integer or number or boolean, found an array',  # noqa: E501
        'plan.policy.goal: expected one of certify, detect; found the string "win"',
        "judgement.comparisons[0].case: expected a string, found the number 1",
        "judgement.comparisons[0].metric: is missing",
        "judgement.comparisons[0].verdict: is missing",
        "runs[2].side: is missing",
    }


def test_a_truncated_record_says_where_it_ends(path):
    data = json.dumps(document()).encode()
    for end in range(0, len(data) - 1, 7):
        assert problems(path, data[:end]) == [f"it ends in the middle, after {end} bytes"]


def test_every_nan_and_infinity_is_named(path):
    raw = document(started="")
    raw["runs"][0]["values"]["latency_p99"] = float("nan")
    raw["runs"][1]["series"]["process.rss"][1][1] = float("-inf")
    assert problems(path, raw) == [
        "runs[0].values.latency_p99: expected a finite number, found nan",
        'runs[1].series["process.rss"][1][1]: expected a finite number, found -inf',
    ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "it ends in the middle, after 0 bytes"),
        (b"[]", "expected an object, found an array"),
        (b"<html>", "line 1, column 1: not JSON (Expecting value)"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"a": "\\ud800"}', "not JSON"),
        (b'{"a": 1e999}', "a: expected a finite number, found inf"),
        (b'{"a": ' + b"9" * 30 + b"}", "a: the number is too large"),
        (b"[" * 5_000_000, "nested more than 64 deep"),
        (b'{"plan": ' + b"[" * 500 + b"]" * 500 + b"}", "plan[0][0]: nested more than 64 deep"),
        (b'{"version": 99}', "version: written by a newer Loadstone (version 99"),
        (b'{"version": "1"}', "version: expected a version from 0 to 2, found '1'"),
        (b'{"version": true}', "version: expected a version from 0 to 2, found True"),
        (b'{"version": -1}', "version: expected a version from 0 to 2, found -1"),
    ],
)
def test_what_is_no_record_is_refused_in_words(path, raw, said):
    assert problems(path, raw)[0].startswith(said)


def test_a_huge_file_is_refused_before_it_is_read_whole(path):
    path.write_bytes(b" " * 2000)
    with pytest.raises(InvalidFile, match="larger than 1000 bytes"):
        records.load(path, most=1000)


def test_countless_problems_are_cut_short_and_counted(path):
    said = problems(path, document(runs=[7] * 500))
    assert said[-1] == "and 450 more problems like these"
    assert len(said) == 51


def test_a_missing_file_is_a_wrong_use(path):
    with pytest.raises(UsageError, match=r"cannot read .*record\.json: no such file"):
        records.load(path)
    with pytest.raises(UsageError, match=r"cannot read .*: is a directory"):
        records.load(path.parent)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_record_or_told_in_words(data):
    with pytest.raises(InvalidFile):
        records.parse(data, where="it")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.data())
def test_any_value_in_the_place_of_another_is_taken_or_told_in_words(data):
    raw = document(judgement=None)
    place: Any = raw
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, dict | list) or data.draw(st.booleans()):
            break
        place = inner
    place[key] = data.draw(JSON)
    try:
        found = records.parse(json.dumps(raw).encode(), where="it")
    except InvalidFile:
        return
    assert isinstance(found, Record)


# --- older and newer ones -------------------------------------------------------------------------


def test_a_draft_of_version_0_still_loads():
    old = json.loads((FIXTURES / "version-0.json").read_text())
    assert "version" not in old
    assert "tools" not in old["environment"]
    record = records.load(FIXTURES / "version-0.json")
    assert record.version == RECORD_VERSION
    assert record.environment.tools == {"k6": "1.1.0", "nginx": "1.31.3"}
    assert record.environment.facts == {"cores": 2, "cpu": "a model"}
    assert len(record.runs) == 2


def test_every_version_has_a_step_and_a_file_that_proves_it():
    assert sorted(STEPS) == list(range(RECORD_VERSION))
    for version in range(RECORD_VERSION + 1):
        assert records.load(FIXTURES / f"version-{version}.json").version == RECORD_VERSION


def test_notes_of_version_1_keep_their_own_words():
    record = records.load(FIXTURES / "version-1.json")
    assert [sentence(note) for note in record.runs[0].notes] == [
        "another process took 12 % of a core"
    ]


def test_upgrading_leaves_the_document_it_was_given_alone():
    old = json.loads((FIXTURES / "version-0.json").read_text())
    before = json.dumps(old)
    upgrade(old)
    assert json.dumps(old) == before


def test_a_field_added_later_does_not_shut_out_this_reader(path):
    raw = document(colour="blue")
    raw["runs"][0]["mood"] = {"deep": [1]}
    path.write_text(json.dumps(raw))
    assert made.same(records.load(path), made.record())


# --- the schema -----------------------------------------------------------------------------------


def test_reasons_of_older_records_void_everything(tmp_path):
    reason = Note(code="generator-bottleneck", data={"text": "late"}, voids=("latencies",))
    path = tmp_path / "record.json"
    records.save(made.record(runs=[made.run(0, invalid=[reason])]), path)
    (new,) = records.load(path).runs
    assert new.invalid[0] == reason
    assert new.valid
    path.write_text(path.read_text().replace(',"voids":["latencies"]', ""))
    (old,) = records.load(path).runs
    assert old.invalid[0].voids == ()
    assert not old.valid


def test_the_schema_in_the_documentation_is_current():
    assert json.loads(SCHEMA.read_text()) == records.record_schema(), (
        "write it anew: python -m loadstone.store.schema > docs/schemas/record.schema.json"
    )


def test_the_schema_takes_what_is_saved_and_refuses_what_is_not():
    import jsonschema

    validator = jsonschema.Draft202012Validator(records.record_schema())
    validator.check_schema(records.record_schema())
    assert validator.is_valid(document())
    assert not validator.is_valid(document(version=RECORD_VERSION + 1))
    assert not validator.is_valid(document(runs={}))
