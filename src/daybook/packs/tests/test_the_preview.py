"""What would be handed over is shown before, with what would give away more than she may want."""

import uuid
from collections.abc import Mapping
from datetime import date

import pytest

from daybook.diary.kept_people import keep_place, places_for
from daybook.packs.selection import Selection, entries_chosen, preview_pack
from daybook.packs.tests.written_case import HOME, LATER, Case
from tests.cast import Member, picture


@pytest.mark.django_db
def test_a_choice_is_read_by_the_clock_of_the_record(case: Case) -> None:
    assert [
        entry.id for entry in entries_chosen(case.person.unlocked, Selection(last_day=date(2026, 3, 4)))
    ] == [case.march.id]
    assert entries_chosen(case.person.unlocked, Selection(last_day=date(2026, 3, 3))) == []


@pytest.mark.django_db
def test_the_preview_lists_originals_that_show_a_place_of_hers(case: Case) -> None:
    found = preview_pack(case.person.unlocked, Selection())
    assert [(one.exhibit.reference, one.place.label) for one in found.places_given_away] == [
        ("AB/1", "My flat")
    ]
    assert found.places_given_away[0].metres < HOME["radius_m"]  # type: ignore[operator]
    assert (found.witness_contacts, found.addresses, found.with_feelings) == (2, 1, 1)
    without = preview_pack(case.person.unlocked, Selection(left_out=frozenset({case.photo.id})))
    assert without.places_given_away == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"latitude": 51.0}, {"radius_m": 1}, {"latitude": None, "longitude": None}]
)
def test_an_original_that_shows_where_she_used_to_live_is_listed_too(
    case: Case, change: Mapping[str, object]
) -> None:
    (home,) = places_for(case.person.viewer)
    keep_place(case.person.viewer, {**HOME, **change}, now=LATER, item=home.id, expected=1)
    keep_place(case.person.viewer, {**HOME, **change, "label": "Old"}, now=LATER, item=home.id, expected=2)
    found = preview_pack(case.person.unlocked, Selection())
    assert [(one.exhibit.reference, one.place.id) for one in found.places_given_away] == [("AB/1", home.id)]


@pytest.mark.django_db
def test_a_place_that_was_only_renamed_is_named_once_as_it_is_called_now(case: Case) -> None:
    (home,) = places_for(case.person.viewer)
    keep_place(case.person.viewer, {**HOME, "label": "The flat"}, now=LATER, item=home.id, expected=1)
    found = preview_pack(case.person.unlocked, Selection())
    assert [one.place.label for one in found.places_given_away] == ["The flat"]


@pytest.mark.django_db
def test_the_preview_names_what_nobody_looked_at_or_could_read(case: Case) -> None:
    unseen = case.person.keep_file(picture("black"), "unseen.jpg", unseen=True)
    film = case.person.keep_file(
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(4000), "film.mp4"
    )
    found = preview_pack(case.person.unlocked, Selection())
    assert [one.id for one in found.unseen] == [unseen.id]
    assert [one.id for one in found.unread] == [unseen.id, film.id]


@pytest.mark.django_db
def test_the_names_of_others_records_choose_nothing(case: Case, neighbour: Member) -> None:
    theirs = neighbour.write("Mine alone.")
    selection = Selection(entries=frozenset({theirs.id, uuid.uuid4()}), exhibits=frozenset({uuid.uuid4()}))
    found = preview_pack(case.person.unlocked, selection)
    assert (found.entries, found.exhibits) == ([], [])
