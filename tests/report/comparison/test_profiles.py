"""A profile diff in words: what changed, and what cannot be compared."""

from dataclasses import replace

import pytest

from loadstone.model import ProfileDiff, ProfilePath, ProfileRow
from loadstone.report.common.names import names
from loadstone.report.comparison.profiles import profile_table, short, unit_of_work
from tests.report import rendered, samples

RECORD = samples.get("regression")
MIB = 2.0**20


def test_functions_without_enough_samples_are_counted():
    (found,) = RECORD.profiles
    note = profile_table(replace(found, thin=1), names(RECORD.plan)).note
    assert note.endswith("; 1 function was sampled too rarely to compare")
    assert "rarely" not in profile_table(replace(found, thin=0), names(RECORD.plan)).note


@pytest.mark.parametrize(
    ("reach", "said"),
    [
        ("touched", " · changed between the revisions"),
        ("calls", " · calls what changed"),
        ("none", " · nothing in its stacks changed"),
        ("", "compress.go:214"),
        ("odd", "compress.go:214"),
    ],
)
def test_a_row_says_what_the_change_did_to_its_function(reach, said):
    (found,) = RECORD.profiles
    made = replace(found, rows=[replace(found.rows[0], reach=reach, commits=())])
    assert profile_table(made, names(RECORD.plan)).lines[0].about.endswith(said)


def test_a_row_names_the_commits_that_changed_its_function():
    (found,) = RECORD.profiles
    made = replace(found.rows[0], reach="touched", commits=["0123456789ab", "ba9876543210"])
    about = profile_table(replace(found, rows=[made]), names(RECORD.plan)).lines[0].about
    assert about.endswith("changed between the revisions by 0123456 and ba98765")


def test_a_diff_of_two_toolchains_says_so():
    (found,) = RECORD.profiles
    note = profile_table(replace(found, toolchain="go1.22 → go1.24"), names(RECORD.plan)).note
    assert "built by another toolchain, go1.22 → go1.24" in note


def test_where_the_toolchain_alone_changed_the_words_begin_with_it():
    (found,) = RECORD.profiles
    made = replace(found, toolchain="go1.22 → go1.24", same_code=True)
    table = profile_table(made, names(RECORD.plan))
    assert table.lead.startswith("the toolchain changed, go1.22 → go1.24, and not the code: `")
    assert "toolchain" not in table.note
    assert "toolchain" not in profile_table(replace(made, toolchain=""), names(RECORD.plan)).lead


def test_a_diff_of_nothing_but_rare_functions_has_a_note_and_no_table():
    bare = [replace(each, rows=(), thin=40) for each in RECORD.profiles]
    made = replace(RECORD, profiles=bare)
    for text in (rendered.markdown_of(made), rendered.words(made)):
        _, _, fold = text.partition("<summary>Profile: cpu")
        told, _, _ = fold.partition("</details>")
        assert "40 functions were sampled too rarely to compare" in told
        assert "change per run" not in told


def test_a_row_tells_the_last_callers_of_a_path_that_changed():
    (found,) = RECORD.profiles
    way = ProfilePath(
        callers=["main.main", "a/b.Serve", "c.List", "c.decode"],
        base=1e-6, head=9e-6, delta=8e-6, low=7e-6, high=9e-6,
    )  # fmt: skip
    made = replace(found.rows[0], paths=[way], caller="main.main")
    about = profile_table(replace(found, rows=[made]), names(RECORD.plan)).lines[0].about
    assert "+8.00 µs from … → b.Serve → c.List → c.decode" in about
    assert "main.main" not in about


def path(*callers: str, delta: float = 8e-6) -> ProfilePath:
    return ProfilePath(callers=callers, base=1e-6, head=9e-6, delta=delta, low=7e-6, high=9e-6)


def about(function: str, *paths: ProfilePath) -> str:
    (found,) = RECORD.profiles
    made = replace(found.rows[0], function=function, paths=paths, caller="")
    return profile_table(replace(found, rows=[made]), names(RECORD.plan)).lines[0].about


