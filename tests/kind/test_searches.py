"""A search measures pods of real nodes as a comparison does, one size after the other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from loadstone.store.rounds import RoundLog
from tests.kind.ground import ground
from tests.kind.sessions import HEAD, ROOT, configured, image

pytestmark = [pytest.mark.kind, pytest.mark.kind_load, pytest.mark.timeout(1200)]

RATES = (60, 120)  # 1/s; any machine serves the larger


def scenario(folder: Path) -> Path:
    """The scenario of steady traffic with a short window."""
    document = yaml.safe_load((ROOT / "scenarios/ingress/latency.yaml").read_text())
    document["tiers"]["quick"] |= {"warmup": "300ms", "window": "2s"}
    file = folder / "scenario.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    return file


def test_the_redline_of_pods_is_searched_on_the_node_for_it(tmp_path: Path) -> None:
    there = ground()
    before, mine = there.left(), image(there, HEAD)
    folder, (smallest, largest) = configured(there, tmp_path), RATES
    said = subprocess.run(
        [sys.executable, "-m", "loadstone", "redline", "--provider", "kind", "--place", "pods",
         "--scenario", str(scenario(tmp_path)), "--component", "traefik",
         "--head", f"image:{mine}", "--objective", "latency_p50<=5s",
         "--at", "held=100", "--at", "body=600",
         "--from", str(smallest), "--to", str(largest), "--precision", "1", "--repeats", "2,4"],
        cwd=folder, text=True, capture_output=True, check=False, timeout=1000,
    )  # fmt: skip
    assert said.returncode == 0, f"{said.stdout[-3000:]}\n{said.stderr[-3000:]}"
    found = json.loads((folder / "out/redline/redline.json").read_text())
    (bracket,) = found["redlines"]["brackets"]
    assert bracket["met"] == largest, said.stdout
    runs = RoundLog(folder / "out/redline/rounds.jsonl").read()
    assert len(runs) >= 2
    for run in runs:
        notes = {note.code: note.data for note in run.notes}
        assert notes["image-ran"]["image"] == mine
        assert str(notes["image-ran"]["node"]).endswith("-worker")  # the other one is kept for load
    assert there.left() - before == set()
