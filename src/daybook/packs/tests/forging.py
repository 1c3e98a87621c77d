"""What a forger of packs needs: the names of the files, the lines of the ledger, and lists that fit again."""

import json
from typing import Any
from uuid import UUID

from daybook.kernel.custody import Chain, canonical, parse_event
from daybook.packs.tests.packed_again import list_again, repack
from daybook.packs.verify import Report, State, verify_open_pack

Files = dict[str, bytes]
JSON = Any
EVENTS, DISCLOSURES, HEAD = (
    "data/ledger/events.jsonl",
    "data/ledger/disclosures.jsonl",
    "data/ledger/head.json",
)
JSON_FILE, CSV_FILE = "data/chronology.json", "data/chronology.csv"


def check(files: Files) -> Report:
    return verify_open_pack(repack(files))


def failed(report: Report) -> set[str]:
    return {one.name for one in report.checks if one.state is State.INVALID}


def lines(data: bytes) -> list[bytes]:
    return data.split(b"\n")[:-1]


def joined(held: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in held)


def forged_again(files: Files, links: list[JSON]) -> Files:
    """The files with this ledger, and every list, sum and fingerprint rewritten to fit, as a careful forger would."""
    chain = Chain.begin(UUID(json.loads(files[HEAD])["record"]))
    for number, link in enumerate(links, 1):
        whole = link.get("event")
        digest = None if whole else bytes.fromhex(link["digest"])
        chain.follow(number, parse_event(whole) if whole else None, digest)
    end = {**json.loads(files[HEAD]), "head": chain.head.hex()}
    info = files["bag-info.txt"].replace(json.loads(files[HEAD])["head"].encode(), chain.head.hex().encode())
    return list_again(
        {
            **files,
            EVENTS: joined([canonical(link) for link in links]),
            HEAD: canonical(end) + b"\n",
            "bag-info.txt": info,
        }
    )
