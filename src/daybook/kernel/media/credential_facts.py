"""What Content Credentials (C2PA) in a file say, and what follows from them.

They show that a file is as it was when someone's program signed it, not that what it shows is true, and here not even who
that someone is: Daybook holds no list of signers it trusts and asks nobody.
"""

from collections.abc import Mapping
from typing import Final

from daybook.kernel.media.reading import Doubt, Reading

UNTRUSTED: Final = frozenset({"signingCredential.untrusted"})
"""Codes (C2PA specification, 15.2.2) that only say that we trust no list of signers: no fault of the file."""

_STATES: Final = frozenset({"fits", "does not fit", "elsewhere", "unreadable"})
_MOST: Final = 8
_SHORT: Final = 80
_WHY: Final = {
    "does not fit": "The Content Credentials do not fit the file. It was changed after they were made, or they belong to "
    "another file.",
    "unreadable": "The file carries Content Credentials that are damaged and cannot be read.",
}


def judge_credentials(raw: object) -> tuple[dict[str, object], tuple[Doubt, ...]]:
    """Turn what the decoding child read into what is kept, small enough to commit to, and doubts.

    Args:
        raw: `state` ("fits", "does not fit", "elsewhere" or "unreadable"), and where it was read `signer`, `common_name`,
            `signed_at`, `tool` (str), `actions`, `source_types`, `faults` (lists of codes).

    Returns:
        The same fields as far as they can be shown; empty where there are no credentials.
    """
    if not isinstance(raw, Mapping) or raw.get("state") not in _STATES:
        return {}, ()
    reading = Reading(raw)
    state = str(raw["state"])
    said: dict[str, object] = {"state": state}
    for name in ("signer", "common_name", "tool"):
        if text := reading.text(name, _SHORT):
            said[name] = text
    if found := reading.moment("signed_at"):
        said["signed_at"] = f"{found[0].isoformat()}{found[1]}"
    for name in ("actions", "source_types", "faults"):
        if codes := _codes(raw.get(name)):
            said[name] = codes
    if state in _WHY:
        reading.doubt("credentials", ", ".join(_codes(raw.get("faults"))), _WHY[state])
    return said, tuple(reading.doubts)


def _codes(written: object) -> list[str]:
    if not isinstance(written, list):
        return []
    shown = (Reading({"code": one}).text("code", _SHORT) for one in written[:_MOST])
    return [code for code in shown if code]
