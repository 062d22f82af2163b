"""The page of a flame graph: data that is not run, a script that is known by its hash."""

from __future__ import annotations

import base64
import hashlib
import json
import re

from loadstone.report.flame import FlameNodes, page

HOSTILE = '</script><script>alert(1)</script>"<!--&\u2028'


def nodes(*names: str) -> FlameNodes:
    size = len(names) + 1
    return FlameNodes(
        names=["all", *names],
        parents=[-1, *[0] * (size - 1)],
        functions=list(range(size)),
        base=[float(size - 1), *[1.0] * (size - 1)],
        head=[float(size - 1), *[1.0] * (size - 1)],
        unit="s",
        changed=[1],
    )


def test_the_policy_names_the_hash_of_the_only_script_that_runs():
    text = page(nodes("a"), title="cpu, x", about="")
    (script,) = re.findall(r"<script>(.*?)</script>", text, flags=re.S)
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src &#39;sha256-{hashed}&#39;" in text
    assert "default-src &#39;none&#39;" in text


def test_a_name_of_a_function_is_data_whatever_it_is():
    text = page(nodes(HOSTILE), title=HOSTILE, about=HOSTILE)
    assert text.count("<script") == text.count("</script") == 2
    (data,) = re.findall(r'<script id="data"[^>]*>(.*?)</script>', text, flags=re.S)
    assert json.loads(data)["names"][1].startswith("</script><script>alert(1)")


def test_numbers_that_nobody_judged_say_so():
    judged = page(nodes("a"), title="x", about="")
    bare = nodes("a")
    unjudged = page(FlameNodes(**{**vars(bare), "changed": None}), title="x", about="")
    assert "grey is noise" in judged
    assert "too few rounds" in unjudged
