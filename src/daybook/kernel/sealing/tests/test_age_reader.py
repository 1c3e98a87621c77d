"""The reader gives any range, reads little for it, and never looks past the file's true length."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.kernel.sealing.age import AgeReader
from daybook.kernel.sealing.errors import CannotOpen
from daybook.kernel.sealing.padding import padme
from daybook.kernel.sealing.streams import CHUNK, SEALED_CHUNK
from daybook.kernel.sealing.tests.sealed_files import (
    IDENTITY,
    OTHER_IDENTITY,
    WatchedBytes,
    header_length,
    lengths,
    open_all,
    plain_bytes,
    reader_of,
    seal,
)

PLAIN = plain_bytes(40 * CHUNK + 123)
SEALED = seal(PLAIN)
edges = st.one_of(
    st.integers(0, len(PLAIN)),
    st.builds(lambda chunk, off: max(0, chunk * CHUNK + off), st.integers(0, 40), st.integers(-1, 1)),
)


@settings(deadline=None)
@given(edges, edges)
def test_any_range_comes_back_in_pieces_of_at_most_a_chunk(one: int, other: int) -> None:
    start, stop = sorted((one, other))
    pieces = list(reader_of(SEALED).read_range(start, stop))
    assert b"".join(pieces) == PLAIN[start:stop]
    assert all(type(piece) is bytes and 0 < len(piece) <= CHUNK for piece in pieces)


@settings(deadline=None, max_examples=30)
@given(lengths)
def test_one_reader_gives_many_ranges(length: int) -> None:
    plain = plain_bytes(length)
    reader = reader_of(seal(plain))
    assert reader.plain_length == length
    for _ in range(2):
        assert b"".join(reader.read_all()) == plain
    assert list(reader.read_range(length, length)) == []


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 4), (0, len(PLAIN) + 1)])
def test_a_range_outside_the_file_is_refused_at_once(start: int, stop: int) -> None:
    with pytest.raises(ValueError, match="range"):
        reader_of(SEALED).read_range(start, stop)


@settings(deadline=None, max_examples=30)
@given(lengths)
def test_padding_after_the_file_is_never_read(length: int) -> None:
    plain = plain_bytes(length)
    sealed = seal(plain)
    stored = WatchedBytes(sealed + plain_bytes(padme(len(sealed)) - len(sealed) + 1, seed=1))
    reader = AgeReader(stored, length=len(sealed), identity=IDENTITY)
    assert b"".join(reader.read_all()) == plain
    assert all(start + size <= len(sealed) for start, size in stored.reads)


def test_a_small_range_reads_one_chunk_only() -> None:
    source = WatchedBytes(SEALED)
    reader = AgeReader(source, length=len(SEALED), identity=IDENTITY)
    source.reads.clear()
    assert b"".join(reader.read_range(20 * CHUNK + 10, 20 * CHUNK + 20)) == PLAIN[20 * CHUNK + 10 :][:10]
    assert source.reads == [(header_length(SEALED) + 16 + 20 * SEALED_CHUNK, SEALED_CHUNK)]


def test_the_last_chunk_is_opened_before_anything_is_given_out() -> None:
    source = WatchedBytes(SEALED)
    AgeReader(source, length=len(SEALED), identity=IDENTITY)
    assert sum(source.reads[-1]) == len(SEALED)


@pytest.mark.parametrize("stop", [1, CHUNK, len(PLAIN)])
def test_memory_stays_small_while_a_long_file_is_read(stop: int) -> None:
    reader = reader_of(SEALED)
    tracemalloc.start()
    try:
        total = sum(map(len, reader.read_range(0, stop)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total == stop
    assert peak < 1536 * 1024


def test_a_wrong_identity_does_not_open() -> None:
    with pytest.raises(CannotOpen):
        open_all(SEALED, OTHER_IDENTITY)


def test_a_source_shorter_than_the_stated_length_does_not_open() -> None:
    source = WatchedBytes(SEALED[:-1])
    with pytest.raises(CannotOpen, match="stated length"):
        AgeReader(source, length=len(SEALED), identity=IDENTITY)


def test_a_source_that_loses_its_middle_later_is_noticed_before_it_is_given_out() -> None:
    source = WatchedBytes(SEALED)
    reader = AgeReader(source, length=len(SEALED), identity=IDENTITY)
    pieces = reader.read_all()
    assert next(pieces) == PLAIN[:CHUNK]
    source.data = seal(PLAIN)
    with pytest.raises(CannotOpen):
        list(pieces)


@pytest.mark.parametrize("length", [-1, 0, 1, 21, 22, 23, 100])
def test_a_length_too_short_for_a_header_does_not_open(length: int) -> None:
    with pytest.raises(CannotOpen):
        AgeReader(WatchedBytes(SEALED), length=length, identity=IDENTITY)


class UnpluggedDisk:
    """A source that cannot be read."""

    def read(self, start: int, length: int) -> bytes:
        raise OSError(5, "Input/output error")


def test_an_error_of_the_source_passes_through_as_it_is() -> None:
    with pytest.raises(OSError, match="Input/output"):
        AgeReader(UnpluggedDisk(), length=1000, identity=IDENTITY)
