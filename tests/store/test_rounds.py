from __future__ import annotations

import resource
from dataclasses import replace
from pathlib import Path

import pytest

from loadstone.errors import InvalidFile, LoadstoneError, UsageError
from loadstone.model import Commit, Commits, Design, Note, Policy, Run, Side
from loadstone.store.rounds import RoundLog, fingerprint
from tests.store import made


@pytest.fixture
def log(tmp_path: Path) -> RoundLog:
    log = RoundLog.create(tmp_path / "rounds.jsonl", made.plan())
    for number in range(3):
        log.append(made.run(number))
    return log


def test_what_was_appended_is_read_back_in_order(log):
    assert made.same(log.read(), [made.run(number) for number in range(3)])


def test_a_log_begins_empty(tmp_path):
    assert RoundLog.create(tmp_path / "deep" / "rounds.jsonl", made.plan()).read() == []


def test_creating_never_overwrites_earlier_runs(log):
    with pytest.raises(UsageError) as caught:
        RoundLog.create(log.path, made.plan())
    assert "--resume" in caught.value.next_step
    assert len(log.read()) == 3


def test_creating_leaves_no_draft_behind(log):
    assert [file.name for file in log.path.parent.iterdir()] == ["rounds.jsonl"]


def mixed(side: Side, started: str) -> Run:
    return replace(made.run(0), side=side, round=4, design=Design.MIXED, started=started)


def test_half_a_pair_is_left_out_and_the_whole_one_after_it_counts(log):
    log.append(mixed(Side.HEAD, "2026-01-01T00:00:00+00:00"))
    assert len(log.read()) == 3, "a crash came between the two"
    for side in (Side.BASE, Side.HEAD):
        log.append(mixed(side, "2026-01-01T00:05:00+00:00"))
    later = log.read()[3:]
    assert [run.side for run in later] == [Side.BASE, Side.HEAD]
    assert {run.started for run in later} == {"2026-01-01T00:05:00+00:00"}


def test_a_plan_of_another_design_is_another_plan_and_its_reason_is_not():
    plan = made.plan()
    worded = replace(plan, cases=[replace(each, because="so") for each in plan.cases])
    assert fingerprint(worded) == fingerprint(plan)
    mixed_plan = replace(plan, cases=[replace(plan.cases[0], design=Design.MIXED, solo=0.2)])
    assert fingerprint(plan)["cases"] != fingerprint(mixed_plan)["cases"]


# --- crashes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", range(0, 100, 7))
def test_a_torn_last_line_costs_only_that_run(log, kept):
    whole = log.path.read_bytes()
    last = whole.rstrip(b"\n").rfind(b"\n") + 1
    torn = whole[: last + kept]
    log.path.write_bytes(torn)
    notes: list[str] = []
    log = RoundLog.resume(log.path, made.plan(), note=notes.append)

    assert [run.order for run in log.read()] == [0, 1]
    assert len(notes) == (1 if kept else 0)
    log.append(made.run(5))
    assert [run.order for run in log.read()] == [0, 1, 5]
    assert len(notes) == (1 if kept else 0), "the torn line is gone for good"


def test_a_torn_line_longer_than_a_read_ahead_is_cut_off_whole(log):
    with log.path.open("ab") as file:
        file.write(b'{"case": "' + b"x" * 200_000)
    log.append(made.run(5))
    assert [run.order for run in log.read()] == [0, 1, 2, 5]


def test_zeros_after_a_power_cut_are_a_torn_line(log):
    with log.path.open("ab") as file:
        file.write(bytes(4096))
    log.append(made.run(5))
    assert [run.order for run in log.read()] == [0, 1, 2, 5]


# --- files that are broken otherwise --------------------------------------------------------------


def test_every_broken_line_is_named_at_once(log):
    lines = log.path.read_text().splitlines()
    lines[1] = lines[1].replace('"round":0', '"round":"zero"').replace('"base"', '"left"')
    lines[3] = "{]"
    log.path.write_text("\n".join(lines) + "\n")
    with pytest.raises(InvalidFile) as caught:
        log.read()
    assert {str(problem).removeprefix(str(log.path)) for problem in caught.value.problems} == {
        ':2: round: expected an integer, found the string "zero"',
        ':2: side: expected one of base, head; found the string "left"',
        ":4: line 1, column 2: not JSON (Expecting property name enclosed in double quotes)",
    }
    assert caught.value.next_step


