"""What is kept comes back to the byte, is visible only when whole, and stays in its folder."""

import os
import resource
import stat
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.gateways.blobs.door import open_store
from daybook.gateways.blobs.folder import FolderStore
from daybook.gateways.blobs.nowhere import NoStore
from daybook.gateways.blobs.tests.kept_files import MIB, files_in, keep
from daybook.kernel.sealing.blob_store import BlobExists, BlobMissing, BlobStore, StoreUnusable


@pytest.mark.parametrize("size", [0, 1, 65_536, MIB - 1, MIB, MIB + 1, 5 * MIB + 17])
def test_what_is_kept_comes_back_whole_and_in_parts(store: FolderStore, size: int) -> None:
    content = os.urandom(size)
    with store.open_writer("ab/cdef") as writer:
        for start in range(0, size, 100_003):
            writer.write(memoryview(content)[start : start + 100_003])
        writer.commit()
    ranges = store.ranges("ab/cdef")
    assert ranges.size == size
    assert ranges.read(0, size) == content
    assert ranges.read(size // 2, 1000) == content[size // 2 : size // 2 + 1000]
    assert ranges.read(size, 10) == b""
    assert ranges.read(max(0, size - 3), 100) == content[-3:]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_any_range_is_what_a_slice_would_be(
    tmp_path_factory: pytest.TempPathFactory, start: int, length: int
) -> None:
    store = FolderStore(tmp_path_factory.getbasetemp() / "ranges")
    content = bytes(range(256)) * 256
    if not store.exists("ab/ranges"):
        keep(store, "ab/ranges", content)
    assert store.ranges("ab/ranges").read(start, length) == content[start : start + length]


@pytest.mark.parametrize(("start", "length"), [(-1, 5), (0, -1)])
def test_a_range_cannot_be_negative(store: FolderStore, start: int, length: int) -> None:
    keep(store, "ab/cd", b"12345")
    with pytest.raises(ValueError):
        store.ranges("ab/cd").read(start, length)


def test_nothing_is_visible_before_commit(store: FolderStore, root: Path) -> None:
    writer = store.open_writer("ab/cdef")
    writer.write(b"x" * (3 * MIB))
    assert not store.exists("ab/cdef")
    assert list(store.keys()) == []
    with pytest.raises(BlobMissing):
        store.ranges("ab/cdef")
    writer.commit()
    assert store.exists("ab/cdef")
    assert files_in(root) == ["kept/ab/cdef"]


@pytest.mark.parametrize("size", [0, 10, 3 * MIB])
def test_an_aborted_blob_leaves_nothing(store: FolderStore, root: Path, size: int) -> None:
    writer = store.open_writer("ab/cdef")
    writer.write(b"x" * size)
    writer.abort()
    writer.abort()
    time.sleep(0.1)
    assert files_in(root) == []
    for late in (lambda: writer.write(b"x"), writer.commit):
        with pytest.raises(ValueError):
            late()


def test_an_error_on_the_way_aborts(store: FolderStore, root: Path) -> None:
    def write_and_fail() -> None:
        with store.open_writer("ab/cdef") as writer:
            writer.write(b"x" * (2 * MIB))
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    assert files_in(root) == []
    assert not store.exists("ab/cdef")


def test_abort_after_commit_keeps_the_blob(store: FolderStore) -> None:
    with store.open_writer("ab/cdef") as writer:
        writer.write(b"kept")
        writer.commit()
        writer.abort()
    assert store.ranges("ab/cdef").read(0, 4) == b"kept"


def test_files_and_folders_are_private_whatever_the_umask(root: Path) -> None:
    before = os.umask(0)
    try:
        keep(FolderStore(root), "ab/cd/ef", b"x" * (2 * MIB))
    finally:
        os.umask(before)
    modes = {str(path.relative_to(root)): stat.S_IMODE(path.stat().st_mode) for path in root.rglob("*")}
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert modes == {
        "kept": 0o700,
        "staging": 0o700,
        "kept/ab": 0o700,
        "kept/ab/cd": 0o700,
        "kept/ab/cd/ef": 0o600,
    }


def test_a_key_is_written_once(store: FolderStore) -> None:
    first, second = store.open_writer("ab/cdef"), store.open_writer("ab/cdef")
    first.write(b"first")
    second.write(b"second")
    first.commit()
    with pytest.raises(BlobExists):
        second.commit()
    with pytest.raises(BlobExists):
        store.open_writer("ab/cdef")
    assert store.ranges("ab/cdef").read(0, 10) == b"first"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/ab",
        "ab/",
        "../x",
        "ab/../cd",
        "ab//cd",
        ".",
        "AB",
        "a b",
        "ab\x00",
        "a" * 65,
        "é",
        "a/b/c/d/e/f/g",
        "a\n",
    ],
)
def test_a_key_cannot_leave_the_folder(store: FolderStore, key: str) -> None:
    for act in (store.open_writer, store.ranges, store.delete, store.exists):
        with pytest.raises(ValueError):
            act(key)


