"""Everything of a record in open forms, for its person: every version of every word, every file byte for byte, both chains.

A pack is a choice for someone else; an export is the whole, and nothing is left out to spare anyone. It can be read without
Daybook: JSON, CSV and the originals, or the same as age files with their key. What does not agree with the ledger, or cannot
be read, is named in it, and everything else is there all the same.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from daybook.diary.agreement import compare_with_ledger
from daybook.diary.attachments import exhibits_that_open
from daybook.diary.drafts import drafts_that_open
from daybook.diary.models import Attachment, Item
from daybook.diary.versions import kept_versions
from daybook.evidence.errors import BodyDamaged
from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.late_files import late_files_of
from daybook.evidence.notes import notes_that_open
from daybook.evidence.reading import check_body, open_body
from daybook.evidence.removing import removed_for
from daybook.evidence.resumable import uploads_for
from daybook.kernel.custody import CustodyError
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger.chains import ACCESS, LEDGER, check_chain, links_for
from daybook.ledger.models import ChainHead
from daybook.packs.export_rows import (
    as_exhibit,
    as_stored,
    files_csv,
    late_row,
    note_row,
    place_of,
    removed_row,
    version_row,
    versions_csv,
)
from daybook.packs.export_words import checks_text, readme_text
from daybook.packs.safe_names import safe_name
from daybook.packs.wrapping import sealed_for_recipient, sealed_with_passphrase
from daybook.people.accounts import Unlocked, capture_identity, evidence_identity
from daybook.people.errors import RecordAltered
from daybook.people.late_saves import every_late_save_of
from daybook.people.models import Record
from daybook.people.recipients import recipients_of

README, CHECKS, SUMS, KEY, CONTENTS = (
    "README.txt",
    "checks.txt",
    "sha256sums.txt",
    "key.txt.age",
    "contents.json",
)
FORMAT = "daybook/export/1"
_CSV_NAMES = {
    Item.Kind.ENTRY: "entries.csv",
    Item.Kind.SUSPECT: "suspects.csv",
    Item.Kind.WITNESS: "witnesses.csv",
    Item.Kind.PLACE: "places.csv",
}


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One file of an export: its path with ``/``, its bytes piece by piece, and how many there are where that is known."""

    path: str
    pieces: Iterable[bytes]
    size: int | None = None


