"""No pack passes over what was hidden, put back or altered: it says what is missing, or it holds it."""

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from daybook.diary.attachments import attach_exhibit
from daybook.diary.entries import ReadEntry, amend_entry
from daybook.diary.models import Attachment, Item, Version
from daybook.evidence.models import Exhibit
from daybook.kernel.custody import CustodyError
from daybook.kernel.entry import parse_entry
from daybook.ledger.models import ChainHead, ChainLink
from daybook.packs.assembly import make_pack
from daybook.packs.contents import PackFault
from daybook.packs.selection import Selection, preview_pack
from daybook.packs.tests.sample import FONTS
from daybook.packs.verify import verify_open_pack
from tests.cast import NOW, Member

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)
NOVEMBER = Selection(first_day=date(2026, 11, 1), last_day=date(2026, 11, 30))


@pytest.fixture
def entry(person: Member) -> ReadEntry:
    """An amended entry with a file."""
    written = person.write("He waited by the gate.", when="2026-11-04", feelings="I shook.")
    fields = parse_entry(
        {"words": "He waited, twice.", "when": "2026-11-04", "feelings": "I shook."}, default_zone="UTC"
    )
    amend_entry(person.viewer, written.id, fields, reason="more", expected=1, now=LATER)
    attach_exhibit(person.viewer, entry=written.id, exhibit=person.keep_file(b"a note").id, now=NOW)
    return written


def pack_of(person: Member, selection: Selection) -> bytes:
    pack = make_pack(person.unlocked, selection, fonts=FONTS, now=LATER)
    return b"".join(pack.stream(now=LATER))


def test_an_entry_hidden_from_the_list_is_in_the_preview_and_in_the_pack(
    person: Member, entry: ReadEntry
) -> None:
    Item.objects.filter(pk=entry.id).update(sealed_moment=None, loose_epoch=0)
    assert [one.id for one in preview_pack(person.unlocked, Selection()).entries] == [entry.id]
    pack = pack_of(person, Selection())
    assert verify_open_pack(io.BytesIO(pack)).is_valid()
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        (name,) = [one for one in archive.namelist() if one.endswith("chronology.json")]
        assert "He waited, twice." in json.dumps(json.loads(archive.read(name)))


def drop_entry(entry: uuid.UUID) -> None:
    Item.objects.filter(pk=entry).delete()


def drop_amendment(entry: uuid.UUID) -> None:
    Version.objects.filter(item_id=entry, version=2).delete()
    Version.objects.filter(item_id=entry).update(current=True)
    Item.objects.filter(pk=entry).update(versions=1)


def change_written_time(entry: uuid.UUID) -> None:
    Version.objects.filter(item_id=entry, version=1).update(written_at=NOW + timedelta(days=184))


def drop_feelings(entry: uuid.UUID) -> None:
    Version.objects.filter(item_id=entry).update(sealed_apart=None)


def drop_attachment(entry: uuid.UUID) -> None:
    Attachment.objects.filter(entry_id=entry).delete()


def drop_file(entry: uuid.UUID) -> None:
    Exhibit.objects.all().delete()


def alter_entry(entry: uuid.UUID) -> None:
    Version.objects.filter(item_id=entry, version=2).update(sealed=b"x" * 90)


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        (drop_entry, "The entry written on 20 November 2026 at 18:00 (UTC) is missing."),
        (drop_amendment, "Version 2 of the entry written on 20 November 2026 at 18:00 (UTC), is missing."),
        (change_written_time, "says that it was written at another time"),
        (drop_feelings, "is not what was written then"),
        (drop_attachment, "Which files belong to the entry written on"),
        (drop_file, "File 1, kept on 20 November 2026 at 18:00 (UTC), is missing."),
        (alter_entry, "was altered, and does not open"),
    ],
)
@pytest.mark.parametrize("selection", [Selection(), NOVEMBER, Selection(feelings=True)])
def test_neither_preview_nor_pack_passes_over_what_was_done_to_the_rows(
    person: Member,
    entry: ReadEntry,
    attack: Callable[[uuid.UUID], None],
    said: str,
    selection: Selection,
) -> None:
    attack(entry.id)
    for look in (
        lambda: preview_pack(person.unlocked, selection),
        lambda: make_pack(person.unlocked, selection, fonts=FONTS, now=LATER),
    ):
        with pytest.raises(PackFault) as raised:
            look()
        assert said in " ".join(raised.value.named)
        assert "waited" not in str(raised.value)


def test_a_ledger_cut_together_with_its_rows_makes_no_pack(person: Member, entry: ReadEntry) -> None:
    record = person.viewer.record
    last = person.write("the newest one")
    links = ChainLink.objects.filter(record_id=record, chain="ledger").order_by("-seq")
    newest, before = links[0], links[1]
    ChainHead.objects.filter(record_id=record, chain="ledger").update(length=before.seq, head=before.head)
    ChainLink.objects.filter(pk=newest.pk).delete()
    Item.objects.filter(pk=last.id).delete()
    with pytest.raises(CustodyError):
        preview_pack(person.unlocked, Selection())
