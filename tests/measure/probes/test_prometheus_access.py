"""A Prometheus that does not answer everybody is asked with what is kept where the user says."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3

from loadstone.measure.probes.fetch import FetchFailed
from loadstone.measure.probes.prometheus_server import PrometheusServer
from loadstone.model import PrometheusAccess
from loadstone.system.certificates import CertificateRequest, write
from tests.prometheus import needs_prometheus, prometheus

USER, PASSWORD = "loadstone", "open sesame"
# What `htpasswd -nB` makes of that password, with the fewest rounds.
HASH = "$2b$04$Rr.nKEAKmnKCGDRHjXHKd.dO1Fy73aLKHclfzqg39G0LrDtznw37y"
TOKEN = "a-token-of-a-test"
SERVER = CertificateRequest(common_name="prometheus", hosts=("127.0.0.1",))
CLIENT = CertificateRequest(common_name="loadstone")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the certificates of a server and of a client, and of who signed them."""
    folder = tmp_path_factory.mktemp("keys")
    write({"server": SERVER, "client": CLIENT}, folder)
    return folder


@pytest.fixture(scope="module")
def guarded(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real one that wants a password and a certificate, and has one of its own."""
    web = {
        "tls_server_config": {
            "cert_file": str(keys / "server.crt"),
            "key_file": str(keys / "server.key"),
            "client_auth_type": "RequireAndVerifyClientCert",
            "client_ca_file": str(keys / "ca.crt"),
        },
        "basic_auth_users": {USER: HASH},
    }
    pool = urllib3.PoolManager(
        ca_certs=str(keys / "ca.crt"),
        cert_file=str(keys / "client.crt"),
        key_file=str(keys / "client.key"),
        headers=urllib3.make_headers(basic_auth=f"{USER}:{PASSWORD}"),
    )
    folder = tmp_path_factory.mktemp("prometheus")
    with prometheus(folder, {}, web=web, pool=pool) as url:
        yield url


@pytest.fixture
def access(keys: Path, monkeypatch: pytest.MonkeyPatch) -> PrometheusAccess:
    monkeypatch.setenv("PASSWORD_OF_A_TEST", PASSWORD)
    return PrometheusAccess(
        url="",
        ca_file=str(keys / "ca.crt"),
        cert_file=str(keys / "client.crt"),
        key_file=str(keys / "client.key"),
        user=USER,
        secret="env:PASSWORD_OF_A_TEST",
    )


def answered(url: str, access: PrometheusAccess | None) -> Any:
    with closing(PrometheusServer(url, access)) as server:
        return server.query("vector(7)").result[0]["value"][1]


@needs_prometheus
def test_who_shows_what_it_wants_is_answered(guarded: str, access: PrometheusAccess) -> None:
    assert answered(guarded, access) == "7"


@needs_prometheus
def test_a_secret_may_be_in_a_file(guarded: str, access: PrometheusAccess, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    assert answered(guarded, replace(access, secret=f"file:{tmp_path}/password")) == "7"


@needs_prometheus
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"user": "somebody"}, "401"),
        ({"user": "", "secret": ""}, "401"),
        ({"cert_file": "", "key_file": ""}, "certificate"),
        ({"ca_file": ""}, "certificate"),  # the system's do not know it
    ],
)
def test_who_lacks_any_of_it_is_not(
    guarded: str, access: PrometheusAccess, changed: dict[str, str], said: str
) -> None:
    with pytest.raises(FetchFailed, match=said) as refused:
        answered(guarded, replace(access, **changed))
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize(
    ("secret", "said"),
    [("env:NOT_SET_IN_A_TEST", "NOT_SET_IN_A_TEST"), ("file:/not/there", "/not/there")],
)
def test_a_secret_that_is_not_there_is_named_by_its_place(
    access: PrometheusAccess, secret: str, said: str
) -> None:
    with pytest.raises(FetchFailed, match=said):
        PrometheusServer("https://127.0.0.1:1", replace(access, secret=secret))


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (b"first-half\nsecond-half", "not one line"),
        (b"first-half\rsecond-half", "not one line"),
        (b"first-half\x00", "not one line"),
        (b"first-half\xff", "no text in UTF-8"),
        (b" \n", "empty"),
    ],
)
def test_a_file_that_holds_no_secret_is_refused_without_a_word_of_it(
    access: PrometheusAccess, tmp_path: Path, held: bytes, said: str
) -> None:
    file = tmp_path / "secret"
    file.write_bytes(held)
    with pytest.raises(FetchFailed, match=said) as refused:
        PrometheusServer("https://127.0.0.1:1", replace(access, secret=f"file:{file}"))
    assert "first-half" not in str(refused.value)


@contextmanager
def behind_a_token(keys: Path, url: str) -> Iterator[str]:
    """A server over TLS that hands on to that URL what comes with the token."""

    class HandingOn(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                self.send_error(401)
                return
            answer = urllib3.request("GET", f"{url}{self.path}")
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.data)))
            self.end_headers()
            self.wfile.write(answer.data)

        def log_message(self, *_: object) -> None:
            pass

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(keys / "server.crt", keys / "server.key")
    with ThreadingHTTPServer(("127.0.0.1", 0), HandingOn) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@needs_prometheus
def test_one_behind_a_token_is_asked_with_it(
    keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_OF_A_TEST", TOKEN)
    shown = PrometheusAccess(url="", ca_file=str(keys / "ca.crt"), secret="env:TOKEN_OF_A_TEST")
    with prometheus(tmp_path, {}) as url, behind_a_token(keys, url) as guarded:
        assert answered(guarded, shown) == "7"
        with pytest.raises(FetchFailed, match="401"):
            answered(guarded, replace(shown, secret=""))
