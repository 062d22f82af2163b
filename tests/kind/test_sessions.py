"""A session on real nodes, from a command line to a record: programs of this machine, and pods."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.kind.cluster_config import AUDIT_LOG, MEASURED
from loadstone.cluster.kind.kind_cluster import AuditedKindCluster
from loadstone.cluster.kind.kind_provider import KindProvider
from loadstone.cluster.own_namespaces import own_namespaces
from loadstone.component.in_pods.local_images import put_on_nodes
from loadstone.component.in_pods.place import PodPlace
from loadstone.model import Revision, Side
from loadstone.plan.components import parse_component
from loadstone.protocols import Accountable
from tests.kind.ground import Ground, ground
from tests.kind.own_image import own_image
from tests.kind.sessions import (
    BASE,
    HEAD,
    REVISIONS,
    ROOT,
    command,
    configured,
    image,
    of_commits,
    record,
)

pytestmark = [pytest.mark.kind, pytest.mark.timeout(1800)]

# What a machine that does other things at the same time may do to a run.
BUSY = {"generator-bottleneck", "upstream-bottleneck", "stolen-time", "rate-short", "busy-cores"}
TWICE = ("--looks", "2")


@pytest.fixture(scope="module")
def there() -> Ground:
    return ground()


@pytest.fixture(scope="module")
def pod_images(there: Ground) -> dict[str, str]:
    return {revision: image(there, revision) for revision in REVISIONS}


def done(
    folder: Path, *arguments: str, component: str = "traefik", codes: tuple[int, ...] = (0, 1)
) -> str:
    """What a session prints, which ends well: a regression is an answer too."""
    line = command(*arguments, component=component)
    said = subprocess.run(
        line, cwd=folder, text=True, capture_output=True, check=False, timeout=1500
    )
    assert said.returncode in codes, f"{said.stdout[-3000:]}\n{said.stderr[-3000:]}"
    return said.stdout


def counted(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The runs, of which each side has one that counts, and none fails but by this machine."""
    why = {note["code"] for run in runs for note in run["invalid"]}
    assert why <= BUSY, why
    assert {run["side"] for run in runs if run["values"]} == {"base", "head"}
    return runs


def agents(run: dict[str, Any]) -> set[str]:
    """The programs that asked the API server in a run."""
    return {key.split(" ", 2)[2].partition("/")[0] for key in run["requests"]}


def test_two_releases_are_compared_as_programs(there: Ground, tmp_path: Path) -> None:
    before, folder = there.left(), configured(there, tmp_path)
    done(folder, "run", "--provider", "kind", "--base", BASE, "--head", HEAD, *TWICE)
    found = record(folder / "out")
    assert found["environment"]["provider"] == "kind"
    for run in counted(found["runs"]):
        assert agents(run) == {"traefik"}
        assert run["quantities"]["api.requests"] > 0
        assert run["quantities"]["api.watch_events"] > 0  # which the proxy counts
    assert there.left() - before == set()


def test_two_releases_are_compared_as_pods_on_the_node_for_it(
    there: Ground, pod_images: dict[str, str], tmp_path: Path
) -> None:
    before, folder = there.left(), configured(there, tmp_path)
    base, head = (f"image:{pod_images[each]}" for each in REVISIONS)
    placed = ("--provider", "kind", "--place", "pods")
    plan = done(folder, "plan", *placed, "--base", base, "--head", "image:nobody/has:this")
    assert "note: nobody/has:this is not in this machine's Docker: the nodes pull it" in plan
    assert pod_images[BASE] not in plan.partition("note:")[2]
    done(folder, "run", *placed, "--base", base, "--head", head, *TWICE)
    for run in counted(record(folder / "out")["runs"]):
        said = {note["code"]: note["data"] for note in run["notes"]}
        mine = pod_images[BASE if run["side"] == "base" else HEAD]
        identity = there.docker("image", "inspect", "--format", "{{.Id}}", mine)
        assert said["image-loaded"] == {"image": mine, "digest": identity}
        assert said["image-ran"]["node"].endswith("-worker")  # the other one is kept for load
        assert "sha256:" in said["image-ran"]["digest"]
        assert "through-forward" not in said
        assert agents(run) == {"traefik"}
        assert run["quantities"]["api.requests"] == sum(run["requests"].values()) > 0
        assert "api.watch_events" not in run["quantities"]  # no audit log has these
        assert "process.cpu_seconds.resolution" not in run["quantities"]  # it is its own clock
    assert there.left() - before == set()


