"""What documents promise beside records, wherever they are kept."""

from __future__ import annotations

import pytest

from loadstone.errors import InvalidFile, UsageError
from loadstone.store import documents as documents_module
from loadstone.store.documents import BlobDocuments, Documents
from loadstone.store.record_store import RecordStore
from loadstone.store.table import open_documents
from tests.store import made


@pytest.fixture
def documents(blobs) -> Documents:
    return BlobDocuments(blobs)


def test_without_documents_there_are_none(documents):
    assert list(documents.names()) == []
    assert documents.read("accepted.json") is None


def test_a_document_is_read_as_it_was_written(documents):
    data = b"{}\n\r\n\0\xff"
    version = documents.write("deliveries/12.bin", data, expected=None)
    found = documents.read("deliveries/12.bin")
    assert found is not None
    assert (found.data, found.version) == (data, version)
    assert list(documents.names("deliveries/")) == ["deliveries/12.bin"]


def test_a_document_is_written_only_while_it_is_what_was_read(documents):
    first = documents.write("a", b"1", expected=None)
    assert first
    assert documents.write("a", b"other", expected=None) is None
    second = documents.write("a", b"2", expected=first)
    assert second
    assert documents.write("a", b"3", expected=first) is None
    assert documents.write("b", b"1", expected=first) is None
    assert documents.read("a").data == b"2"
    assert documents.read("b") is None


def test_an_update_that_somebody_overtook_is_made_anew(documents):
    asked = []

    def one_more(before):
        asked.append(before)
        if len(asked) == 1:
            documents.update("count", lambda _: b"7")
        return b"%d" % (int(before or b"0") + 1)

    assert documents.update("count", one_more) == b"8"
    assert asked == [None, b"7"]


def test_an_update_that_changes_nothing_writes_nothing(documents):
    version = documents.write("a", b"1", expected=None)
    assert documents.update("a", lambda before: before or b"") == b"1"
    assert documents.read("a").version == version


def test_a_document_goes_and_can_come_again(documents):
    documents.write("a", b"1", expected=None)
    documents.remove("a")
    documents.remove("a")
    assert documents.read("a") is None
    assert documents.write("a", b"2", expected=None)


def test_documents_and_records_do_not_see_each_other(documents, blobs):
    entry = RecordStore(blobs).save(made.record(plan=made.plan(component="documents")))
    documents.write("a/b/c/d/e/20261122T050000Z.json", b"{}", expected=None)
    assert [each.key for each in RecordStore(blobs).list()] == [entry.key]
    assert list(documents.names()) == ["a/b/c/d/e/20261122T050000Z.json"]


def test_a_name_that_cannot_be_is_refused(documents):
    for name in ("", ".", "..", "../x", "/etc/passwd", "a//b", "a b", "a\nM 1", ".git", "x" * 300):
        for call in (
            documents.read,
            lambda name: documents.write(name, b"", expected=None),
            lambda name: documents.update(name, lambda _: b""),
            documents.remove,
        ):
            with pytest.raises(UsageError, match="cannot be the name of a document"):
                call(name)


def test_a_document_that_is_too_large_is_neither_written_nor_read(documents, blobs, monkeypatch):
    blobs.write("@documents/large", b"x" * 101, expected=None)
    monkeypatch.setattr(documents_module, "MOST_BYTES", 100)
    with pytest.raises(UsageError, match="larger than 100 bytes"):
        documents.write("a", b"x" * 101, expected=None)
    with pytest.raises(UsageError, match="larger than 100 bytes"):
        documents.update("a", lambda _: b"x" * 101)
    with pytest.raises(InvalidFile, match="larger than 100 bytes"):
        documents.read("large")
    assert documents.read("a") is None


def test_documents_are_opened_by_the_address_of_a_store(tmp_path):
    open_documents(tmp_path / "baselines").write("a", b"1", expected=None)
    found = open_documents(f"directory:{tmp_path}/baselines").read("a")
    assert found is not None
    assert found.data == b"1"
    assert (tmp_path / "baselines" / "@documents" / "a").is_file()
