from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.profiles.flame import flame, folded, stacks
from loadstone.profiles.pprof import parse
from tests.profiles import made

FIXTURES = Path(__file__).parent.parent / "data" / "profiles"
GOLDEN = Path(__file__).parent.parent / "golden" / "profiles"
BASE = {("main", "work"): 0.080, ("main", "parse"): 0.020, ("idle",): 0.005}
HEAD = {("main", "work"): 0.070, ("main", "parse", "<scan>"): 0.060}


def drawn(svg: str) -> dict[str, tuple[float, str]]:
    """Function → width (px) and class of its box, as the SVG has them."""
    space = "{http://www.w3.org/2000/svg}"
    found = {}
    for group in ElementTree.fromstring(svg).iter(f"{space}g"):  # noqa: S314  (ours)
        name = (group.findtext(f"{space}title") or "").rpartition(": ")[0]
        box = group.findall(f"{space}rect")[1]
        found[name] = (float(box.get("width", "0")), box.get("class", ""))
    return found


def test_the_graph_is_the_one_a_person_has_looked_at():
    svg = flame(BASE, HEAD, title="cpu, latency/rate=100", unit="s")
    assert svg == (GOLDEN / "flame.svg").read_text()


def test_what_grew_is_red_what_shrank_or_went_is_blue_and_both_are_seen():
    found = drawn(flame(BASE, HEAD, title="t", unit="s"))
    assert found["parse"][1] == "more"
    assert found["work"][1] == "less"
    assert found["idle"][1] == "less"
    assert found["idle"][0] > 1


def test_callees_fit_into_their_caller_and_everything_into_the_picture():
    found = drawn(flame(BASE, HEAD, title="t", unit="s"))
    assert found["all"][0] == pytest.approx(1180, abs=0.1)
    assert found["work"][0] + found["parse"][0] == pytest.approx(found["main"][0], abs=0.2)
    assert found["main"][0] + found["idle"][0] == pytest.approx(1180, abs=0.2)


def test_names_from_a_profile_cannot_become_markup():
    evil = '</title><script>alert("x")</script>&'
    svg = flame({(evil, "a\x00\x1b\ud800b"): 1.0}, {}, title=f'"{evil}', unit="s")
    ElementTree.fromstring(svg)  # noqa: S314  (ours)
    assert "<script" not in svg


def test_the_graph_needs_nothing_from_elsewhere():
    svg = flame(BASE, HEAD, title="t", unit="s")
    assert "prefers-color-scheme: dark" in svg
    assert not re.search(r"(href|src|@import|url\(|https?://(?!www\.w3\.org/2000/svg))", svg)


def test_nothing_measured_is_an_empty_graph():
    assert drawn(flame({}, {}, title="t", unit="s")) == {}


def test_a_tower_of_calls_is_cut_off():
    tower = {tuple(f"f{n}" for n in range(4000)): 1.0}
    assert len(drawn(flame(tower, tower, title="t", unit="s"))) == 121


def test_a_real_profile_is_drawn_and_stays_small():
    profile = parse((FIXTURES / "traefik-3.7.15-cpu.pb.gz").read_bytes())
    found = stacks([profile], "cpu")
    svg = flame(found, found, title="cpu", unit="s")
    assert len(drawn(svg)) > 100
    assert len(svg) < 300_000


def test_stacks_are_the_mean_of_a_sides_runs():
    profiles = [made.profile({"main;a": 10**9, "main;F[go.shape.int]": 4 * 10**9})]
    profiles.append(made.profile({"main;a": 3 * 10**9}))
    assert stacks(profiles, "cpu") == {("main", "a"): 2.0, ("main", "F[...]"): 2.0}
    with pytest.raises(ValueError, match="no cpu profiles"):
        stacks([], "cpu")


def test_folded_stacks_are_lines_that_flame_graph_tools_read():
    found = {("main", "b;c\nd", "é"): 0.25, ("main",): 0.5, ("main", "tiny"): 1e-9, (): 3.0}
    assert folded(found, step=1e-6) == "main 500000\nmain;b:c d;é 250000\n"


@given(st.dictionaries(st.tuples(st.text(max_size=8), st.text(max_size=8)), st.floats(0, 1e12)))
def test_any_names_make_a_well_formed_graph(found):
    ElementTree.fromstring(flame(found, {}, title="t", unit="By"))  # noqa: S314  (ours)
    for line in folded(found).splitlines():
        assert re.fullmatch(r"[^\n]+ -?\d+", line)
