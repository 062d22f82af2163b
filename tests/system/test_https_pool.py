"""A pool shows what it was told to, and tells nothing of a secret that it cannot show."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.model import ApiAccess, PrometheusAccess
from loadstone.system.https_pool import connections


def accesses(file: Path) -> list[ApiAccess | PrometheusAccess]:
    url = "https://127.0.0.1:1"
    return [
        ApiAccess(url=url, token_file=str(file)),
        PrometheusAccess(url=url, secret=f"file:{file}"),
    ]


@pytest.mark.parametrize("which", [0, 1], ids=["API server", "Prometheus"])
def test_a_token_is_shown_without_the_end_of_its_line(tmp_path: Path, which: int) -> None:
    file = tmp_path / "token"
    file.write_text("abc\n")
    assert connections(accesses(file)[which]).headers == {"Authorization": "Bearer abc"}


@pytest.mark.parametrize("which", [0, 1], ids=["API server", "Prometheus"])
@pytest.mark.parametrize("held", ["first-half\nsecond", "first-half\rsecond", " \n"])
def test_what_is_not_one_line_is_refused_without_a_word_of_it(
    tmp_path: Path, which: int, held: str
) -> None:
    file = tmp_path / "token"
    file.write_text(held, newline="")
    with pytest.raises(OSError, match=str(file)) as refused:
        connections(accesses(file)[which])
    assert "first-half" not in str(refused.value)
