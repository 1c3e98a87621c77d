"""Writes a pack: a bag (BagIt 1.0, RFC 8493) in a zip that is made while it is sent, in constant memory.

What is slow or can fail (setting the PDF, checking the selection) happens in ``prepare_pack``, before a
byte leaves. The last event of the ledger, ``pack.made``, is written in the middle of the stream: after
every payload digest is known and before the ledger's own files and the manifests.
"""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

from daybook.kernel.custody import Event, EventKind
from daybook.packs import ledger_files
from daybook.packs.bag_tags import (
    BAGIT_TXT,
    PAYLOAD,
    TAG_MANIFEST,
    bag_info,
    binding,
    contents_digest,
    manifest,
)
from daybook.packs.chronology_document import lay_out_chronology
from daybook.packs.chronology_json import chronology_json, write_json
from daybook.packs.contents import Audience, Contents, Link, PackFault, follow_chain
from daybook.packs.hashing import BesideDigest
from daybook.packs.readme import write_readme
from daybook.packs.safe_names import fold_name, safe_name
from daybook.packs.tables import addresses_csv, chronology_csv, witnesses_csv
from daybook.packs.typesetting import typeset

OpenExhibit = Callable[[str], Iterable[bytes]]
"""Gives the original bytes of an exhibit (by its uuid), piece by piece."""
Bind = Callable[[Sequence[Link]], Mapping[str, str]]
"""What the event ``pack.made`` is to say, for the ledger as the pack shows it up to that event."""
CloseLedger = Callable[[Bind], Iterable[Link]]
"""Appends ``pack.made`` with the details that Bind gives, and gives the whole ledger."""


@dataclass(frozen=True, slots=True)
class PreparedPack:
    """A pack ready to be sent. ``name`` is its folder, ``documents`` its small files by path below ``data/``,
    ``exhibits`` the path of each exhibit by its uuid, ``size_hint`` about how many bytes the zip will have.
    """

    name: str
    contents: Contents
    documents: Mapping[str, bytes]
    exhibits: Mapping[str, str]
    size_hint: int


def prepare_pack(contents: Contents, *, fonts: Path) -> PreparedPack:
    """Write all documents of a pack; ``fonts`` is the folder of the PDF fonts with its coverage.json.

    Raises PackFault when the selection or the typesetting fails.
    """
    paths = exhibit_paths(contents)
    document = chronology_json(contents, paths)
    pdf = typeset(lay_out_chronology(contents, document), contents.thumbnails, fonts=fonts)
    documents = {
        "README.txt": write_readme(contents),
        "chronology.pdf": pdf.pdf,
        "chronology.csv": chronology_csv(document),
        "chronology.json": write_json(document),
    }
    police = ledger_files.write_disclosures(contents.disclosures, Audience.POLICE)
    if police:
        documents[ledger_files.POLICE_DISCLOSURES] = police
        documents["police-only/witnesses.csv"] = witnesses_csv(contents.disclosed)
        documents["police-only/addresses.csv"] = addresses_csv(contents.disclosed)
    day = contents.made_at.astimezone(ZoneInfo(contents.zone)).date()
    exhibit_bytes = sum(contents.disclosed.exhibits[exhibit].current.fields["size"] for exhibit in paths)
    return PreparedPack(
        name=f"notes-{day.isoformat()}",
        contents=contents,
        documents=documents,
        exhibits=paths,
        size_hint=exhibit_bytes + len(pdf.pdf) + sum(map(len, documents.values())) // 4,
    )


def exhibit_paths(contents: Contents) -> dict[str, str]:
    """Where each disclosed exhibit lies below ``data/``: exhibits/AB-1/<safe name>. Raises PackFault."""
    paths: dict[str, str] = {}
    folders: set[str] = set()
    for key, exhibit in contents.disclosed.exhibits.items():
        fields = exhibit.current.fields
        missing = [name for name in ("reference", "sha256", "name", "size") if name not in fields]
        if missing:
            raise PackFault(f"an exhibit cannot go in without its {', '.join(missing)}")
        folder = safe_name(str(fields["reference"]).replace("/", "-"), folders)
        folders.add(fold_name(folder))
        paths[key] = f"exhibits/{folder}/{safe_name(str(fields['name']))}"
    return paths


