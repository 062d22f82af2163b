"""What `components/contour.yaml` gives Envoy is a configuration that this very Envoy takes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from loadstone.component.revisions.resolve import resolve
from loadstone.flows.settings import cache_directory
from loadstone.formats.configuration import Config
from loadstone.formats.fill import fill_text
from loadstone.model import Side
from loadstone.plan.components import parse_component
from loadstone.system import certificates
from loadstone.system.certificates import CertificateRequest

FILE = Path(__file__).parents[2] / "components" / "contour.yaml"

pytestmark = [pytest.mark.slow, pytest.mark.e2e, pytest.mark.timeout(300)]


def test_envoy_takes_the_bootstrap_of_the_component_file(tmp_path: Path) -> None:
    contour = parse_component(FILE.read_text(), FILE.name)
    held = contour.processes["envoy"]
    envoy = resolve(
        contour.alone("envoy"), held.revision, Side.BASE, cache=cache_directory(Config())
    )
    assert f"/{held.revision}/" in envoy.version
    certificates.write(
        {name: CertificateRequest(common_name=name) for name in contour.certificates}, tmp_path
    )
    names: dict[str, str | int] = {"dir": str(tmp_path), "admin_port": 19001, "xds_port": 18001}
    bootstrap = tmp_path / "envoy.yaml"
    bootstrap.write_text(fill_text(held.files["envoy.yaml"], names))
    checked = subprocess.run(
        [
            envoy.executable,
            "--mode",
            "validate",
            "--config-path",
            bootstrap,
            "--disable-hot-restart",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
