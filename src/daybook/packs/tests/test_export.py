"""An export: everything, readable with zipfile, JSON and age alone; what does not agree is named and the rest is there."""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pyrage
import pytest

from daybook import doors
from daybook.diary.attachments import attach_exhibit, detach_exhibit
from daybook.diary.drafts import begin_draft
from daybook.diary.entries import amend_entry
from daybook.diary.kept_people import keep_place, keep_suspect, keep_witness
from daybook.diary.models import Version
from daybook.evidence.models import Exhibit, Note
from daybook.evidence.notes import describe_exhibit
from daybook.evidence.removing import remove_exhibit
from daybook.evidence.resumable import begin_upload
from daybook.kernel.custody import EventKind
from daybook.kernel.entry import parse_entry
from daybook.ledger.access import note_access
from daybook.packs.export import Export
from daybook.packs.export_zip import zipped
from daybook.packs.wrapping import sealed_with_passphrase
from daybook.people.late_saves import keep_late_save
from tests.cast import NOW, Member, picture

pytestmark = pytest.mark.django_db
WORDS = "lantern cobble thistle orbit gravel nine"
HIDDEN = ("heronwing", "Gosia", "Plover Mews", "sister.jpg", "begun draft", "came late")


def fill(person: Member) -> dict[str, Any]:
    """One of everything."""
    viewer = person.viewer
    keep_suspect(viewer, {"name": "=Dane"}, now=NOW)
    keep_witness(viewer, {"name": "Gosia", "contact": "07700 900111"}, now=NOW)
    keep_place(viewer, {"label": "My flat", "address": "7 Plover Mews"}, now=NOW)
    entry = person.write("before", feelings="heronwing", when="2026-11-03")
    fields = parse_entry({"words": "after", "feelings": "heronwing"}, default_zone="UTC")
    amend_entry(viewer, entry.id, fields, reason="more", expected=1, now=NOW)
    begin_draft(viewer, now=NOW, sections={"words": {"words": ["begun draft"]}})
    shown = person.keep_file(picture(), "sister.jpg")
    unseen = person.keep_file(b"x" * 200_000, "../../etc/pass\u202ewd", unseen=True)
    empty = person.keep_file(b"", "empty.txt")
    gone = person.keep_file(b"the removed one", "gone.txt")
    remove_exhibit(viewer, gone.id, reason="Not mine", now=NOW)
    attach_exhibit(viewer, entry=entry.id, exhibit=shown.id, now=NOW)
    attach_exhibit(viewer, entry=entry.id, exhibit=unseen.id, now=NOW)
    detach_exhibit(viewer, entry=entry.id, exhibit=unseen.id, now=NOW)
    keep_late_save(
        person.unlocked.record_id, path="/diary/", fields={"words": ["came late"]}, now=NOW, tag=b"1" * 32
    )
    note_access(viewer, EventKind.VIEWED, item=entry.id, what="entry", now=NOW)
    return {"entry": str(entry.id), "shown": shown, "unseen": unseen, "empty": empty, "gone": gone}


def read_zip(content: bytes) -> dict[str, bytes]:
    """The files of a zip below its one folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {info.filename.partition("/")[2]: archive.read(info) for info in archive.infolist()}


def exported(person: Member, passphrase: str | None = None) -> tuple[dict[str, bytes], list[str]]:
    export = Export(person.unlocked, NOW, passphrase)
    content = b"".join(zipped(export.files(), folder="copy", now=NOW))
    return read_zip(content), export.faults


def test_the_open_form_holds_everything(person: Member) -> None:
    case = fill(person)
    files, faults = exported(person)
    assert faults == []
    assert "Nothing is missing" in files["checks.txt"].decode()

    versions = json.loads(files["entry-versions.json"])
    assert [(one["version"], one["fields"]["words"], one["current"]) for one in versions] == [
        (1, "before", False),
        (2, "after", True),
    ]
    assert versions[0]["fields"]["feelings"] == "heronwing"
    assert json.loads(files["witness-versions.json"])[0]["fields"]["contact"] == "07700 900111"
    assert json.loads(files["place-versions.json"])[0]["fields"]["address"] == "7 Plover Mews"
    assert json.loads(files["drafts.json"])[0]["sections"] == {"words": {"words": ["begun draft"]}}
    assert json.loads(files["late-words.json"])[0]["fields"] == {"words": ["came late"]}
    attached = json.loads(files["attachments.json"])
    assert [(one["entry"], one["detached_at"] is None) for one in attached] == [
        (case["entry"], True),
        (case["entry"], False),
    ]
    assert json.loads(files["record.json"])["name"] == person.name
    assert b"'=Dane" in files["suspects.csv"]
    for chain in ("ledger", "access"):
        lines = [json.loads(line) for line in files[f"{chain}.jsonl"].splitlines()]
        assert [one["event"]["seq"] for one in lines] == list(range(1, len(lines) + 1))
        assert len(lines) == (1 if chain == "access" else 14)


def test_every_file_is_there_byte_for_byte_and_the_unseen_and_removed_ones_are_said(person: Member) -> None:
    case = fill(person)
    files, _ = exported(person)
    listed = json.loads(files["files.json"])
    assert [one["reference"] for one in listed] == ["AB/1", "AB/2", "AB/3"]
    assert [one["unseen"] for one in listed] == [False, True, False]
    for one in listed:
        assert hashlib.sha256(files[one["file"]]).hexdigest() == one["sha256"]
    assert files[listed[1]["file"]] == b"x" * 200_000
    assert not any(".." in path or "\u202e" in path for path in files)
    (removed,) = json.loads(files["removed-files.json"])
    assert (removed["reference"], removed["reason"], removed["destroyed"]) == ("AB/4", "Not mine", False)
    assert not any(b"the removed one" in content for content in files.values())
    assert case["gone"].sha256 not in str(files["files.json"])


def test_notes_are_there_and_what_is_still_arriving_is_said(person: Member) -> None:
    case = fill(person)
    describe_exhibit(person.viewer, case["unseen"].id, words="Eleven missed calls.", now=NOW)
    begin_upload(person.unlocked, name="door.mp4", declared_type="video/mp4", length=900_000, now=NOW)
    files, faults = exported(person)
    (note,) = json.loads(files["notes.json"])
    assert (note["file"], note["kind"]) == (str(case["unseen"].id), "exhibit.described")
    assert note["fields"]["shows"] == "Eleven missed calls."
    assert faults == ["Files that had not arrived whole, and are not in here: 1."]
    Note.objects.update(sealed=b"\0" * 300)
    _, faults = exported(person)
    assert "Notes about files that do not open, and are not in here: 1." in faults


def test_the_sums_are_those_of_the_files(person: Member) -> None:
    fill(person)
    for passphrase in (None, WORDS):
        files, _ = exported(person, passphrase)
        lines = files["sha256sums.txt"].decode().splitlines()
        sums = {path: digest for digest, _, path in (line.partition("  ") for line in lines)}
        assert set(sums) == set(files) - {"sha256sums.txt"}
        assert all(hashlib.sha256(files[path]).hexdigest() == digest for path, digest in sums.items())


def open_sealed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The sealed form, opened with an age library and nothing of Daybook."""
    key = pyrage.passphrase.decrypt(files["key.txt.age"], WORDS).decode()
    identity = pyrage.x25519.Identity.from_str(key.splitlines()[-1])
    names = json.loads(pyrage.decrypt(files["contents.json.age"], [identity]))
    return {plain: pyrage.decrypt(files[sealed], [identity]) for sealed, plain in names.items()}


