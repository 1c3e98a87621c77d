"""Exhibit names: readable where they can be, harmless always."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.packs.bag_tags import bag_path, manifest, read_bag_path
from daybook.packs.safe_names import NAME_BYTES, fold_name, safe_name


@pytest.mark.parametrize(
    ("original", "safe"),
    [
        ("photo.jpg", "photo.jpg"),
        ("Zażółć gęślą.png", "Zażółć gęślą.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\voice.mp3", "voice.mp3"),
        ("a\x00b\n.txt", "a_b_.txt"),
        ("IMG\u202egpj.exe", "IMG_gpj.exe"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("lpt1.tar.gz", "_lpt1.tar.gz"),
        ("ends with dots...", "ends with dots"),
        ("trailing .txt", "trailing.txt"),
        ("100%.pdf", "100_.pdf"),
        ("-rf", "_rf"),
        ("", "file"),
        ("..", "file"),
        ("///", "file"),
        (".htaccess", "htaccess"),
        ("lone \ud800 surrogate", "lone _ surrogate"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_names_become_safe(original: str, safe: str) -> None:
    assert safe_name(original) == safe


def test_a_long_name_keeps_its_extension_and_whole_characters() -> None:
    name = safe_name("ż" * 4096 + ".jpeg")
    assert len(name.encode()) <= NAME_BYTES
    assert name.endswith("ż.jpeg")


def test_a_case_twin_gets_a_number() -> None:
    assert safe_name("PHOTO.JPG", {fold_name("photo.jpg")}) == "PHOTO-2.JPG"
    assert safe_name("x.txt", {"x.txt", "x-2.txt"}) == "x-3.txt"


@given(st.text(max_size=300))
def test_any_name_becomes_one_every_system_can_write(original: str) -> None:
    name = safe_name(original)
    assert 0 < len(name.encode()) <= NAME_BYTES
    assert not set(name) & set('<>:"/\\|?*%\0\n\r')
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") for char in name)
    assert name == name.strip(" ")
    assert not name.endswith(".")
    assert safe_name(name) == name


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_manifest_paths_are_encoded_as_rfc_8493_says_and_back(path: str) -> None:
    written = bag_path(path)
    assert "\n" not in written
    assert "\r" not in written
    assert read_bag_path(written) == path


def test_a_manifest_line_break_in_a_name_cannot_forge_a_line() -> None:
    assert manifest({"data/a\n%": "0" * 64}) == b"0" * 64 + b"  data/a%0A%25\n"
