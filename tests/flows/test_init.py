"""Setting up a repository: what is there is seen, what is written is left alone afterwards."""

import json
from pathlib import Path

import pytest

from loadstone.errors import UsageError
from loadstone.flows import doctor_github, init, repository
from loadstone.scaffold.stamp import stamped
from tests.action.harness.acting import ACTION, commit
from tests.e2e.command import loadstone


@pytest.fixture
def root(tmp_path):
    """A repository of a Go module with two programs and a chart."""
    root = tmp_path / "mine"
    for name, package in (("mine", "main"), ("other", "main"), ("lib", "lib"), ("-odd", "main")):
        folder = root / "cmd" / name
        folder.mkdir(parents=True)
        (folder / "main.go").write_text(f"// words\npackage {package}\n")
    (root / "go.mod").write_text("module example.test/acme/mine\n")
    (root / "charts" / "mine").mkdir(parents=True)
    (root / "charts" / "mine" / "Chart.yaml").touch()
    (root / "vendor" / "x").mkdir(parents=True)
    (root / "vendor" / "x" / "Dockerfile").touch()
    (root / "Dockerfile").touch()
    (root / "config").mkdir()
    (root / "config" / "kustomization.yaml").touch()
    commit(root)
    return root


def set_up(root, **more):
    proposed = init.propose(root, action=ACTION)
    return init.write(root, proposed, update=more.get("update", False))


def finish(root):
    """Take away what says that a component is not finished."""
    path = root / ".github/loadstone/component.yaml"
    path.write_text(path.read_text().replace("# FINISH", "#"))


def test_what_a_repository_holds_is_seen(root):
    found = repository.facts(root)
    assert (found.branch, found.module) == ("main", "example.test/acme/mine")
    assert found.programs == ["mine", "other"]
    assert found.dockerfiles == ["Dockerfile"]
    assert found.charts == ["charts/mine/Chart.yaml"]
    assert found.kustomizations == ["config/kustomization.yaml"]


def test_a_new_repository_is_set_up_and_nothing_is_missing_then(root):
    written = set_up(root)
    assert len(written) == 8
    found = doctor_github.findings(root)
    assert {each.code for each in found} == {"unfinished-component"}
    assert {each.severity for each in found} == {"advice"}
    finish(root)
    assert doctor_github.findings(root) == []


def test_a_second_run_writes_nothing(root):
    set_up(root)
    assert set_up(root) == []
    assert {each.state for each in init.propose(root)} == {"current"}  # the pin is remembered


def test_what_its_owner_has_finished_is_no_difference_that_is_shown(root):
    set_up(root)
    finish(root)
    config = root / ".github/loadstone.yaml"
    config.write_text(config.read_text() + "tier: quick\n")
    workflow = root / ".github/workflows/loadstone.yml"
    workflow.write_text(workflow.read_text() + "# mine\n")
    shown = {each.path: each for each in init.propose(root) if each.state == "changed"}
    assert {path for path, each in shown.items() if each.diff} == {
        ".github/workflows/loadstone.yml"
    }
    assert len(shown) == 3


def test_a_file_that_somebody_changed_is_never_written_over(root):
    set_up(root)
    path = root / ".github" / "workflows" / "loadstone.yml"
    path.write_text(path.read_text() + "# mine\n")
    foreign = root / ".github" / "workflows" / "loadstone-main.yml"
    foreign.write_text("name: mine\n")
    newer = ACTION.replace("5" * 40, "6" * 40)
    written = init.write(root, init.propose(root, action=newer), update=True)
    assert path.read_text().endswith("# mine\n")
    assert foreign.read_text() == "name: mine\n"
    assert ".github/workflows/loadstone-deliver.yml" in written
    assert "6" * 40 in (root / ".github/workflows/loadstone-deliver.yml").read_text()


def test_nothing_is_written_through_a_link(root, tmp_path):
    outside = tmp_path / "outside"
    (root / ".github").mkdir()
    (root / ".github" / "loadstone.yaml").symlink_to(outside)
    set_up(root)
    assert not outside.exists()


@pytest.mark.parametrize("action", ["acme/loadstone@main", "loadstone", "acme/loadstone@0123"])
def test_an_action_that_is_not_pinned_is_refused(root, action):
    with pytest.raises(UsageError, match="no pinned action"):
        init.propose(root, action=action)


def test_the_remotes_default_branch_is_the_one(root, tmp_path):
    from tests.action.harness.acting import git

    git(root, "checkout", "--quiet", "-b", "work")
    git(root, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert repository.facts(root).branch == "trunk"


def test_a_wrong_configuration_is_found_with_its_line(root):
    set_up(root)
    (root / ".github" / "loadstone.yaml").write_text("componnt: x\n")
    (finding,) = doctor_github.findings(root)
    assert (finding.code, finding.severity) == ("wrong-configuration", "missing")
    assert finding.where.endswith("loadstone.yaml:1:1")


def test_a_wrong_component_is_found_with_its_line(root):
    set_up(root)
    path = root / ".github/loadstone/component.yaml"
    path.write_text(path.read_text().replace("ports: [http, admin]", "ports: [http]"))
    found = doctor_github.findings(root)
    assert {(each.code, each.severity) for each in found} == {("wrong-component", "missing")}
    assert all("component.yaml:" in each.where for each in found)


def test_files_of_an_older_version_and_commands_that_start_nothing_are_said(root):
    set_up(root)
    finish(root)
    workflow, config = ".github/workflows/loadstone-deliver.yml", ".github/loadstone.yaml"
    older = (root / workflow).read_text().partition("\n")[2].replace("The news of", "News of")
    (root / workflow).write_text(stamped(older))
    with (root / config).open("a") as file:
        file.write("commands: {workflow: other.yml}\n")
    assert {(each.code, each.where, each.severity) for each in doctor_github.findings(root)} == {
        ("outdated-draft", workflow, "advice"),
        ("no-commanded-workflow", config, "advice"),
    }


def test_init_speaks_json_and_doctor_reads_it_back(root, monkeypatch, capsys):
    monkeypatch.chdir(root)
    said = loadstone("init", "--action", ACTION, "--json", capsys=capsys)
    assert said.code == 0
    assert len(json.loads(said.out)["written"]) == 8
    finish(root)
    assert loadstone("doctor", "--github", "--json", capsys=capsys).out == "[]\n"
    Path(".github/workflows/loadstone-deliver.yml").unlink()
    assert loadstone("doctor", "--github", capsys=capsys).code == 2


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(UsageError, match="no directory"):
        init.propose(tmp_path / "gone", action=ACTION)
    with pytest.raises(UsageError, match="no directory"):
        doctor_github.findings(tmp_path / "gone")
