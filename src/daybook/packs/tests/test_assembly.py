"""A pack made from a record holds what was chosen, and of everything else nothing but that something is left out."""

import io
import json
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import bagit
import pytest
from django.conf import settings

from daybook import doors
from daybook.diary.attachments import attach_exhibit, detach_exhibit
from daybook.diary.entries import amend_entry
from daybook.evidence.errors import BodyDamaged
from daybook.kernel.custody import EventKind
from daybook.kernel.entry import parse_entry
from daybook.ledger.chains import check_chain, links_for
from daybook.packs.assembly import make_pack, packs_made_for
from daybook.packs.contents import PackFault
from daybook.packs.selection import Selection, preview_pack
from daybook.packs.tests.packed_again import unpack
from daybook.packs.tests.sample import FONTS
from daybook.packs.tests.written_case import LATER, Case, everything_readable, made, written_again
from daybook.packs.verify import verify_open_pack
from tests.cast import NOW


def _choices(case: Case) -> dict[str, Selection]:
    return {
        "everything": Selection(),
        "dates": Selection(first_day=date(2026, 3, 1), last_day=date(2026, 3, 31)),
        "an open end": Selection(first_day=date(2026, 6, 1)),
        "by hand": Selection(
            entries=frozenset({case.march.id}), exhibits=frozenset({case.photo.id, case.loose.id})
        ),
        "by hand, files alone": Selection(entries=frozenset(), exhibits=frozenset({case.letter.id})),
        "by hand, nothing": Selection(entries=frozenset(), exhibits=frozenset()),
        "a file left out": Selection(left_out=frozenset({case.letter.id})),
        "with feelings": Selection(feelings=True),
        "without the police part": Selection(police_part=False),
        "feelings without the police part": Selection(feelings=True, police_part=False),
    }


