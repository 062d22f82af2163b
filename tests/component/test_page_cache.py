"""A program's file is in the page cache as a whole before it starts."""

import ctypes
import mmap
import os

import pytest

from loadstone.component.page_cache import settle

SIZE = 256 * mmap.PAGESIZE


def cached_pages(path):
    """How many pages of a file the page cache holds, by mincore(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    with path.open("r+b") as file, mmap.mmap(file.fileno(), SIZE) as mapped:
        there = (ctypes.c_ubyte * (SIZE // mmap.PAGESIZE))()
        held = ctypes.c_char.from_buffer(mapped)
        done = libc.mincore(ctypes.c_void_p(ctypes.addressof(held)), ctypes.c_size_t(SIZE), there)
        del held
    assert done == 0
    return sum(page & 1 for page in there)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "program"
    path.write_bytes(os.urandom(SIZE))
    return path


def test_the_whole_file_is_read_in(file):
    with file.open("rb") as opened:
        os.fdatasync(opened.fileno())
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    settle(file)
    assert cached_pages(file) == SIZE // mmap.PAGESIZE


def test_the_file_stays_as_it_is(file):
    before = file.read_bytes()
    settle(file)
    assert file.read_bytes() == before
