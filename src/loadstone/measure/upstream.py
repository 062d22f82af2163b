"""The real web server behind the component under test: nginx, on ports of the loopback.

It runs without a master, in one process that dies with us: a killed master leaves workers whose
environment is overwritten, which `loadstone sweep` could not know. It counts as started when the
process itself listens on all its ports, since somebody else may take a free port first. The price
is one core of upstream; the headroom says when it is reached.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import psutil

from loadstone.errors import MeasurementFailed
from loadstone.system import processes
from loadstone.system.limits import raise_open_files
from loadstone.system.tools import Tool, find

HOST = "127.0.0.1"
ATTEMPTS = 5  # a port that was free may be taken before nginx binds it
STARTING = 15.0  # s; nginx itself tries to bind a port for 2.5 s
CONNECTIONS = 65_536  # of nginx: more than one address has ports for

# One process without a master, so that nothing is left when it is killed. Bodies come from files
# that stay open and in the page cache. Connections are kept as long as a run lasts, so that closing
# and opening them is never what is measured. A call of gRPC is a POST, which files refuse (405):
# it gets the same number of bytes as a message. That needs an nginx of 1.25.1 or later.
CONFIG = """\
daemon off;
master_process off;
pid {{ dir }}/nginx.pid;
error_log {{ dir }}/nginx.log warn;
events { worker_connections {{ connections }}; multi_accept on; }
http {
  access_log off;
  server_tokens off;
  etag off;
  default_type application/octet-stream;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  open_file_cache max=1000 inactive=1h;
  open_file_cache_valid 1h;
  output_buffers 1 256k;
  client_body_temp_path {{ dir }}/temp;
  proxy_temp_path {{ dir }}/temp;
  fastcgi_temp_path {{ dir }}/temp;
  uwsgi_temp_path {{ dir }}/temp;
  scgi_temp_path {{ dir }}/temp;
{%- for port in ports %}
  server {
    listen {{ host }}:{{ port }} backlog=4096;
{%- if grpc %}
    http2 on;
{%- endif %}
    add_header x-upstream s{{ loop.index0 }} always;
    location / { default_type text/plain; return 200 "$host $request_uri\\n"; }
    location ~ "/body/(?<size>[0-9]+)$" {
      root {{ dir }}/bodies;
      try_files /$size =404;
{%- if grpc %}
      error_page 405 =200 /.messages/$size;
{%- endif %}
    }
{%- if grpc %}
    location /.messages/ {
      internal;
      root {{ dir }}/bodies;
      default_type application/grpc;
      add_trailer grpc-status 0;
    }
{%- endif %}
  }
{%- endfor %}
}
"""


@dataclass(frozen=True, kw_only=True)
class RunningUpstream:
    """A web server that runs: server k listens on `ports[k]` and says `x-upstream: s<k>`."""

    host: str
    ports: Sequence[int]
    pid: int
    version: str


@contextlib.contextmanager
def upstream(
    *,
    servers: int,
    bodies: Sequence[int],
    workdir: Path,
    nginx: Tool | None = None,
    ports: Sequence[int] | None = None,
    host: str = HOST,
    grpc: bool = False,
) -> Iterator[RunningUpstream]:
    """Run nginx with `servers` ports while the context lasts.

    A path that ends in `/body/n` answers with n bytes, for each n of `bodies` (404 for another n);
    every other path with the host and path it was asked for. `workdir` gets the configuration, log
    and bodies. `ports`: these, instead of free ones; `host`: where it listens; `grpc`: calls of
    any method `…/body/n` are answered too, with a message of n bytes. Raises
    `MissingTool` without an nginx, `MeasurementFailed` when it does not start.
    """
    tool = nginx or find("nginx")
    workdir = workdir.resolve()
    _write_bodies(workdir, bodies, messages=grpc)
    process, used = _started(tool, workdir, servers, ports, host, grpc=grpc)
    try:
        yield RunningUpstream(host=host, ports=tuple(used), pid=process.pid, version=tool.version)
    finally:
        processes.end(process)


def free_ports(count: int, host: str = HOST) -> list[int]:
    """Ports of an address of this machine that nobody listens on at this moment, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((host, 0))
        return [each.getsockname()[1] for each in sockets]


