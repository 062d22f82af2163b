"""A whole run of a component that is the API server: its objects are made there."""

from dataclasses import replace

import pytest

from loadstone import formats
from loadstone.cluster.own_api import OwnApi
from loadstone.report.common.sentences import in_full
from tests.measure.fakes import world
from tests.measure.test_run import PATIENT, one

pytestmark = pytest.mark.slow

MAP = {
    "objects": [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "c${i}"},
            "data": {"script": "echo $${HOME} ${version}"},
        }
    ],
    "check": {"host": "api", "path": "/api/v1/namespaces/default/configmaps/c${i}"},
}


def apiserver():
    """The embedded API server as a component that has an API of its own."""
    return formats.Component(
        component="apiserver",
        about="",
        role="api-server",
        revisions=formats.Revisions(),
        ports=["http"],
        command=["${executable}", "-m", "loadstone.apiserver", "--port", "${http_port}"],
        ready=formats.Ready(url="http://${http}/readyz", timeout=60.0),
        traffic="${http}",
        api="http://${http}",
        stop_timeout=2.0,
    )


def test_what_a_scenario_creates_is_in_its_own_api(tmp_path):
    case = world.case(
        [{"do": "load", "template": "map", "rate": 50, "connections": 2}],
        setup=[
            {"do": "create", "template": "map", "count": 5},
            {"do": "await", "template": "map", "timeout": 20.0},
        ],
        warmup=0.2,
        window=0.8,
        **PATIENT,
    )
    case = replace(case, workload={**case.workload, "templates": {"map": MAP}})
    found = one(tmp_path, case, apiserver(), clusters=[OwnApi(provider="memory")])
    assert found.valid, [in_full(note) for note in found.invalid]
    assert found.quantities["load.requests"] > 20
    assert found.quantities["load.wrong"] == 0
    assert found.quantities["process.cpu_seconds"] > 0
