"""Hostile artifacts: no crash, no file, no word of theirs, in little memory and time."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loadstone.flows.artifact import admission, received, vocabulary
from loadstone.model import Conclusion, Note, Record, Shard, Verdict, conclusion
from loadstone.model.reasons import Part
from loadstone.report.common.sentences import sentence
from loadstone.store.untrusted.admitted_runs import Admission
from loadstone.store.untrusted.artifact_limits import Limits
from loadstone.store.untrusted.opened_artifact import opened
from loadstone.store.untrusted.vocabulary import KINDS, WITHHELD
from tests.store.untrusted.artifacts import (
    HOSTILE,
    INJECTED,
    bomb,
    entry,
    files,
    lines,
    plan,
    runs,
    session,
    strings,
    zipped,
)


def put(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "artifact.zip"
    path.write_bytes(data)
    return path


def taken(tmp_path: Path, contents: dict[str, bytes]) -> Admission:
    return admission(put(tmp_path, zipped(contents)), plan())


def ours() -> set[str]:
    """Every text that a record may have, beside moments and histograms."""
    words = vocabulary(plan())
    known = {*words.quantities, *words.series, *words.codes, *words.data, *words.texts, WITHHELD}
    known |= {"reason-withheld", "base", "head", *KINDS, *(part.value for part in Part)}
    known |= {each.case.name for each in plan().cases}
    return known | {*strings(msgspec.to_builtins(record_of_nothing()))}


def record_of_nothing() -> Record:
    from loadstone import __version__
    from loadstone.store.untrusted.admitted_runs import unverified

    return Record(plan=plan(), environment=unverified(plan(), __version__), runs=())


def require_ours(found: Admission) -> None:
    """Nothing of an artifact's texts is left, in the record or in the notes."""
    said = " ".join(sentence(note) for note in found.notes)
    for text in INJECTED:
        assert text not in said
    if found.record is None:
        return
    bare = replace(
        found.record,
        started="",
        finished="",
        runs=[replace(run, started="", histograms={}, profiles={}) for run in found.record.runs],
    )
    fields = {"code", "data", "voids"} | set(strings(_run_fields()))
    texts = set(strings(msgspec.to_builtins(bare)))
    assert texts - ours() - fields == set()
    written = msgspec.json.encode(found.record).decode()
    for text in INJECTED:
        assert json.dumps(text)[1:-1] not in written
        assert text not in written


def _run_fields() -> list[str]:
    from loadstone.model import Run

    return list(Run.__dataclass_fields__)


def test_an_honest_artifact_is_taken_whole(tmp_path):
    found = taken(tmp_path, files())
    assert found.whole
    assert found.notes == []
    assert found.record is not None
    assert len(found.record.runs) == 16
    require_ours(found)


def test_values_follow_from_quantities_and_the_plan_is_ours(tmp_path):
    found = taken(tmp_path, files())
    assert found.record is not None
    assert found.record.plan == plan()
    assert found.record.environment.key == "unverified"
    assert found.record.judgement is None
    assert all(run.values == {"p50": run.quantities["latency.p50"]} for run in found.record.runs)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_no_run_has_made_is_refused_in_our_words(tmp_path, name):
    make, code = HOSTILE[name]
    before = sorted(tmp_path.rglob("*"))
    found = admission(put(tmp_path, make()), plan())
    assert found.record is None
    assert next(note.code for note in found.notes) == code
    require_ours(found)
    assert sorted(tmp_path.rglob("*")) == [*before, tmp_path / "artifact.zip"]


@pytest.mark.parametrize("cut", [1, 10, 100, 300, 500])
def test_a_torn_archive_is_refused(tmp_path, cut):
    whole = zipped(files())
    assert opened(put(tmp_path, whole[:-cut])).refused == Note.of("artifact-unreadable")
    assert opened(put(tmp_path, whole[: len(whole) // 2])).refused is not None


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_anywhere_never_crashes(tmp_path, data):
    whole = bytearray(zipped(files()))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    require_ours(admission(put(tmp_path, bytes(whole)), plan()))


def test_a_file_that_no_run_writes_is_not_read_and_counted(tmp_path):
    found = admission(put(tmp_path, entry("pr_number.txt", b"31337")), plan())
    assert found.whole
    assert [note.code for note in found.notes] == ["artifact-files"]
    assert found.record is not None


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=20),
        st.sampled_from(INJECTED),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(INJECTED), inner, max_size=3)
    ),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in plain data."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path, *(found for key, each in inner for found in places(each, (*path, key)))]


