"""Credentials of a cluster that is there: named by somebody, read whole, seen by nobody else."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml

from loadstone.cluster.credentials import IN_CLUSTER, credentials
from loadstone.errors import UsageError


def inline(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def kubeconfig(path: Path, **cluster: Any) -> str:
    said = {"server": "https://192.0.2.1:6443/", "certificate-authority-data": inline("the ca")}
    certificate = {
        "client-certificate-data": inline("the certificate"),
        "client-key-data": inline("the key"),
    }
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": said | cluster}],
        "users": [
            {"name": "by-certificate", "user": certificate},
            {"name": "by-token", "user": {"token": "a-token"}},
        ],
        "contexts": [
            {"name": "one", "context": {"cluster": "c", "user": "by-certificate"}},
            {"name": "two", "context": {"cluster": "c", "user": "by-token"}},
        ],
        "current-context": "one",
    }
    path.write_text(yaml.safe_dump(document))
    return str(path)


def test_the_current_context_is_taken_where_only_a_file_is_named(tmp_path: Path) -> None:
    found = credentials(kubeconfig(tmp_path / "config"), "", tmp_path / "kept")
    assert (found.context, found.access.url) == ("one", "https://192.0.2.1:6443")
    kept = [found.access.ca_file, found.access.cert_file, found.access.key_file]
    assert [Path(each).read_text() for each in kept] == ["the ca", "the certificate", "the key"]
    assert [Path(each).stat().st_mode & 0o077 for each in kept] == [0, 0, 0]
    assert found.access.token_file == ""


def test_a_context_that_is_named_wins(tmp_path: Path) -> None:
    found = credentials(kubeconfig(tmp_path / "config"), "two", tmp_path / "kept")
    assert Path(found.access.token_file).read_text() == "a-token"
    assert found.access.key_file == ""


def test_a_context_that_there_is_not_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="three"):
        credentials(kubeconfig(tmp_path / "config"), "three", tmp_path / "kept")


def test_a_server_that_anybody_could_be_is_refused(tmp_path: Path) -> None:
    said = {"insecure-skip-tls-verify": True}
    with pytest.raises(UsageError, match="insecure-skip-tls-verify"):
        credentials(kubeconfig(tmp_path / "config", **said), "", tmp_path / "kept")


def test_no_cluster_is_meant_by_chance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", kubeconfig(tmp_path / "config"))
    with pytest.raises(UsageError, match="which cluster is meant") as refused:
        credentials("", "", tmp_path / "kept", environment={})
    assert "--context" in refused.value.next_step


@pytest.mark.parametrize("asked", ["", IN_CLUSTER])
def test_in_a_pod_its_own_cluster_is_meant(asked: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("of the pod")
    environment = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"}
    found = credentials("", asked, tmp_path / "kept", environment=environment, pod=tmp_path)
    assert found.access.url == "https://[fd00::1]:443"
    assert found.access.token_file == str(tmp_path / "token"), "which the kubelet renews"
