"""The recovery code: 160 random bits as 32 Crockford base32 characters and one check character, in groups of four.

Crockford's alphabet leaves out I, L, O and U; reading back accepts small letters, spaces, dashes, and the look-alikes
(O for 0, I and L for 1). The check character is the value modulo 37.
"""

import os

from daybook.kernel.sealing.errors import SealingError

CODE_BYTES = 20
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_ALPHABET = ALPHABET + "*~$=U"
DIGITS = CODE_BYTES * 8 // 5


class NotARecoveryCode(SealingError):
    """The text typed is not a recovery code; the message says what to look at."""


def generate_code() -> bytes:
    """A new recovery code: 20 random bytes."""
    return os.urandom(CODE_BYTES)


def show_code(code: bytes) -> str:
    """The code as a person writes it down: ``ABCD-EFGH-…-X`` (eight groups of four and a check character)."""
    if len(code) != CODE_BYTES:
        raise ValueError("a recovery code is 20 bytes")
    value = int.from_bytes(code)
    digits = "".join(ALPHABET[(value >> shift) & 31] for shift in range(5 * (DIGITS - 1), -1, -5))
    groups = [digits[start : start + 4] for start in range(0, DIGITS, 4)]
    return "-".join([*groups, CHECK_ALPHABET[value % 37]])


def read_code(text: str) -> bytes:
    """The 20 bytes behind a code as typed. Raises NotARecoveryCode with words a person can act on."""
    typed = "".join(
        character for character in text.upper() if not character.isspace() and character not in "-–—_."
    )
    typed = typed.replace("O", "0").replace("I", "1").replace("L", "1")
    if len(typed) != DIGITS + 1:
        raise NotARecoveryCode(
            f"A recovery code has {DIGITS + 1} letters and numbers. This one has {len(typed)}."
        )
    value = 0
    for place, character in enumerate(typed[:-1], start=1):
        digit = ALPHABET.find(character)
        if digit < 0:
            raise NotARecoveryCode(
                f"Character {place} of the code (“{character}”) is not one we use. Check it again."
            )
        value = value << 5 | digit
    if CHECK_ALPHABET[value % 37] != typed[-1]:
        raise NotARecoveryCode(
            "One or more characters of the code are not right. Check it against what you wrote down."
        )
    return value.to_bytes(CODE_BYTES)
