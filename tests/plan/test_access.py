"""Component files that talk TLS, or are an API server: what is said of each mistake."""

import pytest

from loadstone.errors import InvalidFile
from loadstone.formats import Certificate
from loadstone.plan.components import parse_component
from tests.plan.sample import edited

SECURE = """\
component: secure
about: An API server.
role: control-plane
revisions:
  package: {name: small-bin, executable: small}
certificates:
  serving: {hosts: [kubernetes]}
  admin: {groups: ["system:masters"]}
credentials: {ca: "${dir}/ca.crt", cert: "${dir}/admin.crt", key: "${dir}/admin.key"}
api: https://${secure}
network: own
ports: [secure]
files: {settings: "${secure_port}"}
command: ["${executable}", --port, "${secure_port}", --ca, "${dir}/ca.crt", "${kubeconfig}"]
ready: {url: "https://${secure}/readyz"}
"""


def problems(text):
    with pytest.raises(InvalidFile) as caught:
        parse_component(text, "c.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_is_read():
    component = parse_component(SECURE, "c.yaml")
    assert component.certificates["serving"] == Certificate(hosts=["kubernetes"])
    assert component.network == "own"


WRONG = {
    "the authority's name": (
        [("  serving:", "  ca:")],
        "c.yaml:7:3: `ca` is no name for a certificate (small letters",
    ),
    "a name that leads elsewhere": (
        [("  serving:", "  ../serving:")], "c.yaml:7:3: `../serving` is no name for a certificate",
    ),
    "a file that is a certificate": (
        [("{settings:", "{admin.key:")], "c.yaml:13:9: `admin.key` is one of the `certificates`",
    ),
    "an API that is no URL": ([("https://${secure}\n", "${secure}\n")], "c.yaml:10:6: `${secure}`"),
    "credentials of nobody": (
        [("${dir}/admin.crt", "${home}/admin.crt")], "c.yaml:9:42: `${home}` has no value",
    ),
    "a network of another kind": (
        [("network: own", "network: mine")], "c.yaml:11:10: `mine` is not one of own, shared",
    ),
    "something pushed": (
        [("network: own", 'push: {url: "http://${secure}", template: x}')],
        "c.yaml:11:1: nothing is pushed to a component that is the API server",
    ),
    "a port like the number of another": (
        [("[secure]", "[secure, secure_port]")],
        "c.yaml:12:17: `secure_port` could be the number of another port",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_is_named_with_its_line_and_a_way_out(case):
    edits, said = WRONG[case]
    found = problems(edited(SECURE, *edits))
    assert any(problem.startswith(said) for problem in found), "\n".join(found)