def put_at(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put_at(value[path[0]], path[1:], new)
    return copy


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_wrong_types_anywhere_are_refused_or_left_out_and_never_said(tmp_path, data):
    said, found = session(), runs()
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places(found[0])))
        found[0] = put_at(found[0], place, data.draw(JSON))
        if not isinstance(found[0], dict):
            break
    if data.draw(st.booleans()):
        said = put_at(said, data.draw(st.sampled_from(places(said))), data.draw(JSON))
    contents = {"session.json": json.dumps(said).encode(), "rounds.jsonl": lines(found)}
    require_ours(taken(tmp_path, contents))


def test_no_text_of_a_run_is_said(tmp_path):
    found = runs()
    for number, text in enumerate(INJECTED):
        run = found[number]
        run["notes"] = [{"code": "scrape-failed", "data": {"failed": 1, "said": text}, "voids": []}]
        run["notes"] += [{"code": text, "data": {}, "voids": []}]
        run["invalid"] = [
            {"code": "exited", "data": {"status": 1, "said": text, "merge_it": 1}, "voids": []}
        ]
        run["quantities"] |= {text[:100]: 1.0, "visit.evil.test": 1.0}
        run["series"] |= {"visit.evil.test": [[0.0, 1.0]]}
        run["requests"] = {text: 1}
        run["probe_cost"] = {text: 1.0}
        run["histograms"] = {"latency": text, text[:50]: "AAAA"}
        run["profiles"] = {"cpu": "../../../etc/passwd", text[:50]: "session.json"}
    admitted_ = taken(tmp_path, files(**{"rounds.jsonl": lines(found)}))
    assert admitted_.record is not None
    require_ours(admitted_)
    first = admitted_.record.runs[0]
    assert first.invalid == (Note.of("exited", status=1, said=WITHHELD),)
    assert "evil" not in msgspec.json.encode(admitted_.record).decode()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda said: said["plan"]["head"].update(commit="c" * 40), "artifact-revision"),
        (lambda said: said["plan"]["base"].update(commit=""), "artifact-revision"),
        (lambda said: said["plan"].update(component="other"), "artifact-other"),
        (lambda said: said["plan"].update(tier=INJECTED[0]), "artifact-other"),
        (lambda said: said["environment"].update(harness="9.9"), "artifact-other"),
        (lambda said: said["plan"].update(shard={"number": 3, "of": 2}), "artifact-other"),
        (lambda said: said.update(plan=INJECTED[0]), "artifact-session"),
    ],
)
def test_an_artifact_of_something_else_is_refused(tmp_path, change, code):
    said = session()
    change(said)
    found = taken(tmp_path, files(**{"session.json": json.dumps(said).encode()}))
    assert found.record is None
    assert [note.code for note in found.notes] == [code]
    require_ours(found)


def test_where_no_commit_is_known_what_was_asked_for_has_to_be_the_same(tmp_path):
    said = session()
    said["plan"]["head"] = {"asked": "3"}
    path = put(tmp_path, zipped(files(**{"session.json": json.dumps(said).encode()})))
    found = admission(path, plan(commits=False))
    assert found.notes == [Note.of("artifact-revision", side="head")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"case": "s/n=3"}, "runs-not-planned"),
        ({"side": "both"}, "runs-not-planned"),
        ({"round": 5}, "runs-not-planned"),
        ({"round": 0}, "runs-not-planned"),
        ({"round": 2}, "runs-twice"),
        ({"started": "yesterday"}, "runs-not-planned"),
        ({"seconds": -1}, "runs-malformed"),
        ({"seconds": "1"}, "runs-malformed"),
        ({"quantities": {"latency.p50": "fast"}}, "runs-malformed"),
        ({"order": 10**30}, "runs-malformed"),
        ({"histograms": {"latency": "eJw" + "A" * 60_000}}, "parts-refused"),
        ({"invalid": [{"code": INJECTED[1]}]}, "parts-refused"),
    ],
)
def test_a_run_that_was_not_planned_is_left_out_and_said(tmp_path, change, code):
    found = runs()
    found[0] |= change
    admitted_ = taken(tmp_path, files(**{"rounds.jsonl": lines(found)}))
    assert not admitted_.whole
    assert [note.code for note in admitted_.notes] == [code]
    require_ours(admitted_)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_numbers_that_are_not_finite_are_left_out(tmp_path, number):
    text = lines(runs()).replace(b'"seconds": 5.0', f'"seconds": {number}'.encode(), 1)
    found = taken(tmp_path, files(**{"rounds.jsonl": text}))
    assert [note.code for note in found.notes] == ["runs-malformed"]