def test_the_sealed_form_opens_with_age_and_holds_the_same(person: Member) -> None:
    fill(person)
    plain, _ = exported(person)
    files, _ = exported(person, WORDS)
    opened = open_sealed(files)
    assert set(opened) | {"README.txt", "sha256sums.txt"} == set(plain)
    assert [path for path in opened if opened[path] != plain[path]] == []


def test_the_sealed_form_shows_nothing_but_its_readme(person: Member) -> None:
    fill(person)
    files, _ = exported(person, WORDS)
    whole = "\n".join([*files, *(content.decode("latin-1") for content in files.values())])
    assert not any(
        word in whole for word in (*HIDDEN, person.name, "AGE-SECRET-KEY-1", "suspect", "witness", "diary")
    )
    assert {path.rpartition(".")[2] for path in files} == {"txt", "age"}


def test_the_public_age_program_opens_the_sealed_form(person: Member, tmp_path: Path) -> None:
    program = shutil.which("age")
    if program is None:
        pytest.skip("the age program is not installed here; the test before this one asks an age library")
    fill(person)
    files, _ = exported(person, WORDS)
    key = tmp_path / "key.txt"
    key.write_bytes(pyrage.passphrase.decrypt(files["key.txt.age"], WORDS))
    for path in [name for name in files if name.endswith(".age") and name != "key.txt.age"]:
        ours = pyrage.decrypt(files[path], [pyrage.x25519.Identity.from_str(key.read_text().split()[-1])])
        found = subprocess.run(
            [program, "-d", "-i", str(key)], input=files[path], capture_output=True, check=True
        )
        assert found.stdout == ours, path


def test_the_wrong_words_open_nothing(person: Member) -> None:
    fill(person)
    files, _ = exported(person, WORDS)
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(files["key.txt.age"], WORDS + "s")


def test_the_whole_zip_can_be_sealed_as_it_streams(person: Member) -> None:
    fill(person)
    pieces = zipped(Export(person.unlocked, NOW).files(), folder="copy", now=NOW)
    sealed = b"".join(sealed_with_passphrase(pieces, WORDS))
    assert "entry-versions.json" in read_zip(pyrage.passphrase.decrypt(sealed, WORDS))


def test_what_was_altered_or_is_missing_is_named_and_everything_else_is_there(person: Member) -> None:
    case = fill(person)
    other = person.write("untouched")
    Version.objects.filter(item_id=case["entry"], version=1).update(sealed=b"\0" * 300)
    Exhibit.objects.filter(pk=case["empty"].id).update(sealed=b"\0" * 300)
    doors.blobs().delete(case["shown"].blob_key)
    files, faults = exported(person)
    said = files["checks.txt"].decode()
    assert all(fault in said for fault in faults)
    assert "AB/1: The stored file AB/1 is missing" in said
    assert "AB/3: what is stored about this file does not open" in said
    assert "was altered, and does not open" in said
    words = [one["fields"]["words"] for one in json.loads(files["entry-versions.json"])]
    assert sorted(words) == ["after", "untouched"]
    assert str(other.id) in files["entry-versions.json"].decode()
    assert [one["reference"] for one in json.loads(files["files.json"])] == ["AB/1", "AB/2"]
    assert sorted(path for path in files if path.startswith("files/")) == [
        one["file"] for one in json.loads(files["files.json"]) if one["reference"] == "AB/2"
    ]


def test_rows_that_were_hidden_are_named(person: Member) -> None:
    case = fill(person)
    Version.objects.filter(item_id=case["entry"]).delete()
    _, faults = exported(person)
    assert any("is missing" in fault for fault in faults)


def test_nothing_of_another_record_is_in_it(person: Member, neighbour: Member) -> None:
    fill(neighbour)
    person.write("mine")
    files, faults = exported(person)
    assert faults == []
    whole = b"\n".join(files.values()).decode()
    assert not any(word in whole for word in HIDDEN)
