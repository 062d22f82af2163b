"""Blobs as objects of an S3 bucket, written by conditional requests.

`If-None-Match: *` creates what is not there, `If-Match` replaces what has not changed. S3 answers
412 where the condition does not hold, and 409 where two conditional writes met: then it is asked
again.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count, islice
from typing import TYPE_CHECKING

from loadstone.errors import InvalidFile, LoadstoneError, Problem, UsageError
from loadstone.store.backoff import SHORTEST, pause
from loadstone.store.blobs.address import BucketAddress
from loadstone.store.blobs.protocol import Blob
from loadstone.store.blobs.s3_errors import code, explained
from loadstone.store.names import is_safe

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MOST_NAMES = 100_000
_AT_ONCE = 1000  # keys that one request may delete
_WRITE = "loadstone-write"  # the metadata by which a writer knows its own write again
_GONE = {"404", "NoSuchKey", "NotFound"}
_TAKEN = {"412", "PreconditionFailed"}
_MET = {"409", "ConditionalRequestConflict", "OperationAborted"}


class Bucket:
    """Blobs as the objects of a bucket; `client` is made when it is first needed."""

    def __init__(
        self,
        address: BucketAddress,
        client: Callable[[], S3Client],
        *,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._bucket, self._prefix = address.bucket, address.prefix
        self._open = client
        self._opened: S3Client | None = None
        self._sleep = sleep

    def __str__(self) -> str:
        return f"s3:{self._bucket}/{self._prefix}".rstrip("/")

    def names(self, prefix: str = "") -> Mapping[str, int | None]:
        """The keys without the store's own beginning, and their sizes, page by page."""
        found: dict[str, int | None] = {}
        with self._told("list"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix + prefix
            )
            for page in pages:
                for each in page.get("Contents", []):
                    name = each["Key"].removeprefix(self._prefix)
                    if is_safe(name):
                        found[name] = each["Size"]
                if len(found) > _MOST_NAMES:
                    raise UsageError(
                        f"{self} holds more than {_MOST_NAMES} objects",
                        next_step="`loadstone baseline prune` removes old records",
                    )
        return found

    def read(self, name: str, *, most: int, fresh: bool = True) -> Blob | None:  # noqa: ARG002
        """The content of an object, always as it is now."""
        if not is_safe(name):
            return None
        with self._told("read", name, _GONE) as failure:
            answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)
            with answer["Body"] as body:
                data = body.read(most + 1)
        if failure:
            return None
        if len(data) > most:
            problem = Problem(where=self.place(name), what=f"larger than {most} bytes")
            raise InvalidFile([problem], next_step="remove it from the bucket")
        return Blob(data=data, version=answer["ETag"])

    def expect(self, names: Iterable[str]) -> None:
        """Nothing: each object is a request in any case."""

    def write(self, name: str, data: bytes, *, expected: str | None) -> str | None:
        """Put an object, if its version is still `expected`."""
        if not is_safe(name):
            raise UsageError(f"{name!r:.200} cannot be a name in {self}")
        mark = uuid.uuid4().hex
        for losses in count():
            with self._told("write", name, _TAKEN | _MET | _GONE) as failure:
                return self._put(name, data, expected, mark)
            if failure[0] not in _MET:
                # An answer that was lost on its way is asked for again: then it was our own write.
                return self._own(name, mark) if failure[0] in _TAKEN else None
            self._sleep(pause(losses, SHORTEST, random.Random()))
        raise AssertionError  # counting never ends

    def remove(self, names: Iterable[str]) -> None:
        """Delete objects, as many at once as a request may name."""
        rest = iter(names)
        while some := list(islice(rest, _AT_ONCE)):
            objects = [{"Key": self._prefix + name} for name in some]
            with self._told("remove from"):
                answer = self._client.delete_objects(
                    Bucket=self._bucket,
                    Delete={"Objects": objects, "Quiet": True},  # type: ignore[typeddict-item]
                )
            failed = answer.get("Errors", [])
            if failed:
                said = failed[0].get("Message", failed[0].get("Code", "no reason given"))
                raise LoadstoneError(
                    f"{len(failed)} objects stay in {self}: {said}",
                    next_step="s3:DeleteObject has to be allowed there",
                )

    def place(self, name: str) -> str:
        """The URI of an object."""
        return f"s3://{self._bucket}/{self._prefix}{name}"

    def _put(self, name: str, data: bytes, expected: str | None, mark: str) -> str:
        condition = {"IfNoneMatch": "*"} if expected is None else {"IfMatch": expected}
        answer = self._client.put_object(
            Bucket=self._bucket,
            Key=self._prefix + name,
            Body=data,
            Metadata={_WRITE: mark},
            **condition,  # type: ignore[arg-type]
        )
        return answer["ETag"]

    def _own(self, name: str, mark: str) -> str | None:
        """The version of an object, if it is the write of this mark."""
        with self._told("read", name, _GONE) as failure:
            there = self._client.head_object(Bucket=self._bucket, Key=self._prefix + name)
        if failure or there["Metadata"].get(_WRITE) != mark:
            return None
        return there["ETag"]

    @property
    def _client(self) -> S3Client:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    @contextmanager
    def _told(
        self, verb: str, name: str = "", expected: set[str] | frozenset[str] = frozenset()
    ) -> Iterator[list[str]]:
        """Failures of S3 in words; one of the `expected` codes is given to the caller instead."""
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

        failure: list[str] = []
        try:
            yield failure
        except (ClientError, BotoCoreError, HTTPClientError) as error:
            found = code(error)
            if found not in expected or found == "NoSuchBucket":
                raise explained(error, verb, self.place(name) if name else str(self)) from error
            failure.append(found)


def client() -> S3Client:
    """A client by boto3's own chain of settings: environment, profiles, roles of the machine."""
    import boto3
    from botocore.config import Config

    settings = Config(
        retries={"mode": "standard", "max_attempts": 6}, connect_timeout=10, read_timeout=60
    )
    return boto3.session.Session().client("s3", config=settings)
