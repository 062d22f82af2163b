"""An operator of kopf that uses what kopf has: run by the test, in a process of its own."""

from __future__ import annotations

from typing import Any

import kopf

GROUP = "kopf.example.com"


@kopf.on.startup()
def configure(settings: kopf.OperatorSettings, **_: Any) -> None:
    settings.posting.enabled = True
    settings.persistence.finalizer = f"{GROUP}/finalizer"
    settings.watching.server_timeout = 10


@kopf.on.create(GROUP, "v1", "shops")
def created(body: Any, spec: Any, patch: Any, **_: Any) -> dict[str, str]:
    kopf.info(body, reason="Opened", message="open from now on")
    patch.status["phase"] = "Ready"
    patch.metadata.labels["made"] = "yes"
    return {"text": spec["text"]}


@kopf.on.field(GROUP, "v1", "shops", field="spec.text")
def renamed(old: Any, new: Any, patch: Any, **_: Any) -> None:
    patch.status["renamed"] = f"{old} to {new}"


@kopf.on.update(GROUP, "v1", "shops", retries=2)
def updated(retry: int, patch: Any, **_: Any) -> None:
    if retry == 0:
        raise kopf.TemporaryError("again", delay=0.2)
    patch.status["updated"] = "yes"


@kopf.on.delete(GROUP, "v1", "shops")
def deleted(**_: Any) -> None:
    """That it is here gives every shop a finalizer."""


@kopf.timer(GROUP, "v1", "shops", interval=0.5, labels={"made": "yes"})
def ticked(status: Any, patch: Any, **_: Any) -> None:
    patch.status["ticks"] = status.get("ticks", 0) + 1


@kopf.daemon(GROUP, "v1", "shops", cancellation_timeout=1.0)
async def running(stopped: kopf.DaemonStopped, **_: Any) -> None:
    await stopped.wait()


@kopf.index(GROUP, "v1", "shops")
def texts(spec: Any, name: str, **_: Any) -> dict[str, str]:
    return {spec["text"]: name}


@kopf.on.event("v1", "configmaps", annotations={"copy": kopf.PRESENT})
def seen(*, annotations: Any, patch: Any, **indices: Any) -> None:
    texts: kopf.Index[str, str] = indices["texts"]
    patch["data"] = {"shops": ",".join(sorted(texts.get(annotations["copy"], [])))}
