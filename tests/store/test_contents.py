"""Two records are of one session by what they hold."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from loadstone.model import Judgement, Note, ProfileDiff, Verdict
from loadstone.store import records
from loadstone.store.contents import digest, once
from tests.store import made


def written(text: str, path):
    path.write_text(text)
    return records.load(path)


def test_another_program_may_write_it_anew(tmp_path):
    plain = json.loads(records.encode(made.record(), where="x"))
    turned = {name: plain[name] for name in reversed(plain)}
    turned["runs"][0]["seconds"] = 2.50
    turned["plan"]["cases"][0]["window"] = 2  # 2.0, as jq writes it
    turned["a field of tomorrow"] = True
    again = written(json.dumps(turned, indent=4, ensure_ascii=True), tmp_path / "other name.json")
    assert digest(again) == digest(made.record())


def test_what_was_made_of_the_measurements_does_not_matter():
    judgement = Judgement(verdict=Verdict.UNCHANGED, comparisons=())
    profile = ProfileDiff(case="c", kind="cpu", unit="s")
    later = replace(made.record(), judgement=judgement, profiles=[profile], version=0)
    assert digest(later) == digest(made.record())


@pytest.mark.parametrize(
    "changes",
    [
        {"started": "2026-11-22T05:00:01Z"},
        {"finished": "2026-11-22T05:01:01Z"},
        {"environment": made.environment(key="elsewhere")},
        {"plan": made.plan(seed=8)},
        {"runs": []},
        {"runs": [made.run(0)]},
        {"runs": [made.run(0, values={"latency_p99": 0.5}), *map(made.run, (1, 2, 3))]},
        {
            "runs": [
                made.run(0, invalid=(Note(code="x", data={"text": "x"}),)),
                *map(made.run, (1, 2, 3)),
            ]
        },
    ],
)
def test_another_session_is_another(changes):
    assert digest(made.record(**changes)) != digest(made.record())


def test_a_session_that_was_gone_on_with_stands_for_its_beginning_too():
    runs = [made.run(number) for number in range(4)]
    short, longer, whole = (made.record(runs=runs[:n], finished=str(n)) for n in (2, 3, 4))
    other = made.record(runs=[made.run(0, values={"latency_p99": 0.5}), *runs[1:]])
    for order in ([short, longer, whole, other], [other, whole, longer, short]):
        assert once(order) == [each for each in order if each in (whole, other)]
    assert once([made.record(runs=[]), whole]) == [made.record(runs=[]), whole]


def test_the_first_of_the_same_is_kept_in_its_place():
    one, other = made.record(), made.record(finished="later")
    judged = replace(one, judgement=Judgement(verdict=Verdict.INVALID, comparisons=()))
    assert once([one, other, judged, other]) == [one, other]
