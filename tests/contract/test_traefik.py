"""Real releases of an ingress controller: they sync, they route, and they follow changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.conftest import Space, Target
from tests.contract.objects import Object, ingress, service
from tests.contract.resources import INGRESSES, SERVICES, Resource
from tests.contract.traefik import Traefik, running, upstream
from tests.contract.waiting import eventually

# the oldest release there is, and the last of three later series
RELEASES = ["3.0.4", "3.3.6", "3.6.15", "3.7.15"]
ENDPOINTS = Resource("/api/v1", "endpoints", "Endpoints")
SLICES = Resource("/apis/discovery.k8s.io/v1", "endpointslices", "EndpointSlice")


def endpoints(name: str, port: int) -> Object:
    subset = {"addresses": [{"ip": "127.0.0.1"}], "ports": [{"name": "http", "port": port}]}
    return {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {"name": name},
        "subsets": [subset],
    }


def endpoint_slice(name: str, port: int) -> Object:
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": f"{name}-1", "labels": {"kubernetes.io/service-name": name}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["127.0.0.1"], "conditions": {"ready": True}}],
        "ports": [{"name": "http", "port": port, "protocol": "TCP"}],
    }


def backend(space: Space, name: str, port: int) -> None:
    """A service with one endpoint, told the old way (until 3.0) and the new one."""
    space.of(SERVICES).create(service(name)).ok()
    space.of(ENDPOINTS).create(endpoints(name, port)).ok()
    space.of(SLICES).create(endpoint_slice(name, port)).ok()


def routes(traefik: Traefik, host: str, text: str) -> None:
    """Wait until the host is answered with the text."""
    try:
        eventually(lambda: traefik.answer(host) == (200, text), within=60.0)
    except AssertionError:
        said = traefik.log.read_text(errors="replace").splitlines()[-20:]
        raise AssertionError(f"{host}: {traefik.answer(host)}\n" + "\n".join(said)) from None


@pytest.mark.e2e
@pytest.mark.parametrize("version", RELEASES)
def test_a_release_routes_what_is_there_and_follows_what_changes(
    target: Target, space: Space, tmp_path: Path, version: str
) -> None:
    if target.ours is None:
        pytest.skip("a real API server accepts no endpoint on the loopback interface")
    ingresses = space.of(INGRESSES)
    with upstream("one") as one, upstream("two") as two:
        backend(space, "one", one)
        backend(space, "two", two)
        ingresses.create(ingress("first", "first.example", service="one")).ok()
        with running(version, target.ours.api, space.name, tmp_path) as traefik:
            routes(traefik, "first.example", "one")
            assert traefik.answer("second.example")[0] == 404
            ingresses.create(ingress("second", "second.example", service="two")).ok()
            routes(traefik, "second.example", "two")
            moved = ingress("first", "first.example", service="two")["spec"]
            ingresses.patch("first", {"spec": moved}).ok()
            routes(traefik, "first.example", "two")
            ingresses.delete("second").ok()
            eventually(lambda: traefik.answer("second.example")[0] == 404, within=60.0)
            assert traefik.answer("first.example") == (200, "two")
