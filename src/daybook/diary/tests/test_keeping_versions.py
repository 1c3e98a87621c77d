"""Entries and the people in them: every version kept, nothing overwritten, nothing opened that is not hers."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from daybook.diary.attachments import attach_exhibit, detach_exhibit, exhibits_by_entry
from daybook.diary.drafts import begin_draft, discard_draft, drafts_for, get_draft_for, save_section
from daybook.diary.entries import amend_entry, entry_versions_for, get_entry_for, write_entry
from daybook.diary.errors import AmendedMeanwhile, NotFound
from daybook.diary.kept_people import keep_place, suspects_for, witnesses_for
from daybook.diary.models import Draft, Item, Version
from daybook.kernel.entry import EntryFields, parse_entry
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger.chains import check_chain, links_for
from tests.cast import NOW, Member


def fields(words: str, **others: object) -> EntryFields:
    return parse_entry({"words": words, **others}, default_zone="Europe/London")


def test_the_words_alone_are_enough(person: Member) -> None:
    entry = person.write("He was outside again.")
    assert get_entry_for(person.viewer, entry.id).values == {"words": "He was outside again."}
    assert entry.written == "time of event not known"


def test_an_entry_says_how_long_after_the_event_it_was_written(person: Member) -> None:
    entry = person.write(when=(NOW - timedelta(minutes=12)).isoformat())
    assert entry.written == "written 12 minutes after"


def test_an_amendment_is_a_new_version_and_the_first_stays_readable(person: Member) -> None:
    first = person.write("A blue car.")
    later = NOW + timedelta(hours=2)
    amend_entry(
        person.viewer, first.id, fields("A green car."), reason="I checked the photo", expected=1, now=later
    )
    one, two = entry_versions_for(person.viewer, first.id)
    assert (one.values["words"], one.reason, one.written_at) == ("A blue car.", "", NOW)
    assert (two.values["words"], two.reason, two.written_at) == ("A green car.", "I checked the photo", later)
    kinds = [link.event.kind for link in links_for(person.viewer)]
    assert kinds[-2:] == ["entry.written", "entry.amended"]


def test_an_amendment_of_an_older_version_is_refused_and_nothing_is_overwritten(person: Member) -> None:
    entry = person.write("One.")
    amend_entry(person.viewer, entry.id, fields("Two."), reason="more", expected=1, now=NOW)
    with pytest.raises(AmendedMeanwhile):
        amend_entry(person.viewer, entry.id, fields("Three."), reason="more", expected=1, now=NOW)
    assert get_entry_for(person.viewer, entry.id).values["words"] == "Two."


@pytest.mark.django_db(transaction=True)
def test_of_two_windows_amending_at_once_exactly_one_wins(make_member: Callable[[str], Member]) -> None:
    member = make_member("wagtail")
    entry = member.write("One.")

    def amend(number: int) -> bool:
        try:
            amend_entry(member.viewer, entry.id, fields(f"By {number}."), reason="", expected=1, now=NOW)
        except AmendedMeanwhile:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(amend, range(4))) == 1
    assert len(entry_versions_for(member.viewer, entry.id)) == 2
    check_chain(member.viewer)


def test_each_field_and_each_witness_is_bound_on_its_own(person: Member) -> None:
    person.write(
        effect="I took another way to work.", witnesses=["Mrs Kowalska", {"name": "Sam", "saw": "the car"}]
    )
    event = list(links_for(person.viewer))[-1].event
    names = set(event.commitments)
    assert {"words", "effect"} <= names
    assert len([name for name in names if name.startswith("witness/")]) == 2


def test_private_feelings_are_sealed_apart(person: Member) -> None:
    entry = person.write(feelings="I am frightened.")
    row = Version.objects.get(item_id=entry.id)
    assert row.sealed_apart is not None
    Version.objects.filter(pk=row.pk).update(sealed_apart=bytes(row.sealed))
    with pytest.raises(SealingError):
        get_entry_for(person.viewer, entry.id)


def test_people_named_twice_are_the_same_person(person: Member) -> None:
    person.write(witnesses=["Mrs Kowalska"], suspects=[{"name": "Dan"}])
    person.write(witnesses=["mrs kowalska"], suspects=[{"name": "DAN", "certainty": "known"}])
    assert [one.name for one in witnesses_for(person.viewer)] == ["Mrs Kowalska"]
    assert [one.name for one in suspects_for(person.viewer)] == ["Dan"]


def test_anothers_entry_looks_as_if_it_were_not_there(person: Member, neighbour: Member) -> None:
    theirs = neighbour.write("Not yours.")
    with pytest.raises(NotFound):
        get_entry_for(person.viewer, theirs.id)
    with pytest.raises(NotFound):
        amend_entry(person.viewer, theirs.id, fields("Mine now."), reason="", expected=1, now=NOW)
    with pytest.raises(NotFound):
        begin_draft(person.viewer, now=NOW, sections={}, amends=theirs.id)


def test_a_version_swapped_with_anothers_in_the_database_does_not_open(person: Member) -> None:
    one, two = person.write("One."), person.write("Two.")
    other = Version.objects.get(item_id=two.id)
    Version.objects.filter(item_id=one.id).update(sealed=other.sealed)
    with pytest.raises(SealingError):
        get_entry_for(person.viewer, one.id)


def test_an_older_version_put_in_place_of_the_newest_does_not_open(person: Member) -> None:
    entry = person.write("One.")
    amend_entry(person.viewer, entry.id, fields("Two."), reason="", expected=1, now=NOW)
    old = Version.objects.get(item_id=entry.id, version=1)
    Version.objects.filter(item_id=entry.id, version=2).update(sealed=old.sealed)
    with pytest.raises(SealingError):
        entry_versions_for(person.viewer, entry.id)


@pytest.mark.django_db(transaction=True)
def test_what_fails_half_way_leaves_nothing_behind(
    make_member: Callable[[str], Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_member("dunnock")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("daybook.diary.versions.append", fail)
    before = (Item.objects.count(), check_chain(person.viewer))
    with pytest.raises(RuntimeError):
        write_entry(person.viewer, fields("Lost?", witnesses=["Sam"]), now=NOW)
    assert (Item.objects.count(), check_chain(person.viewer)) == before


def test_a_draft_keeps_each_section_as_it_was_typed(person: Member) -> None:
    draft = begin_draft(person.viewer, now=NOW, sections={"words": {"words": ["He was"]}})
    save_section(person.viewer, draft.id, "when", {"date": ["31 Febuary"], "csrf": []}, now=NOW)
    read = get_draft_for(person.viewer, draft.id)
    assert read.sections == {"words": {"words": ["He was"]}, "when": {"date": ["31 Febuary"], "csrf": []}}
    assert read.beginning == "He was"
    assert b"Febuary" not in bytes(Draft.objects.get(pk=draft.id).sealed)
    discard_draft(person.viewer, draft.id)
    assert drafts_for(person.viewer) == []
    with pytest.raises(NotFound):
        save_section(person.viewer, draft.id, "words", {}, now=NOW)


def test_an_exhibit_belongs_to_many_entries_and_an_entry_has_many_exhibits(person: Member) -> None:
    one, two = person.write("One."), person.write("Two.")
    letter, note = person.keep_file(b"a letter"), person.keep_file(b"a note")
    assert attach_exhibit(person.viewer, entry=one.id, exhibit=letter.id, now=NOW)
    assert attach_exhibit(person.viewer, entry=one.id, exhibit=note.id, now=NOW)
    assert attach_exhibit(person.viewer, entry=two.id, exhibit=letter.id, now=NOW)
    assert not attach_exhibit(person.viewer, entry=two.id, exhibit=letter.id, now=NOW)
    assert exhibits_by_entry(person.viewer) == {one.id: [letter.id, note.id], two.id: [letter.id]}
    assert detach_exhibit(person.viewer, entry=one.id, exhibit=letter.id, now=NOW)
    assert exhibits_by_entry(person.viewer, [one.id]) == {one.id: [note.id]}
    kinds = [link.event.kind for link in links_for(person.viewer)]
    assert kinds[-4:] == ["exhibit.attached"] * 3 + ["exhibit.detached"]


def test_anothers_exhibit_cannot_be_attached(person: Member, neighbour: Member) -> None:
    entry, theirs = person.write("One."), neighbour.keep_file(b"not yours")
    with pytest.raises(NotFound):
        attach_exhibit(person.viewer, entry=entry.id, exhibit=theirs.id, now=NOW)


def test_a_place_of_hers_is_kept_under_its_own_section(person: Member) -> None:
    place = keep_place(
        person.viewer,
        {"label": "Home", "address": "1 Any Street", "latitude": 52.6, "longitude": -1.1, "radius_m": 150},
        now=NOW,
    )
    assert place.label == "Home"
    with pytest.raises(NotFound):
        get_entry_for(person.viewer, place.id)
    assert uuid.UUID(list(links_for(person.viewer))[-1].event.item) == place.id
