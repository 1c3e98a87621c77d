"""Identities and recipients are the age tool's own, and nothing else is taken for one."""

import pytest
from pyrage import x25519

from daybook.kernel.sealing.age import AgeReader, AgeWriter, HeldBytes, generate_identity, recipient_of
from daybook.kernel.sealing.bech32 import encode_bech32
from daybook.kernel.sealing.errors import NotAKey
from daybook.kernel.sealing.tests.sealed_files import IDENTITY, RECIPIENT, seal

SEALED = seal(b"words")


def test_an_identity_is_one_that_age_tools_know() -> None:
    identity, recipient = generate_identity()
    assert identity.startswith("AGE-SECRET-KEY-1")
    assert str(x25519.Identity.from_str(identity).to_public()) == recipient == recipient_of(identity)


def test_an_identity_made_by_another_tool_gives_the_same_recipient() -> None:
    identity = x25519.Identity.generate()
    assert recipient_of(str(identity)) == str(identity.to_public())


def test_the_example_of_the_format_gives_its_recipient() -> None:
    identity = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
    assert recipient_of(identity) == "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"


def test_no_two_identities_are_the_same() -> None:
    assert len({generate_identity() for _ in range(50)}) == 50


@pytest.mark.parametrize(
    "identity",
    [
        "",
        RECIPIENT,
        IDENTITY.lower(),
        IDENTITY[:-1],
        IDENTITY + " ",
        encode_bech32("age-secret-key-", bytes(31)).upper(),
        encode_bech32("age-secret-key-", bytes(33)).upper(),
        encode_bech32("age-secret-key-pq-", bytes(32)).upper(),
    ],
)
def test_what_is_not_an_identity_is_refused_and_not_repeated(identity: str) -> None:
    with pytest.raises(NotAKey) as refused:
        AgeReader(HeldBytes(SEALED), length=len(SEALED), identity=identity)
    assert not identity or identity not in str(refused.value)
    with pytest.raises(NotAKey):
        recipient_of(identity)


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        IDENTITY,
        RECIPIENT.upper(),
        RECIPIENT[:-1],
        encode_bech32("age", bytes(31)),
        encode_bech32("age1pq", bytes(32)),
        # Points of low order: 0, 1, and one of order eight.
        encode_bech32("age", bytes(32)),
        encode_bech32("age", b"\x01" + bytes(31)),
        encode_bech32(
            "age", bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")
        ),
    ],
)
def test_what_is_not_a_recipient_is_refused_before_anything_is_written(recipient: str) -> None:
    written: list[bytes] = []
    with pytest.raises(NotAKey):
        AgeWriter(written.append, recipient=recipient)
    assert not written


@pytest.mark.parametrize("passphrase", ["", "half a pair \ud800"])
def test_what_cannot_be_a_passphrase_is_refused(passphrase: str) -> None:
    with pytest.raises(NotAKey) as refused:
        AgeWriter(print, passphrase=passphrase, work_factor=4)
    # The error underneath would carry the passphrase along.
    assert refused.value.__context__ is None
    with pytest.raises(NotAKey):
        AgeReader(HeldBytes(SEALED), length=len(SEALED), passphrase=passphrase)


def test_one_key_is_needed_and_only_one() -> None:
    with pytest.raises(ValueError, match="either"):
        AgeWriter(print)
    with pytest.raises(ValueError, match="either"):
        AgeWriter(print, recipient=RECIPIENT, passphrase="words")
    with pytest.raises(ValueError, match="either"):
        AgeReader(HeldBytes(SEALED), length=len(SEALED))
    with pytest.raises(ValueError, match="either"):
        AgeReader(HeldBytes(SEALED), length=len(SEALED), identity=IDENTITY, passphrase="words")
