"""chronology.pdf: tagged, to standard, and it says what it should."""

import hashlib
import io
import json
import random
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from daybook.kernel.custody import EventKind
from daybook.packs import typesetting
from daybook.packs.bag import prepare_pack
from daybook.packs.contents import PackFault, Thumbnail
from daybook.packs.tests.packed_again import unpack
from daybook.packs.tests.record_in_memory import MADE_AT, Record
from daybook.packs.tests.sample import FONTS, sample_pack, sample_record
from daybook.packs.typeset_confinement import REQUIRED


@pytest.fixture(scope="module")
def pdf() -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(unpack(sample_pack())["data/chronology.pdf"]))


@pytest.fixture(scope="module")
def text() -> str:
    return text_of(unpack(sample_pack())["data/chronology.pdf"])


def text_of(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))


def pages_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in document]


def print_words(words: str) -> bytes:
    record = Record()
    record.append(EventKind.ENTRY_WRITTEN, record.uuid(), 1, {"words": words}, at=MADE_AT)
    return prepare_pack(record.contents(), fonts=FONTS).documents["chronology.pdf"]


def test_it_claims_pdf_a_3a_and_pdf_ua_1(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Chronology of incidents – Wren Tallowby"


def test_it_is_tagged_with_language_title_and_an_intent(pdf: pikepdf.Pdf) -> None:
    root = pdf.Root
    assert root.MarkInfo.Marked
    assert str(root.Lang) == "en-GB"
    assert root.ViewerPreferences.DisplayDocTitle
    assert "/OutputIntents" in root
    assert "/Outlines" in root


def walk(element: pikepdf.Object) -> list[pikepdf.Object]:
    kids: object = element.get("/K", [])
    found = [element]
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            found += walk(kid)
    return found


def test_headings_tables_and_pictures_are_marked_as_such(pdf: pikepdf.Pdf) -> None:
    kids = pdf.Root.StructTreeRoot.K
    elements = [one for top in (kids if isinstance(kids, pikepdf.Array) else [kids]) for one in walk(top)]
    roles = [str(one.S) for one in elements]
    assert roles.count("/Table") == 2
    assert roles.count("/H2") == 4
    assert {"/H1", "/TH", "/L", "/P"} <= set(roles)
    pictures = [str(one.Alt) for one in elements if str(one.S) == "/Figure"]
    assert pictures == [
        "Small picture of exhibit WT/1, file ../../IMG 20:15[U+202E]gpj.exe",
        "Small picture of exhibit WT/2, file screenshot – chat.png",
    ]


def test_every_font_is_embedded(pdf: pikepdf.Pdf) -> None:
    descriptors = [
        one
        for one in pdf.objects
        if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
    ]
    assert descriptors
    assert all(any(key in one for key in ("/FontFile", "/FontFile2", "/FontFile3")) for one in descriptors)


def test_it_runs_nothing_and_reaches_nowhere(pdf: pikepdf.Pdf) -> None:
    raw = b"".join(one.unparse() for one in pdf.objects)
    for danger in (b"/JavaScript", b"/Launch", b"/URI", b"/SubmitForm", b"/EmbeddedFile"):
        assert danger not in raw


@pytest.mark.parametrize(
    "said",
    [
        "Notes, not a witness statement.",
        "Wren Tallowby (WT)",
        "1 February 2026 to 20 November 2026",
        "4 incidents, 1 changed later",
        "Dane Orrickby – former partner",
        "Fenland Police, reference FN-2231 – incident 2",
        "2. 8:15pm on Tuesday 3 February 2026 (UK time)",
        "Written 12 minutes after · recorded 3 February 2026, 20:27 (UTC) · changed once, shown below",
        "Home – on the street, by the bins",
        "You will see me everywhere.",
        "Małgorzata Żółtek-Śliwa: the car, from her window",
        "Lewin Stokesby-Rudd (thinks so, not certain)",
        "Version 2, 4 February 2026, 20:27 (UTC)",
        "I remembered that my neighbour was at the window.",
        "Yes: He must not come to my street.",
        "edited copy of WT/1",
        "The file says: taken 3 February 2026, 20:16:02 (its clock was at UTC+00:00), with Fairphone 5, holds a position",
        "Page 1 of",
        '#read("/etc/passwd") *not bold* $x$ <script>',
        "Left out the effect",
    ],
)
def test_it_says_what_an_officer_needs(text: str, said: str) -> None:
    assert said in text


def test_it_never_names_contact_addresses_or_positions(text: str) -> None:
    for secret in ("07700 900555", "Larch Row", "52.9", "feelings", "I feel watched"):
        assert secret not in text


def test_it_prints_the_fingerprint_the_verifier_recomputes(text: str) -> None:
    head = sample_record().contents().head
    assert " ".join(head[place : place + 4] for place in range(0, 32, 4)) in text


def test_random_code_points_never_fail_and_keep_the_standard() -> None:
    rng = random.Random(6)
    points = [
        chr(rng.choice([rng.randrange(0x20, 0xD800), rng.randrange(0xE000, 0x30000)])) for _ in range(3000)
    ]
    with pikepdf.open(io.BytesIO(print_words("".join(points)))) as pdf, pdf.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "3"


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "\n" * 500,
        "x" * 5000,
        "\u200d" * 100,
        "e" + "\u0301" * 300,
        "\u0301",
        "ش" * 3000,
        "👩" + "\u200d👩" * 200,
        "\t\x00\r\n",
    ],
    ids=range(10),
)
def test_odd_texts_never_fail(words: str) -> None:
    assert print_words(words).startswith(b"%PDF-1.7")


