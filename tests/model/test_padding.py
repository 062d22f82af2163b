from __future__ import annotations

from pathlib import Path

from loadstone.component.start import start
from loadstone.model import Side, Slot
from loadstone.model.padding import VARIABLE, Padding, padding
from tests.component.test_start import PYTHON
from tests.measure.fakes import world


def slot(round_: int, side: Side = Side.BASE, case: str = "demo") -> Slot:
    return Slot(case=case, side=side, round=round_, order=0)


def test_every_run_is_padded_anew_and_a_repeated_one_alike() -> None:
    drawn = [padding(1, slot(round_, side)) for round_ in range(1, 30) for side in Side]
    assert len({each.environment for each in drawn}) > 50
    assert len({each.path for each in drawn}) > 8
    assert padding(1, slot(3)) == padding(1, slot(3)) != padding(2, slot(3))


def test_padding_is_small() -> None:
    drawn = [padding(7, slot(round_)) for round_ in range(1, 300)]
    assert max(each.environment for each in drawn) < 4096
    assert max(each.path for each in drawn) < 16


def test_a_run_records_what_it_was_padded_by() -> None:
    assert Padding(environment=5, path=2).quantities() == {
        "padding.environment_bytes": 5.0,
        "padding.path_bytes": 2.0,
    }


def test_a_component_sees_a_longer_environment_and_a_longer_directory(tmp_path) -> None:
    padded = Padding(environment=7, path=3)
    described = world.proxy()
    with start(described, PYTHON, world.FakeCluster(), workdir=tmp_path, padding=padded) as running:
        environ = _environment(running.processes[0].pid)
        assert environ[VARIABLE] == "x" * 7
        assert str(running.names["dir"]).endswith("component-0-xxx")
        assert VARIABLE not in running.processes[0].command


def _environment(pid: int) -> dict[str, str]:
    parts = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(part.split("=", 1) for part in parts if "=" in part)
