"""The folder that a test of a command runs in: none of ours, whose configuration would be read."""

import pytest


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
