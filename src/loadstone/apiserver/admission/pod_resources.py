"""Resources of a pod: its requests and limits, and its quality of service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from loadstone.apiserver.types.amounts import Amounts, amount


def containers(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The containers of a pod and those that run before them."""
    for field in ("containers", "initContainers"):
        yield from (each for each in spec.get(field) or () if isinstance(each, dict))


def fill_requests(spec: Mapping[str, Any]) -> None:
    """Default the requests of a container to its limits."""
    for container in containers(spec):
        resources = container.get("resources")
        if isinstance(resources, dict) and isinstance(resources.get("limits"), dict):
            resources["requests"] = {**resources["limits"], **(resources.get("requests") or {})}


def totals(spec: Mapping[str, Any]) -> tuple[Amounts, Amounts]:
    """Requests and limits of a whole pod: what it says itself, or what its containers need.

    Containers run together, and so do sidecars; each init container runs beside the sidecars
    before it.
    """
    return _total(spec, "requests"), _total(spec, "limits")


def of_container(container: Mapping[str, Any]) -> tuple[Amounts, Amounts]:
    """The amounts of one container by resource: its `requests` or its `limits`."""
    return _given(container, "requests"), _given(container, "limits")


def quality(spec: Mapping[str, Any]) -> str:
    """The quality-of-service class of a pod: Guaranteed, Burstable or BestEffort."""
    own = [spec] if any(of_container(spec)) else list(containers(spec))
    given = [
        (_positive(_given(each, "requests")), _positive(_given(each, "limits"))) for each in own
    ]
    if not any(requests or limits for requests, limits in given):
        return "BestEffort"
    certain = all(
        set(limits) == {"cpu", "memory"} and {**limits, **requests} == limits
        for requests, limits in given
    )
    return "Guaranteed" if certain else "Burstable"


def _positive(amounts: Amounts) -> Amounts:
    return {name: amounts[name] for name in ("cpu", "memory") if amounts.get(name)}


def _total(spec: Mapping[str, Any], part: str) -> Amounts:
    running: Amounts = {}
    for container in spec.get("containers") or ():
        _add(running, _given(container, part))
    sidecars: Amounts = {}
    before: Amounts = {}
    for container in spec.get("initContainers") or ():
        mine = _given(container, part)
        if container.get("restartPolicy") == "Always":
            _add(running, mine)
            _add(sidecars, mine)
            mine = dict(sidecars)
        else:
            _add(mine, sidecars)
        _raise(before, mine)
    _raise(running, before)
    running |= _given(spec, part)
    for name, more in _amounts(spec.get("overhead")).items():
        if part == "requests" or name in running:
            running[name] = running.get(name, Decimal(0)) + more
    return running


def _given(holder: Mapping[str, Any], part: str) -> Amounts:
    return _amounts((holder.get("resources") or {}).get(part))


def _amounts(given: Any) -> Amounts:
    return {name: amount(value) for name, value in (given or {}).items()}


def _add(into: Amounts, more: Amounts) -> None:
    for name, value in more.items():
        into[name] = into.get(name, Decimal(0)) + value


def _raise(into: Amounts, least: Amounts) -> None:
    for name, value in least.items():
        into[name] = max(into.get(name, Decimal(0)), value)
