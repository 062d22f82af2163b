"""API servers as targets of connections: the address, the TLS context, the token."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from loadstone.errors import MeasurementFailed
from loadstone.model import ApiAccess


def address(access: ApiAccess) -> tuple[str, int]:
    """Host and port of an API server."""
    parts = urlsplit(access.url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def lane_address(access: ApiAccess) -> str:
    """The same as a lane of a load has it, `host:port`."""
    host, port = address(access)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@lru_cache(maxsize=8)  # many connections share one
def tls(access: ApiAccess) -> ssl.SSLContext | None:
    """The context of TLS connections to it, None where it speaks plain HTTP.

    Raises `MeasurementFailed` for a file that cannot be read or used.
    """
    if not access.url.startswith("https:"):
        return None
    try:
        context = ssl.create_default_context(cafile=access.ca_file or None)
        if access.cert_file:
            context.load_cert_chain(access.cert_file, access.key_file or None)
    except OSError as error:  # SSLError is one
        raise MeasurementFailed(
            f"the credentials for {access.url} are of no use: {error}"
        ) from error
    return context


def token(access: ApiAccess) -> str:
    """The bearer token, "" where there is none. Raises `MeasurementFailed`."""
    if not access.token_file:
        return ""
    try:
        return Path(access.token_file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise MeasurementFailed(f"no token in {access.token_file}: {error}") from error
