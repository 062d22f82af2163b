"""An API server is believed by its authority alone, and believes its users."""

from __future__ import annotations

import contextlib
import http.server
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from loadstone.errors import ClusterFailed
from loadstone.measure.api_client import ApiRequestFailed, HttpApiClient
from loadstone.model import ApiAccess
from loadstone.system.certificates import CertificateRequest, write


@dataclass
class TlsServer:
    """A server that wants a client's certificate, and keeps what was sent in `Authorization`."""

    url: str
    authorizations: list[str | None]


def signed(folder: Path, **more: CertificateRequest) -> Path:
    """A folder of an authority's, with a server at 127.0.0.1 and an administrator."""
    folder.mkdir()
    admin = CertificateRequest(common_name="admin", groups=("system:masters",))
    write({"serving": CertificateRequest(common_name="serving"), "admin": admin, **more}, folder)
    return folder


def other(folder: Path) -> Path:
    """The same of another authority: another request makes another."""
    return signed(folder, more=CertificateRequest(common_name="more"))


@contextlib.contextmanager
def tls_server(authority: Path, host: str = "127.0.0.1") -> Iterator[TlsServer]:
    seen: list[str | None] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers["Authorization"])
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "serving.crt", authority / "serving.key")
    context.load_verify_locations(authority / "ca.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    with http.server.ThreadingHTTPServer((host, 0), Handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield TlsServer(url=f"https://{host}:{server.server_port}", authorizations=seen)
        server.shutdown()
        thread.join()


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return signed(tmp_path / "certificates")


@pytest.fixture
def server(authority: Path) -> Iterator[TlsServer]:
    with tls_server(authority) as made:
        yield made


def access(server: TlsServer, authority: Path) -> ApiAccess:
    return ApiAccess(
        url=server.url,
        ca_file=str(authority / "ca.crt"),
        cert_file=str(authority / "admin.crt"),
        key_file=str(authority / "admin.key"),
    )


def ask(given: ApiAccess) -> None:
    with contextlib.closing(HttpApiClient(given)) as api:
        api.request("GET", "/version")


def test_a_user_of_the_authority_gets_in(server: TlsServer, authority: Path) -> None:
    ask(access(server, authority))
    assert server.authorizations == [None]


def test_a_server_of_another_authority_is_not_believed(
    server: TlsServer, authority: Path, tmp_path: Path
) -> None:
    given = replace(access(server, authority), ca_file=str(other(tmp_path / "other") / "ca.crt"))
    with pytest.raises(ApiRequestFailed, match="certificate verify failed"):
        ask(given)
    assert server.authorizations == []


def test_a_user_of_another_authority_is_refused(
    server: TlsServer, authority: Path, tmp_path: Path
) -> None:
    stranger = other(tmp_path / "other")
    given = replace(
        access(server, authority),
        cert_file=str(stranger / "admin.crt"),
        key_file=str(stranger / "admin.key"),
    )
    with pytest.raises(ApiRequestFailed):
        ask(given)
    assert server.authorizations == []


def test_a_server_of_another_address_is_not_believed(authority: Path) -> None:
    with (
        tls_server(authority, "127.0.0.2") as elsewhere,
        pytest.raises(ApiRequestFailed, match=r"127\.0\.0\.2"),
    ):
        ask(access(elsewhere, authority))


def test_a_token_is_shown(server: TlsServer, authority: Path, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("of-this-test\n")
    ask(replace(access(server, authority), token_file=str(token)))
    assert server.authorizations == ["Bearer of-this-test"]


def test_a_file_that_is_not_there_is_named(server: TlsServer, authority: Path) -> None:
    given = replace(access(server, authority), key_file="/nonexistent/key")
    with pytest.raises(ClusterFailed, match="/nonexistent/key"):
        ask(given)
