"""kube-proxy against the embedded server: run in a network namespace by `test_proxy`.

Prints, as JSON, the rules that one service with two endpoints has come to, and whether they went.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from loadstone.cluster.provider import provider
from tests.contract.client import Api
from tests.contract.objects import Object, service
from tests.contract.resources import NODES, SERVICES, Resource
from tests.real import binary
from tests.real.programs import running, wait

SLICES = Resource("/apis/discovery.k8s.io/v1", "endpointslices", "EndpointSlice")
ENDPOINTS = ("192.0.2.1", "192.0.2.2")
DUMPS = {"iptables": ["iptables-save", "-t", "nat"], "nftables": ["nft", "list", "ruleset"]}
UNSHARED = [  # what is not the namespace's own: the machine's connection table
    "--conntrack-max-per-core=0",
    "--conntrack-tcp-timeout-established=0s",
    "--conntrack-tcp-timeout-close-wait=0s",
]


def main(mode: str, folder: Path) -> int:
    """Make a service, see its rules, delete it, see them go."""
    with provider("memory").provision(workdir=folder / "memory") as cluster:
        api = Api(cluster.kubeconfig)
        api.of(NODES).create(_node()).ok()
        arguments = [
            f"--kubeconfig={cluster.kubeconfig}",
            f"--proxy-mode={mode}",
            "--hostname-override=here",
            *UNSHARED,
        ]
        log = folder / "kube-proxy.log"
        with running(binary("kube-proxy"), arguments, log) as process:
            made = api.of(SERVICES, "default").create(service("web")).ok()
            address = made["spec"]["clusterIP"]
            api.of(SLICES, "default").create(_slice()).ok()

            def written() -> bool:
                rules = _rules(mode)
                return all(each in rules for each in (address, *ENDPOINTS))

            wait(written, "rules of the service", process=process, log=log)
            api.of(SLICES, "default").delete("web-1").ok()
            api.of(SERVICES, "default").delete("web").ok()
            wait(lambda: address not in _rules(mode), "their going", process=process, log=log)
            print(json.dumps({"mode": mode, "address": address}))
    return 0


def _node() -> Object:
    """The node that the proxy runs on: it looks up which addresses are its own."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "here"},
        "status": {"addresses": [{"type": "InternalIP", "address": "127.0.0.1"}]},
    }


def _slice() -> Object:
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "web-1", "labels": {"kubernetes.io/service-name": "web"}},
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
        "endpoints": [{"addresses": [each], "conditions": {"ready": True}} for each in ENDPOINTS],
    }


def _rules(mode: str) -> str:
    done = subprocess.run(DUMPS[mode], capture_output=True, text=True, check=False)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
