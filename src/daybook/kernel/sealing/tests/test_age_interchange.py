"""What Daybook seals, another age implementation opens, and the other way round."""

import hashlib
from itertools import pairwise
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrage import x25519

from daybook.kernel.sealing.age import AgeReader, AgeWriter, HeldBytes
from daybook.kernel.sealing.errors import CannotOpen
from daybook.kernel.sealing.tests.sealed_files import (
    IDENTITY,
    OTHER_IDENTITY,
    OTHER_RECIPIENT,
    RECIPIENT,
    header_length,
    lengths,
    open_all,
    plain_bytes,
    reader_of,
    seal_pieces,
)

VECTORS = Path(__file__).parents[5] / "tests" / "vectors" / "age"
THEIR_IDENTITY = x25519.Identity.from_str(IDENTITY)
THEIR_RECIPIENT = x25519.Recipient.from_str(RECIPIENT)
THEIR_OTHER_RECIPIENT = x25519.Recipient.from_str(OTHER_RECIPIENT)


@settings(deadline=None, max_examples=60)
@given(lengths, st.lists(st.integers(0, 200_000), max_size=6))
def test_pyrage_opens_what_we_seal_in_any_pieces(length: int, cuts: list[int]) -> None:
    plain = plain_bytes(length)
    edges = [0, *sorted(min(cut, length) for cut in cuts), length]
    pieces = [plain[start:stop] for start, stop in pairwise(edges)]
    assert pyrage.decrypt(seal_pieces(pieces), [THEIR_IDENTITY]) == plain


@settings(deadline=None, max_examples=60)
@given(lengths, st.data())
def test_we_open_any_range_of_what_pyrage_seals(length: int, data: st.DataObject) -> None:
    plain = plain_bytes(length)
    reader = reader_of(pyrage.encrypt(plain, [THEIR_RECIPIENT]))
    assert reader.plain_length == length
    start = data.draw(st.integers(0, length))
    stop = data.draw(st.integers(start, length))
    assert b"".join(reader.read_range(start, stop)) == plain[start:stop]
    assert b"".join(reader.read_all()) == plain


def test_a_file_for_several_people_opens_for_each_of_them() -> None:
    sealed = pyrage.encrypt(b"words", [THEIR_OTHER_RECIPIENT, THEIR_RECIPIENT])
    assert open_all(sealed) == open_all(sealed, OTHER_IDENTITY) == b"words"


def test_a_file_for_so_many_people_that_its_header_takes_several_reads_opens() -> None:
    sealed = pyrage.encrypt(b"words", [THEIR_OTHER_RECIPIENT] * 200 + [THEIR_RECIPIENT])
    assert header_length(sealed) > 16 * 1024
    assert open_all(sealed) == b"words"


def test_pyrage_opens_what_we_seal_with_a_passphrase() -> None:
    parts: list[bytes] = []
    with AgeWriter(parts.append, passphrase="plain words – ö", work_factor=12) as writer:
        writer.write(b"words")
    sealed = b"".join(parts)
    assert pyrage.passphrase.decrypt(sealed, "plain words – ö") == b"words"
    reader = AgeReader(HeldBytes(sealed), length=len(sealed), passphrase="plain words – ö")
    assert b"".join(reader.read_all()) == b"words"


def test_we_open_what_pyrage_sealed_with_a_passphrase() -> None:
    # Kept as a file: pyrage fits the cost to the machine, which takes seconds and is not the same twice.
    sealed = (VECTORS / "pyrage-1.4" / "passphrase.age").read_bytes()
    reader = AgeReader(HeldBytes(sealed), length=len(sealed), passphrase="plain words")
    assert b"".join(reader.read_all()) == b"words"


def test_an_identity_does_not_open_a_file_sealed_with_a_passphrase_nor_the_other_way_round() -> None:
    parts: list[bytes] = []
    with AgeWriter(parts.append, passphrase="plain words", work_factor=4):
        pass
    with pytest.raises(CannotOpen):
        open_all(b"".join(parts))
    sealed = seal_pieces([b"words"])
    with pytest.raises(CannotOpen):
        AgeReader(HeldBytes(sealed), length=len(sealed), passphrase="plain words")


@settings(deadline=None, max_examples=25)
@given(st.integers(16 * 65536 - 2, 40 * 65536), st.data())
def test_we_open_any_range_of_a_longer_file_that_pyrage_seals(length: int, data: st.DataObject) -> None:
    # Longer than one read of the source takes, so that ranges begin, end and cross where the reads do.
    plain = plain_bytes(length)
    reader = reader_of(pyrage.encrypt(plain, [THEIR_RECIPIENT]))
    edge = st.builds(
        lambda chunk, off: min(length, max(0, chunk * 65536 + off)), st.integers(0, 41), st.integers(-2, 2)
    )
    for _ in range(8):
        start, stop = sorted(
            (data.draw(edge | st.integers(0, length)), data.draw(edge | st.integers(0, length)))
        )
        assert b"".join(reader.read_range(start, stop)) == plain[start:stop]


def test_the_digest_of_an_opening_is_that_of_its_bytes_and_of_no_other_file() -> None:
    sealed = pyrage.encrypt(b"words", [THEIR_RECIPIENT, THEIR_OTHER_RECIPIENT])
    opening = sealed[: header_length(sealed) + 16]
    assert reader_of(sealed).opening_sha256 == hashlib.sha256(opening).hexdigest()
    assert reader_of(sealed).opening_sha256 == reader_of(sealed).opening_sha256
    again = pyrage.encrypt(b"words", [THEIR_RECIPIENT, THEIR_OTHER_RECIPIENT])
    assert reader_of(again).opening_sha256 != reader_of(sealed).opening_sha256
