"""Commands of `benchmarks`: the figures of the documents can be measured again."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ELSEWHERE = ("otava",)  # what has an environment of its own


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py")))
def test_every_benchmark_fits_the_code_of_today(name):
    try:
        importlib.import_module(f"benchmarks.{name}")
    except ModuleNotFoundError as error:
        if error.name not in ELSEWHERE:
            raise
