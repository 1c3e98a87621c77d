"""A file sealed over days is one age file, and no number of a chunk is ever used for two contents."""

import os

import pytest

from daybook.kernel.sealing.age import AgeReader, HeldBytes, generate_identity
from daybook.kernel.sealing.errors import CannotOpen, SealingError
from daybook.kernel.sealing.resuming import CHUNK, SEALED_CHUNK, TAG, NotAsPromised, ResumableSealer

SECRET, RECIPIENT = generate_identity()


def begun(length: int) -> ResumableSealer:
    return ResumableSealer.begin(recipient=RECIPIENT, plain_length=length)


def seal(sealer: ResumableSealer, first: int, plain: bytes, promised: bytes = b"") -> tuple[bytes, bytes]:
    sealed, promise = sealer.seal(first, plain, bytearray(len(plain) + 1000), promised)
    return bytes(sealed), promise


def again(sealer: ResumableSealer) -> ResumableSealer:
    return ResumableSealer(file_key=sealer.file_key, opening=sealer.opening, plain_length=sealer.plain_length)


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5])
def test_whatever_the_sittings_it_is_one_age_file(length: int) -> None:
    content = os.urandom(length)
    sealer = begun(length)
    body = bytearray(sealer.opening)
    for number in range(sealer.last + 1):
        piece = content[number * CHUNK : (number + 1) * CHUNK]
        body += seal(again(sealer), number, piece)[0]
        assert len(body) == sealer.sealed_length(number + 1)
    reader = AgeReader(HeldBytes(bytes(body)), length=len(body), identity=SECRET)
    assert b"".join(reader.read_all()) == content


def test_many_chunks_at_once_are_the_same_as_one_by_one() -> None:
    content = os.urandom(3 * CHUNK + 7)
    sealer = begun(len(content))
    together, tags = seal(sealer, 0, content)
    apart = [seal(again(sealer), number, content[number * CHUNK :][:CHUNK]) for number in range(4)]
    assert together == b"".join(sealed for sealed, _ in apart)
    assert tags == b"".join(each for _, each in apart)
    assert len(tags) == 4 * TAG


def test_the_same_bytes_again_are_given_out_again() -> None:
    content = os.urandom(2 * CHUNK)
    sealer = begun(3 * CHUNK)
    sealed, promised = seal(sealer, 0, content)
    assert seal(again(sealer), 0, content, promised) == (sealed, promised)


@pytest.mark.parametrize("changed", [0, CHUNK - 1, CHUNK, 2 * CHUNK - 1])
def test_other_bytes_under_a_number_that_was_promised_are_never_given_out(changed: int) -> None:
    content = bytearray(os.urandom(2 * CHUNK))
    sealer = begun(3 * CHUNK)
    _, promised = seal(sealer, 0, bytes(content))
    content[changed] ^= 1
    with pytest.raises(NotAsPromised):
        seal(again(sealer), 0, bytes(content), promised)


def test_a_shorter_window_keeps_the_rest_of_the_promise() -> None:
    content = os.urandom(3 * CHUNK)
    sealer = begun(4 * CHUNK)
    _, promised = seal(sealer, 0, content)
    _, still = seal(again(sealer), 0, content[:CHUNK], promised)
    assert still == promised
    with pytest.raises(NotAsPromised):
        seal(again(sealer), 1, os.urandom(CHUNK), still[TAG:])
    _, longer = seal(again(sealer), 1, content[CHUNK:], still[TAG:])
    assert longer == promised[TAG:]


@pytest.mark.parametrize("length", [1, CHUNK - 1, CHUNK + 1])
def test_a_part_of_a_chunk_is_never_sealed_before_the_end(length: int) -> None:
    with pytest.raises(ValueError):
        seal(begun(4 * CHUNK), 0, bytes(length))


def test_nothing_is_sealed_behind_the_end() -> None:
    sealer = begun(2 * CHUNK)
    with pytest.raises(ValueError):
        seal(sealer, 2, b"")
    with pytest.raises(ValueError):
        seal(sealer, 1, bytes(2 * CHUNK))


def test_a_chunk_opens_only_under_its_number_in_its_file() -> None:
    content = os.urandom(3 * CHUNK)
    sealer = begun(3 * CHUNK)
    sealed = seal(sealer, 0, content)[0]
    assert sealer.open(1, sealed[SEALED_CHUNK : 2 * SEALED_CHUNK]) == content[CHUNK : 2 * CHUNK]
    wrong = [
        (0, sealed[SEALED_CHUNK : 2 * SEALED_CHUNK]),
        (1, sealed[SEALED_CHUNK : 2 * SEALED_CHUNK - 1]),
        (1, sealed[:5]),
        (1, b""),
    ]
    for number, data in wrong:
        with pytest.raises(CannotOpen):
            sealer.open(number, data)
    with pytest.raises(CannotOpen):
        begun(3 * CHUNK).open(1, sealed[SEALED_CHUNK : 2 * SEALED_CHUNK])


def test_an_opening_that_was_altered_or_is_another_files_is_refused() -> None:
    sealer, other = begun(5), begun(5)
    altered = bytearray(sealer.opening)
    altered[40] ^= 1
    for opening in (other.opening, bytes(altered), sealer.opening[:-1], sealer.opening + b"x", b""):
        with pytest.raises(SealingError):
            ResumableSealer(file_key=sealer.file_key, opening=opening, plain_length=5)
