"""A sealed pack opens with the public age tools and with nothing else; one that broke off opens with none."""

from collections.abc import Iterator

import pyrage
import pytest

from daybook.kernel.sealing.age import generate_identity
from daybook.kernel.sealing.errors import NotAKey
from daybook.packs.wrapping import check_recipient, sealed_for_recipient, sealed_with_passphrase

WORDS = "plover mosaic candle drift wagon eleven"
PIECES = [b"a zip, ", bytes(200_000), b"", b"the end"]


def test_a_passphrase_opens_it() -> None:
    sealed = b"".join(sealed_with_passphrase(PIECES, WORDS))
    assert pyrage.passphrase.decrypt(sealed, WORDS) == b"".join(PIECES)


def test_another_passphrase_does_not() -> None:
    sealed = b"".join(sealed_with_passphrase(PIECES, WORDS))
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(sealed, WORDS + "s")


def test_a_recipient_opens_it() -> None:
    identity, recipient = generate_identity()
    sealed = b"".join(sealed_for_recipient(PIECES, recipient))
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)]) == b"".join(PIECES)


@pytest.mark.parametrize(
    "recipient", ["", "age1", "age1qqqqqqqq", "AGE-SECRET-KEY-1QQQQ", "ssh-ed25519 AAAA"]
)
def test_a_malformed_recipient_is_refused_before_anything_is_read(recipient: str) -> None:
    pieces = iter(PIECES)
    with pytest.raises(NotAKey):
        check_recipient(recipient)
    with pytest.raises(NotAKey):
        sealed_for_recipient(pieces, recipient)
    assert next(pieces) == PIECES[0]


def test_an_empty_passphrase_is_refused_at_once() -> None:
    with pytest.raises(NotAKey):
        sealed_with_passphrase(PIECES, "")


def test_pieces_come_out_as_they_go_in() -> None:
    """Nothing is gathered up: after each piece of the pack, at most one chunk of the seal is held back."""
    given = 0

    def pack() -> Iterator[bytes]:
        nonlocal given
        for _ in range(64):
            given += 65536
            yield bytes(65536)

    out = 0
    _, recipient = generate_identity()
    for piece in sealed_for_recipient(pack(), recipient):
        out += len(piece)
        assert given - out <= 2 * 65536
    assert out > given


def test_what_broke_off_opens_for_nobody() -> None:
    def broken() -> Iterator[bytes]:
        yield bytes(200_000)
        raise OSError("the disk went away")

    identity, recipient = generate_identity()
    sent: list[bytes] = []
    with pytest.raises(OSError, match="disk"):
        sent.extend(sealed_for_recipient(broken(), recipient))
    assert len(b"".join(sent)) > 65536
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(b"".join(sent), [pyrage.x25519.Identity.from_str(identity)])
