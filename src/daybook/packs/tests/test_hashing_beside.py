"""Hashing in a thread of its own gives the very digest that hashing in one go gives, and leaves no thread behind."""

import hashlib
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.packs.hashing import BesideDigest

MEBIBYTE = 1 << 20


def hashing_threads() -> int:
    return sum(thread.name == "hashing" for thread in threading.enumerate())


def digest_of(pieces: Sequence[bytes]) -> str:
    with BesideDigest() as digest:
        for piece in pieces:
            digest.update(piece)
        return digest.hexdigest()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.one_of(st.integers(0, 70_000), st.sampled_from([MEBIBYTE - 1, MEBIBYTE, 3 * MEBIBYTE])),
        max_size=12,
    )
)
def test_any_pieces_give_the_digest_of_their_sum(lengths: list[int]) -> None:
    pieces = [bytes([number % 251]) * length for number, length in enumerate(lengths)]
    assert digest_of(pieces) == hashlib.sha256(b"".join(pieces)).hexdigest()


def test_an_error_in_the_middle_ends_the_thread() -> None:
    before = hashing_threads()

    def break_off() -> None:
        with BesideDigest() as digest:
            for _ in range(20):
                digest.update(bytes(MEBIBYTE))
            assert hashing_threads() == before + 1
            raise OSError("the browser went away")

    with pytest.raises(OSError, match="went away"):
        break_off()
    assert hashing_threads() == before
