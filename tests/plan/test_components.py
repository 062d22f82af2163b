"""Component files: what is read, and what is said of each thing that is wrong."""

import pytest

from loadstone.errors import InvalidFile
from loadstone.formats import PackageSource
from loadstone.plan.components import parse_component
from tests.plan.sample import COMPONENT, edited


def problems(text):
    with pytest.raises(InvalidFile) as caught:
        parse_component(text, "c.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_is_read():
    component = parse_component(COMPONENT, "c.yaml")
    assert component.ports == ["http", "admin"]
    assert component.ready is not None
    assert component.ready.timeout == 30.0
    assert component.revisions.package == PackageSource(name="small-bin", executable="small")


WRONG = {
    "no way to get a revision": (
        [("  package: {name: small-bin, executable: small}", "  {}")],
        "c.yaml:4:1: no way to get a revision (one of package, build, download, go, image)",
    ),
    "one image for all revisions": (
        [("  package: {name: small-bin, executable: small}", "  image: {reference: small}")],
        "c.yaml:5:22: every revision would be the same image",
    ),
    "a download that anybody on the way can change": (
        [("  package: {name: small-bin, executable: small}",
          "  download: {url: 'http://a.test/${revision}', checksums: 'https://a.test/sums'}")],
        "c.yaml:5:19: `http://a.test/${revision}` is no https URL: a checksum that came",
    ),
    "checksums that anybody on the way can change": (
        [("  package: {name: small-bin, executable: small}",
          "  download: {url: 'https://a.test/${revision}', checksums: 'http://localhost@a.test/s'}")],
        "c.yaml:5:60: `http://localhost@a.test/s` is no https URL: a checksum that came",
    ),
    "a port twice": (
        [("[http, admin]", "[http, admin, http]")], "c.yaml:6:22: the port `http` is listed twice",
    ),
    "a port with a reserved name": (
        [("[http, admin]", "[http, admin, api]")], "c.yaml:6:22: `api` is no name for a port",
    ),
    "a setting that changes nothing": (
        [("ports: [", "settings: {mode: fast}\nports: [")],
        "c.yaml:6:12: nothing names the setting `mode` (write `${mode}` into `command`)",
    ),
    "a setting that is an address": (
        [("ports: [", "settings: {admin: fast}\nports: [")],
        "c.yaml:6:12: `${admin}` is something else already",
    ),
    "answers in a network of others": (
        [("ports: [", "answers: {network: 10.0.0.0/8, ports: [80]}\nports: [")],
        "c.yaml:6:1: these addresses are in a network that the component has for itself",
    ),
    "answers in no network": (
        [("ports: [", "network: own\nanswers: {network: 10.1.0.0/8, ports: [80]}\nports: [")],
        "c.yaml:7:20: this is no IPv4 network: 10.1.0.0/8 has host bits set",
    ),
    "answers on loopback": (
        [("ports: [", "network: own\nanswers: {network: 127.1.0.0/16, ports: [80]}\nports: [")],
        "c.yaml:7:20: 127.1.0.0/16 is loopback's, or has no addresses for others",
    ),
    "an unknown placeholder": (
        [("${api}", "${apis}")], "c.yaml:7:56: `${apis}` has no value (did you mean `api`?)",
    ),
    "a port that is not listed": (
        [("[http, admin]", "[http]")], "c.yaml:9:14: `${admin}` has no value",
    ),
    "an address that is no URL": (
        [("metrics: http://${admin}/metrics", "metrics: ${admin}/metrics")],
        "c.yaml:10:10: `${admin}/metrics` is no URL",
    ),
    "nothing to scrape": (
        [("metrics: http://${admin}/metrics\n", "")], "c.yaml:10:1: there is no page to scrape",
    ),
    "a series that is none": (
        [("reloads_total{result", "reloads total{result")],
        "c.yaml:11:19: `reloads total{result=\"ok\"}` is no series",
    ),
    "an alias that is no name": (
        [("{reloads:", "{Re-loads:")], "c.yaml:11:10: `Re-loads` is no name for an alias",
    ),
    "a template that is no Jinja2": (
        [("{{ http }}", "{% for %}")], "c.yaml:14:13: the template is no Jinja2:",
    ),
    "an object that no API server takes": (
        [("ports: [", "objects: [{kind: Role}]\nports: [")],
        "c.yaml:6:11: the object has no apiVersion, metadata.name",
    ),
    "a load that is none is refused": (
        [("ports: [", "refuses: {gRPC: old}\nports: [")],
        "c.yaml:6:11: `gRPC` is nothing that a load sends",
    ),
    "a load is refused for no reason": (
        [("ports: [", "refuses: {grpc: ' '}\nports: [")],
        "c.yaml:6:11: `grpc` is refused for no reason (say why)",
    ),
    "a template with an unknown name": (
        [("routes | length", "route | length")],
        "c.yaml:14:13: the template uses `route`, which has no value (did you mean `routes`?)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_is_named_with_its_line_and_a_way_out(case):
    edits, said = WRONG[case]
    found = problems(edited(COMPONENT, *edits))
    assert any(problem.startswith(said) for problem in found), "\n".join(found)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:80"])
def test_a_download_from_this_machine_needs_no_protection(host):
    download = f"  download: {{url: 'http://{host}/${{revision}}', checksums: 'http://{host}/s'}}"
    text = edited(COMPONENT, ("  package: {name: small-bin, executable: small}", download))
    assert parse_component(text, "c.yaml").revisions.download is not None


@pytest.mark.parametrize(
    "series", ["a", 'a{b="c"}', '{"my.metric",a="b"}', 'a{b="}"}', r'a{b="\""}', 'a{b="größe"}']
)
def test_a_series_may_be_anything_that_is_one_on_a_metrics_page(series):
    text = edited(COMPONENT, ("'reloads_total{result=\"ok\"}'", f"'{series}'"))
    assert parse_component(text, "c.yaml").scrape == {"reloads": series}
