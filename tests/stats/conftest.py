"""Monte-Carlo studies: a few reports with every commit, all of them by `make study`."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "study: simulates many reports with --studies (`make study`), a few without"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A whole study takes as long as it takes."""
    if _whole(config):
        for item in items:
            if item.get_closest_marker("study"):
                item.add_marker(pytest.mark.timeout(0))


@pytest.fixture
def studies(request: pytest.FixtureRequest) -> bool:
    """Whether studies are to run whole."""
    return _whole(request.config)


def _whole(config: pytest.Config) -> bool:
    return bool(config.getoption("--studies", default=False))
