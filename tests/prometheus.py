"""A real Prometheus for tests, Debian's package `prometheus`; `make prometheus` gets it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

PROGRAM = shutil.which("prometheus") or ""
needs_prometheus = pytest.mark.skipif(not PROGRAM, reason="needs Prometheus: make prometheus")
READY_WITHIN = 30.0  # s


def configuration(jobs: Mapping[str, Sequence[str]], interval: str = "200ms") -> str:
    """A configuration that scrapes `/metrics` of these addresses; JSON is YAML as well."""
    scraped = [
        {"job_name": job, "static_configs": [{"targets": list(addresses)}]}
        for job, addresses in jobs.items()
    ]
    every = {"scrape_interval": interval, "scrape_timeout": interval}
    return json.dumps({"global": every, "scrape_configs": scraped})


def arguments(config: str, data: str, address: str) -> list[str]:
    """Its arguments: everything in one folder, and nobody but this machine is served."""
    return [
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address={address}",
        "--log.level=warn",
    ]


def free_address() -> str:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{found.getsockname()[1]}"


@contextmanager
def prometheus(
    folder: Path,
    jobs: Mapping[str, Sequence[str]],
    interval: str = "200ms",
    *,
    web: Mapping[str, Any] | None = None,
    pool: urllib3.PoolManager | None = None,
) -> Iterator[str]:
    """One that has begun to scrape these jobs' addresses; the value is its URL.

    `web`: whom it answers, over TLS (`--web.config.file`); `pool`: connections that it answers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config, address = folder / "prometheus.json", free_address()
    config.write_text(configuration(jobs, interval))
    url, guarded = f"http://{address}", list[str]()
    if web is not None:
        url, guarded = f"https://{address}", [f"--web.config.file={folder}/web.json"]
        (folder / "web.json").write_text(json.dumps(web))
    with (folder / "prometheus.log").open("w") as log:
        program = subprocess.Popen(
            [PROGRAM, *arguments(str(config), str(folder / "data"), address), *guarded],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        asking = pool or urllib3.PoolManager()
        _await_ready(asking, f"{url}/-/ready", program, folder / "prometheus.log")
        _await_scrapes(asking, url, sum(map(len, jobs.values())))
        yield url
    finally:
        program.terminate()
        program.wait(20)


def _await_ready(
    pool: urllib3.PoolManager, url: str, program: subprocess.Popen[bytes], log: Path
) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        assert program.poll() is None, log.read_text()
        try:
            if pool.request("GET", url, retries=False, timeout=2.0).status == 200:
                return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.05)
    raise AssertionError(log.read_text())


def _await_scrapes(pool: urllib3.PoolManager, url: str, targets: int) -> None:
    """It looks for targets every five seconds."""
    deadline = time.monotonic() + READY_WITHIN
    while len(_asked(pool, url, "query", query="up")["data"]["result"]) < targets:
        assert time.monotonic() < deadline, _asked(pool, url, "targets")
        time.sleep(0.05)


def asked(url: str, path: str, **values: str) -> dict[str, Any]:
    """The whole answer of its API, right or not."""
    return _asked(urllib3.PoolManager(), url, path, **values)


def _asked(pool: urllib3.PoolManager, url: str, path: str, **values: str) -> dict[str, Any]:
    answer = pool.request("GET", f"{url}/api/v1/{path}?{urlencode(values)}", timeout=10.0)
    found: dict[str, Any] = json.loads(answer.data)
    return found