def stream_pack(
    prepared: PreparedPack, *, open_exhibit: OpenExhibit, close_ledger: CloseLedger
) -> Iterator[bytes]:
    """The bytes of the zip, piece by piece. Small files are compressed, exhibits are stored as they are.

    Raises PackFault when an exhibit is not what its commitment says, or when ``close_ledger`` gives a
    ledger that does not end in this pack: the zip then has no directory and no program takes it for a whole
    one.
    """
    contents = prepared.contents
    bag = _BagWriter(prepared)
    yield from bag.small("bagit.txt", BAGIT_TXT)
    for path, data in prepared.documents.items():
        yield from bag.small(PAYLOAD + path, data)
    for key, path in prepared.exhibits.items():
        fields = contents.disclosed.exhibits[key].current.fields
        yield from bag.exhibit(
            PAYLOAD + path, open_exhibit(key), size=fields["size"], sha256=fields["sha256"]
        )
    digest = contents_digest({path.removeprefix(PAYLOAD): found for path, found in bag.payload.items()})
    disclosures = ledger_files.write_disclosures(contents.disclosures, Audience.OPEN)

    def bind(before: Sequence[Link]) -> Mapping[str, str]:
        return binding(digest, ledger_files.write_events(before), disclosures)

    ledger = tuple(close_ledger(bind))
    pack_made, head = _check_closing(contents, ledger, bind(ledger[:-1]))
    yield from bag.small(PAYLOAD + ledger_files.EVENTS, ledger_files.write_events(ledger))
    yield from bag.small(PAYLOAD + ledger_files.DISCLOSURES, disclosures)
    yield from bag.small(
        PAYLOAD + ledger_files.HEAD, ledger_files.write_head(contents.record, len(ledger), head)
    )
    yield from bag.small("bag-info.txt", bag_info(pack_made, head, bag.octets, len(bag.payload)))
    yield from bag.small("manifest-sha256.txt", manifest(bag.payload))
    yield from bag.small(TAG_MANIFEST, manifest(bag.tags))
    yield from bag.finish()


def _check_closing(
    contents: Contents, ledger: tuple[Link, ...], bound: Mapping[str, str]
) -> tuple[Event, str]:
    """The last event and the final fingerprint. The ledger may have grown since the selection, but only
    onwards.
    """
    last = ledger[-1].event if ledger else None
    if last is None or last.kind != EventKind.PACK_MADE or last.details != bound:
        raise PackFault("the ledger does not end with the making of this pack")
    if follow_chain(contents.record, ledger[: len(contents.ledger)]) != contents.head:
        raise PackFault("the ledger is not the one this pack was chosen from")
    disclosed = {link.seq for link in contents.ledger if link.event is not None} | {len(ledger)}
    if {link.seq for link in ledger if link.event is not None} != disclosed:
        raise PackFault("the ledger discloses other events than were chosen")
    return last, follow_chain(contents.record, ledger)


class _Sink(io.RawIOBase):
    """What zipfile writes to: it cannot seek, and gives what was written to whoever asks next."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]  # any buffer; RawIOBase's signature is wider than bytes()
        self._pieces.append(piece)
        return len(piece)

    def take(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


class _BagWriter:
    """The zip being written, with the digests of what went in."""

    def __init__(self, prepared: PreparedPack) -> None:
        self.payload: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.octets = 0
        self._name = prepared.name
        self._date = prepared.contents.made_at.astimezone(UTC).timetuple()[:6]
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", allowZip64=True)

    def small(self, path: str, data: bytes) -> Iterator[bytes]:
        """Add a file that is in memory."""
        self._note(path, hashlib.sha256(data).hexdigest(), len(data))
        # PDF streams are compressed already; deflating them again costs more time than typesetting saves.
        method = zipfile.ZIP_STORED if path.endswith(".pdf") else zipfile.ZIP_DEFLATED
        with self._zip.open(self._info(path, len(data), method), "w") as member:
            member.write(data)
        yield self._sink.take()

    def exhibit(self, path: str, pieces: Iterable[bytes], *, size: int, sha256: str) -> Iterator[bytes]:
        """Add an original of ``size`` bytes while it streams; raises PackFault when it is not the committed
        one.
        """
        length = 0
        with BesideDigest() as found:
            with self._zip.open(self._info(path, size, zipfile.ZIP_STORED), "w") as member:
                for piece in pieces:
                    found.update(piece)
                    length += len(piece)
                    if length > size:
                        raise PackFault("an exhibit is longer than its record says")
                    member.write(piece)
                    yield self._sink.take()
            if length != size or found.hexdigest() != sha256:
                raise PackFault("an exhibit is not what its record says")
        self._note(path, sha256, size)
        yield self._sink.take()

    def finish(self) -> Iterator[bytes]:
        """The directory of the zip."""
        self._zip.close()
        yield self._sink.take()

    def _note(self, path: str, digest: str, length: int) -> None:
        if path.startswith(PAYLOAD):
            self.payload[path] = digest
            self.octets += length
        else:
            self.tags[path] = digest

    def _info(self, path: str, size: int, method: int) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(f"{self._name}/{path}", date_time=self._date)
        info.compress_type = method
        info.external_attr = (stat.S_IFREG | 0o644) << 16
        info.create_system = 3
        info.file_size = size  # tells zipfile early whether this member needs ZIP64
        return info
