"""Pushed routes, for a component that does not watch Kubernetes: one rendered document."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
import jinja2.sandbox
import urllib3

from loadstone import formats
from loadstone.errors import InvalidFile, Problem
from loadstone.formats.fill import fill_text
from loadstone.measure.api_client import USER_AGENT
from loadstone.measure.steps.outcome import StepFailed
from loadstone.measure.steps.templates import Copy, Renderer
from loadstone.model import Note

PushedRoute = Mapping[str, str | int]


class PushDelivery:
    """A delivery that sends the routes of all copies, some time after their set has changed.

    One thread sends, one document at a time; changes that arrive meanwhile go out together with the
    next one. `names` are the addresses of the component.
    """

    def __init__(
        self, renderer: Renderer, push: formats.Push, names: Mapping[str, str | int]
    ) -> None:
        self._renderer = renderer
        self._push = push
        self._url = fill_text(push.url, names)
        self._document = PushDocument(push.template, names)
        self._copies: dict[tuple[str, int], tuple[PushedRoute, ...]] = {}
        self._spoken: dict[tuple[str, int], Mapping[str | int, str]] = {}  # Service → protocol
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._closed = threading.Event()
        self._away = threading.Event()  # the component has been ended, and comes again
        self._refused: Note | None = None
        # A document that was refused is to be seen, not sent again.
        self._pool = urllib3.PoolManager(retries=False, timeout=30.0)
        self._thread = threading.Thread(target=self._work, name="push", daemon=True)
        self._thread.start()

    def create(self, copies: Sequence[Copy], *, concurrency: int = 1) -> list[float]:  # noqa: ARG002
        self._put(copies)
        return [time.monotonic()] * len(copies)

    def change(self, before: Copy, after: Copy) -> None:  # noqa: ARG002
        self._put([after])

    def delete(self, copies: Sequence[Copy], *, concurrency: int = 1) -> list[float]:  # noqa: ARG002
        with self._lock:
            for copy in copies:
                self._copies.pop((copy.template, copy.i), None)
                self._spoken.pop((copy.template, copy.i), None)
        self._changed.set()
        return [time.monotonic()] * len(copies)

    def suspend(self) -> None:
        self._away.set()

    def repeat(self) -> None:
        self._away.clear()
        self._changed.set()

    def check(self) -> None:
        if self._refused:
            raise StepFailed(self._refused)

    def close(self) -> None:
        self._closed.set()
        self._changed.set()
        self._thread.join()
        self._pool.clear()

    def _put(self, copies: Sequence[Copy]) -> None:
        routes = {
            (copy.template, copy.i): tuple(ingress_routes(self._renderer, copy)) for copy in copies
        }
        spoken = {
            (copy.template, copy.i): service_protocols(self._renderer, copy) for copy in copies
        }
        with self._lock:
            self._copies |= routes
            self._spoken |= spoken
        self._changed.set()

    def _work(self) -> None:
        while True:
            self._changed.wait()
            if self._closed.wait(self._push.debounce):
                return
            self._changed.clear()
            if self._away.is_set():
                continue
            try:
                self._send(self._document.render(self._routes()))
            except InvalidFile as error:
                self._refused = Note.of("push-refused", message=error.message)

    def _routes(self) -> list[PushedRoute]:
        """The routes that there are, each with what its backend's Service says of its protocol."""
        with self._lock:
            routes = [route for copy in self._copies.values() for route in copy]
            spoken = {name: kind for each in self._spoken.values() for name, kind in each.items()}
        return [{**each, "backend_protocol": spoken.get(each["backend"], "")} for each in routes]

    def _send(self, body: str) -> None:
        headers = {"Content-Type": self._push.content_type, "User-Agent": USER_AGENT}
        try:
            answer = self._pool.request(
                self._push.method, self._url, body=body.encode(), headers=headers
            )
        except urllib3.exceptions.HTTPError as error:
            if self._away.is_set():
                return
            self._refused = self._refused or Note.of("push-refused", url=self._url, said=str(error))
            return
        if answer.status >= 400:
            said = answer.data[:300].decode(errors="replace").strip()
            self._refused = Note.of("push-refused", url=self._url, status=answer.status, said=said)


class HeldDelivery:
    """A delivery before the component starts: there is nobody to push to, and the scene knows."""

    def create(self, copies: Sequence[Copy], *, concurrency: int = 1) -> list[float]:  # noqa: ARG002
        return [time.monotonic()] * len(copies)

    def change(self, before: Copy, after: Copy) -> None:
        """Nothing: the version that is there at the start is pushed."""

    def delete(self, copies: Sequence[Copy], *, concurrency: int = 1) -> list[float]:  # noqa: ARG002
        return [time.monotonic()] * len(copies)

    def suspend(self) -> None:
        """Nothing: there is nobody yet."""

    def repeat(self) -> None:
        """Nothing: what is there is pushed at the first start."""

    def check(self) -> None:
        """Nothing: nothing was sent."""


class PushDocument:
    """A push template of a component file, which is data: it runs in Jinja2's sandbox."""

    def __init__(self, template: str, names: Mapping[str, str | int]) -> None:
        environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
            undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        try:
            self._template = environment.from_string(template)
        except jinja2.TemplateError as error:
            raise InvalidFile([Problem(where="push.template", what=str(error))]) from error
        self._names = dict(names)

    def render(self, routes: Sequence[PushedRoute]) -> str:
        """The document that holds these routes. Raises `InvalidFile` for a wrong template."""
        try:
            return self._template.render(routes=routes, **self._names)
        except jinja2.TemplateError as error:
            raise InvalidFile([Problem(where="push.template", what=str(error))]) from error


def ingress_routes(renderer: Renderer, copy: Copy) -> list[PushedRoute]:
    """A route for each path of each rule of a copy's Ingress objects; `path` is a prefix."""
    backend = renderer.backend(copy)
    served: dict[str, str | int] = {
        "backend": backend.name,
        "backend_host": backend.host,
        "backend_port": backend.port,
    }
    return [
        {"host": rule.get("host", ""), "path": path.get("path", "/"), **served}
        for item in renderer.objects(copy)
        if item.get("kind") == "Ingress"
        for rule in item.get("spec", {}).get("rules", [])
        for path in _paths(rule)
    ]


def service_protocols(renderer: Renderer, copy: Copy) -> dict[str | int, str]:
    """The protocols of the Services among a copy's objects, by name: of the first that says."""
    found: dict[str | int, str] = {}
    for item in renderer.objects(copy):
        ports = (item.get("spec") or {}).get("ports") or [] if item.get("kind") == "Service" else []
        said = [port["appProtocol"] for port in ports if port.get("appProtocol")]
        if said:
            found[item["metadata"]["name"]] = said[0]
    return found


def _paths(rule: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = rule.get("http", {}).get("paths", [])
    return found
