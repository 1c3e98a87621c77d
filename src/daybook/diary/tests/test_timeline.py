"""The order of events: right after any sequence of writing, moving and splitting, and opened a page at a time."""

import uuid
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybook.diary import timeline
from daybook.diary.entries import (
    all_entries_for,
    amend_entry,
    lay_timeline_anew,
    page_of_entries,
    page_of_wanted,
)
from daybook.diary.filtering import Wanted
from daybook.diary.models import Item, TimelineLeaf
from daybook.kernel.entry import parse_entry
from daybook.kernel.sealing.keys import Section
from tests.cast import NOW, Member

moments = st.integers(-(10**6), 10**6).map(lambda minutes: NOW + timedelta(minutes=minutes))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 30), moments), max_size=120))
def test_whatever_is_placed_and_moved_comes_out_in_order(
    person: Member, monkeypatch: pytest.MonkeyPatch, placings: list[tuple[int, datetime]]
) -> None:
    monkeypatch.setattr(timeline, "MOST_IN_LEAF", 8)
    TimelineLeaf.objects.all().delete()
    Item.objects.all().delete()
    expected: dict[uuid.UUID, datetime] = {}
    for number, moment in placings:
        entry = uuid.UUID(int=number)
        if entry in expected:
            timeline.move(person.viewer, entry, moment, version=1)
        else:
            columns = timeline.loose_columns(person.viewer, entry, moment)
            Item.objects.create(id=entry, record_id=person.viewer.record, kind="entry", versions=1, **columns)
        expected[entry] = moment
        if len(expected) % 5 == 0:
            timeline.gather(person.viewer)
    order = [entry for _, entry in sorted((moment, entry) for entry, moment in expected.items())]
    assert timeline.in_order(person.viewer) == order
    for start in (0, 3, 11):
        page = timeline.newest_first(person.viewer, start=start, count=5)
        assert (page.entries, page.total, page.whole) == (order[::-1][start : start + 5], len(order), True)
    assert all(count <= 8 for count in counts_of_leaves(person))


def counts_of_leaves(person: Member) -> list[int]:
    """How many entries each leaf holds, by its sealed pairs of 24 bytes."""
    open_one = person.viewer.keys.opener(Section.DIARY, "pairs")
    return [
        len(open_one(leaf.pk, leaf.revision, leaf.epoch, bytes(leaf.sealed))) // 24
        for leaf in TimelineLeaf.objects.all()
    ]


def test_entries_stand_by_when_it_happened_not_when_it_was_written(person: Member) -> None:
    late = person.write("Written first, happened last.", when="2026-11-10T10:00", now=NOW)
    early = person.write("Written last, happened first.", when="2026-03-01", now=NOW + timedelta(hours=1))
    unknown = person.write("No idea when.", now=NOW - timedelta(days=100))
    assert [entry.id for entry in page_of_entries(person.viewer, 1).entries] == [
        late.id,
        unknown.id,
        early.id,
    ]


def test_an_amended_time_moves_the_entry(person: Member) -> None:
    one = person.write("One.", when="2026-11-01")
    two = person.write("Two.", when="2026-11-02")
    moved = parse_entry({"words": "One.", "when": "2026-11-03"}, default_zone="Europe/London")
    amend_entry(person.viewer, one.id, moved, reason="I looked it up", expected=1, now=NOW)
    assert [entry.id for entry in page_of_entries(person.viewer, 1).entries] == [one.id, two.id]


def test_pages_hold_twenty_five_and_say_how_many_there_are(person: Member) -> None:
    for number in range(30):
        person.write(f"Entry {number}", when=(NOW - timedelta(days=number)).isoformat())
    page = page_of_entries(person.viewer, 2)
    assert (len(page.entries), page.total, page.pages) == (5, 30, 2)
    assert page.entries[-1].values["words"] == "Entry 29"
    assert page_of_entries(person.viewer, 9).entries == []


def test_the_order_can_be_made_again_from_the_entries(person: Member) -> None:
    for number in range(10):
        person.write(f"Entry {number}", when=(NOW - timedelta(days=number * 7 % 10)).isoformat())
    before = timeline.in_order(person.viewer)
    Item.objects.update(sealed_moment=None)
    TimelineLeaf.objects.all().delete()
    assert timeline.in_order(person.viewer) == []
    assert lay_timeline_anew(person.viewer) == 10
    assert timeline.in_order(person.viewer) == before


def test_a_leaf_put_back_in_part_is_left_out_and_said(person: Member) -> None:
    person.write("One.")
    timeline.gather(person.viewer)
    old = bytes(TimelineLeaf.objects.get().sealed)
    person.write("Two.")
    timeline.gather(person.viewer)
    TimelineLeaf.objects.update(sealed=old)
    page = page_of_entries(person.viewer, 1)
    assert (page.entries, page.whole) == ([], False)
    lay_timeline_anew(person.viewer)
    page = page_of_entries(person.viewer, 1)
    assert (len(page.entries), page.whole) == (2, True)


