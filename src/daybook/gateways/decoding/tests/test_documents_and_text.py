"""What office programs, mail and phones write becomes pages and text; never anything that could run."""

import io

import pytest
from PIL import Image

from daybook.gateways.decoding import limits
from daybook.gateways.decoding.child_process import ChildDecoder
from daybook.gateways.decoding.tests.decoding_once import decode, small_of
from daybook.kernel.media import PREVIEWABLE, thumbnail
from tests import hostile_files, office_files, pdf_files


def text_of(decoder: ChildDecoder, content: bytes, kind: str | None = None) -> str:
    found = decode(decoder, content, kind)
    assert found.extract is not None
    return found.extract.text


def test_a_pdf_becomes_pictures_of_its_pages_and_its_text(decoder: ChildDecoder) -> None:
    found = decode(decoder, pdf_files.document("He asked for me.", "Second page."))
    assert (len(found.pages), found.pages_in_all, found.no_thumbnail) == (2, 2, "")
    assert [(page.width, page.height) for page in found.pages] == [(877, 1240)] * 2
    assert max(small_of(found).width, small_of(found).height) == 480
    with Image.open(io.BytesIO(found.pages[0].content)) as page:
        # Words near the top left, and paper below them.
        assert page.convert("L").crop((80, 150, 500, 220)).getextrema()[0] < 80  # type: ignore[operator]
        assert page.convert("L").crop((0, 400, 876, 1240)).getextrema() == (255, 255)
    assert found.extract is not None
    assert found.extract.text.split() == ["He", "asked", "for", "me.", "Second", "page."]
    assert not found.extract.cut


def test_of_a_long_pdf_the_first_pages_are_shown(decoder: ChildDecoder) -> None:
    found = decode(decoder, pdf_files.document(*(f"Page {number}" for number in range(30))))
    assert (len(found.pages), found.pages_in_all) == (limits.MOST_PAGES, 30)
    assert found.extract is not None
    assert found.extract.cut


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (office_files.docx("First line\nSecond & <last>"), "First line\nSecond & <last>"),
        (office_files.odt("First line\nSecond & <last>"), "First line\nSecond & <last>"),
        (
            office_files.xlsx([["Date", "What"], ["45000", "rang the bell"]]),
            "[Sheet 1]\nDate\tWhat\n45000\trang the bell",
        ),
        (
            office_files.ods([["Date", "What"], ["2026", "rang the bell"]]),
            "[Sheet 1]\nDate\tWhat\n2026\trang the bell",
        ),
        (office_files.pptx(["One", "Two"]), "[Slide 1]\nOne\n\n\n[Slide 2]\nTwo"),
        (office_files.odp(["One", "Two"]), "One\n\nTwo"),
        (office_files.rtf(), "Hello there, café € and {braces}\nsecond line\n"),
    ],
    ids=["docx", "odt", "xlsx", "ods", "pptx", "odp", "rtf"],
)
def test_an_office_document_gives_its_text(decoder: ChildDecoder, content: bytes, expected: str) -> None:
    assert text_of(decoder, content) == expected


def test_only_the_first_cells_of_a_large_sheet_are_given(decoder: ChildDecoder) -> None:
    found = decode(
        decoder, office_files.xlsx([[f"r{row}c{cell}" for cell in range(50)] for row in range(500)])
    )
    assert found.extract is not None
    lines = found.extract.text.splitlines()
    assert len(lines) == 101
    assert lines[1].split("\t")[-1] == "r0c19"
    assert found.extract.cut


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("He wrote: “you’ll regret this” 🔪".encode(), "He wrote: “you’ll regret this” 🔪"),
        ("déjà vu".encode("cp1252"), "déjà vu"),
        ("on the train".encode("utf-16"), "on the train"),
        (b"\xef\xbb\xbfmarked", "marked"),
        (b"one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\u202egnp.exe\u2066".encode(), "a[U+202E]gnp.exe[U+2066]"),
        (b"BEGIN:VCARD\r\nFN:Jonas\r\n", "BEGIN:VCARD\nFN:Jonas\n"),
    ],
)
def test_text_is_read_as_it_was_most_likely_meant(
    decoder: ChildDecoder, content: bytes, expected: str
) -> None:
    assert text_of(decoder, content) == expected


def test_a_letter_cut_in_two_at_the_end_costs_no_other_letter(decoder: ChildDecoder) -> None:
    text = text_of(decoder, b"a" + "é".encode() * 200_000)
    assert set(text) == {"a", "é"}


def test_a_script_in_a_pdf_is_not_run_and_its_page_is_shown(decoder: ChildDecoder) -> None:
    assert len(decode(decoder, hostile_files.pdf_with_script()).pages) == 1


def test_both_sides_of_the_wall_know_the_same_limits() -> None:
    assert set(limits.LIMITS) - {limits.PROBES} == set(PREVIEWABLE)
    assert (limits.SMALL_SIDE, limits.PAGE_SIDE) == (thumbnail.MAX_SIDE, thumbnail.MAX_PAGE_SIDE)
