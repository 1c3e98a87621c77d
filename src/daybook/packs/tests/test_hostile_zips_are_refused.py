"""A zip built to harm, or to read differently in different programs, is refused before anything in it is believed."""

import io
import stat
import struct
import subprocess
import sys
import textwrap
import zipfile
import zlib
from collections.abc import Callable

import pytest

from daybook.packs import zip_reading
from daybook.packs.tests.packed_again import ordinary, repack, unpack
from daybook.packs.tests.sample import sample_pack
from daybook.packs.verify import PackUnreadable, Report, State, verify_open_pack


def structure(data: bytes) -> tuple[State, str]:
    report: Report = verify_open_pack(io.BytesIO(data))
    assert report.checks[0].name == "structure"
    if report.checks[0].state is State.INVALID:
        assert not report.is_valid()
    return report.checks[0].state, report.checks[0].detail


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in members:
            made.writestr(ordinary(name) if isinstance(name, str) else name, data, method)
    return out.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "../out.txt",
        "notes-2026-11-20/../../out.txt",
        "/top/x",
        "C:/x",
        "top\\x",
        "notes-2026-11-20//x",
        "notes-2026-11-20/./x",
        "notes-2026-11-20/a\nb",
        "notes-2026-11-20/a\x7fb",
        "loose.txt",
    ],
)
def test_a_name_that_leads_astray_is_refused(name: str) -> None:
    info = ordinary("notes-2026-11-20/x")
    info.filename = name
    state, detail = structure(zipped(("notes-2026-11-20/good.txt", b""), (info, b"x")))
    assert state is State.INVALID
    assert "leads outside" in detail or "must not have" in detail or "outside the pack" in detail


def test_a_name_with_nul_is_refused() -> None:
    data = zipped(("notes-2026-11-20/good#.exe", b"x")).replace(b"good#", b"good\0")
    assert structure(data)[0] is State.INVALID


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("notes-2026-11-20/A.txt", "notes-2026-11-20/a.txt"),
        ("notes-2026-11-20/é", "notes-2026-11-20/e\u0301"),
        ("notes-2026-11-20/ﬁle", "notes-2026-11-20/file"),
        ("notes-2026-11-20/x", "notes-2026-11-20/x/y"),
        ("notes-2026-11-20/ß", "notes-2026-11-20/ss"),
    ],
)
def test_names_that_some_systems_take_for_one_are_refused(one: str, other: str) -> None:
    assert structure(zipped((one, b"1"), (other, b"2")))[0] is State.INVALID


def test_a_name_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(("notes-2026-11-20/x", b"1"), ("notes-2026-11-20/x", b"2"))
    state, detail = structure(data)
    assert state is State.INVALID
    assert "stands twice" in detail


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_a_link_or_device_is_refused(kind: int) -> None:
    info = zipfile.ZipInfo("notes-2026-11-20/x")
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    assert "link or device" in structure(zipped((info, b"/etc/passwd")))[1]


