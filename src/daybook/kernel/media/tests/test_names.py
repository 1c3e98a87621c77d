"""A file's name is kept in full, shown plainly, and harmless wherever it is saved."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.media import display_name, file_name
from daybook.kernel.media.names import FILE_NAME_BYTES, SHORT
from tests.hostile_files import HOSTILE_NAMES

_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def _is_safe(name: str) -> bool:
    return (
        0 < len(name.encode("utf-8")) <= FILE_NAME_BYTES
        and not set(name) & set('/\\\0\n\r<>:"|?*%')
        and name not in (".", "..")
        and not name.startswith((".", "-", "~", " "))
        and not name.endswith((".", " "))
        and not _RESERVED.fullmatch(name)
        and name.isprintable()
    )


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_becomes_a_harmless_one(name: str) -> None:
    assert _is_safe(file_name(name))


@given(st.text(st.characters(), max_size=300))
def test_any_name_becomes_a_harmless_one(name: str) -> None:
    assert _is_safe(file_name(name))
    assert file_name(file_name(name)) == file_name(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("IMG_2026.HEIC", "IMG_2026.HEIC"),
        ("Ärger über Anruf.txt", "Ärger über Anruf.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\photo.jpg", "photo.jpg"),
        ("photo.jpg\x00.html", "photo.jpg_.html"),
        ("con.jpg", "_con.jpg"),
        ("..", "file"),
        ("\u200b\u200b", "file"),
    ],
)
def test_names_become(name: str, expected: str) -> None:
    assert file_name(name) == expected


def test_a_shortened_name_keeps_its_ending() -> None:
    assert file_name("é" * 4096 + ".jpeg").endswith("é.jpeg")


def test_hidden_characters_are_shown_by_number() -> None:
    assert display_name("photo\u202egpj.exe").full == "photo[U+202E]gpj.exe"
    assert display_name("a\x00b\nc\u2066d\u200be").full == "a[U+0000]b[U+000A]c[U+2066]d[U+200B]e"


def test_joiners_stay_where_a_script_or_an_emoji_needs_them() -> None:
    family = "👨\u200d👩\u200d👧.jpg"
    persian = "می\u200cخواهم.txt"
    assert display_name(family).full == family
    assert display_name(persian).full == persian
    assert display_name("pass\u200dword.txt").full == "pass[U+200D]word.txt"


@given(st.text(max_size=400))
def test_a_shown_name_is_whole_and_its_short_form_keeps_both_ends(name: str) -> None:
    shown = display_name(name)
    assert "\u202e" not in shown.full
    assert "\n" not in shown.full
    assert len(shown.short) <= SHORT
    assert shown.full.startswith(shown.short[:40])
    assert shown.full.endswith(shown.short[-28:])


def test_a_very_long_name_is_kept_in_full() -> None:
    shown = display_name("n" * 4096 + ".jpeg")
    assert len(shown.full) == 4101
    assert shown.short.endswith(".jpeg")