@pytest.mark.django_db
def test_a_pack_of_every_choice_is_valid_for_us_and_for_others(case: Case, tmp_path: Path) -> None:
    for name, selection in _choices(case).items():
        _, pack = made(case, selection)
        report = verify_open_pack(io.BytesIO(pack))
        assert report.is_valid(
            ("structure", "bag", "chain", "commitments", "entries", "csv", "exhibits", "contents")
        ), (
            name,
            report.to_json(),
        )
        folder = tmp_path / name
        with zipfile.ZipFile(io.BytesIO(pack)) as archive:
            archive.extractall(folder)
        (bag,) = folder.iterdir()
        assert bagit.Bag(str(bag)).validate(processes=1)
        checked = subprocess.run(
            ["sha256sum", "--strict", "-c", "manifest-sha256.txt"], cwd=bag, capture_output=True, text=True
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.django_db
def test_by_default_all_but_private_feelings_goes_in(case: Case) -> None:
    files = unpack(made(case)[1])
    document = json.loads(files["data/chronology.json"])
    assert len(document["entries"]) == 3
    assert {name for name in files if name.startswith("data/exhibits/")} == {
        "data/exhibits/AB-1/gate.heic",
        "data/exhibits/AB-2/copperfinch letter.txt",
        "data/exhibits/AB-3/loosestrife.jpg",
        "data/exhibits/AB-4/gate cropped.jpg",
    }
    assert "heronwing" not in everything_readable(files)


@pytest.mark.django_db
def test_feelings_go_in_when_they_are_chosen(case: Case) -> None:
    assert "heronwing" in everything_readable(unpack(made(case, Selection(feelings=True))[1]))


@pytest.mark.django_db
def test_contacts_and_addresses_are_only_below_police_only(case: Case) -> None:
    files = unpack(made(case)[1])
    police = {name: data for name, data in files.items() if name.startswith("data/police-only/")}
    others = everything_readable({name: data for name, data in files.items() if name not in police})
    inside = "".join(data.decode() for data in police.values())
    for secret in ("07700 900111", "07700 900222", "Rings after six.", "Works nights.", "7 Plover Mews"):
        assert secret in inside
        assert secret not in others
    assert "Gosia Zielik" in others


@pytest.mark.django_db
def test_without_the_police_part_no_contact_or_address_is_anywhere(case: Case) -> None:
    files = unpack(made(case, Selection(police_part=False))[1])
    text = everything_readable(files)
    assert not [name for name in files if "police-only" in name]
    for secret in ("07700 900111", "07700 900222", "Rings after six.", "Works nights.", "7 Plover Mews"):
        assert secret not in text
    assert "Gosia Zielik" in text


@pytest.mark.django_db
def test_of_an_entry_left_out_nothing_is_left_but_its_digests(case: Case) -> None:
    files = unpack(made(case, Selection(first_day=date(2026, 3, 1), last_day=date(2026, 3, 31)))[1])
    text = everything_readable(files)
    hidden = (
        "juniperglass", "Quillfeather", "Tarn Oxbridge", "07700 900222", "Works nights", "copperfinch", "AB/2", "AB-2",
        "loosestrife", "AB/3", str(case.june.id), str(case.letter.id), case.letter.sha256,
    )  # fmt: skip
    assert [word for word in hidden if word in text] == []
    assert "green gate" in text
    # Undated things were written in November, outside the days chosen.
    assert "marks on the door" not in text


@pytest.mark.django_db
def test_of_a_file_left_out_nothing_is_left_but_its_digests(case: Case) -> None:
    files = unpack(made(case, Selection(left_out=frozenset({case.letter.id})))[1])
    text = everything_readable(files)
    assert [
        word
        for word in ("copperfinch", "AB/2", "AB-2", str(case.letter.id), case.letter.sha256)
        if word in text
    ] == []
    assert "juniperglass" in text


@pytest.mark.django_db
def test_a_file_taken_away_from_its_entry_still_shows_that_it_was_there(case: Case) -> None:
    viewer = case.person.viewer
    detach_exhibit(viewer, entry=case.march.id, exhibit=case.photo.id, now=LATER)
    document = json.loads(unpack(made(case)[1])["data/chronology.json"])
    (march,) = (entry for entry in document["entries"] if entry["id"] == str(case.march.id))
    assert [one["exhibit"] for one in march["attachments"] if one["detached_at"]] == [str(case.photo.id)]


@pytest.mark.django_db
def test_days_bring_the_files_of_their_entries_and_what_those_were_made_from(case: Case) -> None:
    attach_exhibit(case.person.viewer, entry=case.june.id, exhibit=case.copy.id, now=NOW)
    found = preview_pack(
        case.person.unlocked, Selection(first_day=date(2026, 6, 1), last_day=date(2026, 6, 30))
    )
    assert [exhibit.reference for exhibit in found.exhibits] == ["AB/1", "AB/2", "AB/4"]
    assert (found.entries_left_out, found.exhibits_left_out) == (2, 1)


def _amend_june(case: Case, reason: str, **changes: object) -> None:
    fields = {**written_again(case.june), **changes}
    amend_entry(
        case.person.viewer, case.june.id, parse_entry(fields, default_zone="UTC"), reason=reason, expected=1, now=LATER
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("feelings", [False, True])
def test_why_only_feelings_were_changed_goes_where_the_feelings_go(case: Case, feelings: bool) -> None:
    _amend_june(case, "I said how the rookfeather frightened me.", feelings="I cried.")
    _, pack = made(case, Selection(feelings=feelings))
    readable = everything_readable(unpack(pack))
    assert ("rookfeather" in readable) is feelings
    assert ("Reason Left out." in " ".join(readable.split())) is not feelings
    assert "No reason given." not in readable
    assert verify_open_pack(io.BytesIO(pack)).is_valid()


@pytest.mark.django_db
def test_why_more_than_feelings_was_changed_is_told(case: Case) -> None:
    _amend_june(case, "I mixed up the rookfeather.", feelings="I cried.", words="She said it twice.")
    assert "rookfeather" in everything_readable(unpack(made(case)[1]))


@pytest.mark.django_db
def test_why_an_entry_was_written_again_as_it_was_is_told(case: Case) -> None:
    _amend_june(case, "I looked at the rookfeather again.")
    assert "rookfeather" in everything_readable(unpack(made(case)[1]))


@pytest.mark.django_db
def test_a_missing_file_is_named_before_a_byte_is_made(case: Case) -> None:
    doors.blobs().delete(case.letter.blob_key)
    assert [one.reference for one in preview_pack(case.person.unlocked, Selection()).damaged] == ["AB/2"]
    before = len(list(links_for(case.person.viewer)))
    with pytest.raises(PackFault, match="AB/2"):
        made(case)
    assert len(list(links_for(case.person.viewer))) == before
    _, pack = made(case, Selection(left_out=frozenset({case.letter.id})))
    assert verify_open_pack(io.BytesIO(pack)).is_valid()


@pytest.mark.django_db
def test_a_file_altered_in_its_middle_breaks_the_pack_off_and_makes_no_event(case: Case) -> None:
    long = case.person.keep_file(bytes(300_000), "long.bin")
    path = settings.HOME.files / "kept" / long.blob_key
    content = bytearray(path.read_bytes())
    content[150_000] ^= 1
    path.write_bytes(content)
    pack = make_pack(case.person.unlocked, Selection(), fonts=FONTS, now=LATER)
    sent: list[bytes] = []
    with pytest.raises(BodyDamaged, match="AB/5"):
        sent.extend(pack.stream(now=LATER))
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(sent)))
    assert packs_made_for(case.person.viewer) == []


