"""The tree of a flame graph: two sides' stacks joined, what is too thin left out. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loadstone.profiles.frames import Stack

MOST = 10_000  # nodes: what a browser paints in a fraction of a second
_DEEPEST = 500
_SHARED = 0.9995  # of all cost: what a function has that all stacks share


@dataclass(frozen=True, kw_only=True)
class FlameTree:
    """A tree as columns over its nodes, callers before callees; the first is the root.

    `shared`: the functions at the bottom that all stacks have, which are no nodes.
    """

    names: Sequence[str]
    parents: Sequence[int]
    functions: Sequence[int]  # places in `names`
    base: Sequence[float]
    head: Sequence[float]
    shared: Sequence[str] = ()


@dataclass(kw_only=True)
class _TreeNode:
    """A function as called from one place, and what it called."""

    name: str
    base: float = 0.0
    head: float = 0.0
    calls: dict[str, _TreeNode] = field(default_factory=dict)


def flame_tree(
    base: Mapping[Stack, float], head: Mapping[Stack, float], most: int = MOST
) -> FlameTree:
    """The tree of both sides with the `most` dearest nodes; each node's caller is among them."""
    root = _TreeNode(name="all")
    for side, stacks in (("base", base), ("head", head)):
        for stack, value in stacks.items():
            _add(root, side, stack, max(0.0, value))
    shared = []
    while len(root.calls) == 1:
        (only,) = root.calls.values()
        if not only.calls or only.base + only.head < _SHARED * (root.base + root.head):
            break
        shared.append(only.name)
        root.calls = only.calls
    return _columns(root, shared, most)


def _add(root: _TreeNode, side: str, stack: Stack, value: float) -> None:
    node = root
    setattr(node, side, getattr(node, side) + value)
    for name in stack[:_DEEPEST]:
        node = node.calls.setdefault(name, _TreeNode(name=name))
        setattr(node, side, getattr(node, side) + value)


def _columns(root: _TreeNode, shared: Sequence[str], most: int) -> FlameTree:
    places: dict[str, int] = {}
    parents: list[int] = []
    functions: list[int] = []
    base: list[float] = []
    head: list[float] = []
    waiting: list[tuple[float, int, _TreeNode, int]] = [(0.0, 0, root, -1)]
    number = 0
    while waiting and len(parents) < most:
        _, _, node, parent = heapq.heappop(waiting)
        at = len(parents)
        parents.append(parent)
        functions.append(places.setdefault(node.name, len(places)))
        base.append(node.base)
        head.append(node.head)
        for called in node.calls.values():
            number += 1
            heapq.heappush(waiting, (-(called.base + called.head), number, called, at))
    return FlameTree(
        names=list(places),
        parents=parents,
        functions=functions,
        base=base,
        head=head,
        shared=shared,
    )
