"""Programs of Go, as their users build them, against the embedded server."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadstone.cluster.provider import provider
from loadstone.protocols import Cluster
from tests.contract.test_kinds import CLUSTER, NAMESPACED
from tests.real import binary

pytestmark = [pytest.mark.real, pytest.mark.timeout(1800)]  # the first build takes its time
TOLD = 60.0  # s that a program may take once it is built


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with provider("memory").provision(workdir=tmp_path / "cluster") as made:
        yield made


def run(*command: str | Path, stdin: str = "", **environment: str) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=TOLD,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def objects() -> list[dict[str, object]]:
    """One object of every kind that the contract promises."""
    found = []
    for rows, place in ((NAMESPACED, {"namespace": "default"}), (CLUSTER, {})):
        for root, _, kind, rest in rows:
            version = root.split("/", maxsplit=2)[2]
            metadata = {"name": "typed", **place}
            found.append({"apiVersion": version, "kind": kind, "metadata": metadata, **rest})
    return found


def test_typed_clients_do_everything_over_protobuf(cluster: Cluster) -> None:
    said = run(binary("typed"), cluster.api, stdin=json.dumps(objects())).splitlines()
    assert [line for line in said if not line.startswith("ok ")] == []
    assert len(said) >= len(objects()) + 11, "the kinds, and what programs do every day"


def test_a_controller_of_controller_runtime_does_its_work(cluster: Cluster) -> None:
    assert run(binary("operator"), cluster.api).splitlines()[-1] == "ok"


def test_the_table_of_messages_is_what_gos_types_say() -> None:
    import gzip

    from loadstone.apiserver.types import messages

    printed = json.loads(run(binary("messages")))
    assert json.loads(gzip.decompress(messages.TABLE.read_bytes())) == printed


def test_helm_installs_upgrades_rolls_back_and_uninstalls(cluster: Cluster, tmp_path: Path) -> None:
    homes = {
        f"HELM_{name}_HOME": str(tmp_path / name.lower()) for name in ("CACHE", "CONFIG", "DATA")
    }
    chart = tmp_path / "web"

    def helm(*arguments: str | Path) -> str:
        own: list[str | Path] = ["--kubeconfig", cluster.kubeconfig]
        return run(binary("helm"), *arguments, *own, **homes)

    helm("create", chart)
    assert "STATUS: deployed" in helm("install", "one", chart)
    set_: list[str | Path] = ["--set", "replicaCount=3", "--set", "ingress.enabled=true"]
    assert "REVISION: 2" in helm(
        "upgrade", "one", chart, *set_, "--set", "autoscaling.enabled=true"
    )
    assert "REVISION: 3" in helm("upgrade", "one", chart, "--install", *set_)
    helm("rollback", "one", "1")
    assert len(json.loads(helm("history", "one", "-o", "json"))) == 4
    assert "replicas: 1" in helm("get", "manifest", "one")
    helm("uninstall", "one")
    assert json.loads(helm("list", "-a", "-o", "json")) == []
