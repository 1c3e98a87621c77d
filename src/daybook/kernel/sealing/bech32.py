"""Bech32, the text form of age keys.

Source: BIP-173, without its limit of 90 characters, as the age format (C2SP age.md, "Conventions") asks.
Decoding is strict: one case only, a right checksum, whole bytes, and zero padding bits.
"""

from typing import Final

from daybook.kernel.sealing.errors import NotAKey

_CHARSET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES: Final = {character: value for value, character in enumerate(_CHARSET)}
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_LENGTH: Final = 6


def encode_bech32(prefix: str, data: bytes) -> str:
    """Write bytes as Bech32, in lower case.

    Args:
        prefix: the human-readable part: lower case, printable ASCII without spaces, not empty.
        data: what to write.

    Raises:
        ValueError: the prefix is not allowed.
    """
    if not prefix or prefix != prefix.lower() or not _printable(prefix):
        raise ValueError("a Bech32 prefix is lower-case printable ASCII")
    values = _to_fives(data)
    checksum = _polymod([*_expand(prefix), *values, *[0] * _CHECKSUM_LENGTH]) ^ 1
    values += [checksum >> 5 * (_CHECKSUM_LENGTH - 1 - place) & 31 for place in range(_CHECKSUM_LENGTH)]
    return prefix + "1" + "".join(_CHARSET[value] for value in values)


def decode_bech32(text: str) -> tuple[str, bytes]:
    """Read Bech32.

    Args:
        text: all in upper or all in lower case.

    Returns:
        The human-readable part in the case it was written in, and the bytes.

    Raises:
        NotAKey: the text is not strict Bech32 of whole bytes.
    """
    if not _printable(text):
        raise NotAKey("not Bech32: a character that cannot be in it")
    lower = text.lower()
    if text not in (lower, text.upper()):
        raise NotAKey("not Bech32: upper and lower case are mixed")
    # The data part has no "1", so the last one ends the human-readable part.
    separator = lower.rfind("1")
    if separator < 1 or len(lower) - separator - 1 < _CHECKSUM_LENGTH:
        raise NotAKey("not Bech32: a part is missing")
    values = [_VALUES.get(character, -1) for character in lower[separator + 1 :]]
    if -1 in values:
        raise NotAKey("not Bech32: a character that cannot be in it")
    if _polymod([*_expand(lower[:separator]), *values]) != 1:
        raise NotAKey("not Bech32: the checksum does not fit")
    return text[:separator], _from_fives(values[:-_CHECKSUM_LENGTH])


def _printable(text: str) -> bool:
    return all(33 <= ord(character) <= 126 for character in text)


def _expand(prefix: str) -> list[int]:
    return [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix]


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATOR):
            if top >> place & 1:
                checksum ^= generator
    return checksum


def _to_fives(data: bytes) -> list[int]:
    padding = -len(data) * 8 % 5
    bits = int.from_bytes(data, "big") << padding
    count = (len(data) * 8 + padding) // 5
    return [bits >> 5 * (count - 1 - place) & 31 for place in range(count)]


def _from_fives(values: list[int]) -> bytes:
    length, padding = divmod(len(values) * 5, 8)
    bits = 0
    for value in values:
        bits = bits << 5 | value
    # Five spare bits would be a whole needless character; other spare bits must be zero, or two texts would
    # mean one key.
    if padding >= 5 or bits & ((1 << padding) - 1):
        raise NotAKey("not Bech32: the data part is not whole bytes")
    return (bits >> padding).to_bytes(length, "big")