def test_two_folders_at_the_top_are_refused() -> None:
    assert "more than one folder" in structure(zipped(("a/x", b""), ("b/x", b"")))[1]


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(zipped(("notes-2026-11-20/x", b"secret")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in structure(bytes(data))[1]


def test_an_unusual_packing_is_refused() -> None:
    assert "unusual way" in structure(zipped(("notes-2026-11-20/x", b"x" * 100), method=zipfile.ZIP_BZIP2))[1]


def overlap(data: bytes) -> bytes:
    """The second member of the directory points at the first one's bytes."""
    second = data.rindex(b"PK\x01\x02")
    return data[: second + 42] + struct.pack("<L", 0) + data[second + 46 :]


def grow_first(data: bytes) -> bytes:
    """The first member's size in the directory reaches into the second."""
    first = data.index(b"PK\x01\x02")
    return data[: first + 20] + struct.pack("<2L", 40, 40) + data[first + 28 :]


def other_name_inside(data: bytes) -> bytes:
    return data.replace(b"notes-2026-11-20/one", b"notes-2026-11-20/eno", 1)


def prefixed(data: bytes) -> bytes:
    return b"#!/bin/sh\n" + data


def commented(data: bytes) -> bytes:
    return data[:-2] + struct.pack("<H", 4) + b"note"


def hidden_between(data: bytes) -> bytes:
    """Bytes between the members and the directory, with the directory's place corrected."""
    start = data.index(b"PK\x01\x02")
    end = bytearray(data[-22:])
    struct.pack_into("<L", end, 16, start + 6)
    return data[:start] + b"hidden" + data[start:-22] + bytes(end)


@pytest.mark.parametrize(
    "change", [overlap, grow_first, other_name_inside, prefixed, commented, hidden_between]
)
def test_a_zip_in_which_programs_would_see_different_things_is_refused(
    change: Callable[[bytes], bytes],
) -> None:
    good = zipped(("notes-2026-11-20/one", b"11111111"), ("notes-2026-11-20/two", b"22222222"))
    data = change(good)
    assert data != good
    try:
        assert structure(data)[0] is State.INVALID
    except PackUnreadable:
        assert change is commented


def test_a_bomb_is_refused_before_it_unfolds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_reading, "FREE_BYTES", 1 << 20)
    data = zipped(("notes-2026-11-20/data/exhibits/a/x", bytes(20 << 20)), method=zipfile.ZIP_DEFLATED)
    assert "bomb" in structure(data)[1]


def test_a_member_that_unfolds_to_more_than_it_says_is_damaged() -> None:
    data = bytearray(
        zipped(("notes-2026-11-20/data/README.txt", bytes(1 << 20)), method=zipfile.ZIP_DEFLATED)
    )
    directory = data.index(b"PK\x01\x02")
    for place in (22, directory + 24):
        struct.pack_into("<L", data, place, 100)
    for place in (14, directory + 16):
        struct.pack_into("<L", data, place, zlib.crc32(bytes(100)) ^ 1)
    assert "damaged" in structure(bytes(data))[1]


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_reading, "MAX_MEMBERS", 3)
    assert (
        "more files than any pack"
        in structure(zipped(*((f"notes-2026-11-20/{n}", b"") for n in range(4))))[1]
    )


def test_a_file_too_large_to_be_read_as_a_whole_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_reading, "MAX_SMALL_BYTES", 10)
    assert "too large" in structure(zipped(("notes-2026-11-20/data/chronology.json", b"x" * 11)))[1]


def test_terminal_codes_in_names_are_shown_as_numbers() -> None:
    detail = structure(zipped(("notes-2026-11-20/\x1b[2Jx", b"")))[1]
    assert "\x1b" not in detail
    assert "[U+001B]" in detail


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"PK\x05\x06", sample_pack()[:-1], sample_pack()[: len(sample_pack()) // 2]]
)
def test_what_is_no_whole_zip_is_unreadable(data: bytes) -> None:
    with pytest.raises(PackUnreadable, match="download complete"):
        verify_open_pack(io.BytesIO(data))


@pytest.mark.parametrize(
    "start", [b"age-encryption.org/v1\n-> X25519", b"-----BEGIN AGE ENCRYPTED FILE-----\n"]
)
def test_a_sealed_pack_is_recognised_with_words_how_to_open_it(start: bytes) -> None:
    with pytest.raises(PackUnreadable, match=r"age -d -o pack\.zip"):
        verify_open_pack(io.BytesIO(start + bytes(500)))


TOP = "notes-2026-11-20"


def with_extra(name: str, extra: bytes) -> zipfile.ZipInfo:
    info = ordinary(f"{TOP}/{name}")
    info.extra = extra
    return info


def test_an_ordinary_zip_of_ordinary_files_has_no_fault() -> None:
    state, detail = structure(zipped((f"{TOP}/one", b"1"), (f"{TOP}/two", b"2")))
    assert (state, "2 files" in detail) == (State.VALID, True)


def test_a_zip_made_again_on_windows_has_no_fault() -> None:
    info = zipfile.ZipInfo(f"{TOP}/one")
    info.create_system, info.external_attr = 0, 0x20
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(info, b"1")
        made.filelist[0].external_attr = 0x20
    assert structure(out.getvalue())[0] is State.VALID


