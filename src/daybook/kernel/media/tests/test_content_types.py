"""A file is what its content says, whatever its name; few kinds are ever shown in a page."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.media import content_type, kind_of, mismatch, safe_to_show_inline
from tests import hostile_files, office_files


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (hostile_files.picture("JPEG"), "image/jpeg"),
        (hostile_files.picture("PNG"), "image/png"),
        (hostile_files.picture("WEBP"), "image/webp"),
        (hostile_files.picture("GIF"), "image/gif"),
        (hostile_files.picture("AVIF"), "image/avif"),
        (hostile_files.HEIC, "image/heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + b"\0" * 90, "image/heic"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 90, "video/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\2\0qt  " + b"\0" * 90, "video/quicktime"),
        (b"OggS\0\2" + b"\0" * 22 + b"OpusHead", "audio/ogg"),
        (b"#!AMR\n" + b"\x3c\0" * 50, "audio/amr"),
        (b"#!AMR-WB\n" + b"\x44\0" * 50, "audio/amr-wb"),
        (b"\0\0\0\x1cftypM4A \0\0\2\0M4A mp42isom" + b"\0" * 90, "audio/mp4"),
        (b"\0\0\0\x18ftyp3gp5\0\0\2\0isom3gp5" + b"\0" * 90, "video/3gpp"),
        (b"\0\0\0\x20ftypmif1\0\0\0\0mif1avifmiaf" + b"\0" * 90, "image/avif"),
        (b"\0\0\0\x1cftypavis\0\0\0\0avisavif" + b"\0" * 90, "image/avif"),
        (b"\0\0\0\x18ftypheix\0\0\0\0mif1heix" + b"\0" * 90, "image/heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf" + b"\0" * 90, "image/heif"),
        (b"\0\0\0\x08wide\0\0\0\x08mdat" + b"\0" * 90, "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm" + b"\0" * 90, "video/webm"),
        (office_files.docx("a"), f"{office_files.OPEN_XML}wordprocessingml.document"),
        (office_files.xlsx([["a"]]), f"{office_files.OPEN_XML}spreadsheetml.sheet"),
        (office_files.pptx(["a"]), f"{office_files.OPEN_XML}presentationml.presentation"),
        (office_files.odt("a"), "application/vnd.oasis.opendocument.text"),
        (office_files.ods([["a"]]), "application/vnd.oasis.opendocument.spreadsheet"),
        (office_files.odp(["a"]), "application/vnd.oasis.opendocument.presentation"),
        (office_files.packed({"photos/word/a.jpg": b"", "xl/b": b""}), "application/zip"),
        (b"SQLite format 3\0" + b"\0" * 90, "application/x-sqlite3"),
        (hostile_files.pdf_with_script(), "application/pdf"),
        (hostile_files.HTML, "text/html"),
        (b"\xef\xbb\xbf\n  <HTML><body>", "text/html"),
        (hostile_files.HTML.decode().encode("utf-16"), "text/html"),
        (b"<!-- a note --><script>", "text/html"),
        (b"<!-- only a note", "text/html"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "text/html"),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y"><html>', "text/html"),
        (hostile_files.SVG, "image/svg+xml"),
        (b"<!-- x --><svg:svg xmlns:svg='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (hostile_files.XML_ENTITIES, "application/xml"),
        (b"BMW outside the house again, 18:40\n", "text/plain"),
        (b"MZ is what he calls himself\n", "text/plain"),
        ("He wrote: “you’ll regret this” 🔪".encode(), "text/plain"),
        ("déjà vu".encode("latin-1"), "text/plain"),
        (b"a < b and b > c\n", "text/plain"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\n", "text/vcard"),
        (b"From: a@example.org\r\nSubject: hello\r\n\r\n", "message/rfc822"),
        (b"From here on it got worse\nTo be honest\n", "text/plain"),
        (b"MZ\x90\0\3\0\0\0" + b"\0" * 90, "application/x-msdownload"),
        (b"", "application/x-empty"),
        (b"\0", "application/octet-stream"),
        (hostile_files.jpeg_and_zip(), "image/jpeg"),
        (hostile_files.jpeg_and_html(), "image/jpeg"),
    ],
)
def test_the_content_decides_what_a_file_is(content: bytes, expected: str) -> None:
    assert content_type(content, size=len(content)) == expected


@given(st.binary(max_size=9000))
def test_no_bytes_upset_the_decision(content: bytes) -> None:
    found = content_type(content, size=len(content))
    assert found.count("/") == 1
    assert kind_of(found)


def test_a_long_prologue_is_decided_quickly() -> None:
    for nasty in (b"<!--" * 2048, b" " * 8192, b"<?" * 4096, b"<!doctype x[" * 600, b"<!-- -->" * 1024):
        before = os.times().user
        content_type(nasty, size=10**9)
        assert os.times().user - before < 0.5


def test_a_picture_that_is_a_web_page_is_named_as_that() -> None:
    name, content = hostile_files.html_named_as_jpeg()
    found = content_type(content, size=len(content))
    assert mismatch(name, "image/jpeg", found) == "The name says picture, the content is a web page."


@pytest.mark.parametrize(
    ("name", "declared", "found", "words"),
    [
        ("a.jpg", "image/jpeg", "image/jpeg", ""),
        ("a.jpg", "image/jpeg", "image/png", ""),
        ("a.pdf", "", "text/html", "The name says PDF document, the content is a web page."),
        ("a.txt", "", "application/x-msdownload", "The name says text, the content is a program."),
        ("a.mp4", "", "application/x-empty", "The name says video, but the file is empty."),
        ("a.mp3", "", "text/plain", "The name says sound recording, the content is text."),
        ("voice.m4a", "audio/mp4", "video/mp4", ""),
        ("notes.docx", "", "application/zip", ""),
        (
            "no ending",
            "image/png",
            "text/html",
            "The sending program says picture, the content is a web page.",
        ),
        ("no ending", "application/octet-stream", "text/html", ""),
        ("photo.jpg.exe", "", "image/jpeg", "The name says program, the content is a picture."),
        ("photo.jpg . ", "", "text/html", "The name says picture, the content is a web page."),
        (".jpg", "", "text/html", ""),
        (
            "drawing.png",
            "",
            "image/svg+xml",
            "The name says picture, the content is a drawing with code (SVG).",
        ),
        ("a.doc", "", "application/x-ole-storage", ""),
        (
            "a.gif",
            "",
            "application/x-ole-storage",
            "The name says picture, the content is an older office document or Outlook message.",
        ),
    ],
)
def test_a_name_is_compared_with_the_content(name: str, declared: str, found: str, words: str) -> None:
    assert mismatch(name, declared, found) == words


def test_only_three_kinds_are_ever_shown_in_a_page() -> None:
    shown = {"image/jpeg", "image/png", "image/webp"}
    hidden = {
        "image/svg+xml",
        "text/html",
        "application/pdf",
        "application/xml",
        "image/gif",
        "text/plain",
        "",
        "image/jpeg; charset=x",
        "IMAGE/JPEG",
        "image/heic",
        "application/xhtml+xml",
    }
    assert all(safe_to_show_inline(kind) for kind in shown)
    assert not any(safe_to_show_inline(kind) for kind in hidden)
