from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.profiles.names import normal


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("net/http.(*conn).serve", "net/http.(*conn).serve"),
        ("main.run.func1", "main.run.func1"),
        ("main.run.func1.2", "main.run.func1.2"),
        ("k8s.io/api/core/v1.init", "k8s.io/api/core/v1.init"),
        ("slices.Sort[...]", "slices.Sort[...]"),
        ("slices.Sort[go.shape.[]uint8,go.shape.int]", "slices.Sort[...]"),
        (
            "sync.(*HashTrieMap[go.shape.interface {},go.shape.interface {}]).Load",
            "sync.(*HashTrieMap[...]).Load",
        ),
        ("a.F[go.shape.int].func1", "a.F[...].func1"),
        ("example.com/m@v1.2.3/p.F", "example.com/m/p.F"),
        ("example.com/m@v0.0.0-20260101000000-abcdef/p.F", "example.com/m/p.F"),
        ("compress.isra.0", "compress"),
        ("compress.constprop.0.cold", "compress"),
        ("core::fmt::write::h0123456789abcdef", "core::fmt::write"),
        ("run (kopf/_core/running.py:81)", "run (kopf/_core/running.py)"),
        ("operator()(int)", "operator()(int)"),
        ("", ""),
    ],
)
def test_only_what_a_rebuild_changes_is_taken_away(name, plain):
    assert normal(name) == plain


@given(st.text(alphabet="aF.[]/@v1 go.shape:h(*)", max_size=60))
def test_a_normal_name_stays_as_it_is(name):
    assert normal(normal(normal(name))) == normal(normal(name))
