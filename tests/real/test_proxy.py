"""The proxy in front of the real API server: its accounts are those of the audit log."""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path

import pytest

from loadstone.cluster.api_proxy.request_sorts import sort_of
from loadstone.cluster.proxy import proxied
from loadstone.formats import Dial
from tests.contract.client import Api
from tests.contract.conftest import GivenCluster
from tests.contract.objects import config_map
from tests.contract.resources import CONFIG_MAPS, NAMESPACES
from tests.contract.waiting import eventually
from tests.real.controllers import controller_manager
from tests.real.plane import real_plane

AGENTS = ("one/1.0", "two/2.0 (linux/amd64)", "three/3")
# Every request is in the log once, when it is answered, and a watch when it opens.
POLICY = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: Metadata}]
"""

pytestmark = [pytest.mark.real, pytest.mark.timeout(3600)]


def audited(log: Path, agents: tuple[str, ...]) -> Counter[str]:
    """Requests in the audit log by verb, resource and client."""
    found: dict[str, str] = {}
    for line in log.read_text().splitlines():
        event = json.loads(line)
        agent = event.get("userAgent", "")
        if agent.startswith(agents):
            sort = sort_of(event["verb"].upper(), event["requestURI"])  # of a path: its method
            about = event.get("objectRef")
            what = sort.resource
            if about and about.get("resource"):
                below = f"/{about['subresource']}" if about.get("subresource") else ""
                what = about["resource"] + below
            found[event["auditID"]] = f"{event['verb']} {what} {agent}"
    return Counter(found.values())


def client(kubeconfig: Path, agent: str) -> None:
    api = Api(kubeconfig, agent=agent)
    maps = api.of(CONFIG_MAPS, "default")
    name = agent.partition("/")[0]
    for number in range(40):
        maps.create(config_map(f"{name}-{number}")).ok()
        maps.read(f"{name}-{number}").ok()
        maps.patch(f"{name}-{number}", {"data": {"x": str(number)}}).ok()
    maps.read("nobody").failed(404, "NotFound")
    maps.list(limit="7").ok()
    api.get("/version").ok()
    api.of(NAMESPACES).list().ok()
    for number in range(40):
        maps.delete(f"{name}-{number}").ok()
    api.close()


def test_what_it_counts_is_what_the_servers_own_audit_log_has_to_the_last_call(tmp_path):
    policy, log = tmp_path / "audit.yaml", tmp_path / "audit.log"
    policy.write_text(POLICY)
    audit = [
        f"--audit-policy-file={policy}",
        f"--audit-log-path={log}",
        "--audit-log-mode=blocking",
    ]
    with real_plane(tmp_path / "plane", audit) as plane:
        given = GivenCluster(api=plane.url, kubeconfig=plane.kubeconfig)
        with (
            proxied(given, workdir=tmp_path) as cluster,
            controller_manager(cluster.kubeconfig, tmp_path),
        ):
            watcher = Api(cluster.kubeconfig, agent="watcher/1")
            with watcher.of(CONFIG_MAPS, "default").watch() as watch:
                threads = [
                    threading.Thread(target=client, args=(cluster.kubeconfig, agent))
                    for agent in AGENTS
                ]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                ours = {
                    key: count
                    for key, count in cluster.accounting().requests.items()
                    if key.split(" ", 2)[2].startswith((*AGENTS, "watcher/1"))
                }
                seen = [watch.next()["type"] for _ in range(3 * 40 * 3)]
                eventually(
                    lambda: (
                        cluster.accounting().events.get("watch configmaps watcher/1", 0)
                        >= len(seen)
                    )
                )
            watcher.close()
            eventually(lambda: audited(log, (*AGENTS, "watcher/1")) == Counter(ours))
            assert sum(ours.values()) > 3 * 160
            manager = [
                key for key in cluster.accounting().requests if "kube-controller-manager" in key
            ]
            assert len(manager) > 20  # protobuf, leases and watches went through


def test_faults_of_the_proxy_are_seen_by_a_real_client_and_go(tmp_path):
    with real_plane(tmp_path / "plane") as plane:
        given = GivenCluster(api=plane.url, kubeconfig=plane.kubeconfig)
        with proxied(given, workdir=tmp_path) as cluster:
            maps = Api(cluster.kubeconfig).of(CONFIG_MAPS, "default")
            cluster.dial([Dial(resource="configmaps", error_rate=1.0, error_status=503)])
            maps.list().failed(503, "ServiceUnavailable")
            cluster.dial([])
            maps.list().ok()
            maps.api.close()