@dataclass(slots=True)
class Export:
    """One export under way. ``passphrase`` makes it the sealed form: each file an age file, and the key sealed to it.

    ``faults`` are what does not agree or cannot be read, as sentences; complete once `files` has come to its end.
    """

    unlocked: Unlocked
    now: datetime
    passphrase: str | None = None
    faults: list[str] = field(default_factory=list)
    _sums: dict[str, str] = field(default_factory=dict)
    _sealed_names: dict[str, str] = field(default_factory=dict)

    def files(self) -> Iterator[ExportFile]:
        """Every file, one after the other; take each whole before the next. The last says what is missing, and the digests.

        Raises RecordAltered when the keys of the record were changed, BodyDamaged when a file that was whole a moment ago
        is not any more: the export ends there.
        """
        yield self._in_clear(
            README, [readme_text(self.unlocked, self.now, sealed=self.passphrase is not None)]
        )
        if self.passphrase is not None:
            yield self._in_clear(KEY, sealed_with_passphrase([self._identity_file()], self.passphrase))
        for file in self._contents():
            yield self._as_chosen(file)
        yield self._as_chosen(ExportFile(CHECKS, [checks_text(self.faults)]))
        if self.passphrase is not None:
            names = json.dumps(self._sealed_names, ensure_ascii=False, indent=1).encode() + b"\n"
            yield self._as_chosen(ExportFile(CONTENTS, [names]))
        sums = "".join(f"{digest}  {path}\n" for path, digest in sorted(self._sums.items()))
        yield ExportFile(SUMS, [sums.encode()])

    # What goes in

    def _contents(self) -> Iterator[ExportFile]:
        self._compare()
        yield self._json("record.json", self._about())
        yield from self._written()
        yield from self._unfinished()
        yield from self._exhibits()
        yield from self._notes()
        removed = removed_for(self.unlocked.viewer, now=self.now)
        yield self._json("removed-files.json", [removed_row(one) for one in removed])
        for chain in (LEDGER, ACCESS):
            yield ExportFile(f"{chain.value}.jsonl", self._chain(chain))

    def _compare(self) -> None:
        viewer = self.unlocked.viewer
        for chain, name in ((LEDGER, "Your record"), (ACCESS, "The list of who looked")):
            try:
                check_chain(viewer, chain=chain, capture_identity=self._capture())
            except (CustodyError, SealingError) as fault:
                self.faults.append(f"{name} was changed from outside Daybook: {fault}.")
        self.faults.extend(fault.words for fault in compare_with_ledger(viewer).faults)

    def _about(self) -> dict[str, Any]:
        record = Record.objects.get(pk=self.unlocked.record_id)
        return {
            "format": FORMAT,
            "record": str(self.unlocked.record_id),
            "name": self.unlocked.name,
            "initials": self.unlocked.profile.initials,
            "zone": self.unlocked.profile.zone,
            "opened_at": record.opened_at.isoformat(),
            "exported_at": self.now.isoformat(),
        }

    def _written(self) -> Iterator[ExportFile]:
        """Every version of everything that is kept in versions, those that the ledger never noted too."""
        found: dict[Item.Kind, list[dict[str, Any]]] = {kind: [] for kind in Item.Kind}
        for row in kept_versions(self.unlocked.viewer):
            kind = row.read.kind if row.read else None
            if kind is None:
                self.faults.append(
                    f"Version {row.version} of something kept as {row.kind} does not open, and is not in here."
                )
                continue
            found[kind].append(version_row(row))
        for kind, versions in found.items():
            versions.sort(key=lambda one: (one["written_at"], one["id"], one["version"]))
            yield self._json(f"{kind.value}-versions.json", versions)
            yield ExportFile(_CSV_NAMES[kind], [versions_csv(versions)])

    def _unfinished(self) -> Iterator[ExportFile]:
        drafts, altered = drafts_that_open(self.unlocked.viewer)
        if altered:
            self.faults.append(f"Drafts that do not open, and are not in here: {altered}.")
        yield self._json(
            "drafts.json",
            [
                {
                    "id": str(draft.id),
                    "amends": str(draft.amends) if draft.amends else None,
                    "amends_version": draft.amends_version,
                    "begun_at": draft.begun_at.isoformat(),
                    "saved_at": draft.saved_at.isoformat(),
                    "sections": draft.sections,
                }
                for draft in drafts
            ],
        )
        late, bodies = [], []
        for number, words in enumerate(every_late_save_of(self.unlocked), 1):
            if words.damaged:
                self.faults.append(f"Late words {number}, that came after a lock, do not open.")
            files = late_files_of(self.unlocked, words.files)
            places = [
                f"late-files/{number}-{place}/{safe_name(one.name)}" for place, one in enumerate(files, 1)
            ]
            late.append(late_row(words, files, places))
            bodies += [(one, place) for one, place in zip(files, places, strict=True) if one.waits]
        yield self._json("late-words.json", late)
        for one, place in bodies:
            yield from self._body(as_exhibit(one), place)

    def _exhibits(self) -> Iterator[ExportFile]:
        viewer = self.unlocked.viewer
        exhibits, altered = exhibits_that_open(viewer)
        self.faults += [
            f"{self.unlocked.profile.initials}/{number}: what is stored about this file does not open. It is not in here."
            for _, number in altered
        ]
        rows = Attachment.objects.filter(record_id=viewer.record).order_by("attached_at", "pk")
        attached = [
            {
                "entry": str(entry),
                "exhibit": str(exhibit),
                "attached_at": since.isoformat(),
                "detached_at": until.isoformat() if until else None,
            }
            for entry, exhibit, since, until in rows.values_list(
                "entry_id", "exhibit_id", "attached_at", "detached_at"
            )
        ]
        yield self._json("attachments.json", attached)
        places = {one.id: place_of(one) for one in exhibits}
        listed = [
            {"id": str(one.id), "file": places[one.id], "unseen": one.unseen, **one.committed}
            for one in exhibits
        ]
        yield self._json("files.json", listed)
        yield ExportFile("files.csv", [files_csv(listed)])
        for one in exhibits:
            yield from self._body(one, places[one.id])

    def _notes(self) -> Iterator[ExportFile]:
        """What was said about files later; and files that are still arriving, which can only be named."""
        viewer = self.unlocked.viewer
        opened, altered = notes_that_open(viewer)
        if altered:
            self.faults.append(f"Notes about files that do not open, and are not in here: {altered}.")
        yield self._json("notes.json", [note_row(note) for note in opened])
        coming = len(uploads_for(viewer))
        if coming:
            self.faults.append(f"Files that had not arrived whole, and are not in here: {coming}.")

    def _body(self, exhibit: ReadExhibit, place: str) -> Iterator[ExportFile]:
        """An original, read to its end before a byte of it goes out: one that is damaged is named, and never half there."""
        viewer = self.unlocked.viewer
        try:
            check_body(viewer, exhibit)
        except BodyDamaged as fault:
            self.faults.append(f"{exhibit.reference}: {fault}")
            return
        if self.passphrase is None:
            yield ExportFile(place, open_body(viewer, exhibit), exhibit.size)
        else:
            yield ExportFile(place, as_stored(exhibit), exhibit.sealed_length)

    def _chain(self, chain: ChainHead.Chain) -> Iterator[bytes]:
        links = links_for(self.unlocked.viewer, chain=chain, capture_identity=self._capture())
        try:
            for link in links:
                line = {"event": link.event.to_json(), "salts": dict(link.salts), "head": link.head.hex()}
                yield json.dumps(line, ensure_ascii=False).encode() + b"\n"
        except (CustodyError, SealingError, ValueError, KeyError):
            self.faults.append(f"{chain.value}.jsonl ends where a step does not open any more.")

    def _capture(self) -> str | None:
        try:
            return capture_identity(self.unlocked.viewer)
        except (RecordAltered, SealingError):
            return None

    # How it goes in

    def _as_chosen(self, file: ExportFile) -> ExportFile:
        if self.passphrase is None:
            return self._in_clear(file.path, file.pieces, file.size)
        name = self._name(file.path)
        if file.path.startswith(("files/", "late-files/")):
            return self._in_clear(name, file.pieces, file.size)  # the stored body is an age file already
        recipient = recipients_of(self.unlocked.record_id).evidence
        return self._in_clear(name, sealed_for_recipient(file.pieces, recipient))

    def _name(self, path: str) -> str:
        """The path in this form. In the sealed one it gives nothing away; contents.json says what each of them is."""
        if self.passphrase is None:
            return path
        folder, slash, rest = path.partition("/")
        if slash:
            name = f"{folder}/{rest.partition('/')[0]}.age"
        elif path == CONTENTS:
            return f"{path}.age"
        else:
            known = {plain: sealed for sealed, plain in self._sealed_names.items()}
            name = (
                known.get(path)
                or f"words/{sum(one.startswith('words/') for one in known.values()) + 1:02}.age"
            )
        self._sealed_names[name] = path
        return name

    def _in_clear(self, path: str, pieces: Iterable[bytes], size: int | None = None) -> ExportFile:
        return ExportFile(path, self._summed(path, pieces), size)

    def _summed(self, path: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        found = hashlib.sha256()
        for piece in pieces:
            found.update(piece)
            yield piece
        self._sums[path] = found.hexdigest()

    def _identity_file(self) -> bytes:
        recipient = recipients_of(self.unlocked.record_id).evidence
        secret = evidence_identity(self.unlocked.viewer)
        return f"# created: {self.now.isoformat()}\n# public key: {recipient}\n{secret}\n".encode()

    def _json(self, path: str, value: Any) -> ExportFile:
        return ExportFile(path, [json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"])
