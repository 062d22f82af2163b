"""A session in somebody's cluster needs the rights that `doctor` prints, and no more."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.kind.kind_cluster import KindCluster
from loadstone.cluster.kind.kind_provider import KindProvider
from loadstone.component.in_pods.local_images import put_on_nodes
from tests.cluster.service_account import service_account
from tests.kind.ground import ground
from tests.kind.own_image import own_image
from tests.kind.sessions import BASE, HEAD, configured, image, record
from tests.kind.test_sessions import counted, done

pytestmark = [pytest.mark.kind, pytest.mark.kind_load, pytest.mark.timeout(1800)]

ASKED = ("--place", "pods", "--provider", "existing")


def doctor(folder: Path, kubeconfig: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "loadstone", "doctor", "--rights"]
    return subprocess.run(
        [*command, "--kubeconfig", str(kubeconfig)],
        cwd=folder,
        text=True,
        capture_output=True,
        check=False,
        timeout=120,
    )


def test_who_has_the_rights_that_doctor_prints_can_measure(tmp_path: Path) -> None:
    there = ground()
    ours, base, head = own_image(there.docker), image(there, BASE), image(there, HEAD)
    with KindProvider(options=there.options(pods=True)).provision(workdir=tmp_path / "c") as made:
        assert isinstance(made, KindCluster)
        put_on_nodes(made, [base, head], [ours])
        load = {
            "pods": 2,
            "image": ours,
            "cpu": "100m",
            "nodes": dict(made.load_on),
            "tolerations": [dict(each) for each in made.load_tolerations],
        }
        said = {"place": "pods", "scenario": "ingress-latency", "component": "traefik"}
        folder = configured(there, tmp_path / "s", load=load, **said)
        with closing(ClusterApi(made.access)) as api:
            nobody = service_account(api, "nobody", [], tmp_path)
            refused = doctor(folder, nobody)
            assert refused.returncode == 2, refused.stderr
            assert "missing: create" in refused.stdout
            rules = yaml.safe_load(refused.stdout)["rules"]
            allowed = service_account(api, "allowed", rules, tmp_path)
        assert doctor(folder, allowed).returncode == 0
        where = (*ASKED, "--kubeconfig", str(allowed))
        revisions = ("--base", f"image:{base}", "--head", f"image:{head}")
        # Three nodes on this machine keep its cores busy, which may leave no latency that counts.
        done(folder, "run", *where, *revisions, "--looks", "2", codes=(0, 1, 3))
        runs = counted(record(folder / "out")["runs"])
        assert all("load-from-pods" in {note["code"] for note in run["notes"]} for run in runs)
        with closing(ClusterApi(made.access)) as api:
            spaces = [each["metadata"]["name"] for each in api.get("/api/v1/namespaces")["items"]]
            assert not [each for each in spaces if each.startswith("loadstone-")]