def test_a_broken_picture_is_left_out_rather_than_failing() -> None:
    record = Record()
    entry = record.uuid()
    record.append(EventKind.ENTRY_WRITTEN, entry, 1, {"words": "words"}, at=MADE_AT)
    exhibit = record.admit("x.jpg", b"x", at=MADE_AT)
    record.append(
        EventKind.EXHIBIT_ATTACHED, entry, details={"exhibit": exhibit}, at=MADE_AT + timedelta(minutes=1)
    )
    record.thumbnails[exhibit] = Thumbnail(b"\xff\xd8 not a picture", "jpeg", 10, 10)
    assert "WT/1" in text_of(prepare_pack(record.contents(), fonts=FONTS).documents["chronology.pdf"])


def test_an_empty_selection_prints_too() -> None:
    record = Record()
    record.append(EventKind.RECORD_OPENED, "11111111-2222-4333-8444-555555555555", at=MADE_AT)
    assert "0 incidents" in text_of(prepare_pack(record.contents(), fonts=FONTS).documents["chronology.pdf"])


def test_nothing_but_what_is_there_is_explained_on_the_only_page_of_an_empty_selection() -> None:
    record = Record()
    record.append(EventKind.RECORD_OPENED, "11111111-2222-4333-8444-555555555555", at=MADE_AT)
    (page,) = pages_of(prepare_pack(record.contents(), fonts=FONTS).documents["chronology.pdf"])
    assert "No incident was chosen" in page
    for absent in ("At a glance", "are exhibits", "police-only", "Told to police"):
        assert absent not in page


def test_one_incident_without_exhibits_fits_the_first_page() -> None:
    (page,) = pages_of(print_words("He was outside my flat again."))
    assert "At a glance" in page
    assert "1. Time not known" in page
    assert "He was outside my flat again." in page


