"""The writer takes pieces of any size, keeps little, and leaves nothing that looks whole but is not."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.kernel.sealing.age import MAX_WORK_FACTOR, WORK_FACTOR, AgeReader, AgeWriter, HeldBytes
from daybook.kernel.sealing.errors import CannotOpen
from daybook.kernel.sealing.streams import CHUNK, SEALED_CHUNK, TAG
from daybook.kernel.sealing.tests.sealed_files import (
    RECIPIENT,
    header_length,
    lengths,
    open_all,
    plain_bytes,
    seal,
    seal_pieces,
)

piece_lengths = st.one_of(
    st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK]), st.integers(0, 150_000)
)


@settings(deadline=None, max_examples=60)
@given(st.lists(piece_lengths, max_size=8), st.sampled_from([bytes, bytearray, memoryview]))
def test_pieces_of_any_size_and_kind_come_back(
    sizes: list[int], kind: type[bytes | bytearray | memoryview]
) -> None:
    pieces = [plain_bytes(size, seed) for seed, size in enumerate(sizes)]
    assert open_all(seal_pieces(kind(piece) for piece in pieces)) == b"".join(pieces)


@settings(deadline=None, max_examples=30)
@given(lengths)
def test_the_sealed_length_is_the_true_length(length: int) -> None:
    parts: list[bytes] = []
    writer = AgeWriter(parts.append, recipient=RECIPIENT)
    writer.write(plain_bytes(length))
    writer.close()
    sealed = b"".join(parts)
    assert writer.sealed_length == len(sealed)
    chunks = max(1, -(-length // CHUNK))
    assert len(sealed) == header_length(sealed) + 16 + length + chunks * TAG
    assert all(type(part) is bytes for part in parts)


@pytest.mark.parametrize("size", [CHUNK, 2 * CHUNK, 100])
def test_a_buffer_that_is_used_again_after_the_write_does_no_harm(size: int) -> None:
    parts: list[bytes] = []
    buffer = bytearray(size)
    expected = b""
    with AgeWriter(parts.append, recipient=RECIPIENT) as writer:
        for value in range(5):
            buffer[:] = bytes([value]) * size
            expected += buffer
            writer.write(memoryview(buffer))
            buffer[:] = b"\xff" * size
    assert open_all(b"".join(parts)) == expected


def test_a_view_of_wider_items_is_sealed_as_its_bytes() -> None:
    plain = plain_bytes(CHUNK * 2 + 8)
    assert open_all(seal_pieces([memoryview(plain).cast("Q")])) == plain


def test_chunks_leave_as_soon_as_a_byte_after_them_is_known() -> None:
    writer = AgeWriter(lambda part: None, recipient=RECIPIENT)
    opening = writer.sealed_length
    writer.write(bytes(CHUNK))
    assert writer.sealed_length == opening
    writer.write(b"")
    assert writer.sealed_length == opening
    writer.write(b"x")
    assert writer.sealed_length == opening + SEALED_CHUNK


@pytest.mark.parametrize("piece", [8 * 1024, CHUNK, 50_000, 1 << 20, 4 << 20])
def test_memory_stays_the_same_however_much_is_sealed(piece: int) -> None:
    data = bytes(piece)
    tracemalloc.start()
    try:
        writer = AgeWriter(lambda part: None, recipient=RECIPIENT)
        for _ in range((32 << 20) // piece):
            writer.write(data)
        writer.close()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 512 * 1024


def test_no_two_files_are_sealed_alike() -> None:
    one, other = seal(b"words"), seal(b"words")
    assert one.splitlines()[1:3] != other.splitlines()[1:3]
    assert one[header_length(one) :] != other[header_length(other) :]


def test_closing_twice_adds_nothing_and_writing_afterwards_is_refused() -> None:
    parts: list[bytes] = []
    writer = AgeWriter(parts.append, recipient=RECIPIENT)
    writer.close()
    count = len(parts)
    writer.close()
    assert len(parts) == count
    with pytest.raises(ValueError, match="closed"):
        writer.write(b"more")
    assert open_all(b"".join(parts)) == b""


@pytest.mark.parametrize("length", [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_file_that_was_never_closed_does_not_open(length: int) -> None:
    parts: list[bytes] = []
    AgeWriter(parts.append, recipient=RECIPIENT).write(plain_bytes(length))
    with pytest.raises(CannotOpen):
        open_all(b"".join(parts))


@pytest.mark.parametrize("length", [0, 1, CHUNK, CHUNK + 1])
def test_after_an_error_the_file_stays_unfinished(length: int) -> None:
    parts: list[bytes] = []

    def interrupted_upload() -> None:
        with AgeWriter(parts.append, recipient=RECIPIENT) as writer:
            writer.write(plain_bytes(length))
            raise ConnectionError

    with pytest.raises(ConnectionError):
        interrupted_upload()
    with pytest.raises(CannotOpen):
        open_all(b"".join(parts))


def test_an_abandoned_writer_takes_nothing_more() -> None:
    writer = AgeWriter(lambda part: None, recipient=RECIPIENT)
    writer.__exit__(ConnectionError, ConnectionError(), None)
    with pytest.raises(ValueError, match="abandoned"):
        writer.write(b"more")
    with pytest.raises(ValueError, match="abandoned"):
        writer.close()


class FullDisk:
    """A sink that fails once, at its nth call, and would take more afterwards."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.calls = 0
        self.parts: list[bytes] = []

    def take(self, part: bytes) -> None:
        self.calls += 1
        if self.calls == self.at:
            raise OSError(28, "No space left on device")
        self.parts.append(part)


@pytest.mark.parametrize("at", [2, 3])
def test_when_the_sink_fails_its_error_passes_through_and_the_writer_stops(at: int) -> None:
    disk = FullDisk(at)
    writer = AgeWriter(disk.take, recipient=RECIPIENT)
    with pytest.raises(OSError, match="space"):
        writer.write(plain_bytes(4 * CHUNK))
    taken = len(disk.parts)
    with pytest.raises(ValueError, match="sink"):
        writer.write(b"more")
    with pytest.raises(ValueError, match="sink"):
        writer.close()
    assert len(disk.parts) == taken
    with pytest.raises(CannotOpen):
        open_all(b"".join(disk.parts))


def test_when_the_sink_fails_at_the_last_chunk_closing_again_does_not_pretend() -> None:
    disk = FullDisk(2)
    writer = AgeWriter(disk.take, recipient=RECIPIENT)
    writer.write(b"words")
    with pytest.raises(OSError, match="space"):
        writer.close()
    with pytest.raises(ValueError, match="sink"):
        writer.close()


@pytest.mark.parametrize("work_factor", [0, -1, MAX_WORK_FACTOR + 1])
def test_a_work_factor_we_would_not_read_is_not_written(work_factor: int) -> None:
    with pytest.raises(ValueError, match="work factor"):
        AgeWriter(print, passphrase="plain words", work_factor=work_factor)


def test_a_passphrase_costs_256_mebibytes_unless_told_otherwise() -> None:
    parts: list[bytes] = []
    with AgeWriter(parts.append, passphrase="plain words") as writer:
        writer.write(b"words")
    sealed = b"".join(parts)
    assert sealed.splitlines()[1].endswith(b" 18")
    assert WORK_FACTOR == 18
    reader = AgeReader(HeldBytes(sealed), length=len(sealed), passphrase="plain words")
    assert b"".join(reader.read_all()) == b"words"
