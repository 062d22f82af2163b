"""The rights that a session takes in pods are those of its component, its load and its forwards."""

from __future__ import annotations

from pathlib import Path

from loadstone.cluster.maker_rights import of_makers
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.cluster.rights import Right
from loadstone.flows.pod_rights import with_pods
from loadstone.formats.configuration import LoadSettings
from loadstone.plan.components import parse_component

TRAEFIK = Path(__file__).parents[2] / "components" / "traefik.yaml"


def of_traefik(load: LoadSettings) -> ProviderOptions:
    component = parse_component(TRAEFIK.read_text(), TRAEFIK.name)
    return with_pods(ProviderOptions(), [component], load, {})


def test_of_pods_all_is_asked_that_deploys_reaches_and_watches_them() -> None:
    options = of_traefik(LoadSettings())
    assert {"Deployment", "ClusterRole"} <= {each["kind"] for each in options.objects}
    said = {str(each) for each in options.rights if not each.use}
    assert {"create pods/portforward", "list pods", "get pods/log", "list nodes"} <= said
    assert {str(each) for each in options.rights if each.use} == {"get nodes/proxy"}


def test_nobody_gives_on_rights_that_he_has_not_himself() -> None:
    rights = list(of_makers(of_traefik(LoadSettings()).objects, lambda _version, kind: kind))
    group = "networking.k8s.io"
    status = Right(verb="update", group=group, resource="ingresses/status", given_on=True)
    slices = Right(verb="watch", group="discovery.k8s.io", resource="endpointslices", given_on=True)
    assert {status, slices} <= set(rights)


def test_jobs_are_asked_for_where_load_comes_from_pods() -> None:
    job = ("batch/v1", "Job")
    assert job not in of_traefik(LoadSettings()).kinds
    assert job in of_traefik(LoadSettings(pods=2, image="example.test/loadstone:1")).kinds
