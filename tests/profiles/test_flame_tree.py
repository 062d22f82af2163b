"""The tree of a flame graph: complete, small, without what all stacks share."""

from __future__ import annotations

from loadstone.profiles.flame import Stacks
from loadstone.profiles.flame_tree import flame_tree


def test_both_sides_are_in_one_tree_with_their_costs():
    tree = flame_tree({("a", "b"): 2.0, ("c",): 1.0}, {("a",): 1.0})
    nodes = {
        tree.names[function]: (base, head)
        for function, base, head in zip(tree.functions, tree.base, tree.head, strict=True)
    }
    assert nodes == {"all": (3.0, 1.0), "a": (2.0, 1.0), "b": (2.0, 0.0), "c": (1.0, 0.0)}
    assert tree.parents[0] == -1
    assert all(parent < at for at, parent in enumerate(tree.parents))


def test_what_every_stack_begins_with_is_named_and_left_out():
    base: Stacks = {("goexit", "main", "serve", name): 1.0 for name in "ab"}
    tree = flame_tree(base, base)
    assert list(tree.shared) == ["goexit", "main", "serve"]
    assert set(tree.names) == {"all", "a", "b"}


def test_a_single_stack_is_not_left_out_as_a_whole():
    tree = flame_tree({("main", "work"): 1.0}, {("main", "work"): 2.0})
    assert (list(tree.shared), set(tree.names)) == (["main"], {"all", "work"})


def test_the_dearest_nodes_are_kept_with_their_callers():
    stacks: Stacks = {("main", f"f{n}", f"g{n}"): float(n + 1) for n in range(500)}
    stacks = {**stacks, ("other",): 1.0}
    tree = flame_tree(stacks, stacks, most=101)
    assert len(tree.parents) == 101
    assert "g499" in tree.names
    assert "g0" not in tree.names
