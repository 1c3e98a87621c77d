"""Checks a pack from outside: the bag, the ledger, and that every word and file is what the ledger was
bound to.

Needs neither database, settings nor network; imports only the kernel and what a pack is written with. A
pack is bound twice: fields and exhibits by salted commitments in the ledger, and every finished file by the
ledger's last event, ``pack.made``. So a file that was rewritten together with all manifests is still
caught. What is not caught without a signature or a stamp from outside is a ledger rewritten from its
beginning; that is why the fingerprint is always shown.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from daybook.kernel.custody import Chain, CustodyError, Event, EventKind, canonical, commitment_hex
from daybook.packs import ledger_files
from daybook.packs.bag_tags import PAYLOAD
from daybook.packs.chronology_json import FORMAT, ITEM_LISTS, items_json, only_from_ledger, removed_json
from daybook.packs.contents import Audience, Disclosure
from daybook.packs.disclosed import NOTHING_DISCLOSED, Disclosed, read_disclosed
from daybook.packs.found_files import FoundFiles
from daybook.packs.report import CHECKS, JSON, Check, Report, State, count_of, in_sentences
from daybook.packs.tables import addresses_csv, chronology_csv, witnesses_csv
from daybook.packs.zip_reading import (
    HostileZip,
    PackUnreadable,
    open_file,
    open_pack,
    show_name,
)

__all__ = ["CHECKS", "Check", "PackUnreadable", "Report", "State", "verify_open_pack", "verify_pack"]

_SHAPE_ERRORS = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, CustodyError)
"""What reading a document of an unknown shape can raise: a stranger wrote it."""


def verify_pack(path: Path) -> Report:
    """Check the pack at ``path``. Raises PackUnreadable, in words for people, when it cannot be read as a
    pack at all.
    """
    with open_file(path) as file:
        return verify_open_pack(file)


def verify_open_pack(file: BinaryIO) -> Report:
    """Check a pack in a seekable binary file, in memory that does not grow with its exhibits. Raises
    PackUnreadable.
    """
    try:
        pack = open_pack(file)
    except HostileZip as error:
        untouched = tuple(Check(name, State.UNKNOWN, "Not looked at.") for name in CHECKS[1:])
        return Report((Check("structure", State.INVALID, in_sentences(error.faults)), *untouched))
    try:
        return _Verification(FoundFiles.read(pack)).report()
    finally:
        pack.close()


@dataclass(slots=True)
class _Verification:
    """One pack under examination. Reading comes first, then each check looks at what was read."""

    files: FoundFiles
    events: dict[int, Event] = field(default_factory=dict)
    heads: list[str] = field(default_factory=list)
    disclosures: list[Disclosure] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    disclosed: Disclosed = NOTHING_DISCLOSED
    document: JSON = None
    found: list[Check] = field(default_factory=list)

    def report(self) -> Report:
        """Run every check, in the order of CHECKS."""
        self._note(
            "structure",
            self.files.structure_faults(),
            f"{count_of(len(self.files.sizes), 'file')}, packed as a pack should be.",
        )
        chain_faults = self._chain()
        self._note(
            "bag",
            self.files.bag_faults(self._last(), self._fingerprint()),
            "Every file is listed, and is as its list says.",
        )
        self._note("chain", chain_faults, self._chain_words())
        self._note(
            "commitments",
            self._commitments(),
            f"{count_of(len(self.disclosures), 'disclosed field')}, all as committed.",
        )
        self._entries()
        self._note("csv", self._tables(), "The tables say what the ledger and chronology.json say.")
        self._note("exhibits", self._exhibits(), self._exhibit_words())
        self._note("contents", self._contents(), "The ledger's last line binds every file of this pack.")
        self.found.append(Check("signature", State.ABSENT, "This pack carries no signature."))
        self.found.append(
            Check(
                "stamp",
                State.ABSENT,
                "This pack carries no time stamp from outside. "
                "Compare the fingerprint with one that was noted before.",
            )
        )
        return Report(tuple(self.found), self._fingerprint(), self._printed_fingerprint())

    # Checks: each gives its faults, one sentence each

    def _chain(self) -> list[str]:
        """Walk the whole chain from its beginning; what was read stays for the other checks."""
        faults: list[str] = []
        try:
            record, length, head = ledger_files.read_head(self.files.in_payload(ledger_files.HEAD))
        except ValueError as error:
            return [f"ledger/head.json: {error}"]
        if self.files.small[PAYLOAD + ledger_files.HEAD] != ledger_files.write_head(record, length, head):
            faults.append("ledger/head.json is not in its proper form")
        chain = Chain.begin(record)
        try:
            for link in ledger_files.read_events(self.files.in_payload(ledger_files.EVENTS)):
                chain.follow(
                    link.seq, link.event, bytes.fromhex(link.digest) if link.digest is not None else None
                )
                self.heads.append(chain.head.hex())
                if link.event is not None:
                    self.events[link.seq] = link.event
                elif link.digest is None or bytes.fromhex(link.digest).hex() != link.digest:
                    faults.append(f"the digest of event {link.seq} is not in its proper form")
        except (CustodyError, ValueError) as error:
            return [*faults, f"ledger/events.jsonl: {error}"]
        if chain.length != length:
            faults.append(f"the ledger should have {length} events and has {chain.length}")
        if chain.head.hex() != head:
            faults.append(
                "the chain does not lead to the fingerprint in head.json: something in it was changed"
            )
        last = self.events.get(chain.length)
        if last is None or last.kind != EventKind.PACK_MADE:
            faults.append("the last event is not the making of this pack")
        return faults

    def _commitments(self) -> list[str]:
        faults: list[str] = []
        for name, audience in (
            (ledger_files.DISCLOSURES, Audience.OPEN),
            (ledger_files.POLICE_DISCLOSURES, Audience.POLICE),
        ):
            if name == ledger_files.POLICE_DISCLOSURES and PAYLOAD + name not in self.files.sizes:
                continue
            try:
                self.disclosures += ledger_files.read_disclosures(self.files.in_payload(name), audience)
            except ValueError as error:
                faults.append(f"{name}: {error}")
                self.unread.append(name)
        seen: set[tuple[int, str]] = set()
        for one in self.disclosures:
            what = f"{show_name(one.field)} of event {one.seq}"
            if (one.seq, one.field) in seen:
                faults.append(f"{what} is disclosed twice")
            seen.add((one.seq, one.field))
            event = self.events.get(one.seq)
            if event is None or one.field not in event.commitments:
                faults.append(f"{what} was never committed to")
            elif not _opens(one, event):
                faults.append(f"{what} is not what was committed to")
        self.disclosed = read_disclosed(
            (self.events[seq] for seq in sorted(self.events)),
            ((d.seq, d.field, d.value) for d in self.disclosures if d.audience is Audience.OPEN),
            ((d.seq, d.field, d.value) for d in self.disclosures if d.audience is Audience.POLICE),
        )
        return faults

    def _entries(self) -> None:
        """chronology.json must say what the ledger discloses: no more, no less, nothing else."""
        try:
            self.document = _parse(self.files.in_payload("chronology.json"))
            version = self.document["format"]
        except (*_SHAPE_ERRORS, UnicodeDecodeError) as error:
            self._note("entries", [f"chronology.json cannot be read ({_reason(error)})"], "")
            return
        if version != FORMAT and isinstance(version, str) and version.startswith("daybook/chronology/"):
            self.found.append(
                Check("entries", State.UNKNOWN, "chronology.json is of another version than is known here.")
            )
            return
        try:
            faults = self._chronology_faults()
        except _SHAPE_ERRORS as error:
            faults = [f"chronology.json is not in the form of a chronology ({_reason(error)})"]
        count = len(self.disclosed.entries)
        versions = sum(len(item.versions) for item in self.disclosed.entries.values())
        withheld = len(self.heads) - len(self.events)
        self._note(
            "entries",
            faults,
            f"{count_of(count, 'entry', 'entries')} in {count_of(versions, 'version')}, exactly as disclosed. "
            f"{count_of(withheld, 'event')} of the ledger left out, only as digests.",
        )

    def _chronology_faults(self) -> list[str]:
        faults = list(self.disclosed.faults)
        if self.document["format"] != FORMAT:
            faults.append("chronology.json has no known format")
        expected = items_json(self.disclosed)
        for name in ITEM_LISTS:
            said = only_from_ledger(name, self.document[name])
            ids = Counter(item["id"] for item in said)
            faults += [
                f"{name}: {show_name(str(item))} stands twice" for item, times in ids.items() if times > 1
            ]
            faults += [f"{name}: {item} is missing" for item in expected[name] if item not in ids]
            for item in said:
                ours = expected[name].get(item["id"])
                if ours is None:
                    faults.append(
                        f"{name}: {show_name(str(item['id']))} was added; the ledger does not disclose it"
                    )
                elif canonical(ours) != canonical(item):
                    faults.append(
                        f"{name}: {show_name(str(item['id']))} does not say what the ledger discloses"
                    )
        if canonical(self.document.get("removed", [])) != canonical(removed_json(self.disclosed)):
            faults.append("removed: it does not say what the ledger discloses of removed exhibits")
        start = self.document["pack"]["ledger_at_start"]
        if (
            isinstance(start["length"], bool)
            or not 0 < start["length"] < len(self.heads)
            or self.heads[start["length"] - 1] != start["head"]
        ):
            faults.append("the printed fingerprint is not one this ledger ever had")
        if self.document["record"] != next((event.record for event in self.events.values()), None):
            faults.append("chronology.json is about another record")
        return faults

    def _tables(self) -> list[str]:
        faults = []
        if self.files.small.get(PAYLOAD + "chronology.csv") != _made(chronology_csv, self.document):
            faults.append("chronology.csv does not say what chronology.json says")
        has_police = any(one.audience is Audience.POLICE for one in self.disclosures)
        for name, make in (
            ("police-only/witnesses.csv", witnesses_csv),
            ("police-only/addresses.csv", addresses_csv),
        ):
            expected = _made(make, self.disclosed) if has_police else None
            if self.files.small.get(PAYLOAD + name) != expected:
                faults.append(f"{name} does not say what is disclosed to the police")
        return faults

    def _exhibits(self) -> list[str]:
        faults, payload = [], self.files.payload
        claimed: dict[str, str] = {}
        try:
            paths = {item["id"]: item["path"] for item in self.document["exhibits"]}
        except _SHAPE_ERRORS:
            return ["chronology.json does not say where the exhibits are"]
        references: dict[str, str] = {}
        for key, item in self.disclosed.exhibits.items():
            fields, path = item.current.fields, paths.get(key)
            reference = show_name(str(fields.get("reference", key)))
            if reference in references:
                faults.append(f"{reference} is the reference of two exhibits")
            references[reference] = key
            if not isinstance(path, str) or not path.startswith("exhibits/"):
                faults.append(f"exhibit {reference} has no file")
                continue
            if path in claimed:
                faults.append(f"exhibits {reference} and {claimed[path]} share one file")
            claimed[path] = reference
            if path not in payload:
                faults.append(f"the file of exhibit {reference} is missing")
            elif payload[path] != fields.get("sha256"):
                faults.append(f"the file of exhibit {reference} is not the one that was kept")
            elif self.files.sizes[PAYLOAD + path] != fields.get("size"):
                faults.append(f"the file of exhibit {reference} has another size than was kept")
        faults += [
            f"{show_name(path)} belongs to no exhibit"
            for path in payload
            if path.startswith("exhibits/") and path not in claimed
        ]
        return faults

    def _contents(self) -> list[str]:
        last = self._last()
        if last is None or last.kind != EventKind.PACK_MADE:
            return ["the ledger does not end with the making of this pack, so nothing binds the files"]
        if not self.files.are_bound_by(last):
            return [
                "the files are not the ones the ledger's last line binds: one was changed, added or taken out"
            ]
        return []

    # Words

    def _note(self, name: str, faults: list[str], valid_words: str) -> None:
        state = State.INVALID if faults else State.VALID
        self.found.append(Check(name, state, in_sentences(faults) if faults else valid_words))

    def _chain_words(self) -> str:
        return f"{count_of(len(self.heads), 'event')}, each following from the one before."

    def _exhibit_words(self) -> str:
        count = len(self.disclosed.exhibits)
        words = f"{count_of(count, 'exhibit')}, each byte for byte the one that was kept."
        gone = [
            f"{show_name(str(one.fields.get('reference', one.exhibit)))} on {one.removed_at[:10]}"
            for one in self.disclosed.removed.values()
        ]
        if gone:
            words += f" Removed by the person, and not in this pack: {', '.join(gone)}. The ledger still binds what they were."
        return words

    def _last(self) -> Event | None:
        """The event the ledger ends with; None when it was left out or the chain broke."""
        return self.events.get(len(self.heads))

    def _fingerprint(self) -> str:
        return self.heads[-1] if self.heads else ""

    def _printed_fingerprint(self) -> str:
        """The recomputed chain where the pack was begun: what the printed pages must show."""
        try:
            length = self.document["pack"]["ledger_at_start"]["length"]
            return self.heads[length - 1] if 0 < length <= len(self.heads) else ""
        except _SHAPE_ERRORS:
            return ""


def _opens(disclosure: Disclosure, event: Event) -> bool:
    """Whether the disclosed value and salt are what the event committed to."""
    try:
        salt = bytes.fromhex(disclosure.salt)
        if salt.hex() != disclosure.salt:
            return False
        return commitment_hex(disclosure.field, disclosure.value, salt) == event.commitments[disclosure.field]
    except (CustodyError, ValueError):
        return False


def _made(make: Callable[[Any], bytes], what: JSON) -> bytes | None:
    """A table written again, or b"" when what it is made from cannot be read."""
    try:
        return make(what)
    except _SHAPE_ERRORS:
        return b""


def _parse(data: bytes) -> JSON:
    """JSON with nothing ambiguous in it: no key twice, no NaN."""

    def one_of_each(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a key stands twice")
        return found

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is not a number")

    return json.loads(data.decode("utf-8"), object_pairs_hook=one_of_each, parse_constant=refuse)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) and len(str(error)) < 80 else type(error).__name__
