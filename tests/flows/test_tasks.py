"""Tasks: the table, and a cleaning up that is told by its environment alone what is the job's."""

from loadstone.flows.tasks import clean_up
from loadstone.system import temporary

GONE = "1:0.00"  # an owner that no process can be


def test_directories_of_the_runner_are_swept_and_those_of_the_living_stay(tmp_path):
    left = tmp_path / f"{temporary.PREFIX}left"
    left.mkdir()
    (left / ".loadstone-owner").write_text(GONE)
    with temporary.directory(tmp_path) as kept:
        gone = clean_up({"RUNNER_TEMP": str(tmp_path)}, sweep=lambda: ["process 7: x"])
        assert gone == [f"directory {left}", "process 7: x"]
        assert kept.exists()
    assert not left.exists()


def test_without_anything_said_only_the_machine_is_swept():
    assert clean_up({}, sweep=list) == []
