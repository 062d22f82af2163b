"""Delivery of objects to the component: through the API server, or pushed to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from loadstone.measure.api_client import ObjectClient
from loadstone.measure.steps.templates import Copy, Renderer


class Delivery(Protocol):
    """The protocol of deliveries: copies made, changed and removed. Safe from several threads."""

    def create(self, copies: Sequence[Copy], *, concurrency: int = 1) -> None:
        """Make copies that are not there yet. Raises `MeasurementFailed`."""

    def change(self, before: Copy, after: Copy) -> None:
        """Turn one version of a copy into another. Raises `MeasurementFailed`."""

    def delete(self, copies: Sequence[Copy]) -> None:
        """Remove copies. Raises `MeasurementFailed`."""

    def check(self) -> None:
        """Raise `StepFailed` when something delivered earlier was refused."""


class ApiDelivery:
    """A delivery through the API server, for components that watch it."""

    def __init__(self, renderer: Renderer, objects: ObjectClient) -> None:
        self._renderer = renderer
        self._objects = objects

    def create(self, copies: Sequence[Copy], *, concurrency: int = 1) -> None:
        made = [item for copy in copies for item in self._renderer.objects(copy)]
        self._objects.create(made, concurrency=concurrency)

    def change(self, before: Copy, after: Copy) -> None:
        was, now = self._renderer.objects(before), self._renderer.objects(after)
        for item in (new for old, new in zip(was, now, strict=True) if old != new):
            self._objects.patch(item)

    def delete(self, copies: Sequence[Copy]) -> None:
        gone = [item for copy in copies for item in reversed(self._renderer.objects(copy))]
        self._objects.delete(gone)

    def check(self) -> None:
        """Nothing: every request was answered when it was sent."""
