import errno
import os
import resource
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.gateways.blobs.door import open_store
from daybook.gateways.blobs.folder import FolderStore
from daybook.gateways.blobs.nowhere import NoStore
from daybook.kernel.sealing.blob_store import (
    BlobExists,
    BlobMissing,
    BlobStore,
    StoreFull,
    StoreUnusable,
)

_MIB = 1024 * 1024


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def store(root: Path) -> FolderStore:
    return FolderStore(root)


def _keep(store: BlobStore, key: str, content: bytes) -> None:
    with store.open_writer(key) as writer:
        assert writer.write(content) == len(content)
        writer.commit()


def _files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("size", [0, 1, 65_536, _MIB - 1, _MIB, _MIB + 1, 5 * _MIB + 17])
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
        _keep(store, "ab/ranges", content)
    assert store.ranges("ab/ranges").read(start, length) == content[start : start + length]


@pytest.mark.parametrize(("start", "length"), [(-1, 5), (0, -1)])
def test_a_range_cannot_be_negative(store: FolderStore, start: int, length: int) -> None:
    _keep(store, "ab/cd", b"12345")
    with pytest.raises(ValueError):
        store.ranges("ab/cd").read(start, length)


def test_nothing_is_visible_before_commit(store: FolderStore, root: Path) -> None:
    writer = store.open_writer("ab/cdef")
    writer.write(b"x" * (3 * _MIB))
    assert not store.exists("ab/cdef")
    assert list(store.keys()) == []
    with pytest.raises(BlobMissing):
        store.ranges("ab/cdef")
    writer.commit()
    assert store.exists("ab/cdef")
    assert _files(root) == ["kept/ab/cdef"]


@pytest.mark.parametrize("size", [0, 10, 3 * _MIB])
def test_an_aborted_blob_leaves_nothing(store: FolderStore, root: Path, size: int) -> None:
    writer = store.open_writer("ab/cdef")
    writer.write(b"x" * size)
    writer.abort()
    writer.abort()
    time.sleep(0.1)
    assert _files(root) == []
    for late in (lambda: writer.write(b"x"), writer.commit):
        with pytest.raises(ValueError):
            late()


def test_an_error_on_the_way_aborts(store: FolderStore, root: Path) -> None:
    def write_and_fail() -> None:
        with store.open_writer("ab/cdef") as writer:
            writer.write(b"x" * (2 * _MIB))
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    assert _files(root) == []
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
        _keep(FolderStore(root), "ab/cd/ef", b"x" * (2 * _MIB))
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


