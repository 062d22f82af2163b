"""The flame graph in a real Chromium: quick, searchable, by keyboard, without a request."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from loadstone.profiles.flame import Stacks
from loadstone.profiles.flame_tree import flame_tree
from loadstone.report.flame import FlameNodes, page
from tests.report.test_browser import launched

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("drawn"), pytest.mark.timeout(300)]
NODES = 10_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no chromium on this machine, and CI must open the page in one")
        pytest.skip("there is no chromium on this machine: `make browser` installs it")
    with sync_playwright() as playwright:
        started = launched(playwright, chromium)
        yield started
        started.close()


@pytest.fixture
def shown(browser) -> Iterator[Page]:
    """A page of `NODES` nodes, of which `grown` and its callers cost more, and `rare` is noise."""
    stacks: Stacks = {
        ("main", f"pkg/{a}.call{a}", f"pkg/{a}.inner{b}", f"lib.leaf{c}"): 1.0 + c
        for a in range(20)
        for b in range(25)
        for c in range(21)
    }
    base: Stacks = {
        **stacks,
        ("main", "app.serve", "app.grown"): 10_000.0,
        ("main", "app.rare"): 60.0,
    }
    head: Stacks = {
        **stacks,
        ("main", "app.serve", "app.grown"): 90_000.0,
        ("main", "app.rare"): 70.0,
    }
    tree = flame_tree(base, head)
    assert len(tree.parents) == NODES
    changed = [list(tree.names).index(name) for name in ("app.serve", "app.grown")]
    nodes = FlameNodes(
        names=tree.names,
        parents=tree.parents,
        functions=tree.functions,
        base=tree.base,
        head=tree.head,
        unit="s",
        changed=changed,
    )
    opened = browser.new_page(viewport={"width": 1400, "height": 900})
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.set_content(page(nodes, title="cpu, x", about="All stacks."))
    yield opened
    assert [url for url in asked if not url.startswith(("about:", "data:"))] == []
    opened.close()


def durations(opened: Page, name: str) -> list[float]:
    found = opened.evaluate(
        "name => performance.getEntriesByName(name, 'measure').map(each => each.duration)", name
    )
    return list(found)


def colours(opened: Page) -> set[str]:
    """The strong colours of the graph: red, blue."""
    return set(
        opened.evaluate(
            """() => {
              const graph = document.getElementById('graph'), found = new Set();
              const {data} = graph.getContext('2d').getImageData(0, 0, graph.width, graph.height);
              for (let at = 0; at < data.length; at += 4) {
                const [red, green, blue] = data.slice(at, at + 3);
                if (red > green + 60 && red > blue + 60) found.add('red');
                if (blue > red + 60) found.add('blue');
              }
              return [...found];
            }"""
        )
    )


def test_ten_thousand_nodes_are_painted_and_searched_quickly(shown):
    shown.get_by_label("Search").fill("leaf7")
    assert min(durations(shown, "paint")) < 1000
    assert min(durations(shown, "search")) < 100
    assert "1 function" in shown.locator("#found").inner_text()
    assert shown.locator("#functions tbody tr").count() == 1


def test_what_grew_is_red_and_what_is_noise_is_neither(shown):
    assert colours(shown) == {"red"}
    shown.get_by_label("base", exact=True).check()
    assert colours(shown) == set()


def test_the_keyboard_goes_where_the_mouse_goes_and_it_is_said(shown):
    shown.locator("#graph").focus()
    for key in ("ArrowDown", "ArrowDown"):
        shown.keyboard.press(key)
    said = shown.locator("#live").inner_text()
    assert said.startswith("app.grown: base 10000 s")
    assert "change +80000 s" in said
    shown.keyboard.press("ArrowUp")
    shown.keyboard.press("Enter")
    names = shown.locator("#functions tbody th").all_inner_texts()
    assert names == ["app.grown", "app.serve"]
    shown.keyboard.press("Escape")
    assert shown.locator("#functions tbody tr").count() > 20


def test_turned_round_every_function_has_its_callers_above_it(shown):
    shown.get_by_label("from the functions up to their callers").check()
    shown.locator("#graph").focus()
    shown.keyboard.press("ArrowDown")
    said = shown.locator("#live").inner_text()
    assert said.startswith("app.grown: base 10000 s")
    shown.keyboard.press("ArrowDown")
    assert shown.locator("#live").inner_text().startswith("app.serve: base 10000 s")


def test_the_table_leads_to_the_function(shown):
    shown.get_by_role("button", name="app.grown").click()
    assert shown.get_by_label("Search").input_value() == "app.grown"
    assert "change +80000 s" in shown.locator("#found").inner_text()
