"""WATCH: where a watch starts, and what it is sent first."""

from __future__ import annotations

import random
from typing import Any

from loadstone.apiserver.handlers import reads
from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.calls import Call, Options
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.status import ApiError
from loadstone.apiserver.responses import negotiation
from loadstone.apiserver.storage import selectors
from loadstone.apiserver.storage.object_store import Collection, HistoryCompacted, ObjectStore
from loadstone.apiserver.watchers.watcher import Watcher, error_event
from loadstone.apiserver.wire.http import Exchange, Response

_SHORTEST, _LONGEST = 1800.0, 3600.0  # s a watch lasts when the client names no time


def watcher(store: ObjectStore, call: Call, exchange: Exchange, **more: Any) -> Watcher:
    """The watcher that a call asks for; raises 400 and 422 for what it must not ask."""
    options = call.options
    _check(options, store.revision)
    collection = store.collection(call.resource)
    fields = options.fields
    if call.name:  # the old /watch/…/name paths
        fields = ",".join(filter(None, (fields, f"metadata.name={call.name}")))
    matches = selectors.selector(call.resource, options.labels, fields, call.version)
    written = negotiation.of(call)
    place, initial = _start(collection, call, matches)
    made = Watcher(
        exchange,
        collection,
        written,
        place=place,
        namespace=call.namespace,
        matches=matches,
        group=(
            call.resource.group,
            call.version,
            call.accept,
            options.include_object,
            call.namespace,
            options.labels,
            fields,
        ),
        initial=initial,
        initial_end=bool(options.initial_events) and options.bookmarks,
        bookmarks=options.bookmarks,
        **more,
    )
    made.starts_at(store.revision)
    return made


def refuse(exchange: Exchange, call: Call, error: ApiError) -> None:
    """Open a watch and end it with an error event."""
    written = negotiation.of(call)
    exchange.start(Response(content_type=written.stream_type), _EmptyStream())
    exchange.write(error_event(written, error))
    exchange.end()


class _EmptyStream:
    """A stream that has nothing more to send."""

    def resume(self) -> None:
        return

    def gone(self) -> None:
        return


def duration(options: Options, rng: random.Random) -> float:
    """Seconds after which a watch ends."""
    return options.timeout or rng.uniform(_SHORTEST, _LONGEST)


def _start(
    collection: Collection, call: Call, matches: selectors.Selector | None
) -> tuple[int, list[Any]]:
    options = call.options
    version = reads.number(options.resource_version)
    from_now = not version or options.initial_events
    if not from_now:
        try:
            return collection.place_after(version), []
        except HistoryCompacted as error:
            raise status.expired(str(error)) from None
    if options.initial_events is False:
        return collection.end, []
    items = collection.items(call.namespace)
    return collection.end, [item for item in items if matches is None or matches(item)]


def _check(options: Options, current: int) -> None:
    match = options.resource_version_match
    says = ""
    if options.initial_events is not None and match != "NotOlderThan":
        says = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
    elif options.initial_events is None and match:
        says = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
    if says:
        cause = Cause.forbidden("resourceVersionMatch", says)
        raise status.invalid_options("ListOptions", cause)
    if (asked := reads.number(options.resource_version)) > current:
        raise status.future_revision(asked, current)
