"""Opens a zip a stranger made: refuses what is built to harm or to read differently in different programs.

Python's own reader trusts the directory at the end; others trust the headers between. Here both must agree,
every byte of the file must belong to exactly one member, and names must mean the same on every system.
Nothing is ever unpacked to disk.
"""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from daybook.packs.safe_names import fold_name

MAX_MEMBERS = 100_000
MAX_DIRECTORY_BYTES = 64 << 20
MAX_SMALL_BYTES = 256 << 20
"""The most one file may have that is read into memory (everything but exhibits)."""
MAX_RATIO = 100
FREE_BYTES = 1 << 30
"""A pack may unfold to this much, or to MAX_RATIO times its own size, whichever is more."""
READ_BYTES = 1 << 20
AGE_BEGINNINGS = (b"age-encryption.org/v1\n", b"-----BEGIN AGE ENCRYPTED FILE-----")
_DATA_DESCRIPTOR = 0x08
_ENCRYPTED = 0x01 | 0x40 | 0x2000
_TOP = re.compile(r"notes-[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNIX, _DOS = 3, 0
_ORDINARY_FILE = (stat.S_IFREG | 0o644) << 16
_DOS_FILES = (0x00, 0x20)
"""Attributes of a file from a system without modes: none, or "not yet backed up"."""
_ZIP64_FIELD = 1
_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"


class PackUnreadable(Exception):
    """The file cannot be read as a pack at all; the message says why, and what to do about it."""


class HostileZip(Exception):
    """The zip is built in a way no honest program builds one. ``faults`` says how."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(slots=True)
class PackZip:
    """An open pack: ``top`` is its one folder, ``members`` the files in it by path below that folder."""

    top: str
    members: dict[str, zipfile.ZipInfo]
    _zip: zipfile.ZipFile

    def pieces(self, path: str) -> Iterator[bytes]:
        """The bytes of a member, piece by piece; raises DamagedMember when they are not what the zip says."""
        info = self.members[path]
        try:
            with self._zip.open(info) as member:
                while piece := member.read(READ_BYTES):
                    yield piece
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise DamagedMember(path) from error

    def small(self, path: str) -> bytes:
        """All bytes of a member that is read as a whole; raises DamagedMember when it is too large or
        damaged.
        """
        if self.members[path].file_size > MAX_SMALL_BYTES:
            raise DamagedMember(path)
        return b"".join(self.pieces(path))

    def close(self) -> None:
        """Close the file."""
        self._zip.close()


class DamagedMember(Exception):
    """A member's bytes cannot be read; the only argument is its path."""


def open_pack(file: BinaryIO) -> PackZip:
    """Open a seekable file as a pack of files, each an ordinary one below one folder. Raises PackUnreadable or HostileZip."""
    size = file.seek(0, 2)
    file.seek(0)
    beginning = file.read(64)
    if beginning.startswith(AGE_BEGINNINGS):
        raise PackUnreadable(
            "This pack is sealed with a passphrase or a key (it is an age file). "
            "Open it first, with the passphrase from the person "
            "who gave it to you:  age -d -o pack.zip THIS-FILE   (age: https://age-encryption.org). "
            "Then check pack.zip."
        )
    count, directory_start, directory_size = _find_directory(file, size)
    if count > MAX_MEMBERS or directory_size > MAX_DIRECTORY_BYTES:
        raise HostileZip(["it claims more files than any pack has"])
    try:
        opened = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError, EOFError) as error:
        raise PackUnreadable(
            "This is not a zip file, or its end is missing. Was the download complete?"
        ) from error
    infos = opened.infolist()
    faults = [
        *_file_faults(opened, infos, count),
        *_name_faults(infos),
        *_layout_faults(file, infos, directory_start, size),
        *_size_faults(infos, size),
    ]
    if faults:
        opened.close()
        raise HostileZip(faults)
    top = infos[0].filename.split("/")[0] if infos else ""
    members = {info.filename.removeprefix(top + "/"): info for info in infos}
    return PackZip(top, members, opened)


