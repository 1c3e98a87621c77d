"""What a pack says of a file that was removed: which number, and when; why only where she wants it said; never the file."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import jsonschema
import pypdfium2
import pytest

from daybook.diary.attachments import attach_exhibit
from daybook.evidence.removing import destroy_what_is_due, fetch_back_exhibit, remove_exhibit
from daybook.packs.assembly import make_pack
from daybook.packs.selection import Selection, preview_pack
from daybook.packs.tests.sample import FONTS
from daybook.packs.verify import State, verify_open_pack
from tests.cast import NOW, Member

pytestmark = pytest.mark.django_db
REASON = "heronwing: it shows my sister"
"""Words that stand nowhere else."""


def packed(person: Member, **chosen: Any) -> dict[str, bytes]:
    """A pack's files, after it was verified."""
    content = b"".join(make_pack(person.unlocked, Selection(**chosen), fonts=FONTS, now=NOW).stream(now=NOW))
    report = verify_open_pack(io.BytesIO(content))
    assert [check for check in report.checks if check.state is State.INVALID] == []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {info.filename.partition("/")[2]: archive.read(info) for info in archive.infolist()}
    files["report"] = next(check.detail for check in report.checks if check.name == "exhibits").encode()
    return files


def chronology(files: dict[str, bytes]) -> Any:
    return json.loads(files["data/chronology.json"])


def printed(files: dict[str, bytes]) -> str:
    """The words of the printed chronology."""
    document = pypdfium2.PdfDocument(files["data/chronology.pdf"])
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def case(person: Member, *, tell: bool) -> str:
    """Two files with one entry; the second is removed. Returns its id."""
    entry = person.write("He stood there.", when="2026-11-03")
    kept, gone = person.keep_file(b"kept"), person.keep_file(b"the removed one", "sister.txt")
    for one in (kept, gone):
        attach_exhibit(person.viewer, entry=entry.id, exhibit=one.id, now=NOW)
    remove_exhibit(person.viewer, gone.id, reason=REASON, tell=tell, now=NOW)
    return str(gone.id)


@pytest.mark.parametrize("destroyed", [False, True])
@pytest.mark.parametrize("tell", [False, True])
def test_it_names_the_number_and_the_day_and_the_reason_only_where_she_wants_it(
    person: Member, tell: bool, destroyed: bool
) -> None:
    gone = case(person, tell=tell)
    if destroyed:
        for day in range(1, 31):
            destroy_what_is_due(now=NOW + timedelta(days=day))
    files = packed(person, feelings=True)
    (said,) = chronology(files)["removed"]
    assert said["id"] == gone
    assert said["fields"] == ({"reference": "AB/2", "reason": REASON} if tell else {"reference": "AB/2"})
    assert said["withheld"] == ([] if tell else ["reason"])
    assert "“AB/2” on 2026-11-20" in files["report"].decode()
    assert "Removed by the person" in printed(files)
    assert ("heronwing" in printed(files)) == tell
    assert any(b"heronwing" in content for content in files.values()) == tell
    assert not any(b"the removed one" in content or b"sister.txt" in content for content in files.values())
    assert [item["versions"][0]["fields"]["reference"] for item in chronology(files)["exhibits"]] == ["AB/1"]


def test_chronology_json_still_fits_its_schema(person: Member) -> None:
    case(person, tell=True)
    with open("docs/chronology.schema.json", encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.validate(chronology(packed(person)), schema)


def test_a_pack_without_removed_files_says_nothing_of_any(person: Member) -> None:
    person.write("He stood there.")
    gone = person.keep_file(b"gone")
    remove_exhibit(person.viewer, gone.id, reason="", now=NOW)
    fetch_back_exhibit(person.viewer, gone.id, now=NOW)
    files = packed(person)
    assert "removed" not in chronology(files)
    assert len(chronology(files)["exhibits"]) == 1


def test_a_choice_of_days_names_only_what_belonged_to_a_chosen_entry(person: Member) -> None:
    case(person, tell=False)
    person.write("Later.", when="2026-11-19")
    early = preview_pack(person.unlocked, Selection(last_day=NOW.date().replace(day=10)))
    late = preview_pack(person.unlocked, Selection(first_day=NOW.date().replace(day=11)))
    assert [one.reference for one in early.removed] == ["AB/2"]
    assert late.removed == []
    assert "removed" not in chronology(packed(person, first_day=NOW.date().replace(day=11)))


def test_a_pack_that_hides_or_makes_up_a_removal_is_caught(person: Member) -> None:
    case(person, tell=True)
    content = b"".join(make_pack(person.unlocked, Selection(), fonts=FONTS, now=NOW).stream(now=NOW))
    for change in ("hide", "other reason"):
        forged = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(forged, "w") as out:
            for info in archive.infolist():
                data = archive.read(info)
                if info.filename.endswith("chronology.json"):
                    document = json.loads(data)
                    if change == "hide":
                        del document["removed"]
                    else:
                        document["removed"][0]["fields"]["reason"] = "I lied"
                    data = json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
                out.writestr(info, data)
        forged.seek(0)
        report = verify_open_pack(forged)
        states = {check.name: check.state for check in report.checks}
        assert states["entries"] is State.INVALID
        assert "removed exhibits" in next(one.detail for one in report.checks if one.name == "entries")