@pytest.mark.kind_load
def test_a_commit_and_an_archive_are_compared_under_load_from_pods(
    there: Ground, pod_images: dict[str, str], tmp_path: Path
) -> None:
    """Two pods send to the pods of both sides, whose port on the node is for checks alone."""
    load = {"pods": 2, "image": own_image(there.docker), "cpu": "100m"}
    before, folder = there.left(), configured(there, tmp_path / "s", load=load)
    component = of_commits(tmp_path, pod_images[BASE])
    there.docker("save", f"--output={tmp_path}/head.tar", pod_images[HEAD])
    placed = ("--provider", "kind", "--place", "pods")
    revisions = ("--base", "build:main", "--head", f"image:{tmp_path}/head.tar")
    # Three nodes on this machine keep its cores busy, which may leave no latency that counts (3).
    done(folder, "run", *placed, *revisions, *TWICE, component=str(component), codes=(0, 1, 3))
    found = record(folder / "out")
    for run in counted(found["runs"]):
        said = {note["code"]: note["data"] for note in run["notes"]}
        mine = found["plan"][run["side"]]
        assert mine["image"].startswith("loadstone.invalid/")
        identity = f"sha256:{mine['digest']}"
        assert said["image-loaded"] == {"image": mine["image"], "digest": identity}
        assert said["load-from-pods"]["pods"] == 2
        node = said["load-from-pods"]["nodes"]
        assert node.endswith("-worker2")  # the one that is kept for load
        assert node != said["image-ran"]["node"]
        assert "through-forward" not in said
        assert run["quantities"]["load.requests"] > 0
        assert run["quantities"]["hold.open"] == run["quantities"]["hold.asked"] > 0
        assert agents(run) == {"traefik"}  # whoever sends asks the API server nothing
    assert found["environment"]["facts"]["place"] == "pods, load from 2"
    sources = {side: found["plan"][side]["source"] for side in ("base", "head")}
    assert sources == {"base": "build", "head": "archive"}
    assert there.left() - before == set()


def test_what_a_pod_asks_is_counted_as_its_own(
    there: Ground, pod_images: dict[str, str], tmp_path: Path
) -> None:
    """By its service account; the log itself has each with the program's name."""
    component = parse_component((ROOT / "components/traefik.yaml").read_text(), "traefik.yaml")
    options = there.options(pods=True, workers=1)
    source = KindProvider(options=options)
    with own_namespaces(source, options, workdir=tmp_path, count=1) as ours:
        cluster, (side,) = ours.around, ours.sides
        assert isinstance(cluster, AuditedKindCluster)
        assert isinstance(side, Accountable)
        mine = pod_images[HEAD]
        place = PodPlace(
            component=component,
            selector=cluster.measured_on,
            loaded=put_on_nodes(cluster, [mine]),
        )
        revision = Revision(side=Side.HEAD, asked=f"image:{mine}", label=HEAD, image=mine)
        (tmp_path / "run").mkdir()
        with place.start(revision, side, workdir=tmp_path / "run") as running:
            node = running.notes[0].data["node"]
            with closing(ClusterApi(cluster.access)) as api:
                labels = api.get(f"/api/v1/nodes/{node}")["metadata"]["labels"]
            assert MEASURED.items() <= labels.items()
        found, log = side.accounting(), _by_verb(there, cluster)
    counts: Counter[str] = Counter()
    for key, count in found.requests.items():
        assert key.split(" ", 2)[2].startswith("traefik/")
        counts[key.partition(" ")[0]] += count
    assert counts == log
    assert {"watch", "list"} & set(counts)
    assert found.requests_only


def _by_verb(there: Ground, cluster: AuditedKindCluster) -> Counter[str]:
    """The requests of Traefik as the log has them, by verb."""
    text = there.docker("exec", cluster.program.control_plane, "cat", AUDIT_LOG)
    events = [json.loads(line) for line in text.splitlines()]
    return Counter(
        each["verb"]
        for each in events
        if each.get("userAgent", "").startswith("traefik/")
        and each["stage"] == ("ResponseStarted" if each["verb"] == "watch" else "ResponseComplete")
    )


def test_programs_on_real_nodes_are_held_against_those_on_the_embedded_server(
    there: Ground, tmp_path: Path
) -> None:
    before, folder = there.left(), configured(there, tmp_path)
    done(folder, "similar", "memory", "kind", "--revision", HEAD, "--rounds", "3")
    found = json.loads((folder / "out/similar/similar.json").read_text())
    assert found["providers"] == ["memory", "kind"]
    assert "kind" in found["versions"][1]
    rows = {row["metric"]["name"]: row for row in found["rows"]}
    assert rows["api_requests"]["likeness"] in ("same", "agrees")
    assert there.left() - before == set()
