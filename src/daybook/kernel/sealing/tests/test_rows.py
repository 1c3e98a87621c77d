"""Sealed rows: they open where they belong and nowhere else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.sealing.errors import CannotOpen, SealingError, UnknownEnvelope
from daybook.kernel.sealing.keys import row_key
from daybook.kernel.sealing.rows import MOST_PLAINTEXT, Binding, open_row, seal_row

KEY = row_key(b"k" * 32)
HERE = Binding("self", "record", "diary", 1, "item", 1, "body")

ELSEWHERE = {
    "tenant": replace(HERE, tenant="other"),
    "record": replace(HERE, record="record2"),
    "section": replace(HERE, section="feelings"),
    "epoch": replace(HERE, epoch=2),
    "item": replace(HERE, item="item2"),
    "version": replace(HERE, version=2),
    "field": replace(HERE, field="words"),
}


@given(st.binary(max_size=5000))
def test_what_is_sealed_opens_byte_for_byte(plaintext: bytes) -> None:
    assert open_row(KEY, HERE, seal_row(KEY, HERE, plaintext)) == plaintext


@pytest.mark.parametrize("part", list(ELSEWHERE))
def test_a_row_moved_to_another_place_does_not_open(part: str) -> None:
    sealed = seal_row(KEY, HERE, b"words")
    with pytest.raises(CannotOpen):
        open_row(KEY, ELSEWHERE[part], sealed)


def test_parts_of_a_binding_cannot_run_into_each_other() -> None:
    one = Binding("self", "a", "bc", 1, "d", 1, "e")
    other = Binding("self", "ab", "c", 1, "d", 1, "e")
    assert one.encoded() != other.encoded()


@given(st.integers(min_value=0, max_value=10_000), st.integers(1, 255))
def test_a_row_changed_in_any_byte_does_not_open(place: int, change: int) -> None:
    sealed = bytearray(seal_row(KEY, HERE, b"words"))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(SealingError):
        open_row(KEY, HERE, bytes(sealed))


@given(st.integers(0, 200))
def test_a_row_cut_short_does_not_open(length: int) -> None:
    sealed = seal_row(KEY, HERE, b"words" * 20)
    with pytest.raises(SealingError):
        open_row(KEY, HERE, sealed[: min(length, len(sealed) - 1)])


def test_another_key_is_refused_by_its_id_and_not_tried() -> None:
    with pytest.raises(CannotOpen, match="another key"):
        open_row(row_key(b"j" * 32), HERE, seal_row(KEY, HERE, b"words"))


def test_a_later_envelope_is_told_apart_from_a_damaged_one() -> None:
    sealed = bytearray(seal_row(KEY, HERE, b"words"))
    sealed[0] = 2
    with pytest.raises(UnknownEnvelope):
        open_row(KEY, HERE, bytes(sealed))


def test_sizes_say_little() -> None:
    sizes = {len(seal_row(KEY, HERE, b"x" * length)) for length in range(60)}
    assert len(sizes) == 1
    sizes = {len(seal_row(KEY, HERE, b"x" * length)) for length in range(1000, 1010)}
    assert len(sizes) == 1


def test_sealing_twice_gives_nothing_alike() -> None:
    first, second = seal_row(KEY, HERE, b"words"), seal_row(KEY, HERE, b"words")
    assert first[21:] != second[21:]


def test_a_row_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        seal_row(KEY, HERE, bytes(MOST_PLAINTEXT + 1))


def test_no_secret_is_shown() -> None:
    assert "6b6b" not in repr(KEY)
    assert "kkkk" not in repr(KEY)
