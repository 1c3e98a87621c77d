"""The tag files of a bag (BagIt 1.0, RFC 8493) and the digest that binds its contents to the ledger.

Every line here is a function of the pack's own ledger and files, so a verifier writes them again and
compares bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from daybook.kernel.custody import Event

BAGIT_TXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD = "data/"
LEDGER = "ledger/"
TAG_FILES = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")
TAG_MANIFEST = "tagmanifest-sha256.txt"


def bag_path(path: str) -> str:
    """A path as a manifest writes it: CR, LF and % are percent-encoded (RFC 8493 section 2.1.3)."""
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def read_bag_path(written: str) -> str:
    """The path a manifest means."""
    for code, char in (("%0A", "\n"), ("%0a", "\n"), ("%0D", "\r"), ("%0d", "\r"), ("%25", "%")):
        written = written.replace(code, char)
    return written


def manifest(digests: Mapping[str, str]) -> bytes:
    """A manifest of paths and SHA-256 (64 hexadecimal digits), in the form ``sha256sum -c`` reads, sorted
    by path.
    """
    return "".join(f"{digests[path]}  {bag_path(path)}\n" for path in sorted(digests)).encode()


def contents_digest(payload: Mapping[str, str]) -> str:
    """What ``pack.made`` commits to: SHA-256 over the sorted lines of every payload file that is not the
    ledger's.

    ``payload`` maps paths below ``data/`` to SHA-256 (64 hexadecimal digits).
    """
    lines = sorted(
        f"{digest}  {bag_path(path)}\n".encode()
        for path, digest in payload.items()
        if not path.startswith(LEDGER)
    )
    return hashlib.sha256(b"".join(lines)).hexdigest()


def binding(contents: str, events: bytes, disclosures: bytes) -> dict[str, str]:
    """The details of ``pack.made``: they bind every file but head.json and the bag's own, which follow from the others.

    ``contents`` is the contents digest, ``events`` the lines of events.jsonl before that event, ``disclosures`` the bytes
    of disclosures.jsonl.
    """
    return {
        "contents": contents,
        "ledger": hashlib.sha256(events).hexdigest(),
        "disclosures": hashlib.sha256(disclosures).hexdigest(),
    }


def bag_info(pack_made: Event, head: str, octets: int, streams: int) -> bytes:
    """bag-info.txt: ``octets`` and ``streams`` count the payload; ``head`` is the fingerprint (64
    hexadecimal digits).
    """
    return (
        f"Bagging-Date: {pack_made.at[:10]}\n"
        "Bag-Software-Agent: Daybook\n"
        f"External-Identifier: {pack_made.item}\n"
        f"Payload-Oxum: {octets}.{streams}\n"
        f"Daybook-Record: {pack_made.record}\n"
        f"Daybook-Events: {pack_made.seq}\n"
        f"Daybook-Fingerprint: {head}\n"
    ).encode()