@pytest.mark.django_db
def test_what_is_written_while_a_pack_is_sent_is_in_its_ledger_as_a_digest(case: Case) -> None:
    pack = make_pack(case.person.unlocked, Selection(), fonts=FONTS, now=LATER)
    pieces = pack.stream(now=LATER)
    sent = next(pieces)
    case.person.write("Written meanwhile: wagtailstone.", now=LATER)
    sent += b"".join(pieces)
    assert verify_open_pack(io.BytesIO(sent)).is_valid()
    assert "wagtailstone" not in everything_readable(unpack(sent))


@pytest.mark.django_db
def test_the_fingerprint_is_the_head_of_the_ledger_and_of_the_pack(case: Case) -> None:
    pack, content = made(case)
    report = verify_open_pack(io.BytesIO(content))
    (kept,) = packs_made_for(case.person.viewer)
    assert pack.fingerprint == report.fingerprint == kept.fingerprint
    assert (kept.id, kept.made_at) == (pack.id, LATER)


@pytest.mark.django_db
def test_packs_are_listed_newest_first_and_each_says_so_in_the_ledger(case: Case) -> None:
    first, second = made(case)[0], made(case, Selection(police_part=False))[0]
    assert [one.fingerprint for one in packs_made_for(case.person.viewer)] == [
        second.fingerprint,
        first.fingerprint,
    ]
    assert check_chain(case.person.viewer)
    kinds = [link.event.kind for link in links_for(case.person.viewer)]
    assert kinds[-2:] == [EventKind.PACK_MADE, EventKind.PACK_MADE]


@pytest.mark.django_db
def test_the_same_code_of_two_tables_keeps_the_words_of_each(case: Case) -> None:
    files = unpack(made(case)[1])
    labels = json.loads(files["data/chronology.json"])["labels"]
    others = {name: words for name, words in labels.items() if name.endswith("/other")}
    assert set(others) == {
        "behaviours/other",
        "contact/other",
        "changes/other",
        "told/other",
        "identifiers/other",
    }
    assert all("/" in name for name in labels)
    # The March entry holds "other" in both.
    assert labels["behaviours/other"] != labels["changes/other"]
    for name in ("behaviours/other", "changes/other"):
        assert labels[name] in files["data/chronology.csv"].decode()
        assert labels[name] in everything_readable({"data/chronology.pdf": files["data/chronology.pdf"]})
