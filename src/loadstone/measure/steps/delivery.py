"""Delivery of objects to the component: through the API server, or pushed to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from loadstone.measure.object_client import ObjectClient
from loadstone.measure.steps.templates import Copy, Renderer


class Delivery(Protocol):
    """The protocol of deliveries: copies made, changed and removed. Safe from several threads."""

    def create(self, copies: Sequence[Copy], *, concurrency: int = 1) -> list[float]:
        """Make copies that are not there yet. Raises `MeasurementFailed`.

        For each the moment, monotonic, at which its last request had been answered.
        """

    def change(self, before: Copy, after: Copy) -> None:
        """Turn one version of a copy into another. Raises `MeasurementFailed`."""

    def delete(self, copies: Sequence[Copy], *, concurrency: int = 1) -> list[float]:
        """Remove copies. Raises `MeasurementFailed`. The moments are those of `create`."""

    def suspend(self) -> None:
        """The component is about to be ended by us: what cannot be delivered waits."""

    def repeat(self) -> None:
        """It has been started again, and gets all copies once more where it does not ask."""

    def check(self) -> None:
        """Raise `StepFailed` when something delivered earlier was refused."""


class ApiDelivery:
    """A delivery through the API server, for components that watch it."""

    def __init__(self, renderer: Renderer, objects: ObjectClient) -> None:
        self._renderer = renderer
        self._objects = objects

    def create(self, copies: Sequence[Copy], *, concurrency: int = 1) -> list[float]:
        made = [self._renderer.objects(copy) for copy in copies]
        moments = self._objects.create(
            [item for each in made for item in each], concurrency=concurrency
        )
        return _of_copies(made, moments)

    def change(self, before: Copy, after: Copy) -> None:
        was, now = self._renderer.objects(before), self._renderer.objects(after)
        for item in (new for old, new in zip(was, now, strict=True) if old != new):
            self._objects.patch(item)

    def delete(self, copies: Sequence[Copy], *, concurrency: int = 1) -> list[float]:
        gone = [list(reversed(self._renderer.objects(copy))) for copy in copies]
        moments = self._objects.delete(
            [item for each in gone for item in each], concurrency=concurrency
        )
        return _of_copies(gone, moments)

    def suspend(self) -> None:
        """Nothing: the API server is still there."""

    def repeat(self) -> None:
        """Nothing: the component asks the API server."""

    def check(self) -> None:
        """Nothing: every request was answered when it was sent."""


def _of_copies(things: Sequence[Sequence[Any]], moments: Sequence[float]) -> list[float]:
    """For each copy the last moment of its things, which follow one another."""
    given = iter(moments)
    return [max(next(given) for _ in each) for each in things]
