"""Providers by name: a new one is a class and a line of the table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from loadstone.cluster.provider import PROVIDERS, provider
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.errors import Problem, UsageError
from loadstone.measure.context import SessionInputs
from loadstone.measure.load.table import generator
from loadstone.measure.session import measure
from loadstone.model import ApiAccess
from loadstone.protocols import Accountable, Cluster, Dialable, Resettable
from tests.measure.fakes import world


class StaticCluster:
    """A cluster of this test's own that can do no more than be there."""

    provider = "static"
    api = "http://127.0.0.1:9"
    access = ApiAccess(url=api)
    kubeconfig = Path("/nonexistent")
    version = "v0"

    def alive(self) -> bool:
        return True


class StaticProvider:
    """Gives it out."""

    name = "static"

    def __init__(self, *, options: ProviderOptions) -> None:
        self.options = options

    @contextmanager
    def provision(self, *, workdir: Path) -> Iterator[Cluster]:
        yield StaticCluster()

    def identity(self) -> str:
        return ""

    def sweep(self) -> list[str]:
        return []

    def problems(self) -> list[Problem]:
        return []


WIDER = {**PROVIDERS, "static": f"{__name__}:StaticProvider"}


def test_a_new_provider_is_a_class_and_a_line_of_the_table(tmp_path):
    with provider("static", WIDER).provision(workdir=tmp_path) as cluster:
        assert cluster.version == "v0"


def test_what_a_cluster_cannot_do_it_does_not_have(tmp_path):
    with provider("memory").provision(workdir=tmp_path) as cluster:
        able = [isinstance(cluster, kind) for kind in (Resettable, Dialable, Accountable)]
    assert able == [True, True, True]
    assert not any(
        isinstance(StaticCluster(), kind) for kind in (Resettable, Dialable, Accountable)
    )


def test_a_cluster_that_cannot_be_emptied_is_refused_before_anything_runs(tmp_path):
    case = world.case([{"do": "change", "template": "route", "times": 4}])
    inputs = SessionInputs(
        plan=world.plan(case),
        component=world.proxy(),
        clusters=[StaticCluster()],
        start=lambda *_, **__: pytest.fail("it was started"),
        generator=generator("openloop"),
        profile_problem=lambda _: None,
        out=tmp_path,
        workdir=tmp_path,
    )
    with pytest.raises(UsageError, match=r"static.*emptied"):
        measure(inputs, lambda _: [world.slot()], on_run=lambda _: None)


def test_a_provider_that_there_is_not_is_named():
    with pytest.raises(UsageError, match="memory"):
        provider("kindergarten")