def test_a_whole_leaf_put_back_does_not_hide_what_was_written_since(person: Member) -> None:
    person.write("One.")
    timeline.gather(person.viewer)
    old = TimelineLeaf.objects.values().get()
    person.write("Two.")
    timeline.gather(person.viewer)
    TimelineLeaf.objects.update(**old)
    page = page_of_entries(person.viewer, 1)
    assert (len(page.entries), page.missing, page.whole) == (1, 1, False)


def test_a_place_in_time_put_on_another_entry_counts_for_nothing(person: Member) -> None:
    one, two = person.write("One."), person.write("Two.")
    Item.objects.filter(pk=one.id).update(sealed_moment=Item.objects.get(pk=two.id).sealed_moment)
    page = page_of_entries(person.viewer, 1)
    assert ([entry.id for entry in page.entries], page.missing, page.whole) == ([two.id], 1, False)


def test_a_place_in_time_put_back_after_the_gathering_shows_the_entry_once(person: Member) -> None:
    one = person.write("One.", when="2026-11-01")
    two = person.write("Two.", when="2026-11-02")
    old = Item.objects.values("sealed_moment", "loose_epoch").get(pk=one.id)
    timeline.gather(person.viewer)
    Item.objects.filter(pk=one.id).update(**old)
    page = page_of_entries(person.viewer, 1)
    assert [entry.id for entry in page.entries] == [two.id, one.id]
    assert not page.whole
    assert [entry.id for entry in all_entries_for(person.viewer)] == [one.id, two.id]


def test_a_place_in_time_from_before_an_amendment_does_not_come_back(person: Member) -> None:
    one = person.write("One.", when="2026-11-01")
    two = person.write("Two.", when="2026-11-02")
    old = Item.objects.values("sealed_moment", "loose_epoch").get(pk=one.id)
    moved = parse_entry({"words": "One.", "when": "2026-11-03"}, default_zone="Europe/London")
    amend_entry(person.viewer, one.id, moved, reason="I looked it up", expected=1, now=NOW)
    Item.objects.filter(pk=one.id).update(**old)
    page = page_of_entries(person.viewer, 1)
    assert ([entry.id for entry in page.entries], page.missing) == ([two.id], 1)
    assert [entry.id for entry in all_entries_for(person.viewer)] == [two.id, one.id]


def test_writing_gathers_the_loose_ones_now_and_then(person: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "GATHER_EVERY", 2)
    written = [
        person.write(f"Entry {number}", when=(NOW - timedelta(days=number)).isoformat())
        for number in range(12)
    ]
    last_gathered = max((place for place, entry in enumerate(written) if entry.id.int % 2 == 0), default=-1)
    assert Item.objects.filter(sealed_moment__isnull=False).count() == len(written) - 1 - last_gathered
    assert timeline.in_order(person.viewer) == [entry.id for entry in reversed(written)]


def test_filters_find_what_they_say(person: Member) -> None:
    followed = person.write(
        "He followed me to the shop.", when="2026-11-03T21:15", behaviours=["following"], witnesses=["Sam"]
    )
    texted = person.write(
        "Forty texts.", when="2026-10-01", contact=["text"], said="You will be SORRY", order_breached="yes"
    )
    viewer = person.viewer

    def found(**parts: object) -> list[uuid.UUID]:
        return [entry.id for entry in page_of_wanted(viewer, Wanted(**parts), 1).entries]  # type: ignore[arg-type]  # some parts

    assert found() == [followed.id, texted.id]
    assert found(behaviours=frozenset({"following"})) == [followed.id]
    assert found(contact=frozenset({"text"})) == [texted.id]
    assert found(breached=True) == [texted.id]
    assert found(words="sorry texts") == [texted.id]
    assert found(words="sorry shop") == []
    assert found(first_day=datetime(2026, 11, 1).date()) == [followed.id]  # noqa: DTZ001 – only its date counts
    assert found(last_day=datetime(2026, 10, 31).date()) == [texted.id]  # noqa: DTZ001 – only its date counts
    assert len(all_entries_for(viewer)) == 2


@pytest.mark.parametrize(
    "word",
    ['"sorry"', "C:\\temp", "STRASSE", "straße", "zoë", "ﬁre", "🔥", "<b>"],
)
def test_whatever_stands_in_an_entry_is_found(person: Member, word: str) -> None:
    written = person.write(f"He wrote {word} on the door, and words were said.", feelings="Cold with fear.")
    other = person.write("Nothing of the kind.", said="feelings behaviours")
    viewer = person.viewer

    def found(words: str) -> list[uuid.UUID]:
        return [entry.id for entry in page_of_wanted(viewer, Wanted(words=words), 1).entries]

    assert found(word) == found(f"{word} door") == [written.id]
    assert found("fear") == [written.id]
    assert found("behaviours") == [other.id]
    assert found("first_day") == []
