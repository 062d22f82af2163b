"""Tokens of EKS: signed requests to the region's own STS, for one cluster."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from loadstone.cluster.eks import token
from tests.cluster.eks.amazon import CREDENTIALS


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


def opened(said: str) -> str:
    text = said.removeprefix("k8s-aws-v1.")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "sts.eu-west-1.amazonaws.com"),
        ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_a_token_is_a_signed_request_that_names_the_cluster_in_a_header(
    region: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")  # which EKS would not ask
    parts = urlsplit(opened(token.token(region, "perf")))
    query = parse_qs(parts.query)
    assert (parts.scheme, parts.hostname) == ("https", host)
    assert query["Action"] == ["GetCallerIdentity"]
    assert query["X-Amz-SignedHeaders"] == ["host;x-k8s-aws-id"]
    assert query["X-Amz-Expires"] == ["60"]
    assert query["X-Amz-Signature"]


def test_another_cluster_has_another_signature() -> None:
    assert token.token("eu-west-1", "a") != token.token("eu-west-1", "b")


def test_a_kubeconfigs_plugin_prints_it_and_when_to_ask_again() -> None:
    plugin = token.user("eu-west-1", "perf")["exec"]
    assert plugin["command"] == sys.executable
    said = json.loads(subprocess.check_output([plugin["command"], *plugin["args"]], text=True))
    assert said["apiVersion"] == plugin["apiVersion"]
    assert opened(said["status"]["token"]).startswith("https://sts.eu-west-1.")
    assert datetime.fromisoformat(said["status"]["expirationTimestamp"].replace("Z", "+00:00"))
