"""Pushing routes: from Ingress objects to one document."""

import json
import time

import pytest

from loadstone import formats
from loadstone.errors import InvalidFile
from loadstone.measure.steps.outcome import StepFailed
from loadstone.measure.steps.push import PushDelivery, PushDocument, ingress_routes
from loadstone.measure.steps.templates import Backend, Copy, Renderer
from tests.measure.fakes.world import ROUTE

BACKENDS = [Backend(name="s0", host="127.0.0.1", port=9000)]
TEMPLATE = '{"routes": {{ routes | tojson }}, "at": {{ admin | tojson }}}'


def renderer(*extra):
    route = formats.Template(objects=[*ROUTE["objects"], *extra])
    return Renderer(templates={"route": route}, backends=BACKENDS, body=600)


def push(url="http://127.0.0.1:9/load", template=TEMPLATE, debounce=0.0):
    return formats.Push(url=url, template=template, debounce=debounce)


def test_there_is_a_route_for_each_path_of_each_rule_of_the_ingresses_alone():
    two = {
        "kind": "Ingress",
        "spec": {
            "rules": [
                {"host": "a", "http": {"paths": [{"path": "/1"}, {"path": "/2"}]}},
                {"host": "b"},
            ]
        },
    }
    found = ingress_routes(renderer({"kind": "Service"}, two), Copy(template="route", i=3))
    assert [(route["host"], route["path"]) for route in found] == [
        ("r3.test", "/v1"),
        ("a", "/1"),
        ("a", "/2"),
    ]
    assert {route["backend_port"] for route in found} == {9000}


def test_a_document_knows_the_routes_and_the_addresses():
    text = PushDocument(TEMPLATE, {"admin": "127.0.0.1:1"}).render([{"host": "a", "path": "/"}])
    assert json.loads(text) == {"routes": [{"host": "a", "path": "/"}], "at": "127.0.0.1:1"}


@pytest.mark.parametrize(
    "template",
    [
        "{{ nothing }}",
        "{% for %}",
        "{{ routes.__class__.__mro__[1].__subclasses__() }}",
        "{{ routes.append(1) }}",
    ],
)
def test_a_template_that_is_wrong_or_reaches_out_is_an_error(template):
    with pytest.raises(InvalidFile, match=r"push\.template"):
        PushDocument(template, {}).render([])


def refusal(delivery):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            delivery.check()
        except StepFailed as error:
            return error.reason
        time.sleep(0.005)
    raise AssertionError("nothing was refused")


@pytest.mark.parametrize("template", [TEMPLATE, "{{ nothing }}"])
def test_what_cannot_be_sent_fails_the_steps(template):
    delivery = PushDelivery(renderer(), push(template=template), {"admin": "127.0.0.1:9"})
    try:
        delivery.create([Copy(template="route", i=0)])
        assert refusal(delivery).code == "push-refused"
    finally:
        delivery.close()