@pytest.mark.parametrize("name", ["a/decoder.init", "a/decoder.init.0"])
def test_tables_that_a_package_makes_are_made_as_the_program_starts(name):
    assert "as the program starts" in about(name, path())
    assert "as the program starts" in about(name)  # its path is not sure
    assert "+8.00 µs as the program starts" in about(name, path(), path("main.load"))


def test_of_a_function_that_nothing_calls_its_one_way_says_nothing():
    assert "µs" not in about("net/http.(*conn).serve", path())
    assert "starts" not in about("main.initial", path())
    said = about("main.serve", path(), path("main.handle", delta=2e-6))
    assert "+8.00 µs as outermost function · +2.00 µs from main.handle" in said


def inner() -> ProfileRow:
    """A function that did not change itself, while what it calls did."""
    (found,) = RECORD.profiles
    row = replace(found.rows[0], base_total=0.25, head_total=0.5)
    return replace(row, changed=False, total_changed=True)


def test_where_only_what_a_function_calls_changed_its_costs_with_that_are_told():
    (found,) = RECORD.profiles
    made = replace(found, unit="s", base_total=0.004, head_total=0.006, rows=[inner()])
    (line,) = profile_table(made, names(RECORD.plan)).lines
    assert line.by_calls is not None
    assert (line.by_calls.base, line.by_calls.head) == ("1.00 ms", "3.00 ms")
    changed = replace(made, rows=[replace(inner(), changed=True)])
    assert profile_table(changed, names(RECORD.plan)).lines[0].by_calls is None


def test_what_was_never_seen_itself_has_no_change_of_its_own():
    (found,) = RECORD.profiles
    row = replace(inner(), base=0.0, head=0.0, delta=0.0, low=-1e-6, high=1e-6)
    made = replace(found, rows=[row])
    assert profile_table(made, names(RECORD.plan)).lines[0].delta == "–"


def test_functions_that_only_pass_calls_on_are_counted():
    (found,) = RECORD.profiles
    wrapper = replace(inner(), function="a.wrap", base_total=0.0)
    made = replace(found, thin=0, rows=[found.rows[0], wrapper, wrapper])
    table = profile_table(made, names(RECORD.plan))
    assert [line.function for line in table.lines] == [found.rows[0].function]
    assert table.note.endswith("; 2 functions of one side alone only pass calls on")


# --- locks -------------------------------------------------------------------------------------


def of_kind(kind: str, function: str, room: str = "", *, changed: bool = True) -> ProfileDiff:
    (found,) = RECORD.profiles
    rooms = {room: 0.9} if room else {}
    row = replace(found.rows[0], function=function, caller="", rooms=rooms, changed=changed)
    return replace(found, kind=kind, rows=[row])


def contention(*beside: ProfileDiff) -> str:
    diff = of_kind("mutex", "a.(*Cache).Put")
    return profile_table(diff, names(RECORD.plan), beside=[diff, *beside]).lead


def test_a_profile_of_locks_names_who_held_them():
    assert contention().startswith("contention, held by `a.(*Cache).Put`: +18.3 µs per ")


def test_who_waited_for_a_lock_is_told_where_a_profile_says_it():
    waits = of_kind("block", "a.(*Cache).Get", "locks")
    said = "contention in `a.(*Cache).Get`, held by `a.(*Cache).Put`: "
    assert contention(waits).startswith(said)
    for other in (
        replace(waits, case="another"),
        of_kind("block", "a.wait", "scheduling"),  # for a channel
        of_kind("block", "a.(*Cache).Get", "locks", changed=False),
    ):
        assert contention(other).startswith("contention, held by ")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("mutex", "; how long others waited, by the function that held what they waited for"),
        ("block", "; how long each waited, by the function that waited"),
        ("goroutine", "; how many there are, by the function in which they wait"),
    ],
)
def test_a_profile_of_waiting_says_who_waited_and_for_whom(kind, said):
    assert said in profile_table(of_kind(kind, "a.b"), names(RECORD.plan)).note


