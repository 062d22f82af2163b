"""Cluster addresses: the allocation of the address at which a service is reached."""

from __future__ import annotations

from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.state import State

HEADLESS = "None"
_RESERVED = 256  # first addresses of 10.96.0.0/12, which are left to whoever names one


def fill(document: Document, state: State) -> None:
    """Give a service an address that no other has; it keeps what it had.

    Raises 422 for an address that another service has.
    """
    spec = document["spec"]
    had, wanted = _had(document["metadata"], state), spec.get("clusterIP")
    if not wanted:
        spec["clusterIP"] = had or _free(_taken(state), state)
    elif _named(wanted, had) and wanted in _taken(state):
        raise _allocated(document, wanted, state)
    spec.setdefault("clusterIPs", [spec["clusterIP"]])


def _named(wanted: object, had: str) -> bool:
    """Whether a service names an address that it does not have yet."""
    return isinstance(wanted, str) and wanted not in (had, HEADLESS)


def _had(metadata: Document, state: State) -> str:
    services = state.store.collection(state.resource("services"))
    held = services.objects.get((metadata.get("namespace", ""), metadata.get("name", "")))
    return held.fields.get("spec.clusterIP", "") if held else ""


def _taken(state: State) -> set[str]:
    services = state.store.collection(state.resource("services"))
    return {held.fields.get("spec.clusterIP", "") for held in services.objects.values()}


def _free(taken: set[str], state: State) -> str:
    """An address of 10.96.0.0/12 by chance, as the real server gives them."""
    while True:
        number = state.rng.randrange(_RESERVED, 1 << 20)
        address = f"10.{96 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"
        if address not in taken:
            return address


def _allocated(document: Document, wanted: str, state: State) -> status.ApiError:
    why = f"failed to allocate IP {wanted}: provided IP is already allocated"
    cause = Cause.invalid("spec.clusterIPs", [wanted], why)
    name = document["metadata"].get("name", "")
    return status.invalid(state.resource("services"), name, [cause])
