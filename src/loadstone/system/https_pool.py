"""Connections to https URLs, with the credentials that are wanted there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import urllib3

from loadstone.model import ApiAccess

urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


def connections(access: ApiAccess | None, **options: Any) -> urllib3.PoolManager:
    """A pool that shows these credentials; `options` are urllib3's. Raises `OSError`.

    Without an authority to believe, whoever answers is believed: what a program under test says of
    itself is not trusted in any case.
    """
    if access is None:
        return urllib3.PoolManager(cert_reqs="CERT_NONE", **options)
    headers = {}
    if access.token_file:
        token = Path(access.token_file).read_text(encoding="utf-8").strip()
        headers["Authorization"] = f"Bearer {token}"
    return urllib3.PoolManager(
        cert_reqs="CERT_REQUIRED" if access.ca_file else "CERT_NONE",
        headers=headers,
        ca_certs=access.ca_file or None,
        cert_file=access.cert_file or None,
        key_file=access.key_file or None,
        **options,
    )
