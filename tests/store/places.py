"""Every place that records can live in, made for a test: folders, branches, and a bucket."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

import boto3
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.server import ThreadedMotoServer
from werkzeug.serving import make_server

from loadstone.store.blobs import address
from loadstone.store.blobs.branch import Branch
from loadstone.store.blobs.bucket import Bucket, client
from loadstone.store.blobs.folder import Folder
from loadstone.store.blobs.protocol import Blobs
from loadstone.store.blobs.tips import find
from tests.component.repositories import created, git

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "somebody",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


class OneWriteAtATime(ThreadedMotoServer):
    """moto's server with S3's promise: it looks at a condition and writes in two steps itself."""

    def _server_entry(self) -> None:
        app, lock = DomainDispatcherApplication(create_backend_app), Lock()

        def guarded(environ: Any, start_response: Any) -> Any:
            with lock if environ["REQUEST_METHOD"] == "PUT" else nullcontext():
                return app(environ, start_response)

        self._server = make_server(
            self._ip_address, self._port, guarded, threaded=True, request_handler=MotoRequestHandler
        )
        self._server_ready_event.set()
        self._server.serve_forever()


@contextmanager
def s3() -> Iterator[str]:
    """A server of S3 on loopback, to which boto3's own settings lead meanwhile; its URL."""
    server = OneWriteAtATime(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    changed = {**CREDENTIALS, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    try:
        yield changed["AWS_ENDPOINT_URL"]
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
        server.stop()


def bucket() -> str:
    """A new bucket, and a beginning of keys in it."""
    name = f"records-{uuid4().hex[:12]}"
    boto3.client("s3").create_bucket(Bucket=name)
    return f"{name}/some/where"


def bare(place: Path) -> Path:
    """A bare repository that gives parts of itself, as GitHub does."""
    place.mkdir()
    git(place, "init", "--quiet", "--bare", "--initial-branch=main")
    git(place, "config", "uploadpack.allowFilter", "true")
    git(place, "config", "gc.auto", "0")
    return place


def user(place: Path, remote: Path | None = None) -> Path:
    """A user's repository with a commit, cloned of nothing, with `remote` as origin."""
    created(place, "1")
    if remote:
        git(place, "remote", "add", "origin", str(remote))
        git(place, "push", "--quiet", "origin", "main")
    return place


def branch(where: str, directory: Path) -> Branch:
    """A branch as it is opened from a directory."""
    return Branch(f"git:{where}", partial(find, address.branch(where), directory))


def remote_branch(place: Path) -> Blobs:
    """A branch of a bare remote."""
    return branch("data", user(place / "user", bare(place / "remote")))


def local_branch(place: Path) -> Blobs:
    """A branch of a repository without a remote."""
    return branch("data", user(place / "user"))


def folder(place: Path) -> Blobs:
    """A folder that is not there yet."""
    return Folder(place / "baselines")


def objects(_: Path) -> Blobs:
    """Objects of a new bucket; needs `s3`."""
    return Bucket(address.bucket(bucket()), client)


PLACES: Mapping[str, Callable[[Path], Blobs]] = {
    "directory": folder,
    "git-remote": remote_branch,
    "git-local": local_branch,
    "s3": objects,
}
