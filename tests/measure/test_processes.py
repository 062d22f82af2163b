"""Whole runs of a component of several processes: what is measured of each, and when one dies."""

import pytest

from loadstone import formats
from loadstone.component.start import start
from loadstone.measure.probes.table import PROBES
from loadstone.report.common.sentences import in_full
from tests.component.several import SERVER, component, revision, server
from tests.measure.fakes import world
from tests.measure.test_run import CHANGE, PATIENT, one

pytestmark = pytest.mark.slow

HELD = {"revisions": formats.Revisions(package=formats.PackageSource(name="x", executable="x"))}
SERVED = {"served": "served_total"}


def two(code=SERVER):
    """The fake proxy, and beside it a web server with 64 MiB."""
    described = world.proxy()
    (proxy,) = described.started().values()
    side = server(
        "side", "64", code=code, metrics="http://${side}/", scrape=SERVED, revision="1", **HELD
    )
    both = component(side=side, proxy=proxy)
    fields = {name: getattr(both, name) for name in both.__struct_fields__}
    return formats.Component(**{**fields, "push": described.push})


def measured(tmp_path, described, case=None):
    def begin(given, cluster, **more):
        held = revision(given.side, side=given.executable)
        return start(described, held, cluster, **more)

    case = case or world.case([CHANGE], profiles=["cpu"], **PATIENT)
    return one(tmp_path, case, described, start=begin)


def test_each_process_has_its_quantities_and_the_sum_has_none_less(tmp_path):
    found = measured(tmp_path, two())
    assert found.valid, [in_full(note) for note in found.invalid]
    own = {who: found.quantities[f"process.{who}.anon_end"] for who in ("side", "proxy")}
    assert own["side"] > 64 << 20
    assert own["proxy"] < 64 << 20
    assert found.quantities["process.anon_end"] == pytest.approx(sum(own.values()), rel=0.2)
    cpu = [found.quantities[f"process.{who}.cpu_seconds"] for who in ("side", "proxy")]
    assert found.quantities["process.cpu_seconds"] == pytest.approx(sum(cpu))
    starts = [found.quantities[f"process.{who}.start_seconds"] for who in ("side", "proxy")]
    assert found.quantities["process.start_seconds"] >= sum(starts)
    assert found.quantities["scrape.served.end"] == 5
    assert found.quantities["process.side.scrape.served.end"] == 5
    assert (
        found.quantities["scrape.loads.end"] == found.quantities["process.proxy.scrape.loads.end"]
    )
    assert found.requests == {"list pods proxy/1": 7}
    assert set(found.probe_cost) == set(PROBES)
    assert set(found.profiles) == {"cpu of proxy"}
    assert (tmp_path / "out" / found.profiles["cpu of proxy"]).is_file()
    assert found.quantities["profile.cpu_seconds"] >= 0


def test_one_that_dies_spoils_the_run_and_is_named(tmp_path):
    answering = "    def do_GET(self):\n"
    soon = "        threading.Timer(1.5, os._exit, [9]).start()\n"  # after it was ready
    dying = "import threading\n" + SERVER.replace(answering, answering + soon)
    lasting = world.case([{**CHANGE, "times": 400}], **PATIENT)
    found = measured(tmp_path, two(dying), lasting)
    assert not found.valid
    assert "exited" in world.codes(found)
    (why,) = (note for note in found.invalid if note.code == "exited")
    assert why.data["process"] == "side"
    assert "the process side ended with status 9 during the run" in in_full(why)
