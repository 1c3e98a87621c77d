"""A full disk, a crash, a fork or a folder that vanishes is said in words and leaves nothing half kept."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from daybook.gateways.blobs.folder import FolderStore
from daybook.gateways.blobs.tests.kept_files import MIB, files_in, keep
from daybook.kernel.sealing.blob_store import BlobMissing, StoreFull, StoreUnusable


def test_a_blob_that_goes_or_shrinks_while_it_is_read_is_noticed(store: FolderStore, root: Path) -> None:
    keep(store, "ab/gone", b"x" * 1000)
    keep(store, "ab/short", b"x" * 1000)
    gone, short = store.ranges("ab/gone"), store.ranges("ab/short")
    (root / "kept/ab/gone").unlink()
    os.truncate(root / "kept/ab/short", 500)
    with pytest.raises(BlobMissing):
        gone.read(0, 10)
    with pytest.raises(StoreUnusable):
        short.read(0, 1000)
    with pytest.raises(StoreUnusable):
        short.read(600, 100)


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
    leftovers = files_in(root)
    assert leftovers
    assert all(name.startswith("staging/") for name in leftovers)
    for name in leftovers:
        os.utime(root / name, (0, 0))
    with store.open_writer("ab/alive") as writer:
        writer.write(b"x" * (2 * MIB))
        assert store.sweep() == len(leftovers)
        assert store.sweep() == 0
        writer.commit()
    assert files_in(root) == ["kept/ab/alive"]


def test_a_full_disk_is_said_and_leaves_nothing(root: Path) -> None:
    """In a child whose files may not grow past 4 MiB, or, as root, on a 4 MiB file system."""
    root.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(root), *sys.path],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.stdout.split() == ["kept", "StoreFull", "kept", "StoreFull", "whole", "clean"], done


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
@pytest.mark.parametrize("place", [1, 2, 3], ids=["file", "its folder", "the folder of folders"])
def test_an_error_of_the_last_moment_is_translated_and_leaves_nothing(
    store: FolderStore,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: int,
    number: int,
    expected: type[Exception],
) -> None:
    synced: list[int] = []

    def failing(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) >= place:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", failing)
    writer = store.open_writer("ab/cdef")
    writer.write(b"x")
    with pytest.raises(expected) as failure:
        writer.commit()
    assert str(root) not in str(failure.value)
    assert failure.value.__cause__ is None
    assert files_in(root) == []


def test_a_store_that_vanishes_is_said_to_be_unusable(store: FolderStore, root: Path) -> None:
    writer = store.open_writer("ab/cdef")
    writer.write(b"x" * (2 * MIB))
    root.rename(root.with_name("moved"))
    with pytest.raises(StoreUnusable):
        writer.commit()


def test_a_store_cannot_be_made_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnusable):
        FolderStore(tmp_path / "file")


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
    assert files_in(root) == kept


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
    keep(store, "ab/cdef", b"x" * (3 * MIB))
    assert synced == ["staging", "kept/ab", "kept"]