@pytest.mark.parametrize(
    "extra",
    [
        struct.pack("<HHBL", 0x7075, 5 + 13, 1, zlib.crc32(f"{TOP}/shown".encode())) + b"elsewhere.pdf",
        struct.pack("<HHBL", 0x5455, 5, 1, 0),
        struct.pack("<HHBBHBH", 0x7875, 7, 1, 2, 0, 2, 0),
        struct.pack("<HHQ", 1, 8, 7),
        struct.pack("<HH", 1, 0),
        b"\0\0",
    ],
    ids=["unicode path", "times", "owner", "wrong size", "nothing", "no field"],
)
def test_a_field_by_which_programs_could_differ_is_refused(extra: bytes) -> None:
    state, detail = structure(zipped((with_extra("shown", extra), b"x")))
    assert state is State.INVALID
    assert "carries more" in detail


def test_a_field_only_beside_the_file_itself_is_refused() -> None:
    data = zipped((with_extra("shown", struct.pack("<HHL", 0x7777, 4, 1)), b"x"))
    place, end = data.index(b"PK\x01\x02"), len(data) - 22
    directory = bytearray(data[place:end])
    struct.pack_into("<H", directory, 30, 0)
    ending = bytearray(data[end:])
    struct.pack_into("<L", ending, 12, len(directory) - 8)
    assert "at its own place" in structure(data[:place] + bytes(directory[:-8]) + bytes(ending))[1]


def test_a_comment_on_a_file_is_refused() -> None:
    info = ordinary(f"{TOP}/x")
    info.comment = b"\x1b[2J read this instead"
    state, detail = structure(zipped((info, b"x")))
    assert (state, "carries a comment" in detail) == (State.INVALID, True)


@pytest.mark.parametrize("mode", [0o755, 0o4755, 0o600, 0o777, 0])
def test_a_file_with_other_rights_is_refused(mode: int) -> None:
    info = ordinary(f"{TOP}/x")
    info.external_attr = (stat.S_IFREG | mode) << 16
    assert "other rights" in structure(zipped((info, b"x")))[1]


@pytest.mark.parametrize("attributes", [0x01, 0x02, 0x04, 0x10])
def test_a_file_marked_hidden_or_as_a_folder_is_refused(attributes: int) -> None:
    info = ordinary(f"{TOP}/x")
    info.external_attr |= attributes
    assert "other rights" in structure(zipped((info, b"x")))[1]


@pytest.mark.parametrize(
    "top", ["top", "notes", "notes-2026-11-2", "notes-2026-11-20.app", "NOTES-2026-11-20"]
)
def test_a_folder_that_is_not_named_as_a_packs_is_refused(top: str) -> None:
    assert "not named as that of a pack" in structure(zipped((f"{top}/x", b"")))[1]


def test_a_folder_named_on_its_own_is_refused() -> None:
    report = verify_open_pack(repack({"data/": b"", **unpack(sample_pack())}))
    assert "a pack names only files" in report.checks[0].detail


def test_members_past_two_gibibytes_and_a_zip64_directory_are_read() -> None:
    """A sparse pack of more than 4 GiB, made and read in a process of its own; the file system keeps no zeros."""
    program = textwrap.dedent("""
        import sys, tempfile, zipfile
        from daybook.packs.zip_reading import open_pack
        with tempfile.TemporaryFile() as file:
            made = zipfile.ZipFile(file, "w")
            for name in ("a", "b"):
                info = zipfile.ZipInfo("notes-2026-11-20/" + name)
                info.file_size = info.compress_size = 2200 << 20
                info.create_system, info.external_attr = 3, 0o100644 << 16
                info.CRC = 0
                made.fp.seek(made.start_dir)
                info.header_offset = made.fp.tell()
                made.fp.write(info.FileHeader(zip64=True))
                made.start_dir = made.fp.tell() + info.file_size
                made.filelist.append(info)
                made.NameToInfo[info.filename] = info
            made._didModify = True
            made.close()
            pack = open_pack(file)
            print(sorted(pack.members), pack.members["b"].header_offset)
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("['a', 'b'] 23068")
