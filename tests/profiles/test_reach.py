"""Which functions a change touches, which call those, and which it misses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadstone.model import Commits, GoBuild
from loadstone.profiles.diff import RunCosts
from loadstone.profiles.frames import FunctionFile, Stack
from loadstone.profiles.function_costs import FunctionCosts
from loadstone.profiles.reach import CodeChange, Reach, ReachOfChange, code_change
from loadstone.profiles.stories import BothSides

FILES = {
    "main.serve": FunctionFile(path="x.io/app/serve.go", line=10),
    "main.decode": FunctionFile(path="x.io/app/codec/decode.go", line=40),
    "main.encode": FunctionFile(path="x.io/app/codec/decode.go", line=90),
    "main.rest": FunctionFile(path="x.io/app/rest.go", line=5),
    "net/http.serve": FunctionFile(path="net/http/server.go", line=5),
    "github.com/a/json.Encode": FunctionFile(path="github.com/a/json@v1/e.go", line=5),
}
OLD = GoBuild(module="x.io/app", toolchain="go1.24.1", modules={"github.com/a/json": "v1.0.0"})
NEW = GoBuild(module="x.io/app", toolchain="go1.24.1", modules={"github.com/a/json": "v1.1.0"})


def sides(base: GoBuild | None = OLD, head: GoBuild | None = OLD) -> BothSides:
    above: dict[str, dict[Stack, float]] = {
        "main.decode": {("net/http.serve", "main.serve"): 1.0},
        "main.encode": {("net/http.serve", "main.serve"): 1.0},
        "github.com/a/json.Encode": {("main.rest",): 1.0},
    }
    lines = {"main.decode": {44: 1.0, 52: 2.0}}
    costs = FunctionCosts(own={}, total={}, sum=0.0, above=above, lines=lines, files=FILES)
    run = RunCosts(round=1, costs=costs)
    return BothSides(base=[run], head=[run], base_modules=base, head_modules=head)


def commits(changed: dict[str, list[list[int]]], **by: list[str]) -> Commits:
    return Commits(ahead=1, behind=0, changed=changed, by=by)


@pytest.mark.parametrize(
    ("function", "reach"),
    [
        ("main.decode", Reach.TOUCHED),
        ("main.encode", Reach.FILE),
        ("main.serve", Reach.CALLS),
        ("net/http.serve", Reach.CALLS),
        ("main.rest", Reach.NONE),
        ("github.com/a/json.Encode", Reach.NONE),
    ],
)
def test_lines_that_differ_touch_functions_and_those_that_call_them(function, reach):
    change = code_change(commits({"codec/decode.go": [[50, 51]]}), OLD, OLD)
    assert ReachOfChange(sides(), change).of(function) is reach


def test_a_module_of_another_version_is_touched_and_so_is_who_calls_it():
    found = ReachOfChange(sides(OLD, NEW), code_change(commits({"README.md": [[1, 1]]}), OLD, NEW))
    assert found.of("github.com/a/json.Encode") is Reach.TOUCHED
    assert found.of("main.rest") is Reach.CALLS
    assert found.of("main.decode") is Reach.NONE


def test_nothing_is_said_where_nobody_knows_the_files_or_the_toolchain_is_another():
    assert ReachOfChange(sides(), CodeChange()).of("main.rest") is Reach.UNKNOWN
    newer = GoBuild(module="x.io/app", toolchain="go1.25.0", modules=OLD.modules)
    change = code_change(commits({"codec/decode.go": [[50, 51]]}), OLD, newer)
    assert change.toolchain == "go1.24.1 → go1.25.0"
    assert ReachOfChange(sides(), change).of("main.rest") is Reach.UNKNOWN
    assert ReachOfChange(sides(), change).of("main.decode") is Reach.TOUCHED


def test_the_commits_that_touched_a_function_are_named_and_those_of_what_it_calls():
    changed = Commits(
        ahead=3,
        behind=0,
        changed={"codec/decode.go": [[41, 42], [50, 51], [52, 52], [95, 99]]},
        by={"codec/decode.go": ["aaa", "bbb", "", "ccc"]},
    )
    found = ReachOfChange(sides(), code_change(changed, OLD, OLD))
    assert found.commits("main.decode") == ["aaa", "bbb"]
    assert found.commits("main.serve") == ["aaa", "bbb"]
    assert found.commits("main.rest") == []


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"commit": "abc"}, True),
        ({"version": "v1.2.0"}, True),
        ({}, False),
        ({"version": "(devel)"}, False),
        ({"commit": "abc", "modules": {}}, False),
    ],
)
def test_the_toolchain_alone_changed_where_commit_or_release_and_modules_are_the_same(change, same):
    old = replace(OLD, commit=change.get("commit", ""), version=change.get("version", ""))
    new = replace(OLD, toolchain="go1.25.0", **change)
    found = code_change(None, old, new)
    assert (found.toolchain, found.none) == ("go1.24.1 → go1.25.0", same)


def test_programs_of_two_commits_or_two_modules_are_not_the_same_code():
    old = replace(OLD, commit="abc")
    for other in (replace(OLD, commit="def"), replace(old, module="x.io/other")):
        assert not code_change(None, old, other).none