# --- heap in use -------------------------------------------------------------------------------


def held(*rows: ProfileRow) -> ProfileDiff:
    """A heap diff in which 40 MiB are gone, with these functions."""
    return ProfileDiff(
        case=RECORD.plan.cases[0].case.name,
        kind="heap",
        unit="By",
        base_total=70 * MIB,
        head_total=30 * MIB,
        runs=4,
        rows=rows,
    )


def table_of(function: str, delta: float, module: str = "") -> ProfileRow:
    (found,) = RECORD.profiles
    return replace(
        found.rows[0],
        function=function,
        delta=delta,
        base=30 * MIB,
        head=30 * MIB + delta,
        changed=True,
        origin="dependency" if module else "component",
        module=module,
        caller="",
        paths=(),
        commits=(),
    )


def lead(diff: ProfileDiff) -> str:
    return profile_table(diff, names(RECORD.plan)).lead


def test_a_function_of_the_heap_says_its_part_of_all_that_changed():
    assert lead(held(table_of("a.Load", -10 * MIB))).endswith(
        "per run of the −40.0 MiB of all functions"
    )
    assert lead(held(table_of("a.Load", -38 * MIB))).endswith("per run, all of the change")
    assert lead(held(table_of("a.Load", 10 * MIB))).endswith("per run")  # the other way


def test_the_words_are_of_a_function_that_went_the_way_of_all():
    rows = [table_of("a.New", 20 * MIB), table_of("b.Old", -12 * MIB)]
    assert lead(held(*rows)).startswith("`b.Old`: −12.0 MiB")
    assert profile_table(held(*rows), names(RECORD.plan)).way == -1
    assert lead(held(rows[0])).startswith("`a.New`: +20.0 MiB")
    assert profile_table(held(), names(RECORD.plan)).way == 0


def test_a_dependency_whose_functions_changed_together_is_named_with_its_part():
    gone = "goccy/go-json 0.10.2 → gone"
    rows = [
        table_of("a/decoder.init", -14 * MIB, gone),
        table_of("a/encoder.init", -12 * MIB, gone),
        table_of("b.Load", -3 * MIB),
    ]
    assert lead(held(*rows)).endswith(f"; {gone}: −26.0 MiB in 2 functions, 65 % of the change")
    assert gone not in lead(held(*rows[::2]))  # its row says it
    assert gone not in lead(held(*(replace(row, changed=False) for row in rows[:2])))


def test_a_function_of_one_side_that_spends_nothing_itself_is_no_cause():
    """As a wrapper that the head alone has: all that it calls was called another way before."""
    wrapper = replace(table_of("a.wrap", 0.0), changed=False, total_changed=True, base_total=0.0)
    assert lead(held(wrapper)) == (
        "no function that both sides have; calls go another way, as through `a.wrap`"
    )
    assert "another way" not in lead(held(replace(wrapper, base_total=0.5)))


def test_a_python_function_is_short_for_its_name_and_the_last_part_of_its_file():
    assert short("Thread.run (threading.py)") == "Thread.run (threading.py)"
    assert short("_WorkItem.run (concurrent/futures/thread.py)") == "_WorkItem.run (thread.py)"
    assert short("a.io/b/c.(*T).Run") == "c.(*T).Run"


def test_samples_are_no_part_of_a_metric_in_seconds():
    """Profiles that hold samples alone cannot be held against CPU time."""
    (found,) = RECORD.profiles
    assert RECORD.judgement
    rows = RECORD.judgement.comparisons
    assert "CPU per 1,000 requests" in profile_table(found, names(RECORD.plan), rows).lead
    counted = replace(found, unit="1", by="samples")
    assert "CPU" not in profile_table(counted, names(RECORD.plan), rows).lead


def test_what_was_counted_is_called_by_what_was_done():
    assert [unit_of_work(each) for each in ("change.count", "load.requests", "")] == [
        "change",
        "request",
        "run",
    ]