def test_a_missing_blob_is_named_as_missing(store: FolderStore) -> None:
    with pytest.raises(BlobMissing) as missing:
        store.ranges("ab/cdef")
    assert missing.value.key == "ab/cdef"
    assert "ab/cdef" not in missing.value.words


def test_deleting_is_final_and_may_be_repeated(store: FolderStore, root: Path) -> None:
    keep(store, "ab/cdef", b"x")
    store.delete("ab/cdef")
    store.delete("ab/cdef")
    store.delete("never/there")
    assert not store.exists("ab/cdef")
    assert files_in(root) == []


def test_keys_are_walked_whole_or_by_their_first_parts(store: FolderStore) -> None:
    wanted = {f"{number % 7:02x}/{number:04x}" for number in range(60)}
    for key in wanted:
        keep(store, key, b"x")
    unfinished = store.open_writer("00/unfinished")
    unfinished.write(b"x" * (2 * MIB))
    assert set(store.keys()) == wanted
    assert set(store.keys("03")) == {key for key in wanted if key.startswith("03/")}
    assert list(store.keys("zz")) == []
    unfinished.abort()


def test_memory_stays_constant_while_a_large_blob_is_written(store: FolderStore) -> None:
    piece = b"\x5a" * 65_536
    keep(store, "ab/warm", piece * 100)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with store.open_writer("ab/large") as writer:
        for _ in range(256 * 16):
            writer.write(piece)
        writer.commit()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16_000
    assert store.ranges("ab/large").size == 256 * MIB


def test_many_threads_write_and_read_at_once(store: FolderStore) -> None:
    faults: list[object] = []

    def work(number: int) -> None:
        content = bytes([number]) * (MIB + number)
        keep(store, f"{number:02x}/blob", content)
        if store.ranges(f"{number:02x}/blob").read(0, 2 * MIB) != content:
            faults.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(list(store.keys())) == 16


def test_free_space_is_what_the_file_system_says(store: FolderStore) -> None:
    assert 0 < store.free_space() < 1 << 60


def test_a_url_names_the_store(tmp_path: Path) -> None:
    for url in (str(tmp_path / "a"), f"file://{tmp_path}/b%20c", f"file://localhost{tmp_path}/d"):
        keep(open_store(url), "ab/cd", b"x")
    assert (tmp_path / "b c/kept/ab/cd").read_bytes() == b"x"


@pytest.mark.parametrize(
    "url", ["s3://bucket/x", "relative/path", "file://elsewhere/x", "https://example.org/x", ""]
)
def test_a_url_that_cannot_be_used_is_refused_in_words(url: str) -> None:
    with pytest.raises(StoreUnusable) as refused:
        open_store(url)
    assert refused.value.words.endswith(".")


def test_the_null_twin_keeps_nothing_and_says_so() -> None:
    null: BlobStore = NoStore()
    with pytest.raises(StoreUnusable):
        null.open_writer("ab/cd")
    with pytest.raises(BlobMissing):
        null.ranges("ab/cd")
    null.delete("ab/cd")
    assert not null.exists("ab/cd")
    assert list(null.keys()) == []
    assert (null.free_space(), null.sweep()) == (0, 0)