def test_of_a_thousand_million_rows_only_the_planned_are_read(tmp_path):
    line = json.dumps(runs()[0]).encode() + b"\n"
    many = lines(runs()) + line * 2_000
    data = zipped({**files(), "rounds.jsonl": many}, method=0)
    found = admission(put(tmp_path, data), plan())
    assert [note.code for note in found.notes] == ["runs-beyond"]
    assert found.record is not None
    assert len(found.record.runs) == 16


def test_a_histogram_that_unpacks_without_end_is_left_out(tmp_path):
    import base64
    import zlib

    packed = base64.b64encode(b"\0" * 8 + zlib.compress(b"\0" * 20_000_000, 9)).decode()
    found = runs()
    found[0]["histograms"] = {"latency": packed[:50_000]}
    found[1]["histograms"] = {"latency": packed}
    admitted_ = taken(tmp_path, files(**{"rounds.jsonl": lines(found)}))
    assert [note.data for note in admitted_.notes] == [{"parts": 2}]


def test_profiles_get_names_of_ours(tmp_path):
    found = runs()
    found[0]["profiles"] = {"cpu": "profiles/s/n=1/base-1-cpu.pb.gz", "heap": "profiles/none.pb.gz"}
    contents = files(
        **{"rounds.jsonl": lines(found), "profiles/s/n=1/base-1-cpu.pb.gz": b"profile"}
    )
    admitted_ = taken(tmp_path, contents)
    assert admitted_.profiles == {"profiles/case-1/base-1-cpu.pb.gz": b"profile"}
    assert admitted_.record is not None
    assert admitted_.record.runs[0].profiles == {"cpu": "profiles/case-1/base-1-cpu.pb.gz"}


def unpacked(tmp_path, contents):
    folder = tmp_path / "folder"
    for name, data in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_a_directory_is_read_as_an_archive_is(tmp_path):
    found = admission(unpacked(tmp_path, files()), plan())
    archived = taken(tmp_path, files())
    assert found.record == archived.record
    assert found.whole


@pytest.mark.parametrize("kind", ["link", "hard link", "link to a folder", "pipe"])
def test_a_directory_with_a_link_is_refused(tmp_path, kind):
    folder = unpacked(tmp_path, files())
    (tmp_path / "secret").write_text("secret")
    match kind:
        case "link":
            (folder / "x").symlink_to(tmp_path / "secret")
        case "hard link":
            os.link(tmp_path / "secret", folder / "x")
        case "link to a folder":
            (folder / "profiles").symlink_to("/etc")
        case _:
            os.mkfifo(folder / "x", stat.S_IRUSR)
    assert opened(folder).refused == Note.of("artifact-link")


def test_small_limits_hold(tmp_path):
    path = put(tmp_path, zipped(files()))
    for limits, code in (
        (Limits(archive=10), "artifact-too-large"),
        (Limits(unpacked=1000), "artifact-too-large"),
        (Limits(file=100), "artifact-too-large"),
        (Limits(files=1), "artifact-too-many-files"),
        (Limits(small=10, ratio=1.5), "artifact-bomb"),
    ):
        found = opened(path, limits)
        assert found.refused == Note.of(code), limits
        assert found.files == {}


