from __future__ import annotations

from typing import Any

import pytest

from tests.planted.routes import Table


def ingress(host: str = "a.test", **paths: str) -> dict[str, Any]:
    """Paths by service name, each to port 80."""
    return {
        "metadata": {"namespace": "default", "name": "i"},
        "spec": {
            "rules": [
                {
                    "host": host,
                    "http": {
                        "paths": [
                            {
                                "path": path,
                                "backend": {"service": {"name": name, "port": {"number": 80}}},
                            }
                            for name, path in paths.items()
                        ]
                    },
                }
            ]
        },
    }


def table(**options: Any) -> Table:
    """A table in which services `one` and `two` have an address each."""
    made = Table(**options)
    for number, name in enumerate(("one", "two"), start=1):
        key = ("default", name)
        made.set_backend(made.services, key, {"spec": {"ports": [{"name": "http", "port": 80}]}})
        made.set_backend(made.slices, key, part(name, f"10.0.0.{number}"))
    return made


def part(service: str, *hosts: str, ready: bool = True) -> dict[str, Any]:
    return {
        "metadata": {"labels": {"kubernetes.io/service-name": service}},
        "ports": [{"name": "http", "port": 8080}],
        "endpoints": [{"addresses": [host], "conditions": {"ready": ready}} for host in hosts],
    }


KEY = ("default", "i")


def test_a_request_goes_to_the_service_of_the_longest_path():
    made = table()
    made.set_ingress(KEY, ingress(one="/", two="/v1"))
    assert made.pick("a.test", "/v1/x") == ("10.0.0.2", 8080)
    assert made.pick("a.test:8000", "/v1") == ("10.0.0.2", 8080)
    assert made.pick("A.test", "/v12") == ("10.0.0.1", 8080)


@pytest.mark.parametrize(("host", "path"), [("b.test", "/"), ("a.test", "/v2"), ("", "/")])
def test_what_nobody_routes_has_no_route(host, path):
    made = table()
    made.set_ingress(KEY, ingress(one="/v1"))
    with pytest.raises(KeyError):
        made.pick(host, path)


def test_a_changed_ingress_replaces_its_old_routes():
    made = table()
    made.set_ingress(KEY, ingress(one="/v1"))
    made.set_ingress(KEY, ingress(one="/v2"))
    assert made.pick("a.test", "/v2") == ("10.0.0.1", 8080)
    with pytest.raises(KeyError):
        made.pick("a.test", "/v1")
    made.set_ingress(KEY, None)
    assert made.routes == 0


def test_addresses_take_turns_and_the_unready_get_none():
    made = table()
    made.set_ingress(KEY, ingress(one="/"))
    made.set_backend(made.slices, ("default", "more"), part("one", "10.0.0.8", "10.0.0.9"))
    made.set_backend(made.slices, ("default", "bad"), part("one", "10.0.0.7", ready=False))
    found = [made.pick("a.test", "/") for _ in range(6)]
    assert {address and address[0] for address in found} == {"10.0.0.1", "10.0.0.8", "10.0.0.9"}


def test_a_service_without_addresses_has_a_route_but_no_place():
    made = table()
    made.set_ingress(KEY, ingress(one="/"))
    made.set_backend(made.slices, ("default", "one"), None)
    assert made.pick("a.test", "/") is None
    made.set_ingress(KEY, ingress(nobody="/"))
    assert made.pick("a.test", "/") is None


def test_only_the_asked_class_is_taken():
    made = table(ingress_class="ours")
    made.set_ingress(KEY, ingress(one="/"))
    assert made.routes == 0
    by_field = ingress(one="/")
    by_field["spec"]["ingressClassName"] = "ours"
    made.set_ingress(KEY, by_field)
    assert made.routes == 1
    by_annotation = ingress("b.test", one="/")
    by_annotation["metadata"]["annotations"] = {"kubernetes.io/ingress.class": "ours"}
    made.set_ingress(("default", "j"), by_annotation)
    assert made.routes == 2
