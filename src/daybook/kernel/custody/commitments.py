"""Salted commitments: each field of an item is bound on its own, so any of them can be withheld later.

A commitment is ``SHA-256("daybook/commitment/1\\n" || salt || canonical({"field": name, "value": value}))``. The salt is
16 random bytes of its own, so a withheld field cannot be guessed from its commitment, however short it is.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from daybook.kernel.custody.events import JSON, canonical

COMMITMENT_TAG = b"daybook/commitment/1\n"
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Commitment:
    """One field's value bound by a salted hash.

    ``salt`` is 32 hexadecimal digits; ``digest`` is 64. Only ``digest`` goes into an event; salt and value are kept sealed
    and are disclosed together or not at all.
    """

    field: str
    salt: str
    digest: str


def commitment_hex(field: str, value: JSON, salt: bytes) -> str:
    """The commitment to ``value`` under ``field`` with ``salt`` (16 bytes), as 64 hexadecimal digits.

    Raises ValueError when the salt has another length, NotAnEvent when the value is not JSON.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a commitment salt is {SALT_BYTES} bytes")
    return hashlib.sha256(COMMITMENT_TAG + salt + canonical({"field": field, "value": value})).hexdigest()


def commit(
    values: Mapping[str, JSON], *, random_bytes: Callable[[int], bytes] = secrets.token_bytes
) -> tuple[Commitment, ...]:
    """Commit to each field of ``values`` under a fresh salt; the order of the result is by field name."""
    made = []
    for field in sorted(values):
        salt = random_bytes(SALT_BYTES)
        made.append(Commitment(field, salt.hex(), commitment_hex(field, values[field], salt)))
    return tuple(made)
