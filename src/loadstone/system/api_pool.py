"""Connections to an API server, with the credentials that it wants."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import urllib3

from loadstone.errors import ClusterFailed
from loadstone.model import ApiAccess

TOKEN_SECONDS = 60.0  # for which a token is believed; those of service accounts live ten minutes


class ApiPool:
    """A pool of connections to an API server, safe to use from threads.

    `retries` and `timeout` are urllib3's. Raises `ClusterFailed` where a file of the access cannot
    be read or used; `request` raises what urllib3 raises.
    """

    def __init__(
        self,
        access: ApiAccess,
        *,
        agent: str,
        connections: int = 16,
        retries: urllib3.Retry | bool = False,
        timeout: urllib3.Timeout | float = 30.0,
    ) -> None:
        self._headers = {"User-Agent": agent, "Accept": "application/json"}
        self._token = TokenFile(access.token_file) if access.token_file else None
        self._pool = urllib3.connection_from_url(
            access.url,
            maxsize=connections,
            block=True,
            retries=retries,
            timeout=timeout,
            **_tls(access),
        )
        self._path = urllib3.util.parse_url(access.url).path or ""

    def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        preload: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        """Send one request; without `preload` the answer is still to be read, and to be closed."""
        sent = {**self._headers, **(headers or {})}
        if self._token is not None:
            sent["Authorization"] = f"Bearer {self._token.read()}"
        return self._pool.request(
            method,
            self._path.rstrip("/") + path,
            body=body,
            headers=sent,
            preload_content=preload,
        )

    def close(self) -> None:
        self._pool.close()


class TokenFile:
    """A file with a bearer token, which others renew."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._lock = threading.Lock()
        self._known = ""
        self._until = 0.0

    def read(self) -> str:
        """The token, at most a minute old. Raises `ClusterFailed`."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._known = readable(self._path).strip()
                self._until = time.monotonic() + TOKEN_SECONDS
            return self._known


def readable(path: Path) -> str:
    """The text of a file with credentials. Raises `ClusterFailed`."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ClusterFailed(
            f"{path}: the credentials for the API server cannot be read: {error}",
            next_step="look at the kubeconfig that names this file",
        ) from error


def _tls(access: ApiAccess) -> dict[str, Any]:
    """What urllib3 is told of certificates; nothing for a URL without TLS."""
    if not access.url.startswith("https:"):
        return {}
    for name in filter(None, (access.ca_file, access.cert_file, access.key_file)):
        readable(Path(name))  # urllib3 would say so at the first request, and not which file
    files = {"ca_certs": access.ca_file, "cert_file": access.cert_file, "key_file": access.key_file}
    return {name: path for name, path in files.items() if path}