def test_a_file_that_is_no_log_is_refused(tmp_path):
    path = tmp_path / "rounds.jsonl"
    for text in ("", "hello\n", '{"log": "loadstone rounds", "version": 1, "plan": {}}', "[]\n"):
        path.write_text(text)
        with pytest.raises(InvalidFile, match=r"rounds\.jsonl:1"):
            RoundLog(path).read()


def test_a_log_of_a_later_format_is_refused(log):
    log.path.write_text(log.path.read_text().replace('"version":1', '"version":2', 1))
    with pytest.raises(InvalidFile, match="version"):
        log.read()


def test_a_missing_log_names_the_next_step(tmp_path):
    with pytest.raises(UsageError, match=r"cannot read .*no such file"):
        RoundLog(tmp_path / "rounds.jsonl").read()
    with pytest.raises(LoadstoneError, match=r"cannot write .*no such file"):
        RoundLog(tmp_path / "rounds.jsonl").append(made.run())


def test_a_number_that_is_not_finite_is_refused_before_it_spoils_the_log(log):
    broken = replace(made.run(3), values={"a": float("nan")}, quantities={"b.c": float("inf")})
    with pytest.raises(InvalidFile) as caught:
        log.append(broken)
    assert [problem.where for problem in caught.value.problems] == [
        "latency/rate=100, head, round 1: values.a",
        'latency/rate=100, head, round 1: quantities["b.c"]',
    ]
    assert len(log.read()) == 3


# --- full disks -----------------------------------------------------------------------------------


def test_a_full_disk_is_told_in_words_and_costs_only_that_run(log):
    """The limit on a file's size stops a write half-way, as a disk that fills up does."""
    size = log.path.stat().st_size
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, old[1]))
    try:
        with pytest.raises(LoadstoneError) as caught:
            log.append(made.run(3))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert "--resume" in caught.value.next_step
    assert log.path.stat().st_size == size, "no half line stays behind"
    log.append(made.run(3))
    assert [run.order for run in log.read()] == [0, 1, 2, 3]


def test_a_device_without_space_is_told_in_words():
    with pytest.raises(LoadstoneError, match="no space left on device"):
        RoundLog(Path("/dev/full")).append(made.run())


# --- the plan -------------------------------------------------------------------------------------


def test_resuming_the_same_plan_made_later_goes_on(log):
    later = made.plan(
        created="2027-01-01T00:00:00Z",
        head=replace(made.plan().head, executable="/elsewhere/proxy"),
        policy=Policy(looks=[2, 4], budget=600, certain=True),
    )
    assert len(RoundLog.resume(log.path, later).read()) == 3


def test_what_git_says_of_a_commit_and_logs_from_before_it_did_does_not_matter():
    plan = made.plan()
    told = Note(code="x", data={"text": "x"})
    later = replace(
        plan,
        head=replace(plan.head, ref="refs/heads/main", subject="x", notes=[told]),
        commits=Commits(ahead=1, behind=0, listed=[Commit(hash="x", subject="x")]),
    )
    assert fingerprint(later) == fingerprint(plan)
    assert fingerprint(plan)["head"] == "a0891a39ebb8670f"  # as before there were these fields
    assert "commits" not in fingerprint(plan)


def test_a_log_of_before_notes_were_data_still_reads_and_goes_on(log):
    note = Note(code="too-few-samples", data={"text": "p99 is shown, not gated: 20 a run"})
    plan = made.plan(cases=[replace(made.plan().cases[0], notes=[note])])
    known = "84fc031cc09fe1e6"
    reason = b'"invalid":[{"code":"exited","text":"the component ended"}]'
    log.path.write_bytes(log.path.read_bytes().replace(b'"invalid":[]', reason))

    assert [run.invalid for run in log.read()] == [
        [Note(code="exited", data={"text": "the component ended"})]
    ] * 3
    assert fingerprint(plan)["cases"] == known


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("head", replace(made.plan().head, digest="d" * 64)),
        ("base", replace(made.plan().base, digest="", executable="/a/proxy")),
        ("tier", "pr"),
        ("seed", 8),
        ("cases", [replace(made.plan().cases[0], window=3.0)]),
        ("policy", Policy(looks=[2, 4], alpha=0.01)),
    ],
)
def test_resuming_another_plan_is_refused_and_says_what_differs(log, part, other):
    with pytest.raises(UsageError, match=f"another plan: {part} differs"):
        RoundLog.resume(log.path, made.plan(**{part: other}))


def test_a_fingerprint_is_the_same_in_every_process():
    assert fingerprint(made.plan())["tier"] == "acdbec3949547a4c"
