"""An operator of kopf sees its objects through their lives."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loadstone.protocols import Cluster
from tests.clients import kopf_operator
from tests.clients.conftest import define
from tests.contract.client import Api, Collection
from tests.contract.resources import CONFIG_MAPS, EVENTS
from tests.contract.waiting import eventually

FINALIZER = f"{kopf_operator.GROUP}/finalizer"


@pytest.fixture(scope="module")
def shops(api: Api, cluster: Cluster, tmp_path_factory: Any) -> Iterator[Collection]:
    found = api.of(define(api, kopf_operator.GROUP, "shops", "Shop"), "default")
    log = tmp_path_factory.mktemp("kopf") / "log"
    command = [sys.executable, "-m", "kopf", "run", "--standalone", "-n", "default", "--verbose"]
    with log.open("w") as output:
        running = subprocess.Popen(
            [*command, str(Path(kopf_operator.__file__))],
            env={**os.environ, "KUBECONFIG": str(cluster.kubeconfig)},
            stdout=output,
            stderr=output,
        )
        yield found
        running.terminate()
        running.wait(timeout=20)
    said = log.read_text()
    assert "Traceback" not in said, said


def test_an_object_is_created_changed_and_deleted(shops: Collection) -> None:
    kind = {"apiVersion": f"{kopf_operator.GROUP}/v1", "kind": "Shop"}
    shops.create({**kind, "metadata": {"name": "a"}, "spec": {"text": "one"}}).ok()
    eventually(lambda: shops.read("a").ok().get("status", {}).get("phase") == "Ready")
    eventually(lambda: shops.read("a").ok()["status"].get("created") == {"text": "one"})
    made = shops.read("a").ok()
    assert FINALIZER in made["metadata"]["finalizers"]
    assert made["metadata"]["labels"] == {"made": "yes"}
    shops.patch("a", {"spec": {"text": "two"}}).ok()
    eventually(lambda: shops.read("a").ok()["status"].get("renamed") == "one to two")
    eventually(lambda: shops.read("a").ok()["status"].get("updated") == "yes")
    eventually(lambda: shops.read("a").ok()["status"].get("ticks", 0) >= 2)
    shops.delete("a").ok()
    eventually(lambda: not shops.exists("a"))


def test_an_index_is_kept_and_another_kind_is_watched(api: Api, shops: Collection) -> None:
    kind = {"apiVersion": f"{kopf_operator.GROUP}/v1", "kind": "Shop"}
    shops.create({**kind, "metadata": {"name": "b"}, "spec": {"text": "blue"}}).ok()
    eventually(lambda: FINALIZER in shops.read("b").ok()["metadata"].get("finalizers", ()))
    maps = api.of(CONFIG_MAPS, "default")
    maps.create({"metadata": {"name": "m", "annotations": {"copy": "blue"}}}).ok()
    eventually(lambda: maps.read("m").ok().get("data") == {"shops": "b"})
    shops.delete("b").ok()
    eventually(lambda: not shops.exists("b"))


def test_what_was_done_is_told_in_events(api: Api, shops: Collection) -> None:
    kind = {"apiVersion": f"{kopf_operator.GROUP}/v1", "kind": "Shop"}
    shops.create({**kind, "metadata": {"name": "c"}, "spec": {"text": "x"}}).ok()
    told = api.of(EVENTS, "default")
    eventually(lambda: told.names(fieldSelector="involvedObject.name=c,reason=Opened"))
    shops.delete("c").ok()
    eventually(lambda: not shops.exists("c"))