def _find_directory(file: BinaryIO, size: int) -> tuple[int, int, int]:
    """Number of entries, start and size of the directory. A comment at the end is not taken."""
    file.seek(max(0, size - 22 - 20 - 56))
    tail = file.read()
    end = tail[-22:]
    if len(end) < 22 or not end.startswith(_END):
        raise PackUnreadable("This is not a zip file, or its end is missing. Was the download complete?")
    disk, first, here, count, length, start, comment = struct.unpack("<4H2LH", end[4:])
    if comment or disk or first or here != count:
        raise HostileZip(["its end is not that of an ordinary zip"])
    if count == 0xFFFF or length == 0xFFFFFFFF or start == 0xFFFFFFFF:
        record = tail[-22 - 20 - 56 : -22 - 20]
        if not record.startswith(_END_64) or not tail[-22 - 20 : -22].startswith(_LOCATOR_64):
            raise HostileZip(["its end is not that of an ordinary large zip"])
        _, count, length, start = struct.unpack("<4Q", record[24:56])
        directory_end = size - 22 - 20 - 56
    elif tail[-22 - 20 : -22].startswith(_LOCATOR_64):
        raise HostileZip(["it has two ends, and programs differ in which they believe"])
    else:
        directory_end = size - 22
    if start + length != directory_end:
        raise HostileZip(["there are bytes before or after the zip that belong to no file"])
    return count, start, length


def _file_faults(opened: zipfile.ZipFile, infos: list[zipfile.ZipInfo], count: int) -> Iterator[str]:
    if len(infos) != count:
        yield f"it says {count} files and holds {len(infos)}"
    if opened.comment:
        yield "it carries a comment"
    if not infos:
        yield "it is empty"
    for info in infos:
        kind = stat.S_IFMT(info.external_attr >> 16)
        shown = show_name(info.filename)
        if info.flag_bits & _ENCRYPTED:
            yield f"{shown} is encrypted inside the zip"
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            yield f"{shown} is packed in an unusual way"
        if info.is_dir():
            yield f"{shown} is a folder; a pack names only files"
        elif kind not in (0, stat.S_IFREG):
            yield f"{shown} is a link or device, not a file"
        elif not _is_ordinary(info):
            yield f"{shown} has other rights or marks than a file of a pack"
        if info.comment:
            yield f"{shown} carries a comment"
        if not _is_zip64_or_nothing(info.extra, (info.file_size, info.compress_size, info.header_offset)):
            yield f"{shown} carries more than a file of a pack does, and programs may differ in what they read"


def _is_ordinary(info: zipfile.ZipInfo) -> bool:
    """Whether this is a file that its owner may write and all may read, and nothing more is said of it."""
    if info.create_system == _DOS:
        return info.external_attr in _DOS_FILES
    return info.create_system == _UNIX and info.external_attr == _ORDINARY_FILE


def _is_zip64_or_nothing(extra: bytes, known: tuple[int, ...]) -> bool:
    """Whether an extra field is empty, or one ZIP64 field that repeats ``known`` numbers in their order.

    Everything else is refused: some fields give a member another name (0x7075) or other rights, and not every program
    believes them.
    """
    if not extra:
        return True
    if (
        len(extra) < 4
        or len(extra) % 8 != 4
        or struct.unpack_from("<HH", extra) != (_ZIP64_FIELD, len(extra) - 4)
    ):
        return False
    left = iter(known)
    numbers = struct.unpack_from(f"<{len(extra) // 8}Q", extra, 4)
    return bool(numbers) and all(number in left for number in numbers)


def _name_faults(infos: list[zipfile.ZipInfo]) -> Iterator[str]:
    seen: dict[str, str] = {}
    tops = set()
    for info in infos:
        name = info.filename
        parts = name.removesuffix("/").split("/")
        if (
            info.orig_filename != name
            or "\\" in name
            or any(unicodedata.category(char) == "Cc" for char in name)
        ):
            yield f"{show_name(info.orig_filename)} has characters a file name must not have"
        if name.startswith("/") or ":" in parts[0] or any(part in ("", ".", "..") for part in parts):
            yield f"{show_name(name)} leads outside the pack"
        folded = fold_name(name.removesuffix("/"))
        if folded in seen:
            same = (
                "stands twice"
                if seen[folded] == name
                else f"is the same file as {show_name(seen[folded])} on some systems"
            )
            yield f"{show_name(name)} {same}"
        seen[folded] = name
        tops.add(parts[0])
        if len(parts) == 1 and not info.is_dir():
            yield f"{show_name(name)} lies outside the pack's folder"
    if len(tops) > 1:
        yield "there is more than one folder at the top"
    for top in tops:
        if not _TOP.fullmatch(top):
            yield f"the folder {show_name(top)} is not named as that of a pack (notes-YYYY-MM-DD)"
    files = {fold_name(info.filename) for info in infos if not info.is_dir()}
    for folded, name in seen.items():
        parents = folded.split("/")[:-1]
        if any("/".join(parents[:depth]) in files for depth in range(1, len(parents) + 1)):
            yield f"{show_name(name)} lies inside something that is a file"