def test_file_and_folders_are_synced_before_commit_returns(
    store: FolderStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def watched(descriptor: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        synced.append(
            str(path.relative_to(root)).split("/")[0]
            if "staging" in str(path)
            else str(path.relative_to(root))
        )
        # The name must not be visible before the content is safe.
        if synced[-1] == "staging":
            assert not (root / "kept/ab/cdef").exists()
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    _keep(store, "ab/cdef", b"x" * (3 * _MIB))
    assert synced == ["staging", "kept/ab", "kept"]


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


def test_a_blob_that_goes_or_shrinks_while_it_is_read_is_noticed(store: FolderStore, root: Path) -> None:
    _keep(store, "ab/gone", b"x" * 1000)
    _keep(store, "ab/short", b"x" * 1000)
    gone, short = store.ranges("ab/gone"), store.ranges("ab/short")
    (root / "kept/ab/gone").unlink()
    os.truncate(root / "kept/ab/short", 500)
    with pytest.raises(BlobMissing):
        gone.read(0, 10)
    with pytest.raises(StoreUnusable):
        short.read(0, 1000)
    with pytest.raises(StoreUnusable):
        short.read(600, 100)


def test_deleting_is_final_and_may_be_repeated(store: FolderStore, root: Path) -> None:
    _keep(store, "ab/cdef", b"x")
    store.delete("ab/cdef")
    store.delete("ab/cdef")
    store.delete("never/there")
    assert not store.exists("ab/cdef")
    assert _files(root) == []


def test_keys_are_walked_whole_or_by_their_first_parts(store: FolderStore) -> None:
    wanted = {f"{number % 7:02x}/{number:04x}" for number in range(60)}
    for key in wanted:
        _keep(store, key, b"x")
    unfinished = store.open_writer("00/unfinished")
    unfinished.write(b"x" * (2 * _MIB))
    assert set(store.keys()) == wanted
    assert set(store.keys("03")) == {key for key in wanted if key.startswith("03/")}
    assert list(store.keys("zz")) == []
    unfinished.abort()


def test_what_a_crash_leaves_is_swept_and_what_is_being_written_is_not(root: Path) -> None:
    program = (
        "import os, sys; sys.path[:0] = sys.argv[2:]\n"
        "from daybook.gateways.blobs.folder import FolderStore\n"
        "writer = FolderStore(sys.argv[1]).open_writer('ab/crashed')\n"
        "for _ in range(64): writer.write(b'x' * 65536)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(root), *sys.path], check=False, timeout=60)
    store = FolderStore(root)
    assert not store.exists("ab/crashed")
    leftovers = _files(root)
    assert leftovers
    assert all(name.startswith("staging/") for name in leftovers)
    for name in leftovers:
        os.utime(root / name, (0, 0))
    with store.open_writer("ab/alive") as writer:
        writer.write(b"x" * (2 * _MIB))
        assert store.sweep() == len(leftovers)
        assert store.sweep() == 0
        writer.commit()
    assert _files(root) == ["kept/ab/alive"]


def test_memory_stays_constant_while_a_large_blob_is_written(store: FolderStore) -> None:
    piece = b"\x5a" * 65_536
    _keep(store, "ab/warm", piece * 100)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with store.open_writer("ab/large") as writer:
        for _ in range(256 * 16):
            writer.write(piece)
        writer.commit()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16_000
    assert store.ranges("ab/large").size == 256 * _MIB


def test_a_full_disk_is_said_and_leaves_nothing(root: Path) -> None:
    """In a child whose files may not grow past 4 MiB, or, as root, on a 4 MiB file system."""
    root.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(root), *sys.path],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.split() == ["kept", "StoreFull", "kept", "StoreFull", "whole", "clean"], done.stderr


_FULL_DISK = """
import ctypes, os, resource, sys
root, sys.path[:0] = sys.argv[1], sys.argv[2:]
libc = ctypes.CDLL(None, use_errno=True)
separate = os.geteuid() == 0 and libc.unshare(0x00020000) == 0
if not separate or libc.mount(b"tmpfs", root.encode(), b"tmpfs", 0, b"size=4m") != 0:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, 4 << 20))
from daybook.gateways.blobs.folder import FolderStore
from daybook.kernel.sealing.blob_store import StoreFull
store = FolderStore(root)
def keep(key, pieces):
    try:
        with store.open_writer(key) as writer:
            for _ in range(pieces):
                writer.write(b"x" * 65536)
            writer.commit()
        print("kept")
    except StoreFull:
        print("StoreFull")
keep("ab/first", 16)
keep("ab/second", 400)
keep("ab/third", 1)
keep("ab/fourth", 90)
whole = store.ranges("ab/first").read(0, 1 << 20) == b"x" * (1 << 20)
print("whole" if whole and set(store.keys()) == {"ab/first", "ab/third"} else "broken")
left = os.listdir(root + "/staging")
print("clean" if not left else left)
"""


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, StoreFull),
        (errno.EDQUOT, StoreFull),
        (errno.EIO, StoreUnusable),
        (errno.EACCES, StoreUnusable),
    ],
)
def test_an_error_of_the_last_moment_is_translated_and_leaves_nothing(
    store: FolderStore, root: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[Exception]
) -> None:
    def failing(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", failing)
    writer = store.open_writer("ab/cdef")
    writer.write(b"x")
    with pytest.raises(expected) as failure:
        writer.commit()
    assert str(root) not in str(failure.value)
    assert failure.value.__cause__ is None
    assert _files(root) == []


def test_a_store_that_vanishes_is_said_to_be_unusable(store: FolderStore, root: Path) -> None:
    writer = store.open_writer("ab/cdef")
    writer.write(b"x" * (2 * _MIB))
    root.rename(root.with_name("moved"))
    with pytest.raises(StoreUnusable):
        writer.commit()


def test_a_store_cannot_be_made_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnusable):
        FolderStore(tmp_path / "file")


def test_many_threads_write_and_read_at_once(store: FolderStore) -> None:
    faults: list[object] = []

    def work(number: int) -> None:
        content = bytes([number]) * (_MIB + number)
        _keep(store, f"{number:02x}/blob", content)
        if store.ranges(f"{number:02x}/blob").read(0, 2 * _MIB) != content:
            faults.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(list(store.keys())) == 16


_FORK = """
import os, signal, sys
root, when, sys.path[:0] = sys.argv[1], sys.argv[2], sys.argv[3:]
from daybook.gateways.blobs.folder import FolderStore
from daybook.kernel.sealing.blob_store import StoreUnusable
store = FolderStore(root)
def keep(key):
    with store.open_writer(key) as writer:
        writer.write(b"x" * 3000000)
        writer.commit()
if when == "after":
    keep("ab/parent")
child = os.fork()
if child == 0:
    signal.alarm(20)
    try:
        keep("ab/child")
    except StoreUnusable:
        os._exit(3)
    os._exit(0)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
if when == "before":
    keep("ab/parent")
sys.exit(status)
"""


@pytest.mark.parametrize(
    ("when", "status", "kept"),
    [("before", 0, ["kept/ab/child", "kept/ab/parent"]), ("after", 3, ["kept/ab/parent"])],
)
def test_a_server_forks_before_it_keeps_files_or_is_told(
    root: Path, when: str, status: int, kept: list[str]
) -> None:
    done = subprocess.run([sys.executable, "-c", _FORK, str(root), when, *sys.path], check=False, timeout=60)
    assert done.returncode == status
    assert _files(root) == kept


def test_free_space_is_what_the_file_system_says(store: FolderStore) -> None:
    assert 0 < store.free_space() < 1 << 60


def test_a_url_names_the_store(tmp_path: Path) -> None:
    for url in (str(tmp_path / "a"), f"file://{tmp_path}/b%20c", f"file://localhost{tmp_path}/d"):
        _keep(open_store(url), "ab/cd", b"x")
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
