"""`loadstone run`: what is said before anything is measured."""

import json

import pytest
from click.testing import CliRunner

from loadstone import cli
from loadstone.errors import NothingToCompare
from loadstone.flows.revision_programs import require_differing
from loadstone.model import Revision, Side

GO = """
component: thing
about: A thing.
role: ingress
revisions:
  go: {module: example.test/thing}
ports: [http]
command: ["${executable}"]
traffic: ${http}
ready: {url: "http://${http}/"}
metrics: http://${http}/metrics
"""


def revision(side, asked, digest):
    return Revision(side=side, asked=asked, label=asked, digest=digest)


def run(command, *arguments):
    given = [command, "-s", "ingress-config", "-c", "thing.yaml", *arguments]
    return CliRunner().invoke(cli.cli, given, catch_exceptions=False)


@pytest.fixture
def programs(tmp_path):
    (tmp_path / "thing.yaml").write_text(GO)
    for name in ("a", "b"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)


@pytest.mark.usefixtures("programs")
def test_one_program_under_two_names_is_nothing_to_compare(tmp_path):
    done = run("run", "--base", "./a", "--head", "./b", "--out", "o")
    assert done.exit_code == 0
    assert "nothing to compare: ./a and ./b are the same program" in done.stdout
    assert not (tmp_path / "o").exists()
    said = json.loads(run("run", "--base", "./a", "--head", "./b", "--json").stdout)
    assert "the same program" in said["nothing_to_compare"]


def test_one_name_on_both_sides_is_asked_for_and_what_has_no_digest_is_not_known():
    base, head = revision(Side.BASE, "v1", "5" * 64), revision(Side.HEAD, "v2", "5" * 64)
    with pytest.raises(NothingToCompare, match="v1 and v2 are the same program"):
        require_differing(base, head)
    require_differing(base, revision(Side.HEAD, "v1", "5" * 64))
    require_differing(base, revision(Side.HEAD, "v2", "6" * 64))
    require_differing(revision(Side.BASE, "v1", ""), revision(Side.HEAD, "v2", ""))


@pytest.mark.usefixtures("programs")
def test_a_plan_says_what_the_machine_lacks_for_a_revision(tmp_path):
    (tmp_path / "loadstone.yaml").write_text(f"tools: {{go: {tmp_path}/none}}\n")
    done = run("plan", "--base", "./a", "--head", "1.2.3")
    assert done.exit_code == 0
    assert "note: 1.2.3 cannot be made here: `go` is configured as" in done.stdout
