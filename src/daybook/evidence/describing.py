"""What a file says of itself, read before it becomes evidence: the ledger commits to it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from daybook import doors
from daybook.evidence.errors import NotKept
from daybook.evidence.intake import Received
from daybook.kernel.consent import Viewer
from daybook.kernel.media.claims import mismatch
from daybook.kernel.media.decoder import Decoded, can_decode, can_preview, is_picture
from daybook.kernel.media.errors import DecodingFailed, Undecodable
from daybook.kernel.sealing.age import AgeReader
from daybook.kernel.sealing.blob_store import BlobError
from daybook.kernel.sealing.errors import SealingError
from daybook.people.accounts import evidence_identity
from daybook.people.errors import RecordAltered

AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Description:
    """What was found.

    Args:
        metadata: what the ledger will commit to.
        decoded: what there is to show.
        later: whether looking into it later shows more.
        facts_left: whether what it says of itself is still to be read, too.
    """

    metadata: dict[str, Any]
    decoded: Decoded | None = None
    later: bool = False
    facts_left: bool = False


Describe = Callable[[], Description]
"""Gives the description of one file. Raises NotKept."""


class OpenedRanges:
    """A sealed body, of which any place can be read in clear."""

    def __init__(self, reader: AgeReader) -> None:
        self._reader = reader

    @property
    def size(self) -> int:
        """The original's length in bytes."""
        return self._reader.plain_length

    def read(self, start: int, length: int) -> bytes:
        """A part of the original; every piece of it is verified first."""
        stop = min(start + length, self.size)
        return b"".join(self._reader.read_range(start, stop)) if start < stop else b""


def describe(received: Received, identity: str, *, name: str, declared_type: str) -> Description:
    """Read what a file says of itself; of a picture also how it looks. What else there is to show is looked for afterwards.

    Raises NotKept when the file that was just taken in cannot be read back.
    """
    metadata: dict[str, Any] = {}
    odd = mismatch(name, declared_type, received.type)
    if odd:
        metadata["mismatch"] = odd
    if not can_decode(received.type):
        return Description(metadata, later=can_preview(received.type))
    try:
        ranges = doors.blobs().ranges(received.blob_key)
        reader = AgeReader(ranges, length=received.sealed_length, identity=identity)
        decoded = doors.decoder().decode(
            OpenedRanges(reader), content_type=received.type, only_facts=not is_picture(received.type)
        )
    except Undecodable as failure:
        metadata["no_preview"] = failure.words
        return Description(metadata)
    except DecodingFailed:
        # Busy, stopped, broken or not there: it says nothing of the file, so nothing of it goes into the ledger.
        return Description(metadata, later=True, facts_left=True)
    except (BlobError, SealingError) as error:
        raise NotKept("This file was taken in, but could not be read back. Try again.") from error
    if decoded.facts is not None:
        metadata.update(decoded.facts.as_metadata())
    if decoded.broken_off or not is_picture(received.type):
        return Description(metadata, later=True)
    if decoded.thumbnail is None:
        metadata["no_preview"] = decoded.no_thumbnail
    return Description(metadata, decoded)


@contextmanager
def described_together(
    viewer: Viewer, files: Sequence[tuple[Received, str, str]]
) -> Iterator[Mapping[str, Describe]]:
    """Describe several files (each with its name and declared type) side by side; gives a description for each blob's key.

    None of them waits for another that takes long, beyond what the machine can do at once. Gives none when the record's keys
    were altered: admitting says so then.
    """
    try:
        identity = evidence_identity(viewer)
    except RecordAltered:
        yield {}
        return
    with ThreadPoolExecutor(AT_ONCE, "describing") as pool:
        yield {
            received.blob_key: pool.submit(
                describe, received, identity, name=name, declared_type=declared_type
            ).result
            for received, name, declared_type in files
        }
