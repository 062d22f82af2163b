"""Presets are held to the pages of the real programs: every series of one is there by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
import urllib3

from loadstone.formats import scraped
from loadstone.measure.probes.metrics_page import Page
from loadstone.measure.probes.selector import Selector
from loadstone.measure.probes.text_page import read
from loadstone.plan.presets import parse_preset
from tests.contract.client import Api
from tests.contract.objects import config_map
from tests.contract.resources import CONFIG_MAPS
from tests.contract.waiting import eventually
from tests.dashboards.saved_dashboards import expressions
from tests.measure.fakes.website import website
from tests.prometheus import asked, needs_prometheus, prometheus
from tests.real.controllers import metrics_of
from tests.real.plane import TOKEN, Plane, real_plane

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.real, pytest.mark.timeout(3600)]

# What a program shows only once it has happened there, or only for a kind of client.
LATER: Mapping[str, set[str]] = {
    "rest-client": {"client_retries"},
    "apiserver": {"rejected"},
    "scheduler": {"pod_time"},  # there is no node
}


def fetched(url: str) -> str:
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with urllib3.PoolManager(cert_reqs="CERT_NONE", retries=False, timeout=10.0) as pool:
        answer = pool.request("GET", url, headers=headers)
    assert answer.status == 200, answer.data[:300]
    return answer.data.decode()


def missing(preset: str, page: str) -> set[str]:
    """The aliases of a preset that a page does not show."""
    found = parse_preset((ROOT / f"presets/{preset}.yaml").read_text(), preset)
    selectors = {alias: Selector.of(entry) for alias, entry in found.scrape.items()}
    seen: Page = read(page, selectors)
    shown = {key.partition(".")[0] for key in (*seen.values, *seen.distributions)}
    assert all(scraped(entry).series for entry in found.scrape.values())
    return found.scrape.keys() - shown


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The metrics pages of a control plane in which something has happened."""
    folder = tmp_path_factory.mktemp("plane")
    with ExitStack() as stack:
        plane: Plane = stack.enter_context(real_plane(folder))
        urls = {
            name: stack.enter_context(metrics_of(name, plane.kubeconfig, folder))
            for name in ("kube-controller-manager", "kube-scheduler")
        }
        api = Api(plane.kubeconfig)
        maps = api.of(CONFIG_MAPS, "default")
        for number in range(20):
            maps.create(config_map(f"m{number}")).ok()
            maps.read(f"m{number}").ok()
            maps.patch(f"m{number}", {"data": {"x": "1"}}).ok()
        pods = "/api/v1/namespaces/default/pods"
        eventually(lambda: api.get("/api/v1/namespaces/default/serviceaccounts/default").ok())
        spec = {"containers": [{"name": "c", "image": "none"}]}
        api.request("POST", pods, {"metadata": {"name": "p"}, "spec": spec}).ok()
        eventually(
            lambda: "scheduler_schedule_attempts_total" in fetched(urls["kube-scheduler"]),
        )
        yield {
            "kube-apiserver": fetched(f"{plane.url}/metrics"),
            "etcd": fetched(f"{plane.etcd}/metrics"),
            **{name: fetched(url) for name, url in urls.items()},
        }
        api.close()


@pytest.mark.parametrize(
    ("preset", "program"),
    [
        ("go", "kube-apiserver"),
        ("process", "kube-controller-manager"),
        ("workqueue", "kube-controller-manager"),
        ("rest-client", "kube-controller-manager"),
        ("apiserver", "kube-apiserver"),
        ("etcd", "etcd"),
        ("scheduler", "kube-scheduler"),
        ("go", "etcd"),
    ],
)
def test_every_series_of_a_preset_is_on_the_page_of_its_program(pages, preset, program):
    assert missing(preset, pages[program]) <= LATER.get(preset, set())


# Labels of what did not happen there: requests that failed or were refused, and a node for a pod.
NEVER = (
    'code="500"',
    "apiserver_flowcontrol_rejected_requests_total",
    "scheduler_pod_scheduling_sli_duration_seconds",
    'result="scheduled"',
)


@needs_prometheus
def test_a_prometheus_of_their_pages_answers_every_query_of_the_dashboard(pages, tmp_path):
    headers = {"Content-Type": "text/plain; version=0.0.4"}
    with ExitStack() as stack:
        addresses = [
            stack.enter_context(website(lambda *_, page=page: (200, headers, page.encode())))
            for page in pages.values()
        ]
        url = stack.enter_context(prometheus(tmp_path, {"real": addresses}, interval="500ms"))

        def silent() -> list[str]:
            """The queries that nothing answers, of those that something could."""
            return [
                query
                for query in expressions("control-plane")
                if not any(each in query for each in NEVER)
                and not asked(url, "query", query=query)["data"]["result"]
            ]

        eventually(lambda: not silent())
        assert silent() == []