MEASURE = """
import resource, sys
from pathlib import Path
from loadstone.flows.artifact import admission
from tests.store.untrusted.artifacts import plan
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sys.argv[1:]:
    admission(Path(path), plan())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
def test_memory_stays_small_whatever_comes(tmp_path):
    """Peak memory beyond what is loaded anyway, in kB; the bomb alone would take 100 MB."""
    paths = []
    for number, (make, _) in enumerate(HOSTILE.values()):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(make())
        paths.append(str(path))
    (tmp_path / "bomb.zip").write_bytes(bomb())
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *paths, str(tmp_path / "bomb.zip")],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert int(done.stdout) < 60_000


def judged_of(tmp_path, contents, ours=None):
    path = put(tmp_path, zipped(contents))
    (tmp_path / "files").mkdir()
    return received([path], ours or plan(), files=tmp_path / "files")


@pytest.mark.parametrize(("change", "wanted"), [(1.0, Conclusion.PASS), (1.5, Conclusion.FAIL)])
def test_the_record_is_judged_anew_from_the_runs(tmp_path, change, wanted):
    contents = files(**{"rounds.jsonl": lines(runs(change)), "record.json": b"{}"})
    found = judged_of(tmp_path, contents)
    assert found.record is not None
    assert conclusion(found.record.judgement) is wanted
    assert found.record.judgement.policy == plan().policy
    assert found.notes == []


@pytest.mark.parametrize("lost", [1, 2, 9])
def test_runs_that_are_missing_make_it_no_pass(tmp_path, lost):
    found = judged_of(tmp_path, files(**{"rounds.jsonl": lines(runs()[:-lost])}))
    assert found.record is not None
    assert conclusion(found.record.judgement) is Conclusion.INVALID
    assert "artifact-unfinished" in [note.code for note in found.notes]
    assert found.record.judgement.verdict is Verdict.INVALID


def test_what_was_left_out_makes_it_no_pass(tmp_path):
    more = [*runs(), {**runs()[0], "case": "s/n=9"}]
    found = judged_of(tmp_path, files(**{"rounds.jsonl": lines(more)}))
    assert found.record is not None
    assert conclusion(found.record.judgement) is Conclusion.INVALID


def shard_of(tmp_path, number, cases):
    said = session()
    said["plan"]["shard"] = {"number": number, "of": 2}
    mine = [run for run in runs() if run["case"] in cases]
    path = tmp_path / f"shard-{number}-{len(cases)}.zip"
    contents = {"session.json": json.dumps(said).encode(), "rounds.jsonl": lines(mine)}
    path.write_bytes(zipped(contents))
    return path


def test_shards_are_joined_from_their_artifacts(tmp_path):
    first, second = shard_of(tmp_path, 1, ["s/n=1"]), shard_of(tmp_path, 2, ["s/n=2"])
    assert admission(first, plan()).shard == Shard(number=1, of=2)
    found = received([first, second], plan(), files=tmp_path / "files")
    assert found.record is not None
    assert conclusion(found.record.judgement) is Conclusion.PASS
    alone = received([first], plan(), files=tmp_path / "files")
    assert alone.record is not None
    assert conclusion(alone.record.judgement) is Conclusion.INVALID


def test_many_shards_may_hold_no_more_than_one_run(tmp_path):
    both = [shard_of(tmp_path, number, [f"s/n={number}"]) for number in (1, 2)]
    one = max(sum(map(len, opened(path).files.values())) for path in both)
    (tmp_path / "files").mkdir(exist_ok=True)
    for paths, refused in ((both[:1], False), (both, True)):
        found = received(paths, plan(), files=tmp_path / "files", limits=Limits(unpacked=one))
        assert (Note.of("artifact-too-large") in found.notes) is refused


def test_shards_that_are_not_of_one_run_are_refused(tmp_path):
    first = shard_of(tmp_path, 1, ["s/n=1"])
    both = shard_of(tmp_path, 2, ["s/n=1", "s/n=2"])
    for paths in ([first, first], [first, both]):
        found = received(paths, plan(), files=tmp_path / "files")
        assert found.record is None
        assert found.notes[-1] == Note.of("artifact-shards")
