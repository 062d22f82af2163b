"""A real nginx that speaks HTTP/2 and TLS, with a certificate of its own authority."""

from __future__ import annotations

import contextlib
import datetime
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from loadstone.measure.upstream import free_ports
from loadstone.system import processes
from loadstone.system.tools import find

STARTING = 30.0  # s
CONFIG = """\
daemon off;
master_process off;
pid {dir}/nginx.pid;
error_log {dir}/nginx.log warn;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 1000000;
  client_body_temp_path {dir}/temp;
  proxy_temp_path {dir}/temp;
  fastcgi_temp_path {dir}/temp;
  uwsgi_temp_path {dir}/temp;
  scgi_temp_path {dir}/temp;
  ssl_certificate {dir}/cert.pem;
  ssl_certificate_key {dir}/key.pem;
  http2_max_concurrent_streams 8;
  server {{
    listen 127.0.0.1:{clear};
    http2 on;
    {answers}
  }}
  server {{
    listen 127.0.0.1:{secure} ssl;
    http2 on;
    {answers}
  }}
  server {{
    listen 127.0.0.1:{old} ssl;
    {answers}
  }}
}}
"""
ANSWERS = """add_header x-upstream s0 always;
    location / { default_type text/plain; return 200 "$host $server_protocol"; }
    location /drop { return 444; }"""


@dataclass(frozen=True, kw_only=True)
class SecureServer:
    """A server: `clear` has HTTP/2 without TLS, `secure` both with it, `old` TLS and HTTP/1.1."""

    clear: int
    secure: int
    old: int
    ca: Path
    pid: int


@contextlib.contextmanager
def serving(directory: Path) -> Iterator[SecureServer]:
    """Run it while the context lasts."""
    certificate(directory)
    clear, secure, old = free_ports(3)
    text = CONFIG.format(dir=directory, clear=clear, secure=secure, old=old, answers=ANSWERS)
    (directory / "nginx.conf").write_text(text)
    command = [str(find("nginx").path), "-p", str(directory), "-c", str(directory / "nginx.conf")]
    process = processes.spawn(command, log=directory / "out.log")
    try:
        for port in (clear, secure, old):
            _await(port, directory)
        ca = directory / "cert.pem"
        yield SecureServer(clear=clear, secure=secure, old=old, ca=ca, pid=process.pid)
    finally:
        processes.end(process)


def certificate(directory: Path) -> None:
    """A certificate that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loadstone.test")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (directory / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (directory / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _await(port: int, directory: Path) -> None:
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise TimeoutError((directory / "nginx.log").read_text())
