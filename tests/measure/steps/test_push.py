"""Pushing routes: from Ingress objects to one document."""

import json
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from loadstone import formats
from loadstone.errors import InvalidFile
from loadstone.measure.steps.outcome import StepFailed
from loadstone.measure.steps.push import PushDelivery, PushDocument, ingress_routes
from loadstone.measure.steps.templates import Backend, Copy, Renderer
from loadstone.plan.components import parse_component
from tests.contract.waiting import eventually
from tests.measure.fakes.website import serving
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


def receiver(received):
    """A server that keeps the documents which are sent to it."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    return serving(Handler)


def spoken_of(received):
    return [each["backend_protocol"] for each in received[-1]["routes"]] if received else None


def served(spec, name="s0"):
    return {"kind": "Service", "metadata": {"name": name}, "spec": spec}


@pytest.mark.parametrize(
    ("spec", "spoken"),
    [
        ({"ports": [{"port": 80, "appProtocol": "kubernetes.io/h2c"}]}, "kubernetes.io/h2c"),
        ({"ports": [{"port": 80}]}, ""),
        ({}, ""),
    ],
)
def test_a_route_knows_what_its_backend_speaks_from_whatever_copy_the_service_is_of(spec, spoken):
    received: list[dict[str, Any]] = []
    templates = {
        "route": formats.Template(objects=ROUTE["objects"]),
        "backend": formats.Template(objects=[served(spec)]),
    }
    with receiver(received) as address:
        rendered = Renderer(templates=templates, backends=BACKENDS, body=600)
        delivery = PushDelivery(rendered, push(url=f"http://{address}/load"), {"admin": "a:1"})
        try:
            delivery.create([Copy(template="route", i=0), Copy(template="backend", i=0)])
            assert eventually(lambda: spoken_of(received) == [spoken])
            delivery.delete([Copy(template="backend", i=0)])
            assert eventually(lambda: spoken_of(received) == [""])
        finally:
            delivery.close()


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


@pytest.mark.parametrize(("spoken", "h2c"), [("kubernetes.io/h2c", True), ("", False)])
def test_caddy_speaks_http2_with_backends_that_do_and_with_clients_of_such_alone(spoken, h2c):
    file = Path(__file__).parents[3] / "components/caddy.yaml"
    component = parse_component(file.read_text(), file.name)
    assert component.push is not None
    route = {
        "host": "a.test",
        "path": "/v1/",
        "backend": "s0",
        "backend_host": "127.0.0.1",
        "backend_port": 9000,
        "backend_protocol": spoken,
    }
    document = PushDocument(component.push.template, {"http": "a:1", "admin": "a:2"})
    server = json.loads(document.render([route]))["apps"]["http"]["servers"]["main"]
    assert ("h2c" in server.get("protocols", [])) is h2c
    assert ("transport" in server["routes"][0]["handle"][0]) is h2c
    assert "protocols" not in json.loads(document.render([]))["apps"]["http"]["servers"]["main"]
