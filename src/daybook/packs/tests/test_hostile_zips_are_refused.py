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
from daybook.packs.tests.packed_again import repack, unpack
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
            made.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "../out.txt",
        "top/../../out.txt",
        "/top/x",
        "C:/x",
        "top\\x",
        "top//x",
        "top/./x",
        "top/a\nb",
        "top/a\x7fb",
        "loose.txt",
    ],
)
def test_a_name_that_leads_astray_is_refused(name: str) -> None:
    info = zipfile.ZipInfo("top/x")
    info.filename = name
    state, detail = structure(zipped(("top/good.txt", b""), (info, b"x")))
    assert state is State.INVALID
    assert "leads outside" in detail or "must not have" in detail or "outside the pack" in detail


def test_a_name_with_nul_is_refused() -> None:
    data = zipped(("top/good#.exe", b"x")).replace(b"good#", b"good\0")
    assert structure(data)[0] is State.INVALID


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("top/A.txt", "top/a.txt"),
        ("top/é", "top/e\u0301"),
        ("top/ﬁle", "top/file"),
        ("top/x", "top/x/y"),
        ("top/ß", "top/ss"),
    ],
)
def test_names_that_some_systems_take_for_one_are_refused(one: str, other: str) -> None:
    assert structure(zipped((one, b"1"), (other, b"2")))[0] is State.INVALID


def test_a_name_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(("top/x", b"1"), ("top/x", b"2"))
    state, detail = structure(data)
    assert state is State.INVALID
    assert "stands twice" in detail


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_a_link_or_device_is_refused(kind: int) -> None:
    info = zipfile.ZipInfo("top/x")
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    assert "link or device" in structure(zipped((info, b"/etc/passwd")))[1]


def test_two_folders_at_the_top_are_refused() -> None:
    assert "more than one folder" in structure(zipped(("a/x", b""), ("b/x", b"")))[1]


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(zipped(("top/x", b"secret")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in structure(bytes(data))[1]


def test_an_unusual_packing_is_refused() -> None:
    assert "unusual way" in structure(zipped(("top/x", b"x" * 100), method=zipfile.ZIP_BZIP2))[1]


def overlap(data: bytes) -> bytes:
    """The second member of the directory points at the first one's bytes."""
    second = data.rindex(b"PK\x01\x02")
    return data[: second + 42] + struct.pack("<L", 0) + data[second + 46 :]


def grow_first(data: bytes) -> bytes:
    """The first member's size in the directory reaches into the second."""
    first = data.index(b"PK\x01\x02")
    return data[: first + 20] + struct.pack("<2L", 40, 40) + data[first + 28 :]


def other_name_inside(data: bytes) -> bytes:
    return data.replace(b"top/one", b"top/eno", 1)


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
    good = zipped(("top/one", b"11111111"), ("top/two", b"22222222"))
    data = change(good)
    assert data != good
    try:
        assert structure(data)[0] is State.INVALID
    except PackUnreadable:
        assert change is commented


def test_a_bomb_is_refused_before_it_unfolds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_reading, "FREE_BYTES", 1 << 20)
    data = zipped(("top/data/exhibits/a/x", bytes(20 << 20)), method=zipfile.ZIP_DEFLATED)
    assert "bomb" in structure(data)[1]


def test_a_member_that_unfolds_to_more_than_it_says_is_damaged() -> None:
    data = bytearray(zipped(("top/data/README.txt", bytes(1 << 20)), method=zipfile.ZIP_DEFLATED))
    directory = data.index(b"PK\x01\x02")
    for place in (22, directory + 24):
        struct.pack_into("<L", data, place, 100)
    for place in (14, directory + 16):
        struct.pack_into("<L", data, place, zlib.crc32(bytes(100)) ^ 1)
    assert "damaged" in structure(bytes(data))[1]


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_reading, "MAX_MEMBERS", 3)
    assert "more files than any pack" in structure(zipped(*((f"top/{n}", b"") for n in range(4))))[1]


def test_a_file_too_large_to_be_read_as_a_whole_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_reading, "MAX_SMALL_BYTES", 10)
    assert "too large" in structure(zipped(("top/data/chronology.json", b"x" * 11)))[1]


def test_terminal_codes_in_names_are_shown_as_numbers() -> None:
    detail = structure(zipped(("top/\x1b[2Jx", b"")))[1]
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


def test_folders_named_on_their_own_do_no_harm() -> None:
    assert verify_open_pack(repack({"data/": b"", **unpack(sample_pack())})).is_valid()


def test_members_past_two_gibibytes_and_a_zip64_directory_are_read() -> None:
    """A sparse pack of more than 4 GiB, made and read in a process of its own; the file system keeps no zeros."""
    program = textwrap.dedent("""
        import sys, tempfile, zipfile
        from daybook.packs.zip_reading import open_pack
        with tempfile.TemporaryFile() as file:
            made = zipfile.ZipFile(file, "w")
            for name in ("a", "b"):
                info = zipfile.ZipInfo("top/" + name)
                info.file_size = info.compress_size = 2200 << 20
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
