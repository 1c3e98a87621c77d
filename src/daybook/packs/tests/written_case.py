"""A record in the database with one thing of each kind on either side of a choice, and a pack of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pypdfium2

from daybook.diary.attachments import attach_exhibit
from daybook.diary.entries import ReadEntry, amend_entry
from daybook.diary.kept_people import keep_place, keep_suspect, keep_witness
from daybook.evidence.exhibits import ReadExhibit
from daybook.kernel.entry import parse_entry
from daybook.packs.assembly import MakingPack, make_pack
from daybook.packs.selection import Selection
from daybook.packs.tests.sample import FONTS
from tests.cast import NOW, Member, picture
from tests.hostile_files import HEIC

HOME = {
    "label": "My flat",
    "address": "7 Plover Mews, Leicester",
    "latitude": 52.636,
    "longitude": -1.136,
    "radius_m": 300,
}
LATER = NOW + timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Case:
    """A small record with one thing of each kind on either side of a choice."""

    person: Member
    march: ReadEntry
    june: ReadEntry
    undated: ReadEntry
    photo: ReadExhibit
    letter: ReadExhibit
    loose: ReadExhibit
    copy: ReadExhibit


def write_case(person: Member) -> Case:
    """Write it, on the day of NOW but for an amendment two days later."""
    viewer = person.viewer
    dane = keep_suspect(viewer, {"name": "Dane Orrickby", "relationship": "ex"}, now=NOW).id
    odo = keep_suspect(viewer, {"name": "Odo Quillfeather", "relationship": "his cousin"}, now=NOW).id
    gosia = keep_witness(
        viewer, {"name": "Gosia Zielik", "contact": "07700 900111", "notes": "Rings after six."}, now=NOW
    ).id
    tarn = keep_witness(
        viewer, {"name": "Tarn Oxbridge", "contact": "07700 900222", "notes": "Works nights."}, now=NOW
    ).id
    home = keep_place(viewer, HOME, now=NOW).id
    march = person.write(
        "He waited by the green gate.",
        when="2026-03-04",
        place={"kind": "mine", "text": "outside", "mine": str(home)},
        behaviours=["loitering", "other"],
        changes=["other"],
        suspects=[{"suspect": str(dane), "certainty": "known"}],
        witnesses=[{"witness": str(gosia), "saw": "the car"}],
        feelings="I shook like a heronwing.",
    )
    june = person.write(
        "She said the word juniperglass on the telephone.",
        when="2026-06-09",
        suspects=[{"suspect": str(odo), "certainty": "think"}],
        witnesses=[{"witness": str(tarn), "saw": "the letter"}],
    )
    undated = person.write("There were marks on the door, I do not know since when.")
    photo = person.keep_file(HEIC, "gate.heic")
    letter = person.keep_file(b"secret letterwords about copperfinch", "copperfinch letter.txt")
    loose = person.keep_file(picture("red"), "loosestrife.jpg")
    copy = person.keep_file(picture("blue"), "gate cropped.jpg", parent=photo.id)
    attach_exhibit(viewer, entry=march.id, exhibit=photo.id, now=NOW)
    attach_exhibit(viewer, entry=june.id, exhibit=letter.id, now=NOW)
    amend_entry(
        viewer,
        march.id,
        parse_entry(
            {**written_again(march), "words": "He waited by the green gate, twice."}, default_zone="UTC"
        ),
        reason="I had forgotten the second time.",
        expected=1,
        now=LATER,
    )
    return Case(person, march, june, undated, photo, letter, loose, copy)


def written_again(entry: ReadEntry) -> dict[str, object]:
    """The values of an entry in the shape in which one is written."""
    values = {name: value for name, value in entry.values.items() if not name.startswith("witness/")}
    values["witnesses"] = [value for name, value in entry.values.items() if name.startswith("witness/")]
    return values


def made(case: Case, selection: Selection | None = None) -> tuple[MakingPack, bytes]:
    """A pack of the case, and all its bytes."""
    pack = make_pack(case.person.unlocked, selection or Selection(), fonts=FONTS, now=LATER)
    return pack, b"".join(pack.stream(now=LATER))


def everything_readable(files: Mapping[str, bytes]) -> str:
    """Every byte of a pack as text, its file names and the words of the PDF."""
    texts = [name + "\n" + data.decode("utf-8", "replace") for name, data in files.items()]
    with pypdfium2.PdfDocument(files["data/chronology.pdf"]) as pdf:
        texts += [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]
    return "\n".join(texts)