def config(
    *,
    ports: Sequence[int],
    directory: Path,
    connections: int,
    host: str = HOST,
    grpc: bool = False,
) -> str:
    """nginx's configuration file for these ports."""
    template = jinja2.Template(CONFIG, undefined=jinja2.StrictUndefined)
    said = template.render(
        host=host, ports=ports, dir=directory, connections=connections, grpc=grpc
    )
    return str(said)


def _started(
    tool: Tool,
    workdir: Path,
    servers: int,
    ports: Sequence[int] | None,
    host: str,
    *,
    grpc: bool,
) -> tuple[subprocess.Popen[bytes], Sequence[int]]:
    """Start nginx; with ports of our own choice, choose again when one was taken meanwhile."""
    attempts = 1 if ports else ATTEMPTS
    while True:
        attempts -= 1
        used = ports or free_ports(servers, host)
        process = _spawn(tool, workdir, used, host, grpc=grpc)
        said = _wait(process, used, workdir / "nginx.log")
        if said is None:
            return process, used
        processes.end(process)
        taken = "(98:" in said  # EADDRINUSE
        if not taken or attempts == 0:
            raise _failure(said, used, host, taken=taken)


def _spawn(
    tool: Tool, workdir: Path, ports: Sequence[int], host: str, *, grpc: bool
) -> subprocess.Popen[bytes]:
    file = workdir / "nginx.conf"
    allowed = raise_open_files()  # each connection is one; the child inherits it
    connections = min(CONNECTIONS, allowed)
    text = config(ports=ports, directory=workdir, connections=connections, host=host, grpc=grpc)
    file.write_text(text)
    log = workdir / "nginx.log"
    log.unlink(missing_ok=True)
    return processes.spawn([str(tool.path), "-p", str(workdir), "-c", str(file)], log=log)


def _wait(process: subprocess.Popen[bytes], ports: Sequence[int], log: Path) -> str | None:
    """None when nginx listens on all its ports, else what it said when it gave up."""
    deadline = time.monotonic() + STARTING
    while process.poll() is None and time.monotonic() < deadline:
        if _listening(process.pid) >= set(ports):
            return None
        time.sleep(0.01)
    return log.read_text(errors="replace")[-2000:]


def _listening(pid: int) -> set[int]:
    """Ports a process listens on itself: that a port answers could be another program's doing."""
    with contextlib.suppress(psutil.Error):
        connections = psutil.Process(pid).net_connections("tcp4")
        return {each.laddr[1] for each in connections if each.status == psutil.CONN_LISTEN}
    return set()


def _failure(said: str, ports: Sequence[int], host: str, *, taken: bool) -> MeasurementFailed:
    if taken:
        bad = [port for port in ports if f":{port} failed" in said] or list(ports)
        names = ", ".join(str(port) for port in bad)
        return MeasurementFailed(
            f"nginx cannot listen on {host}: port {names} is taken",
            next_step=f"end what `ss -ltnp 'sport = :{bad[0]}'` shows, or name other ports",
        )
    return MeasurementFailed(
        f"the upstream nginx did not start\n{said.strip()}",
        next_step="`loadstone doctor` says what nginx it is",
    )


def _write_bodies(workdir: Path, bodies: Sequence[int], *, messages: bool) -> None:
    folder = workdir / "bodies"
    (folder / ".messages").mkdir(parents=True, exist_ok=True)
    (workdir / "temp").mkdir(exist_ok=True)
    for size in bodies:
        body = (b"loadstone " * (size // 10 + 1))[:size]
        (folder / str(size)).write_bytes(body)
        if messages:
            not_compressed = b"\0" + size.to_bytes(4, "big")
            (folder / ".messages" / str(size)).write_bytes(not_compressed + body)
