"""Padmé padding costs little, hides much, and never loses order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.sealing.padding import padme

lengths = st.one_of(st.integers(0, 5000), st.integers(0, 1 << 50))


@pytest.mark.parametrize(
    ("length", "padded"),
    [
        (0, 0),
        (1, 1),
        (2, 2),
        (8, 8),
        (9, 10),
        (15, 16),
        (100, 104),
        (1000, 1024),
        (1025, 1088),
        (1_000_000, 1_015_808),
        ((1 << 30) + 1, (1 << 30) + (1 << 25)),
    ],
)
def test_known_lengths(length: int, padded: int) -> None:
    assert padme(length) == padded


@given(lengths)
def test_padding_never_cuts_and_costs_at_most_12_percent(length: int) -> None:
    assert length <= padme(length) <= length + length * 12 // 100


@given(lengths, lengths)
def test_a_longer_file_is_never_padded_to_less(one: int, other: int) -> None:
    assert padme(min(one, other)) <= padme(max(one, other))


@given(lengths)
def test_a_padded_length_stays_as_it_is(length: int) -> None:
    assert padme(padme(length)) == padme(length)


def test_few_different_lengths_are_left() -> None:
    assert len({padme(length) for length in range((1 << 16) + 1, (1 << 17) + 1)}) <= 1 << 5


def test_a_negative_length_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        padme(-1)
