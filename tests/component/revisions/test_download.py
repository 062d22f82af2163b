"""Files of releases are run when a published checksum is theirs, and never otherwise."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from loadstone import formats
from loadstone.component import cache as caches
from loadstone.component.revisions.resolve import find, resolve
from loadstone.errors import MeasurementFailed, UsageError
from loadstone.model import Side
from tests.component.revisions.archives import SCRIPT, tar


@pytest.fixture
def server():
    """A server of what is in `files`, by path: bytes, or the URL that it redirects to."""
    files: dict[str, bytes | str] = {}
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            content = files.get(self.path)
            self.send_response(404 if content is None else 302 if isinstance(content, str) else 200)
            if isinstance(content, str):
                self.send_header("Location", content)
            body = content if isinstance(content, bytes) else b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    running.files, running.asked = files, asked  # type: ignore[attr-defined]
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def described(server, *, executable="thing", checksums="/v${revision}/sums", name="thing.tar.gz"):
    base = f"http://127.0.0.1:{server.server_address[1]}"
    download = formats.DownloadSource(
        url=f"{base}/v${{revision}}/{name}", checksums=f"{base}{checksums}", executable=executable
    )
    return formats.Component(
        component="thing",
        about="",
        role="x",
        revisions=formats.Revisions(download=download),
        ports=["http"],
        command=["${executable}"],
        traffic="${http}",
        ready=formats.Ready(url="http://${http}/"),
        version=["${executable}"],
    )


@pytest.fixture
def release(server, tmp_path):
    """Release 1.0 on the server."""
    archive = tar(tmp_path / "archive", ("thing", SCRIPT)).read_bytes()
    server.files["/v1.0/thing.tar.gz"] = archive
    server.files["/v1.0/sums"] = f"{hashlib.sha256(archive).hexdigest()}  thing.tar.gz\n".encode()
    return archive


def test_a_release_is_fetched_once_and_known_by_its_checksum(server, release, tmp_path):
    said: list[str] = []

    def asked(name):
        cache = tmp_path / "cache"
        return resolve(described(server), name, Side.HEAD, cache=cache, progress=said.append)

    first, again = asked("1.0"), asked("download:v1.0")
    assert (first.label, first.source, first.version) == ("1.0", "download", "thing 1")
    assert first.origin.endswith(f"/v1.0/thing.tar.gz sha256:{hashlib.sha256(release).hexdigest()}")
    assert first.digest == hashlib.sha256(SCRIPT).hexdigest()
    assert again.executable == first.executable
    assert said == ["downloading thing.tar.gz"]
    assert server.asked.count("/v1.0/thing.tar.gz") == 1
    (entry,) = caches.entries(tmp_path / "cache")
    assert entry.kind == "downloads"
    assert entry.name.endswith("/v1.0/thing.tar.gz")


def test_finding_a_release_does_not_fetch_it(server, release, tmp_path):
    find(described(server), "1.0", Side.BASE, cache=tmp_path)
    assert server.asked == ["/v1.0/sums"]


def test_a_file_may_be_the_program_itself(server, tmp_path):
    server.files["/v2.0/thing"] = SCRIPT
    server.files["/v2.0/sums"] = hashlib.sha512(SCRIPT).hexdigest().encode()
    component = described(server, executable="", name="thing")
    assert resolve(component, "2.0", Side.BASE, cache=tmp_path).version == "thing 1"


def test_another_file_than_the_published_one_is_refused(server, release, tmp_path):
    server.files["/v1.0/thing.tar.gz"] = release + b"\0"
    with pytest.raises(MeasurementFailed, match="not what its checksum says"):
        resolve(described(server), "1.0", Side.BASE, cache=tmp_path)
    assert caches.entries(tmp_path) == []


def test_a_file_without_a_checksum_is_refused(server, release, tmp_path):
    server.files["/v1.0/sums"] = f"{'0' * 64}  other.tar.gz\n".encode()
    with pytest.raises(UsageError, match=r"no checksum of thing\.tar\.gz"):
        find(described(server), "1.0", Side.BASE, cache=tmp_path)


def test_a_release_that_is_not_there_is_an_error(server, release, tmp_path):
    with pytest.raises(UsageError, match=r"there is no 1\.1: .* answers 404"):
        find(described(server), "1.1", Side.BASE, cache=tmp_path)


def test_a_server_that_is_away_is_a_failure(server, tmp_path):
    component = described(server)
    server.shutdown()
    server.server_close()
    with pytest.raises(MeasurementFailed, match="cannot be fetched"):
        find(component, "1.0", Side.BASE, cache=tmp_path)


def test_a_hostile_archive_is_refused_with_its_url(server, tmp_path):
    archive = tar(tmp_path / "archive", ("thing", "->/bin/sh")).read_bytes()
    server.files["/v1.0/thing.tar.gz"] = archive
    server.files["/v1.0/sums"] = hashlib.sha256(archive).hexdigest().encode()
    with pytest.raises(MeasurementFailed, match=r"thing\.tar\.gz is refused: .*link"):
        resolve(described(server), "1.0", Side.BASE, cache=tmp_path / "cache")
    assert caches.entries(tmp_path / "cache") == []


@pytest.mark.parametrize("url", ["http://example.test/sums", "ftp://127.0.0.1/sums"])
def test_nothing_unprotected_is_asked(server, tmp_path, url):
    download = formats.DownloadSource(url=url, checksums=url)
    component = msgspec.structs.replace(
        described(server), revisions=formats.Revisions(download=download)
    )
    with pytest.raises(UsageError, match="no https URL"):
        find(component, "1.0", Side.BASE, cache=tmp_path)


@pytest.mark.parametrize("name", ["../1.0", "1/../2", "a b", "-x", "1.0?x=1", "1..0", "1#2"])
def test_what_could_lead_elsewhere_in_a_url_is_no_name(server, tmp_path, name):
    with pytest.raises(UsageError, match="not the name of a revision"):
        find(described(server), f"download:{name}", Side.BASE, cache=tmp_path)
    assert server.asked == []
