"""The flow of `loadstone similar`: each side on the cluster that is its own, by turns."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from loadstone.cluster.memory import MemoryProvider
from loadstone.errors import UsageError
from loadstone.flows import similar
from loadstone.flows.request import Request
from loadstone.flows.similar import SimilarRequest
from loadstone.formats.configuration import Config
from loadstone.measure.context import SessionInputs
from loadstone.model import Design, Run, Side
from loadstone.model.similar import Likeness
from tests.e2e.command import PLANTED

pytestmark = pytest.mark.slow  # three API servers

PROVIDERS = ("memory", "existing")


def wanted(out: Path, kubeconfig: Path, providers: tuple[str, str] = PROVIDERS) -> SimilarRequest:
    request = Request(
        scenarios=[str(PLANTED / "scenario.yaml")],
        component=str(PLANTED / "component.yaml"),
        base=f"path:{PLANTED / 'plain'}",
        head=f"path:{PLANTED / 'plain'}",
        out=out,
        config=Config(cache=str(out.parent / "cache"), kubeconfig=str(kubeconfig)),
    )
    return SimilarRequest(request=request, providers=providers, rounds=3)


def measuring(seen: list[tuple[str, Run]]):
    """Made-up runs: half as much of everything again on the second cluster."""

    def measure(inputs: SessionInputs, next_slots, *, on_run, done, events):
        runs: list[Run] = list(done)
        while slots := next_slots(runs):
            for slot in slots:
                assert slot.design is Design.SOLO
                plan = next(each for each in inputs.plan.cases if each.case.name == slot.case)
                factor = 1.5 if slot.side is Side.HEAD else 1.0
                run = Run(
                    case=slot.case,
                    side=slot.side,
                    round=slot.round,
                    order=slot.order,
                    started="2026-11-26T12:00:00+00:00",
                    seconds=1.0,
                    values={metric.name: factor for metric in plan.metrics},
                    lane=slot.lane,
                )
                seen.append((inputs.clusters[slot.lane].provider, run))
                on_run(run)
                runs.append(run)
        return runs

    return measure


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory):
    with MemoryProvider().provision(workdir=tmp_path_factory.mktemp("theirs")) as cluster:
        yield cluster.kubeconfig


def test_both_are_measured_by_turns_and_every_file_is_written(tmp_path, kubeconfig):
    seen: list[tuple[str, Run]] = []
    found = similar.run(wanted(tmp_path / "out", kubeconfig), measuring=measuring(seen))
    assert {(provider, run.side) for provider, run in seen} == {
        ("memory", Side.BASE),
        ("existing", Side.HEAD),
    }
    cases = len(found.plan.cases)
    assert [run.round for _, run in seen] == [1] * 2 * cases + [2] * 2 * cases + [3] * 2 * cases
    assert {row.likeness for row in found.rows} == {Likeness.DIFFERS}
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"session.json", "rounds.jsonl", "similar.json", "similar.md"}
    saved = json.loads((tmp_path / "out" / "similar.json").read_text())
    assert saved["providers"] == list(PROVIDERS)
    assert saved["versions"][0] == ""
    assert "8 differing" in (tmp_path / "out" / "similar.md").read_text()


def test_a_finished_one_is_moved_aside(tmp_path, kubeconfig):
    for _ in range(2):
        similar.run(wanted(tmp_path / "out", kubeconfig), measuring=measuring([]))
    assert len(list((tmp_path / "out" / "earlier").iterdir())) == 1


def test_one_provider_is_not_compared_with_itself(tmp_path, kubeconfig):
    with pytest.raises(UsageError, match="same"):
        similar.run(wanted(tmp_path / "out", kubeconfig, ("memory", "memory")))


def test_pods_are_refused_in_words(tmp_path, kubeconfig):
    asked = wanted(tmp_path / "out", kubeconfig)
    asked = replace(asked, request=replace(asked.request, place="pods"))
    with pytest.raises(UsageError, match="programs on this machine") as caught:
        similar.run(asked)
    assert "--place processes" in caught.value.next_step
