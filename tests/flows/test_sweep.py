"""A sweep: what is elsewhere and does not answer keeps nothing of this machine."""

import tempfile

import pytest

from loadstone.errors import UsageError
from loadstone.flows import sweep
from loadstone.formats import configuration
from loadstone.system import processes

EKS = """
eks:
  {region: eu-west-1, cluster: perf, node-role: "arn:aws:iam::123456789012:role/nodes",
  subnets: [subnet-1], instance: m7i.large, node-price: 0.1, cap: 1}
"""


@pytest.fixture
def nobody(monkeypatch, tmp_path):
    """Nobody whom AWS knows, in a home and a temporary directory of their own."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ROLE_ARN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(processes, "sweep", list)  # other tests leave some on purpose


@pytest.mark.usefixtures("nobody")
def test_directories_go_though_aws_knows_nobody(tmp_path):
    left = tmp_path / "loadstone-left"
    left.mkdir()
    (left / ".loadstone-owner").write_text("999999999:1")
    with pytest.raises(UsageError, match="credentials"):
        sweep.sweep(configuration.parse(EKS, "loadstone.yaml"))
    assert not left.exists()
