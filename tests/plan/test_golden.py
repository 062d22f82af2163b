"""What a user reads when a file is wrong in many ways at once."""

import pytest

from tests.plan.golden import FILES, FOLDER, said


@pytest.mark.parametrize("name", FILES)
def test_all_problems_of_a_file_come_at_once_in_its_order(name):
    assert said(name) == (FOLDER / name).read_text(encoding="utf-8")
