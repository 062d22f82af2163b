"""Access to the API server behind the proxy: its address, TLS, and the kubeconfig's credentials."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import ssl
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

REREAD = 60.0  # s after which a file with a token is read again
RENEW = 240.0  # s after which a plugin is asked again; EKS' tokens last 15 minutes


class NoAccess(Exception):
    """A kubeconfig that leads to no server; the message says why."""


class ServerAccess:
    """The way to the API server, and into it. There are two: as us, or as the client itself.

    A request with credentials of its own keeps them, over a connection without our certificate.
    """

    def __init__(self, kubeconfig: Path) -> None:
        self._kubeconfig = kubeconfig
        cluster, user = _current(kubeconfig)
        url = urlsplit(str(cluster.get("server", "")))
        if url.scheme not in ("http", "https") or not url.hostname:
            raise NoAccess(f"{kubeconfig}: `{url.geturl()}` is no address of a server")
        self.secure = url.scheme == "https"
        self.host = url.hostname
        self.port = url.port or (443 if self.secure else 80)
        self.path = url.path.rstrip("/")
        self.header = (url.netloc.rpartition("@")[2]).encode()
        self.name = str(cluster.get("tls-server-name", "")) or self.host
        self._user = user
        self._token, self._read = b"", -REREAD
        self.ours = _context(cluster, user, kubeconfig) if self.secure else None
        self.theirs = _context(cluster, {}, kubeconfig) if self.secure else None
        self._plugin = any(name in user for name in ("exec", "auth-provider"))
        if self._plugin:
            self._token = self._asked()

    def authorization(self) -> bytes:
        """The header with our credentials, as a line; empty where there are none."""
        file = self._user.get("tokenFile")
        if file and time.monotonic() - self._read > REREAD:
            with contextlib.suppress(OSError):
                self._token = f"Bearer {Path(file).read_text().strip()}".encode()
            self._read = time.monotonic()
        elif not self._token and self._user.get("token"):
            self._token = f"Bearer {self._user['token']}".encode()
        elif not self._token and self._user.get("username"):
            pair = f"{self._user['username']}:{self._user.get('password', '')}".encode()
            self._token = b"Basic " + base64.b64encode(pair)
        return b"Authorization: " + self._token + b"\r\n" if self._token else b""

    async def keep(self) -> None:
        """Renew what a plugin gave, for as long as the proxy runs; without one, nothing."""
        while self._plugin:
            await asyncio.sleep(RENEW)
            loop = asyncio.get_running_loop()
            with contextlib.suppress(Exception):  # the last one may be good still
                self._token = await loop.run_in_executor(None, self._asked)

    def _asked(self) -> bytes:
        """What a plugin of the kubeconfig says, by the library that knows all of them."""
        import kubernetes

        library: Any = kubernetes
        settings = library.client.Configuration()
        library.config.load_kube_config(str(self._kubeconfig), client_configuration=settings)
        keys = ("authorization", "BearerToken")  # where the library's releases put a token
        found = next(filter(None, map(settings.get_api_key_with_prefix, keys)), "")
        return str(found).encode()


def _current(kubeconfig: Path) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The cluster and the user of the context that is current."""
    try:
        document = yaml.safe_load(kubeconfig.read_text())
        context = _named(document, "contexts", document["current-context"])["context"]
        cluster = _named(document, "clusters", context["cluster"])["cluster"]
        user = _named(document, "users", context["user"])["user"] if context.get("user") else {}
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise NoAccess(f"{kubeconfig} names no cluster: {error!r}") from error
    return cluster, user or {}


def _named(document: Any, kind: str, name: str) -> Mapping[str, Any]:
    for each in document[kind]:
        if each["name"] == name:
            found: Mapping[str, Any] = each
            return found
    raise KeyError(name)


def _context(
    cluster: Mapping[str, Any], user: Mapping[str, Any], kubeconfig: Path
) -> ssl.SSLContext:
    with _file(cluster, "certificate-authority", kubeconfig) as authority:
        context = ssl.create_default_context(cafile=authority)
    # Authorities that sign themselves, as kubeadm's, lack what Python has begun to ask for.
    context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    context.set_alpn_protocols(["http/1.1"])
    if cluster.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    with (
        _file(user, "client-certificate", kubeconfig) as certificate,
        _file(user, "client-key", kubeconfig) as key,
    ):
        if certificate:
            context.load_cert_chain(certificate, key)
    return context


@contextmanager
def _file(entry: Mapping[str, Any], key: str, kubeconfig: Path) -> Iterator[str | None]:
    """The file that an entry names, or one with the data that it holds; gone on leaving."""
    if data := entry.get(f"{key}-data"):
        with tempfile.NamedTemporaryFile() as file:  # of this user alone
            try:
                file.write(base64.b64decode(data))
            except (binascii.Error, ValueError) as error:
                raise NoAccess(f"{kubeconfig}: {key}-data is damaged: {error}") from error
            file.flush()
            yield file.name
    elif path := entry.get(key):
        yield str(kubeconfig.parent / path)
    else:
        yield None
