"""A blob that grows in many sittings: one holder at a time, nothing visible before its end, nothing lost by a crash."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from daybook.gateways.blobs.folder import FolderStore
from daybook.gateways.blobs.nowhere import NoStore
from daybook.gateways.blobs.tests.kept_files import files_in, keep
from daybook.kernel.sealing.blob_store import BlobBusy, BlobExists, BlobMissing, StoreFull, StoreUnusable


def test_what_was_added_in_many_sittings_is_one_blob(store: FolderStore, root: Path) -> None:
    pieces = [os.urandom(length) for length in (200, 65_552, 1, 300_000)]
    with store.begin_unfinished("ab/cdef") as file:
        file.append(pieces[0])
    for piece in pieces[1:]:
        with FolderStore(root).resume("ab/cdef") as file:
            file.append(piece)
            file.checkpoint()
    assert not store.exists("ab/cdef")
    assert list(store.keys()) == []
    with store.resume("ab/cdef") as file:
        assert file.size == sum(map(len, pieces))
        assert file.read(200, 65_552) == pieces[1]
        assert file.read(file.size - 3, 100) == pieces[3][-3:]
        file.commit()
    assert store.ranges("ab/cdef").read(0, 1 << 20) == b"".join(pieces)
    assert files_in(root) == ["kept/ab/cdef"]


def test_it_goes_on_behind_a_cut(store: FolderStore) -> None:
    with store.begin_unfinished("ab/cdef") as file:
        file.append(b"whole and half")
        file.cut(5)
        file.append(b"!")
        assert file.read(0, 100) == b"whole!"
        with pytest.raises(ValueError):
            file.cut(7)


def test_one_holder_at_a_time_in_this_process_and_in_others(store: FolderStore, root: Path) -> None:
    program = (
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "from daybook.gateways.blobs.folder import FolderStore\n"
        "from daybook.kernel.sealing.blob_store import BlobBusy\n"
        "try: FolderStore(sys.argv[1]).resume('ab/cdef').append(b'other'); print('held')\n"
        "except BlobBusy: print('busy')\n"
    )

    def other_process() -> str:
        command = [sys.executable, "-c", program, str(root), *sys.path]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()

    with store.begin_unfinished("ab/cdef") as file:
        with pytest.raises(BlobBusy):
            store.resume("ab/cdef")
        with pytest.raises(BlobBusy):
            store.drop_unfinished("ab/cdef")
        assert other_process() == "busy"
        file.append(b"mine ")
    assert other_process() == "held"
    with store.resume("ab/cdef") as file:
        assert file.read(0, 100) == b"mine other"


def test_a_killed_holder_lets_go(store: FolderStore, root: Path) -> None:
    program = (
        "import os, sys; sys.path[:0] = sys.argv[2:]\n"
        "from daybook.gateways.blobs.folder import FolderStore\n"
        "file = FolderStore(sys.argv[1]).begin_unfinished('ab/cdef')\n"
        "file.append(b'x' * 70000); file.checkpoint()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(root), *sys.path], check=False, timeout=60)
    with store.resume("ab/cdef") as file:
        assert file.size == 70_000


def test_the_sweep_of_leftovers_never_takes_an_unfinished_blob(store: FolderStore, root: Path) -> None:
    store.begin_unfinished("ab/cdef").close()
    os.utime(root / "unfinished/ab+cdef", (0, 0))
    assert store.sweep(older_than_seconds=1) == 0
    assert list(store.unfinished(older_than_seconds=60)) == ["ab/cdef"]
    assert list(store.unfinished()) == ["ab/cdef"]


def test_what_was_added_to_lately_is_not_among_the_old(store: FolderStore) -> None:
    assert list(store.unfinished()) == []
    store.begin_unfinished("ab/cdef").close()
    assert list(store.unfinished(older_than_seconds=60)) == []


def test_one_that_is_let_go_is_gone_and_may_be_dropped_again(store: FolderStore, root: Path) -> None:
    store.begin_unfinished("ab/cdef").close()
    store.drop_unfinished("ab/cdef")
    store.drop_unfinished("ab/cdef")
    assert files_in(root) == []
    with pytest.raises(BlobMissing):
        store.resume("ab/cdef")


def test_a_key_is_begun_once_and_never_beside_a_kept_blob(store: FolderStore) -> None:
    store.begin_unfinished("ab/cdef").close()
    with pytest.raises(BlobExists):
        store.begin_unfinished("ab/cdef")
    keep(store, "ab/kept", b"x")
    with pytest.raises(BlobExists):
        store.begin_unfinished("ab/kept")
    with store.resume("ab/cdef") as file:
        keep(store, "ab/cdef", b"came first")
        with pytest.raises(BlobExists):
            file.commit()
    assert store.ranges("ab/cdef").read(0, 100) == b"came first"


@pytest.mark.parametrize("key", ["", "../x", "ab/../cd", "a+b", "AB", "/ab"])
def test_a_key_cannot_leave_the_folder(store: FolderStore, key: str) -> None:
    for act in (store.begin_unfinished, store.resume, store.drop_unfinished):
        with pytest.raises(ValueError):
            act(key)


def test_it_is_private_whatever_the_umask(store: FolderStore, root: Path) -> None:
    before = os.umask(0)
    try:
        store.begin_unfinished("ab/cdef").close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((root / "unfinished").stat().st_mode) == 0o700
    assert stat.S_IMODE((root / "unfinished/ab+cdef").stat().st_mode) == 0o600


def test_content_and_names_are_synced_before_commit_returns(
    store: FolderStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def watched(descriptor: int) -> None:
        synced.append(str(Path(os.readlink(f"/proc/self/fd/{descriptor}")).relative_to(root)))
        if len(synced) == 1:
            assert not (root / "kept/ab/cdef").exists()
        real(descriptor)

    with store.begin_unfinished("ab/cdef") as file:
        file.append(b"x" * 100_000)
        monkeypatch.setattr(os, "fsync", watched)
        file.commit()
    assert synced == ["unfinished/ab+cdef", "kept/ab", "kept", "unfinished"]


@pytest.mark.parametrize(
    ("number", "expected"), [(errno.ENOSPC, StoreFull), (errno.EDQUOT, StoreFull), (errno.EIO, StoreUnusable)]
)
def test_a_disk_that_fails_is_said_in_words_and_what_was_there_stays(
    store: FolderStore, root: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[Exception]
) -> None:
    def failing(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with store.begin_unfinished("ab/cdef") as file:
        file.append(b"there")
        for name in ("pwrite", "fdatasync", "fsync"):
            with monkeypatch.context() as patch:
                patch.setattr(os, name, failing)
                act = {
                    "pwrite": lambda: file.append(b"x"),
                    "fdatasync": file.checkpoint,
                    "fsync": file.commit,
                }
                with pytest.raises(expected) as failure:
                    act[name]()
                assert str(root) not in str(failure.value)
        assert file.read(0, 100) == b"there"
    assert files_in(root) == ["unfinished/ab+cdef"]


@pytest.mark.parametrize(
    "place", [1, 2, 3, 4], ids=["file", "its folder", "the folder of folders", "the old folder"]
)
def test_what_was_added_outlives_a_disk_that_fails_while_it_gets_its_name(
    store: FolderStore, root: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    synced: list[int] = []
    real = os.fsync

    def failing(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == place:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(descriptor)

    with store.begin_unfinished("ab/cdef") as file:
        file.append(b"there")
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", failing)
            with pytest.raises(StoreUnusable):
                file.commit()
    assert files_in(root) == ["unfinished/ab+cdef" if place < 4 else "kept/ab/cdef"]
    if place < 4:
        with store.resume("ab/cdef") as file:
            file.commit()
    assert store.ranges("ab/cdef").read(0, 10) == b"there"


def test_the_name_of_one_whose_holder_died_as_it_got_it_is_made_durable_by_who_comes_back(
    store: FolderStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.begin_unfinished("ab/cdef") as file:
        file.append(b"there")
    (root / "kept/ab").mkdir()
    (root / "unfinished/ab+cdef").rename(root / "kept/ab/cdef")
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda one: synced.append(os.readlink(f"/proc/self/fd/{one}")))
    with pytest.raises(BlobMissing):
        store.resume("ab/cdef")
    assert [str(Path(one).relative_to(root)) for one in synced] == ["kept/ab", "kept"]
    with pytest.raises(BlobMissing):
        store.resume("ab/other")
    assert len(synced) == 2


def test_the_null_twin_begins_nothing() -> None:
    null = NoStore()
    with pytest.raises(StoreUnusable):
        null.begin_unfinished("ab/cd")
    with pytest.raises(BlobMissing):
        null.resume("ab/cd")
    null.drop_unfinished("ab/cd")
    assert list(null.unfinished()) == []
