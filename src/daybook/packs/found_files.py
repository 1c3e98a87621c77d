"""The files of a pack a stranger made, and whether the bag around them fits.

Every file is hashed in one pass; the small ones are kept in memory, exhibits never.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from daybook.kernel.custody import Event
from daybook.packs import ledger_files
from daybook.packs.bag_tags import (
    BAGIT_TXT,
    LEDGER,
    PAYLOAD,
    TAG_FILES,
    TAG_MANIFEST,
    bag_info,
    binding,
    contents_digest,
    manifest,
    read_bag_path,
)
from daybook.packs.zip_reading import DamagedMember, PackZip, show_name

_KEPT_IN_MEMORY = (".json", ".jsonl", ".csv", ".txt")
_LEDGER_FILES = (ledger_files.EVENTS, ledger_files.DISCLOSURES, ledger_files.HEAD)


@dataclass(slots=True)
class FoundFiles:
    """The files of an open pack by path: their SHA-256, the small ones themselves, and which are damaged."""

    sizes: dict[str, int]
    digests: dict[str, str] = field(default_factory=dict)
    small: dict[str, bytes] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, pack: PackZip) -> Self:
        """One pass over all bytes: hash everything, keep the small files, never an exhibit."""
        files = cls({path: info.file_size for path, info in pack.members.items()})
        for path in pack.members:
            keep = not path.startswith(PAYLOAD + "exhibits/") and path.endswith(_KEPT_IN_MEMORY)
            found = hashlib.sha256()
            try:
                if keep:
                    files.small[path] = pack.small(path)
                    found.update(files.small[path])
                else:
                    for piece in pack.pieces(path):
                        found.update(piece)
            except DamagedMember:
                files.small.pop(path, None)
                files.damaged.append(path)
                continue
            files.digests[path] = found.hexdigest()
        return files

    @property
    def payload(self) -> dict[str, str]:
        """The digests of the payload, by path below its folder."""
        return {
            path.removeprefix(PAYLOAD): digest
            for path, digest in self.digests.items()
            if path.startswith(PAYLOAD)
        }

    def in_payload(self, name: str) -> bytes:
        """A small file of the payload. Raises ValueError, in words, when it is not there."""
        try:
            return self.small[PAYLOAD + name]
        except KeyError:
            raise ValueError("it is missing or damaged") from None

    def structure_faults(self) -> list[str]:
        """Say which files cannot be read."""
        return [f"{show_name(path)} is damaged or too large to read" for path in self.damaged]

    def bag_faults(self, last: Event | None, head: str) -> list[str]:
        """Say where the bag's own files do not fit; ``last`` and ``head`` are where the ledger ends."""
        faults = []
        payload = {path: digest for path, digest in self.digests.items() if path.startswith(PAYLOAD)}
        faults += self._manifest_faults("manifest-sha256.txt", payload)
        tags = {path: self.digests[path] for path in TAG_FILES if path in self.digests}
        faults += self._manifest_faults(TAG_MANIFEST, tags)
        if self.small.get("bagit.txt") != BAGIT_TXT:
            faults.append("bagit.txt is not that of a bag")
        if last is not None:
            octets = sum(size for path, size in self.sizes.items() if path.startswith(PAYLOAD))
            if self.small.get("bag-info.txt") != bag_info(last, head, octets, len(payload)):
                faults.append("bag-info.txt does not say what the pack holds")
        elif "bag-info.txt" not in self.small:
            faults.append("bag-info.txt is missing")
        known = {*TAG_FILES, TAG_MANIFEST, *(PAYLOAD + name for name in _LEDGER_FILES)}
        for path in self.sizes:
            if path not in known and (not path.startswith(PAYLOAD) or path.startswith(PAYLOAD + LEDGER)):
                faults.append(f"{show_name(path)} does not belong in a pack")
        return faults

    def _manifest_faults(self, name: str, digests: Mapping[str, str]) -> list[str]:
        written = self.small.get(name)
        if written is None:
            return [f"{name} is missing"]
        if written == manifest(digests):
            return []
        faults, listed = [], {}
        for number, line in enumerate(written.decode("utf-8", "replace").splitlines(), 1):
            digest, gap, path = line.partition("  ")
            if not gap or len(digest) != 64:
                faults.append(f"line {number} of {name} cannot be read")
            listed[read_bag_path(path)] = digest
        faults += [f"{show_name(path)} is not listed in {name}" for path in digests if path not in listed]
        for path, digest in listed.items():
            if path not in digests:
                faults.append(f"{show_name(path)} is listed in {name}, but missing or damaged")
            elif digests[path] != digest:
                faults.append(f"{show_name(path)} is not the file {name} lists")
        return faults or [f"{name} is not written as a pack writes it"]

    def are_bound_by(self, pack_made: Event) -> bool:
        """Whether these are the files, whole, that the event of making the pack bound."""
        events = self.small.get(PAYLOAD + ledger_files.EVENTS, b"")
        disclosures = self.small.get(PAYLOAD + ledger_files.DISCLOSURES, b"")
        before = events[: events.rfind(b"\n", 0, -1) + 1]
        return not self.damaged and pack_made.details == binding(
            contents_digest(self.payload), before, disclosures
        )
