"""Nothing that was altered, moved, cut short or lengthened opens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.kernel.sealing.age import AgeReader, AgeWriter
from daybook.kernel.sealing.errors import CannotOpen, SealingError, UnknownEnvelope
from daybook.kernel.sealing.streams import CHUNK, SEALED_CHUNK, TAG
from daybook.kernel.sealing.tests.sealed_files import (
    IDENTITY,
    OTHER_RECIPIENT,
    WatchedBytes,
    header_length,
    open_all,
    plain_bytes,
    reader_of,
    seal,
    seal_beside,
)

PLAIN = plain_bytes(3 * CHUNK + 1000)
SEALED = seal(PLAIN)
HEADER = header_length(SEALED)
PAYLOAD = HEADER + 16
CHUNKS = [SEALED[place : place + SEALED_CHUNK] for place in range(PAYLOAD, len(SEALED), SEALED_CHUNK)]


def given_out(sealed: bytes) -> tuple[bytes, SealingError | None]:
    """Give what a reader gives out, and the error that stopped it if any."""
    given = bytearray()
    try:
        for piece in reader_of(sealed).read_all():
            given += piece
    except SealingError as error:
        return bytes(given), error
    return bytes(given), None


@pytest.mark.parametrize("flip", [0x01, 0x02, 0x20, 0x80])
def test_a_flipped_bit_anywhere_in_header_or_nonce_gives_nothing(flip: int) -> None:
    small = seal(b"words")
    for place in range(header_length(small) + 16):
        altered = bytearray(small)
        altered[place] ^= flip
        given, error = given_out(bytes(altered))
        assert isinstance(error, CannotOpen | UnknownEnvelope), place
        assert not given, place


@pytest.mark.parametrize("byte", [b"\n", b"\r", b" ", b"=", b"A", b"-", b"\x00", b"\xff"])
def test_a_byte_put_in_or_taken_out_anywhere_in_the_header_gives_nothing(byte: bytes) -> None:
    small = seal(b"words")
    for place in range(header_length(small)):
        for altered in (small[:place] + byte + small[place:], small[:place] + small[place + 1 :]):
            given, error = given_out(altered)
            assert error is not None, place
            assert not given, place


@settings(deadline=None)
@given(st.integers(PAYLOAD, len(SEALED) - 1), st.integers(0, 7))
def test_a_flipped_bit_in_the_payload_gives_only_the_chunks_before_it(place: int, bit: int) -> None:
    altered = bytearray(SEALED)
    altered[place] ^= 1 << bit
    given, error = given_out(bytes(altered))
    chunk = (place - PAYLOAD) // SEALED_CHUNK
    assert isinstance(error, CannotOpen)
    # The last chunk is looked at first, so with it nothing is given out at all.
    assert given == (b"" if chunk == len(CHUNKS) - 1 else PLAIN[: chunk * CHUNK])


@settings(deadline=None)
@given(st.integers(0, len(SEALED) - 1))
def test_a_file_cut_short_anywhere_gives_nothing(length: int) -> None:
    given, error = given_out(SEALED[:length])
    assert isinstance(error, CannotOpen)
    assert not given


@pytest.mark.parametrize("extra", [-TAG - 1, -TAG, -1, 0, 1, TAG - 1, TAG, TAG + 1])
@pytest.mark.parametrize("chunks", range(len(CHUNKS)))
def test_a_file_cut_at_the_edge_of_a_chunk_gives_nothing(chunks: int, extra: int) -> None:
    given, error = given_out(SEALED[: PAYLOAD + chunks * SEALED_CHUNK + extra])
    assert isinstance(error, CannotOpen)
    assert not given


@pytest.mark.parametrize("plain_length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
@pytest.mark.parametrize("extra", [1, TAG, TAG + 1, SEALED_CHUNK])
def test_anything_after_the_end_gives_nothing(plain_length: int, extra: int) -> None:
    given, error = given_out(seal(plain_bytes(plain_length)) + bytes(extra))
    assert isinstance(error, CannotOpen)
    assert not given


@pytest.mark.parametrize(
    "order", [[1, 0, 2, 3], [0, 2, 1, 3], [0, 0, 2, 3], [0, 2, 3], [1, 2, 3], [0, 1, 2, 2, 3]]
)
def test_chunks_out_of_order_doubled_or_missing_do_not_open(order: list[int]) -> None:
    given, error = given_out(SEALED[:PAYLOAD] + b"".join(CHUNKS[number] for number in order))
    assert isinstance(error, CannotOpen)
    assert PLAIN.startswith(given)
    assert len(given) <= CHUNK


def test_the_last_chunk_cannot_be_moved_forward() -> None:
    given, error = given_out(SEALED[:PAYLOAD] + CHUNKS[0] + CHUNKS[1] + CHUNKS[3])
    assert isinstance(error, CannotOpen)
    assert not given


def test_a_chunk_of_another_file_to_the_same_person_does_not_open() -> None:
    other = seal(PLAIN)
    start = header_length(other) + 16
    mixed = SEALED[:PAYLOAD] + other[start : start + SEALED_CHUNK] + SEALED[PAYLOAD + SEALED_CHUNK :]
    given, error = given_out(mixed)
    assert isinstance(error, CannotOpen)
    assert not given


def test_the_payload_of_another_file_to_the_same_person_does_not_open() -> None:
    other = seal(PLAIN)
    with pytest.raises(CannotOpen):
        open_all(SEALED[:HEADER] + other[header_length(other) :])


@pytest.mark.parametrize("version", [b"v2", b"v10", b"v1.1", b"V1", b"v"])
def test_another_version_is_unknown_not_broken(version: bytes) -> None:
    with pytest.raises(UnknownEnvelope, match="version"):
        open_all(SEALED.replace(b"/v1\n", b"/" + version + b"\n", 1))


@pytest.mark.parametrize(
    "start",
    [
        b"-----BEGIN AGE ENCRYPTED FILE-----\n",
        b"%PDF-1.7\n",
        b"\xef\xbb\xbfage-encryption.org/v1\n",
        b"\nage-encryption.org/v1\n",
        b"AGE-ENCRYPTION.ORG/V1\n",
    ],
)
def test_another_format_is_unknown_not_broken(start: bytes) -> None:
    source = WatchedBytes(start + bytes(1_000_000))
    with pytest.raises(UnknownEnvelope, match="not an age file"):
        AgeReader(source, length=len(source.data), identity=IDENTITY)
    # A large file of another kind is not read through to find that out.
    assert sum(size for _, size in source.reads) <= 4096


def test_a_header_without_an_end_is_given_up_early() -> None:
    source = WatchedBytes(b"age-encryption.org/v1\n" + b"-> a\n\n" * 1_000_000)
    with pytest.raises(CannotOpen, match="does not end"):
        AgeReader(source, length=len(source.data), identity=IDENTITY)
    assert max(start + size for start, size in source.reads) == 64 * 1024


@pytest.mark.parametrize(
    "stanza",
    [
        b"",
        b"-> stranger\n\n",
        b"-> X-grease ! ~\nAAAA\n",
        b"-> long\n" + b"A" * 64 + b"\n\n",
        b"-> x25519\n\n",
    ],
)
def test_stanzas_of_strangers_under_the_same_authentication_are_passed_over(stanza: bytes) -> None:
    assert open_all(seal_beside(stanza)) == b"words"


@pytest.mark.parametrize(
    "stanza",
    [
        pytest.param(b"-> long\n" + b"A" * 65 + b"\nAAA\n", id="line of 65"),
        pytest.param(b"-> long\n" + b"A" * 68 + b"\n\n", id="line of 68"),
        pytest.param(b"-> long\n" + b"A" * 64 + b"\n", id="no short last line"),
        pytest.param(b"-> stranger\n", id="no body"),
        pytest.param(b"-> stranger\nA\n", id="a lone character"),
        pytest.param(b"-> stranger\nAB\n", id="spare bits set"),
        pytest.param(b"-> stranger\nAA==\n", id="padding"),
        pytest.param(b"-> stranger\nA-_A\n", id="another alphabet"),
        pytest.param(b"-> stranger \n\n", id="space at the end"),
        pytest.param(b"->  stranger\n\n", id="two spaces"),
        pytest.param(b"-> str\tanger\n\n", id="tab"),
        pytest.param(b"-> str\xc3\xa4nger\n\n", id="not ASCII"),
        pytest.param(b"-> stranger\r\n\r\n", id="carriage returns"),
        pytest.param(b"->\n\n", id="no argument"),
        pytest.param(b"\n", id="empty line"),
        pytest.param(b"-> X25519\n\n", id="no share"),
        pytest.param(b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n", id="share of low order"),
        pytest.param(b"-> scrypt " + b"A" * 22 + b" 4\n" + b"A" * 43 + b"\n", id="passphrase beside us"),
    ],
)
def test_a_malformed_stanza_is_refused_even_where_its_author_knows_the_file_key(stanza: bytes) -> None:
    given, error = given_out(seal_beside(stanza))
    assert isinstance(error, CannotOpen)
    assert not given


def test_a_header_without_stanzas_is_refused() -> None:
    sealed = b"age-encryption.org/v1\n--- " + b"A" * 43 + b"\n" + bytes(100)
    with pytest.raises(CannotOpen, match="well formed"):
        open_all(sealed)
    with pytest.raises(CannotOpen, match="well formed"):
        AgeReader(WatchedBytes(sealed), length=len(sealed), passphrase="plain words")


@pytest.mark.parametrize("stanza", [b"-> stranger\n\n", b"-> X-grease 1 2\nAAAA\n"])
def test_a_stanza_put_in_front_of_ours_is_found(stanza: bytes) -> None:
    with pytest.raises(CannotOpen, match="altered"):
        open_all(SEALED.replace(b"-> X25519", stanza + b"-> X25519", 1))


def test_a_stanza_put_beside_one_for_a_passphrase_is_refused_before_the_passphrase_is_tried() -> None:
    parts: list[bytes] = []
    with AgeWriter(parts.append, passphrase="plain words", work_factor=4) as writer:
        writer.write(b"words")
    sealed = b"".join(parts).replace(b"-> scrypt", b"-> stranger\n\n-> scrypt", 1)
    with pytest.raises(CannotOpen, match="well formed"):
        AgeReader(WatchedBytes(sealed), length=len(sealed), passphrase="another passphrase")


def test_a_costlier_passphrase_than_allowed_is_refused() -> None:
    parts: list[bytes] = []
    with AgeWriter(parts.append, passphrase="plain words", work_factor=5) as writer:
        writer.write(b"words")
    sealed = b"".join(parts)
    source = WatchedBytes(sealed)
    reader = AgeReader(source, length=len(sealed), passphrase="plain words", max_work_factor=5)
    assert reader.plain_length == 5
    with pytest.raises(CannotOpen, match="more work"):
        AgeReader(source, length=len(sealed), passphrase="plain words", max_work_factor=4)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, HEADER), st.integers(0, 80), st.binary(max_size=80))
def test_no_mangled_header_raises_anything_but_an_error_of_ours(start: int, removed: int, put: bytes) -> None:
    mangled = SEALED[:start] + put + SEALED[start + removed :]
    given, error = given_out(mangled)
    assert (error is None and given == PLAIN) if mangled == SEALED else (error is not None and not given)


@pytest.mark.parametrize(
    "sealed",
    [
        SEALED.replace(b"/v1\n", b"/v2\n", 1),
        SEALED.replace(b"-> X25519 ", b"-> X25519 =", 1),
        SEALED[: HEADER - 20] + b"AAAAAAAAA" + SEALED[HEADER - 11 :],
        SEALED[:PAYLOAD] + bytes(100) + SEALED[PAYLOAD + 100 :],
        SEALED[:-1],
        seal(b"words", OTHER_RECIPIENT),
    ],
)
def test_errors_carry_no_secret_and_no_error_of_a_library(sealed: bytes) -> None:
    error = given_out(sealed)[1]
    assert error is not None
    assert error.__cause__ is None
    assert error.__context__ is None
    assert IDENTITY not in repr(error)


def test_readers_and_writers_show_no_secret() -> None:
    writer = AgeWriter(lambda part: None, passphrase="plain words", work_factor=4)
    shown = repr(reader_of(SEALED)) + repr(writer)
    assert IDENTITY not in shown
    assert "plain words" not in shown