def _layout_faults(
    file: BinaryIO, infos: list[zipfile.ZipInfo], directory_start: int, size: int
) -> Iterator[str]:
    """Each member must begin where the one before it ends, and say of itself what the directory says."""
    position = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < position:
            yield f"{show_name(info.filename)} overlaps another file"
            return
        if info.header_offset > position:
            yield f"there are hidden bytes before {show_name(info.filename)}"
            return
        file.seek(position)
        header = file.read(30)
        if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
            yield f"{show_name(info.filename)} does not begin where the directory says"
            return
        (_, flags, method, time, day, crc, packed, length, name_length, extra_length) = struct.unpack(
            "<5H3L2H", header[4:]
        )
        name = file.read(name_length)
        extra = file.read(extra_length)
        if (flags, method, _dos_time(day, time)) != (info.flag_bits, info.compress_type, info.date_time):
            yield f"{show_name(info.filename)} says other things of itself than the directory"
        if name.decode("utf-8" if flags & 0x800 else "cp437", "replace") != info.orig_filename:
            yield f"{show_name(info.filename)} calls itself something else"
        if not flags & _DATA_DESCRIPTOR:
            own = _own_sizes(packed, length, extra)
            if (crc, *own) != (info.CRC, info.compress_size, info.file_size):
                yield f"{show_name(info.filename)} gives two different sizes or sums"
        sizes = (0, 0) if flags & _DATA_DESCRIPTOR else (info.file_size, info.compress_size)
        if not _is_zip64_or_nothing(extra, sizes) and not _is_zip64_or_nothing(
            extra, (info.file_size, info.compress_size)
        ):
            yield f"{show_name(info.filename)} carries more at its own place than a file of a pack does"
        position += 30 + name_length + extra_length + info.compress_size
        if flags & _DATA_DESCRIPTOR:
            step = _descriptor_length(file, position, info)
            if step is None:
                yield f"{show_name(info.filename)} does not end where the directory says"
                return
            position += step
        if position > size:
            yield f"{show_name(info.filename)} reaches beyond the end"
            return
    if position != directory_start:
        yield (
            "there are hidden bytes before the directory"
            if position < directory_start
            else "files overlap the directory"
        )


def _own_sizes(packed: int, length: int, extra: bytes) -> tuple[int, int]:
    """(packed, unpacked) as the member's own header says, from its ZIP64 field where it has one."""
    if 0xFFFFFFFF in (packed, length) and len(extra) == 20:
        _, _, length64, packed64 = struct.unpack("<HHQQ", extra)
        return packed64, length64
    return packed, length


def _descriptor_length(file: BinaryIO, position: int, info: zipfile.ZipInfo) -> int | None:
    """Length of the data descriptor at ``position`` if it repeats what the directory says, else None."""
    file.seek(position)
    found = file.read(24)
    for shape in ("<LLL", "<LQQ"):
        for mark in (b"PK\x07\x08", b""):
            expected = (
                mark + struct.pack(shape, info.CRC, info.compress_size, info.file_size)
                if _fits(shape, info)
                else None
            )
            if expected is not None and found.startswith(expected):
                return len(expected)
    return None


def _fits(shape: str, info: zipfile.ZipInfo) -> bool:
    return shape == "<LQQ" or max(info.compress_size, info.file_size) <= 0xFFFFFFFF


def _dos_time(day: int, time: int) -> tuple[int, int, int, int, int, int]:
    return (
        (day >> 9) + 1980,
        (day >> 5) & 0xF,
        day & 0x1F,
        time >> 11,
        (time >> 5) & 0x3F,
        (time & 0x1F) * 2,
    )


def _size_faults(infos: list[zipfile.ZipInfo], size: int) -> Iterator[str]:
    if sum(info.file_size for info in infos) > max(FREE_BYTES, MAX_RATIO * size):
        yield "it unfolds to far more than it holds (a decompression bomb)"
    for info in infos:
        if info.compress_type == zipfile.ZIP_STORED and info.file_size != info.compress_size:
            yield f"{show_name(info.filename)} gives two different sizes"


def show_name(name: str) -> str:
    """A name for people, in quotation marks: short, and with nothing in it that acts on a terminal."""
    return f"“{show_safely(name, most=200)}”"


def show_safely(text: str, *, most: int) -> str:
    """At most ``most`` characters of what a stranger wrote, with nothing in it that acts on a terminal."""
    shown = "".join(char if char.isprintable() else f"[U+{ord(char):04X}]" for char in text[:most])
    return shown + ("…" if len(text) > most else "")


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading; raises PackUnreadable in words."""
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise PackUnreadable("There is no such file.") from error
    except IsADirectoryError as error:
        raise PackUnreadable("This is a folder. Give the zip file as you got it.") from error
    except OSError as error:
        raise PackUnreadable(f"The file cannot be read: {error.strerror}.") from error