@pytest.fixture(scope="module")
def long_case() -> list[str]:
    """The pages of forty incidents, all told to police with a reference of their own, with an exhibit each."""
    record = Record()
    for number in range(1, 41):
        entry, at = record.uuid(), MADE_AT - timedelta(days=50 - number)
        references = ["WF-85823", f"Log {number:04}"] if number % 2 else [f"Log {number:04}"]
        fields = {
            "words": f"Start{number:03} " + "He stood by the gate. " * (5 + number % 7),
            "effect": f"End{number:03}",
            "told": [
                {"who": "police", "force": "Wolds Police", "officer": "PC Hale", "reference": one}
                for one in references
            ],
        }
        record.append(EventKind.ENTRY_WRITTEN, entry, 1, fields, at=at)
        long_name = "n" * 4000 + " THEEND.txt" if number == 20 else f"file {number}.txt"
        exhibit = record.admit(long_name, b"%d" % number, type="text/plain", at=at)
        record.append(EventKind.EXHIBIT_ATTACHED, entry, details={"exhibit": exhibit}, at=at)
    pdf = prepare_pack(record.contents(), fonts=FONTS).documents["chronology.pdf"]
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfuaid:part"]) == ("3", "1")
    return pages_of(pdf)


def test_many_police_references_are_counted_first_and_listed_last(long_case: list[str]) -> None:
    first = long_case[0]
    assert "Wolds Police – told of 40 incidents, 41 references" in first
    assert "Wolds Police, reference WF-85823 – incidents 1, 3, 5" in first
    assert "Fingerprint of the record" in first
    assert "Log 0001" not in first
    named = re.search(r"Every reference: page (\d+)", first)
    assert named
    table = " ".join(long_case[int(named[1]) - 1 :])
    assert all(f"Wolds Police Log {number:04} PC Hale {number}" in table for number in range(1, 41))


def test_an_exhibit_and_its_fingerprint_stand_on_one_page(long_case: list[str]) -> None:
    for number in set(range(1, 41)) - {20}:
        digest = hashlib.sha256(b"%d" % number).hexdigest()
        (page,) = [page for page in long_case if digest in page]
        assert f"WT/{number} file {number}.txt" in page


def test_a_name_longer_than_a_page_is_printed_to_its_end(long_case: list[str]) -> None:
    assert any("THEEND.txt" in page for page in long_case)


def test_an_incident_of_ordinary_length_stands_on_one_page(long_case: list[str]) -> None:
    for number in set(range(1, 41)) - {20}:
        (page,) = [page for page in long_case if f"Start{number:03}" in page]
        assert f"End{number:03}" in page
        assert f"WT/{number} file {number}.txt" in page


def test_a_child_that_uses_too_much_memory_is_a_clear_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "MEMORY_BYTES", 40 << 20)
    with pytest.raises(PackFault, match="could not be printed"):
        print_words("words")


def test_a_child_that_takes_too_long_is_a_clear_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "WALL_SECONDS", 0.001)
    with pytest.raises(PackFault, match="takes too long"):
        print_words("words")


def test_the_child_gets_no_environment_no_arguments_and_no_folder_of_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = tmp_path / "tell.py"
    told.write_text(
        "import os, sys; sys.stdin.buffer.readline();"
        f"print({json.dumps(json.dumps([(name, True, '') for name in REQUIRED]))}, flush=True);"
        "sys.stdin.buffer.read(); print('ok');"
        "print(dict(os.environ), sys.argv[1:], os.getcwd(), sorted(os.listdir('/proc/self/fd')))"
    )
    monkeypatch.setenv("DAYBOOK_PASSPHRASE", "planted secret")
    monkeypatch.setattr(typesetting, "_CHILD", told)
    said = print_words("words").decode()
    assert "planted" not in said
    assert said.startswith(("{} [] / ", "{'LC_CTYPE': 'C.UTF-8'} [] / "))
    assert said.strip().endswith("['0', '1', '2', '3']")


def test_the_child_can_write_no_file(tmp_path: Path) -> None:
    program = (
        "import pathlib, signal, sys; from daybook.packs.typeset_confinement import take_limits;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); take_limits(1 << 32, 60);"
        "pathlib.Path(sys.argv[1]).write_bytes(b'words')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "leak")], capture_output=True, text=True
    )
    assert "File too large" in done.stderr
    assert (tmp_path / "leak").read_bytes() == b""


def test_missing_fonts_are_a_clear_fault() -> None:
    with pytest.raises(PackFault, match="fonts for the PDF are missing"):
        prepare_pack(sample_record().contents(), fonts=FONTS / "nowhere")
