"""The order of events: right after any sequence of writing, moving and splitting, and opened a page at a time."""

import uuid
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybook.diary import timeline
from daybook.diary.entries import (
    Wanted,
    all_entries_for,
    amend_entry,
    lay_timeline_anew,
    page_of_entries,
    page_of_wanted,
)
from daybook.diary.models import Item, TimelineLeaf
from daybook.kernel.entry import parse_entry
from daybook.kernel.sealing.errors import SealingError
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
            timeline.move(person.viewer, entry, moment)
        else:
            columns = timeline.loose_columns(person.viewer, entry, moment)
            Item.objects.create(id=entry, record_id=person.viewer.record, kind="entry", **columns)
        expected[entry] = moment
        if len(expected) % 5 == 0:
            timeline.gather(person.viewer)
    order = [entry for _, entry in sorted((moment, entry) for entry, moment in expected.items())]
    assert timeline.in_order(person.viewer) == order
    for start in (0, 3, 11):
        page, total = timeline.newest_first(person.viewer, start=start, count=5)
        assert (page, total) == (order[::-1][start : start + 5], len(order))
    assert all(leaf.count <= 8 for leaf in TimelineLeaf.objects.all())


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
    assert timeline.in_order(person.viewer) == []
    assert lay_timeline_anew(person.viewer) == 10
    assert timeline.in_order(person.viewer) == before


def test_a_leaf_put_back_to_an_older_state_does_not_open(person: Member) -> None:
    person.write("One.")
    timeline.gather(person.viewer)
    old = bytes(TimelineLeaf.objects.get().sealed)
    person.write("Two.")
    timeline.gather(person.viewer)
    TimelineLeaf.objects.update(sealed=old)
    with pytest.raises(SealingError):
        page_of_entries(person.viewer, 1)


def test_a_place_in_time_put_on_another_entry_does_not_open(person: Member) -> None:
    one, two = person.write("One."), person.write("Two.")
    Item.objects.filter(pk=one.id).update(sealed_moment=Item.objects.get(pk=two.id).sealed_moment)
    with pytest.raises(SealingError):
        page_of_entries(person.viewer, 1)


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
        return [entry.id for entry in page_of_wanted(viewer, Wanted(**parts), 1).entries]  # type: ignore[arg-type]

    assert found() == [followed.id, texted.id]
    assert found(behaviours=frozenset({"following"})) == [followed.id]
    assert found(contact=frozenset({"text"})) == [texted.id]
    assert found(breached=True) == [texted.id]
    assert found(words="sorry texts") == [texted.id]
    assert found(words="sorry shop") == []
    assert found(first_day=datetime(2026, 11, 1).date()) == [followed.id]  # noqa: DTZ001 – only its date counts
    assert found(last_day=datetime(2026, 10, 31).date()) == [texted.id]  # noqa: DTZ001 – only its date counts
    assert len(all_entries_for(viewer)) == 2
