"""Cluster API's managers against the embedded server: run in a network namespace.

Prints, as JSON, how many machines run and how many seconds that took.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import yaml

from loadstone.cluster.provider import provider
from tests.contract.client import Api
from tests.contract.resources import CRDS, Resource
from tests.real import binary
from tests.real.machines import Object, cluster
from tests.real.programs import running, wait

MANAGERS = {
    "cluster-api": 0,
    "cluster-api-bootstrap": 1,
    "cluster-api-control-plane": 2,
    "cluster-api-infrastructure": 3,
}
WITHIN = 300.0


def main(folder: Path, control_plane: int, workers: int, definitions: list[Path]) -> int:
    """Make a cluster, and wait until its machines run."""
    os.environ["POD_IP"] = "127.0.0.1"  # where the cluster in memory listens
    certificates = _certificates(folder)
    with ExitStack() as stack:
        memory = stack.enter_context(provider("memory").provision(workdir=folder / "memory"))
        api = Api(memory.kubeconfig)
        for path in definitions:
            api.of(CRDS).create(_labelled(yaml.safe_load(path.read_text()))).ok()
        os.environ["KUBECONFIG"] = str(memory.kubeconfig)
        for name, number in MANAGERS.items():
            arguments = [
                f"--webhook-port={9443 + number}",
                f"--webhook-cert-dir={certificates}",
                f"--health-addr=127.0.0.1:{9440 - 10 * number}",
                f"--diagnostics-address=127.0.0.1:{8443 + number}",
                "--insecure-diagnostics",
            ]
            stack.enter_context(running(binary(name), arguments, folder / f"{name}.log"))
        begun = time.monotonic()
        for item in cluster("c", control_plane=control_plane, workers=workers):
            api.of(_resource(item), "default").create(item).ok()
        machines = api.of(
            Resource("/apis/cluster.x-k8s.io/v1beta2", "machines", "Machine"), "default"
        )

        def phases() -> list[str]:
            return [
                item.get("status", {}).get("phase", "") for item in machines.list().ok()["items"]
            ]

        def all_run() -> bool:
            return phases().count("Running") == control_plane + workers

        try:
            wait(all_run, "machines", within=WITHIN)
        except TimeoutError:
            print(f"machines: {phases()}", file=sys.stderr)
            raise
        print(json.dumps({"running": len(phases()), "seconds": time.monotonic() - begun}))
    return 0


def _labelled(definition: Object) -> Object:
    """The label by which the managers find which versions go together."""
    labels = definition["metadata"].setdefault("labels", {})
    labels["cluster.x-k8s.io/v1beta2"] = "v1beta2"
    return definition


def _resource(item: Object) -> Resource:
    kind = item["kind"]
    return Resource(f"/apis/{item['apiVersion']}", f"{kind.lower()}s", kind)


def _certificates(folder: Path) -> Path:
    """What the webhooks' servers want to start with; nobody calls them."""
    made = folder / "certificates"
    made.mkdir(parents=True, exist_ok=True)
    subject = ["-subj", "/CN=localhost", "-days", "2", "-nodes", "-newkey", "rsa:2048"]
    files = ["-keyout", str(made / "tls.key"), "-out", str(made / "tls.crt")]
    subprocess.run(["openssl", "req", "-x509", *subject, *files], check=True, capture_output=True)
    return made


if __name__ == "__main__":
    sys.exit(
        main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), [*map(Path, sys.argv[4:])])
    )
