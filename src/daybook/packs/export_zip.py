"""An export as a zip that is made while it is sent, in constant memory."""

import io
import stat
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from daybook.packs.export import ExportFile

_DEFLATED = (".json", ".jsonl", ".csv", ".txt")


def zipped(files: Iterable[ExportFile], *, folder: str, now: datetime) -> Iterator[bytes]:
    """The bytes of the zip, piece by piece. One that breaks off has no directory: no program takes it for whole."""
    sink = _Sink()
    date = now.astimezone(UTC).timetuple()[:6]
    with zipfile.ZipFile(sink, "w", allowZip64=True) as archive:
        for file in files:
            info = zipfile.ZipInfo(f"{folder}/{file.path}", date_time=date)
            small = file.size is None and file.path.endswith(_DEFLATED)
            info.compress_type = zipfile.ZIP_DEFLATED if small else zipfile.ZIP_STORED
            info.external_attr = (stat.S_IFREG | 0o600) << 16
            info.create_system = 3
            info.file_size = file.size or 0
            with archive.open(info, "w") as member:
                for piece in file.pieces:
                    member.write(piece)
                    yield sink.take()
            yield sink.take()
    yield sink.take()


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
