"""Objects of a bucket: conditions hold, answers that meet are asked again, failures are told."""

from __future__ import annotations

from io import BytesIO

import boto3
import pytest
from botocore.config import Config
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from loadstone.errors import InvalidFile, LoadstoneError, UsageError
from loadstone.store.blobs import address
from loadstone.store.blobs.bucket import Bucket, client
from loadstone.store.record_store import RecordStore
from tests.store import made, places

HERE = address.bucket("records/some")
NEW = {"Bucket": "records", "Key": "some/a", "Body": b"1", "Metadata": ANY, "IfNoneMatch": "*"}


@pytest.fixture
def stubbed(monkeypatch):
    """A client that gives only the answers that a test queues, and a bucket that asks it."""
    for name, value in places.CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    real = boto3.client("s3", config=Config(retries={"max_attempts": 0}))
    waited: list[float] = []
    with Stubber(real) as stub:
        yield stub, Bucket(HERE, lambda: real, sleep=waited.append), waited
        stub.assert_no_pending_responses()


def test_a_conflict_of_two_writes_is_asked_again_until_it_is_decided(stubbed):
    stub, bucket, waited = stubbed
    for _ in range(3):
        stub.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409,
                              expected_params=NEW)  # fmt: skip
    stub.add_response("put_object", {"ETag": '"v1"'}, NEW)
    assert bucket.write("a", b"1", expected=None) == '"v1"'
    assert len(waited) == 3


def test_a_condition_that_does_not_hold_is_somebody_elses_write(stubbed):
    stub, bucket, _ = stubbed
    stub.add_client_error("put_object", "PreconditionFailed", http_status_code=412)
    stub.add_response("head_object", {"ETag": '"v1"', "Metadata": {"loadstone-write": "theirs"}})
    assert bucket.write("a", b"1", expected='"v0"') is None


def test_a_write_whose_answer_was_lost_is_known_again(stubbed):
    """Asked again by the client, the condition fails by what the first request wrote."""
    stub, bucket, _ = stubbed
    seen = {}

    def keep(params, **_):
        seen.update(params["Metadata"])

    stub.client.meta.events.register("provide-client-params.s3.PutObject", keep)
    stub.add_client_error("put_object", "PreconditionFailed", http_status_code=412)
    answer = {"ETag": '"v1"', "Metadata": seen}
    stub.add_response("head_object", answer)
    assert bucket.write("a", b"1", expected=None) == '"v1"'
    assert seen["loadstone-write"]


def test_what_went_meanwhile_cannot_be_replaced(stubbed):
    stub, bucket, _ = stubbed
    stub.add_client_error("put_object", "NoSuchKey", http_status_code=404)
    assert bucket.write("a", b"1", expected='"v0"') is None


def test_a_giant_object_is_not_read_to_its_end(stubbed):
    stub, bucket, _ = stubbed
    raw = BytesIO(b"x" * 10_000)
    stub.add_response("get_object", {"ETag": '"v"', "Body": StreamingBody(raw, 10_000)})
    with pytest.raises(InvalidFile, match="larger than 100 bytes"):
        bucket.read("a", most=100)
    assert raw.closed or raw.tell() == 101


def test_all_pages_are_listed_and_foreign_keys_are_passed_over(stubbed):
    stub, bucket, _ = stubbed
    asked = {"Bucket": "records", "Prefix": "some/"}
    stub.add_response(
        "list_objects_v2",
        {
            "IsTruncated": True,
            "NextContinuationToken": "2",
            "Contents": [{"Key": "some/a", "Size": 1}, {"Key": "some/../b", "Size": 1}],
        },
        asked,
    )
    stub.add_response(
        "list_objects_v2",
        {
            "IsTruncated": False,
            "Contents": [
                {"Key": "some/c", "Size": 3},
                {"Key": "some/x y", "Size": 1},
                {"Key": "some/", "Size": 0},
            ],
        },
        {**asked, "ContinuationToken": "2"},
    )
    assert bucket.names() == {"a": 1, "c": 3}


def test_what_could_not_be_deleted_is_told(stubbed):
    stub, bucket, _ = stubbed
    stub.add_response("delete_objects", {"Errors": [{"Key": "some/a", "Message": "locked"}]})
    with pytest.raises(LoadstoneError, match="1 objects stay in s3:records/some: locked"):
        bucket.remove(["a"])


@pytest.mark.parametrize(
    ("code", "status", "kind", "step"),
    [
        ("NoSuchBucket", 404, UsageError, "make the bucket"),
        ("AccessDenied", 403, LoadstoneError, "s3:PutObject"),
        ("ExpiredToken", 400, LoadstoneError, "log in again"),
        ("PermanentRedirect", 301, LoadstoneError, "AWS_REGION"),
        ("SomethingNew", 418, LoadstoneError, "settings of boto3"),
    ],
)
def test_a_failure_says_what_to_do_next(stubbed, tmp_path, code, status, kind, step):
    stub, bucket, _ = stubbed
    said = "not\x1b[2J today"
    for _ in range(2):
        stub.add_client_error(
            "list_objects_v2", code, service_message=said, http_status_code=status
        )
    with pytest.raises(kind, match=r"S3 does not list s3:records/some: not \[2J today") as caught:
        bucket.names()
    assert step in caught.value.next_step
    with pytest.raises(kind, match="the record is not in s3:records/some") as caught:
        RecordStore(bucket, aside=tmp_path).save(made.record())
    assert step in caught.value.next_step
    assert "--store 's3:records/some'" in caught.value.next_step
    assert len(list(tmp_path.rglob("*.json"))) == 1


def test_without_credentials_it_is_said_where_they_come_from(monkeypatch, tmp_path):
    for name in places.CREDENTIALS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(UsageError, match="credentials") as caught:
        Bucket(HERE, client).names()
    assert "AWS_ACCESS_KEY_ID" in caught.value.next_step


def test_a_profile_that_is_not_there_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(UsageError, match="nobody"):
        Bucket(HERE, client).names()


def test_a_server_that_is_not_there_is_told(monkeypatch):
    for name, value in places.CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    real = boto3.client("s3", config=Config(retries={"max_attempts": 0}))
    with pytest.raises(LoadstoneError, match=r"127\.0\.0\.1:9") as caught:
        Bucket(HERE, lambda: real).names()
    assert "AWS_ENDPOINT_URL" in caught.value.next_step


def test_a_bucket_that_is_not_there_is_told_by_a_server(s3):
    with pytest.raises(UsageError, match="NoSuchBucket"):
        Bucket(address.bucket("nobody-made-this"), client).read("a", most=10)
