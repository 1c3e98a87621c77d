"""Bech32 is read strictly: BIP-173's own vectors, and every single-character change is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.sealing.bech32 import decode_bech32, encode_bech32
from daybook.kernel.sealing.errors import NotAKey

prefixes = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20).map(str.lower)
AGE_RECIPIENT = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"


@given(prefixes, st.binary(max_size=60))
def test_what_is_written_is_read_back_in_both_cases(prefix: str, data: bytes) -> None:
    text = encode_bech32(prefix, data)
    assert decode_bech32(text) == (prefix, data)
    assert decode_bech32(text.upper()) == (prefix.upper(), data)


@pytest.mark.parametrize(
    "text",
    [
        "A12UEL5L",
        "a12uel5l",
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
        "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
        "?1ezyfcl",
    ],
)
def test_valid_vectors_of_bip_173_are_read_and_written_the_same(text: str) -> None:
    prefix, data = decode_bech32(text)
    assert encode_bech32(prefix.lower(), data) == text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "\x201nwldj5",
        "\x7f1axkwrx",
        "\x801eym55h",
        "pzry9x0s0muk",
        "1pzry9x0s0muk",
        "x1b4n0q5v",
        "li1dgmt3",
        "de1lg7wt\xff",
        "A1G7SGD8",
        "10a06t8",
        "1qzzfhee",
        "a12UEL5L",
        "A12uEL5L",
        "",
        "1",
        # Dotless i and the Kelvin sign change into ASCII letters when their case is changed.
        "a12uel5\u0131",
        "\u212a12uel5l",
    ],
)
def test_invalid_vectors_of_bip_173_and_their_like_are_refused(text: str) -> None:
    with pytest.raises(NotAKey):
        decode_bech32(text)


@pytest.mark.parametrize("place", range(len(AGE_RECIPIENT)))
def test_any_one_changed_character_is_found(place: int) -> None:
    swapped = "q" if AGE_RECIPIENT[place] != "q" else "p"
    with pytest.raises(NotAKey):
        decode_bech32(AGE_RECIPIENT[:place] + swapped + AGE_RECIPIENT[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        # One character: five bits, not a byte.
        "age1qdd35qf",
        # Two characters with a spare bit set.
        "age1qpu0j2ex",
    ],
)
def test_spare_bits_that_are_not_zero_or_too_many_are_refused(text: str) -> None:
    with pytest.raises(NotAKey, match="whole bytes"):
        decode_bech32(text)


@pytest.mark.parametrize("prefix", ["", "AGE", "a e", "é"])
def test_a_prefix_that_cannot_be_written_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        encode_bech32(prefix, b"")
