"""More rounds of a finished run, as a user asks for them."""

import json

import pytest

from tests.e2e.command import PLANTED, finish

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]

FINE = (0, 1, 3)  # what a busy machine makes of the runs is not what is tested
FILE = f"""\
scenario: {PLANTED / "scenario.yaml"}
component: {PLANTED / "component.yaml"}
base: path:{PLANTED / "plain"}
looks: [2]
out: here
"""


def test_a_run_goes_on_by_the_command_that_its_report_names(tmp_path):
    (tmp_path / "loadstone.yaml").write_text(FILE)
    first = finish("run", "--head", f"path:{PLANTED / 'plain'}", cwd=tmp_path)
    assert first.code in FINE, first.err
    before = json.loads((tmp_path / "here" / "record.json").read_text())

    again = finish("more", "--rounds", "1", cwd=tmp_path)
    assert again.code in FINE, again.err
    assert "going on with" in again.err
    after = json.loads((tmp_path / "here" / "record.json").read_text())
    assert after["runs"][: len(before["runs"])] == before["runs"]
    assert {run["round"] for run in after["runs"]} == {1, 2, 3}
    assert after["plan"]["policy"]["looks"] == [2, 3]
    assert after["judgement"]["spent"] == pytest.approx(after["judgement"]["alpha"])
    assert "more rounds were asked for after 2 rounds" in " ".join(again.out.split())

    resumed = finish("run", "--head", f"path:{PLANTED / 'plain'}", "--resume", cwd=tmp_path)
    assert resumed.code == 2
    assert "loadstone more here" in resumed.err
