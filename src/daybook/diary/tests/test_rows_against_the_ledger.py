"""Whoever can write the database, and has no key, cannot hide, put back, re-date or double anything without it being named."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from daybook.diary import timeline
from daybook.diary.agreement import Agreement, compare_with_ledger
from daybook.diary.attachments import attach_exhibit, detach_exhibit
from daybook.diary.entries import all_entries_for, amend_entry, lay_timeline_anew, page_of_entries
from daybook.diary.kept_people import keep_place, keep_suspect, keep_witness
from daybook.diary.models import Attachment, Item, TimelineLeaf, Version
from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.models import Exhibit
from daybook.kernel.entry import parse_entry
from daybook.ledger.models import ChainLink
from tests.cast import NOW, Member

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


class Case:
    """A small record: an amended entry with feelings, a plain one, files, people and a place."""

    def __init__(self, person: Member) -> None:
        viewer = person.viewer
        self.person = person
        self.suspect = keep_suspect(viewer, {"name": "Dane"}, now=NOW).id
        self.witness = keep_witness(viewer, {"name": "Gosia", "contact": "07700 900111"}, now=NOW).id
        self.place = keep_place(viewer, {"label": "My flat", "address": "7 Plover Mews"}, now=NOW).id
        self.plain = person.write("plain", when="2026-11-03")
        self.amended = person.write("before", when="2026-11-01", feelings="I shook.")
        fields = parse_entry(
            {"words": "after", "when": "2026-11-02", "feelings": "I shook."}, default_zone="UTC"
        )
        amend_entry(viewer, self.amended.id, fields, reason="more", expected=1, now=LATER)
        self.file: ReadExhibit = person.keep_file(b"one", "one.txt")
        self.taken: ReadExhibit = person.keep_file(b"two", "two.txt")
        attach_exhibit(viewer, entry=self.plain.id, exhibit=self.file.id, now=NOW)
        attach_exhibit(viewer, entry=self.plain.id, exhibit=self.taken.id, now=NOW)
        detach_exhibit(viewer, entry=self.plain.id, exhibit=self.taken.id, now=LATER)

    def compared(self) -> Agreement:
        return compare_with_ledger(self.person.viewer)


@pytest.fixture
def case(person: Member) -> Case:
    return Case(person)


def words_of(found: Agreement) -> str:
    return "\n".join(fault.words for fault in found.faults)


def test_a_record_nobody_touched_agrees(case: Case) -> None:
    assert words_of(case.compared()) == ""
    timeline.gather(case.person.viewer)
    assert case.compared().is_whole


def test_another_record_beside_it_changes_nothing(case: Case, neighbour: Member) -> None:
    neighbour.write("mine")
    assert case.compared().is_whole
    assert compare_with_ledger(neighbour.viewer).is_whole


def test_the_faults_hold_no_word_of_what_was_written(case: Case) -> None:
    Version.objects.all().delete()
    Exhibit.objects.all().delete()
    said = words_of(case.compared())
    assert said
    assert not any(word in said for word in ("plain", "before", "Dane", "Gosia", "Plover", "one.txt"))


def drop_rows(case: Case) -> None:
    Item.objects.filter(pk=case.plain.id).delete()


def drop_versions(case: Case) -> None:
    Version.objects.filter(item_id=case.plain.id).delete()


def drop_amendment(case: Case) -> None:
    Version.objects.filter(item_id=case.amended.id, version=2).delete()
    Version.objects.filter(item_id=case.amended.id).update(current=True)
    Item.objects.filter(pk=case.amended.id).update(versions=1)


def show_old_version(case: Case) -> None:
    Version.objects.filter(item_id=case.amended.id, version=2).update(current=False)
    Version.objects.filter(item_id=case.amended.id, version=1).update(current=True)


def change_written_time(case: Case) -> None:
    Version.objects.filter(item_id=case.plain.id).update(written_at=NOW + timedelta(days=184))


def drop_feelings(case: Case) -> None:
    Version.objects.filter(item_id=case.amended.id, version=2).update(sealed_apart=None)


def alter_words(case: Case) -> None:
    sealed = bytes(Version.objects.get(item_id=case.plain.id).sealed)
    Version.objects.filter(item_id=case.plain.id).update(sealed=sealed[:-1] + bytes([sealed[-1] ^ 1]))


def change_kind(case: Case) -> None:
    Item.objects.filter(pk=case.suspect).update(kind="witness")
    Version.objects.filter(item_id=case.suspect).update(kind="witness")


def change_kind_of_the_item_alone(case: Case) -> None:
    Item.objects.filter(pk=case.plain.id).update(kind="place")


def move_to_another_record(case: Case) -> None:
    other = Item.objects.exclude(record_id=case.person.viewer.record).first()
    assert other is not None
    Version.objects.filter(item_id=case.plain.id).update(record_id=other.record_id)


def drop_witness(case: Case) -> None:
    Item.objects.filter(pk=case.witness).delete()


def drop_place(case: Case) -> None:
    Item.objects.filter(pk=case.place).delete()


def drop_file(case: Case) -> None:
    Exhibit.objects.filter(pk=case.file.id).delete()


def alter_file(case: Case) -> None:
    Exhibit.objects.filter(pk=case.file.id).update(sealed=b"x" * 90)


def renumber_files(case: Case) -> None:
    Exhibit.objects.filter(pk=case.file.id).update(number=9)


def make_a_copy_of_it(case: Case) -> None:
    Exhibit.objects.filter(pk=case.file.id).update(parent_id=case.taken.id)


def drop_attachment(case: Case) -> None:
    Attachment.objects.filter(exhibit_id=case.file.id).delete()


def take_file_away(case: Case) -> None:
    Attachment.objects.filter(exhibit_id=case.file.id).update(detached_at=LATER)


def put_file_back(case: Case) -> None:
    Attachment.objects.filter(exhibit_id=case.taken.id).update(detached_at=None)


def put_file_with_another_entry(case: Case) -> None:
    Attachment.objects.filter(exhibit_id=case.file.id).update(entry_id=case.amended.id)


def drop_a_step(case: Case) -> None:
    ChainLink.objects.filter(record_id=case.person.viewer.record, chain="ledger", seq=4).update(sealed=b"")


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        (drop_rows, "The entry written on 20 November 2026 at 18:00 (UTC) is missing."),
        (drop_versions, "The entry written on 20 November 2026 at 18:00 (UTC) is missing."),
        (drop_amendment, "Version 2 of the entry written on 20 November 2026 at 18:00 (UTC), is missing."),
        (show_old_version, "does not show its newest words"),
        (change_written_time, "says that it was written at another time"),
        (drop_feelings, "Version 2 of the entry written on 20 November 2026 at 18:00 (UTC), is not what was"),
        (alter_words, "was altered, and does not open"),
        (change_kind, "The person who may be doing this, kept on 20 November 2026 at 18:00 (UTC) is kept as"),
        (change_kind_of_the_item_alone, "is listed as something else"),
        (move_to_another_record, "is missing"),
        (drop_witness, "The witness kept on 20 November 2026 at 18:00 (UTC) is missing."),
        (drop_place, "Your place kept on 20 November 2026 at 18:00 (UTC) is missing."),
        (drop_file, "File 1, kept on 20 November 2026 at 18:00 (UTC), is missing."),
        (alter_file, "what is stored about it was altered"),
        (renumber_files, "is listed under another number"),
        (make_a_copy_of_it, "as a copy of another file"),
        (drop_attachment, "Which files belong to the entry written on"),
        (take_file_away, "Which files belong to the entry written on"),
        (put_file_back, "Which files belong to the entry written on"),
        (put_file_with_another_entry, "Which files belong to the entry written on"),
        (drop_a_step, "The steps of your record do not hold together"),
    ],
)
def test_what_was_done_to_the_rows_is_named(
    case: Case, neighbour: Member, attack: Callable[[Case], None], said: str
) -> None:
    neighbour.write("a row of someone else")
    attack(case)
    found = case.compared()
    assert said in words_of(found)
    assert found.beyond_the_list


def test_a_row_that_no_step_speaks_of_is_named(case: Case, neighbour: Member) -> None:
    stranger = neighbour.write("planted")
    Item.objects.filter(pk=stranger.id).update(record_id=case.person.viewer.record)
    Version.objects.filter(item_id=stranger.id).update(record_id=case.person.viewer.record)
    assert "There are things that your record never noted: 1." in words_of(case.compared())


def hide(case: Case) -> None:
    Item.objects.filter(pk=case.plain.id).update(sealed_moment=None, loose_epoch=0)


def hide_all(case: Case) -> None:
    timeline.gather(case.person.viewer)
    TimelineLeaf.objects.all().delete()


def break_the_leaf(case: Case) -> None:
    timeline.gather(case.person.viewer)
    TimelineLeaf.objects.update(sealed=b"x" * 90)


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        (hide, "The list of entries leaves some out: 1."),
        (hide_all, "The list of entries leaves some out: 2."),
        (break_the_leaf, "Part of the list of entries was altered"),
    ],
)
def test_an_entry_hidden_from_the_list_is_named_and_comes_back_when_it_is_mended(
    case: Case, attack: Callable[[Case], None], said: str
) -> None:
    before = [entry.id for entry in all_entries_for(case.person.viewer)]
    attack(case)
    found = case.compared()
    assert said in words_of(found)
    assert not found.beyond_the_list
    assert [entry.id for entry in all_entries_for(case.person.viewer)] == before
    assert not page_of_entries(case.person.viewer, 1).whole
    lay_timeline_anew(case.person.viewer)
    assert case.compared().is_whole
    page = page_of_entries(case.person.viewer, 1)
    assert ([entry.id for entry in page.entries], page.whole) == (before[::-1], True)


def test_an_old_leaf_put_back_whole_is_named(case: Case) -> None:
    viewer = case.person.viewer
    timeline.gather(viewer)
    old = TimelineLeaf.objects.values().get()
    fields = parse_entry({"words": "plain", "when": "2026-10-01"}, default_zone="UTC")
    amend_entry(viewer, case.plain.id, fields, reason="", expected=1, now=LATER)
    TimelineLeaf.objects.filter(pk=old["id"]).update(**old)
    assert "The list of entries shows some twice: 1." in words_of(case.compared())
    timeline.gather(viewer)
    ids = [entry.id for entry in page_of_entries(viewer, 1).entries]
    assert len(ids) == len(set(ids)) == 2


def test_an_altered_entry_stays_in_a_list_that_is_made_again(case: Case) -> None:
    alter_words(case)
    hide(case)
    lay_timeline_anew(case.person.viewer)
    page = page_of_entries(case.person.viewer, 1)
    assert [entry.id for entry in page.entries] == [case.amended.id]
    assert [one.item for one in page.altered] == [case.plain.id]
    assert page.whole
