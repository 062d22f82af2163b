"""kube-proxy as a component: what one that syncs otherwise costs is found, on the right metric."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.e2e.command import finish
from tests.real import apart, binary

pytestmark = [pytest.mark.real, pytest.mark.timeout(1800)]  # the first builds what it needs

ROUNDS = "3"


def starting(script: Path, *flags: str) -> Path:
    """A program that starts kube-proxy with flags that go before those of its component file."""
    script.write_text(f'#!/bin/sh\nexec "{binary("kube-proxy")}" "$@" {" ".join(flags)}\n')
    script.chmod(0o755)
    return script


def test_a_proxy_that_syncs_later_is_flagged_where_it_shows(tmp_path: Path) -> None:
    if why := apart.refused():
        pytest.skip(f"needs the privilege to make a network namespace: {why}")
    if shutil.which("nft") is None:
        pytest.skip("kube-proxy's nftables mode needs nft, which is not on this machine")
    late = "--iptables-min-sync-period=1s"  # of nftables, too; the scenario says 0
    said = finish(
        "run",
        *("--scenario", "service-proxy-change", "--component", "kube-proxy"),
        *("--base", f"path:{starting(tmp_path / 'sound')}"),
        *("--head", f"path:{starting(tmp_path / 'late', late)}"),
        *("--tier", "quick", "--case", "*mode=nftables,*"),
        *("--looks", ROUNDS, "--budget", "15", "--out", tmp_path / "out"),
        cwd=tmp_path,
        timeout=1200.0,
    )
    record = json.loads((tmp_path / "out" / "record.json").read_text())
    assert [run["invalid"] for run in record["runs"] if run["invalid"]] == [], said.out
    rows = {row["metric"]["name"]: row["verdict"] for row in record["judgement"]["comparisons"]}
    assert rows["propagation_p50"] == "regression", said.out
    for same in ("api_requests", "api_writes", "syncs"):
        assert rows[same] == "unchanged", said.out
    # It is the mode that was asked for: only the other one counts such rules.
    assert not [run for run in record["runs"] if "scrape.iptables_rules.end" in run["quantities"]]
