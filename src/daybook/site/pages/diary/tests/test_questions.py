"""Every question can be skipped, is kept and is shown in words."""

import json

import pytest

from daybook.diary.entries import count_entries, get_entry_for, page_of_entries
from daybook.diary.kept_people import keep_place, keep_suspect, keep_witness, suspects_for, witnesses_for
from daybook.site.pages.diary.sections import SECTIONS
from daybook.site.pages.diary.tests.draft_by_form import answer, begin, keep
from daybook.site.pages.diary.tests.form_reading import location, words_of
from tests.cast import NOW, Member, picture

pytestmark = pytest.mark.django_db


def test_every_question_saves_by_itself(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    for section in SECTIONS:
        address = f"{draft}{section.slug}/"
        saved = client.post(address, {section.slug: "x"}, headers={"X-Daybook": "autosave"})
        assert "saved_at" in json.loads(saved.content), section.slug


def test_every_question_says_why_it_is_asked_and_can_be_skipped(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    for section in SECTIONS:
        page = words_of(client.get(f"{draft}{section.slug}/"))
        assert section.why in page
        assert "You can skip this" in page
    entry = location(keep(client, draft))
    assert get_entry_for(person.viewer, page_of_entries(person.viewer, 1).entries[0].id).values == {
        "words": "He rang at nine."
    }
    assert client.get(entry).status_code == 200


def test_every_question_sent_empty_says_nothing(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    for section in SECTIONS[1:]:
        assert location(answer(client, draft, section.slug)) == draft
    keep(client, draft)
    assert page_of_entries(person.viewer, 1).entries[0].values == {"words": "He rang at nine."}


def test_no_words_is_said_and_keeps_the_rest(person: Member) -> None:
    client = person.browser()
    draft = begin(client, words="")
    answer(client, draft, "said", said="Nice coat")
    page = keep(client, draft)
    assert page.status_code == 422
    assert "Write what happened, in your own words." in words_of(page)
    assert count_entries(person.viewer) == 0
    assert "Nice coat" in client.get(f"{draft}said/").content.decode()


def test_all_fields_are_kept_and_shown_in_words(person: Member) -> None:
    viewer = person.viewer
    dan = keep_suspect(viewer, {"name": "Dan", "relationship": "<b>ex</b>"}, now=NOW)
    kay = keep_witness(viewer, {"name": "Kay", "contact": "07700 900456"}, now=NOW)
    home = keep_place(viewer, {"label": "Home", "address": "1 Elm Road", "radius_m": 150}, now=NOW)
    file = person.keep_file(picture(), "door.jpg")
    client = person.browser()
    draft = begin(client)
    answer(client, draft, "when", kind="exact", date="2026-11-03", time="21:15")
    answer(client, draft, "where", kind="mine", mine=str(home.id), text="by the gate")
    answer(client, draft, "kind", behaviours=["following", "watching"])
    answer(client, draft, "contact", contact=["text"])
    answer(client, draft, "said", said="Nice coat")
    answer(client, draft, "names", **{"identifier-0-kind": "plate", "identifier-0-value": "AB12 CDE"})
    answer(
        client,
        draft,
        "who",
        **{
            f"suspect-{dan.id}": "think",
            "new-0-name": "Lee",
            "new-0-description": "Tall",
            "new-0-certainty": "known",
        },
    )
    answer(
        client,
        draft,
        "saw",
        **{f"saw-{kay.id}": "Heard it", "new-0-name": "Jo", "new-0-contact": "07700 900789"},
    )
    answer(client, draft, "effect", effect="Afraid", changes=["sleep"])
    answer(
        client, draft, "told", **{"told-0-who": "police", "told-0-force": "Kent", "told-0-reference": "46/1"}
    )
    answer(client, draft, "order", answer="unsure", detail="May order")
    answer(client, draft, "files", exhibit=[str(file.id)])
    answer(client, draft, "feelings", feelings="Sick of it")
    page = words_of(client.get(location(keep(client, draft))))
    for said in (
        "9:15pm on Tuesday 3 November 2026 (UK time)",
        "Home (a place of mine) by the gate",
        "Following me Watching me or spying on me",
        "Text message",
        "Nice coat",
        "Number plate: AB12 CDE",
        "Dan (I think it was them)",
        "Lee (I know it was them)",
        "Kay: Heard it",
        "Jo",
        "Afraid",
        "I sleep badly",
        "Police, Kent, reference 46/1",
        "Not sure May order",
        "tell police anyway",
        "door.jpg",
        "Sick of it",
    ):
        assert said in page, said
    assert "07700" not in page
    assert "1 Elm Road" not in page
    assert [one.name for one in suspects_for(viewer)] == ["Dan", "Lee"]
    assert {one.name: one.contact for one in witnesses_for(viewer)} == {
        "Kay": "07700 900456",
        "Jo": "07700 900789",
    }


def test_names_of_hers_cannot_become_markup(person: Member) -> None:
    keep_suspect(person.viewer, {"name": "<i>Dan</i>", "relationship": "<b>ex</b>"}, now=NOW)
    client = person.browser()
    page = client.get(f"{begin(client, '<script>alert(1)</script>')}who/").content.decode()
    assert "<b>ex</b>" not in page
    assert "<i>Dan" not in page
    assert "&lt;b&gt;ex" in page


def test_another_row_can_be_added_again_and_again(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    rows: dict[str, str] = {}
    for number in range(4):
        page = client.get(f"{draft}names/").content.decode()
        assert f'name="identifier-{number}-value"' in page
        rows |= {f"identifier-{number}-kind": "phone", f"identifier-{number}-value": f"07700 90012{number}"}
        assert location(answer(client, draft, "names", **{**rows, "go": "more"})) == f"{draft}names/"
    keep(client, draft)
    kept = page_of_entries(person.viewer, 1).entries[0].fields.identifiers
    assert [one.value for one in kept] == [f"07700 90012{number}" for number in range(4)]


def test_somebody_new_of_a_known_name_is_not_lost_in_the_old_one(person: Member) -> None:
    keep_witness(person.viewer, {"name": "Kay", "contact": "old"}, now=NOW)
    client = person.browser()
    draft = begin(client)
    address = location(answer(client, draft, "saw", **{"new-0-name": "kay", "new-0-contact": "new number"}))
    page = client.get(address)
    assert "There is somebody of this name in your diary." in words_of(page)
    assert "new number" in page.content.decode()


def test_a_place_of_hers_is_offered_only_where_she_has_one(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    assert "At a place of mine" not in words_of(client.get(f"{draft}where/"))
    page = words_of(client.get(location(answer(client, draft, "where", kind="mine"))))
    assert "Choose which place of yours, or choose “At a place”" in page
    assert "Give an id" not in page
    keep_place(person.viewer, {"label": "Home", "radius_m": 150}, now=NOW)
    page = words_of(client.get(f"{draft}where/"))
    assert "At a place of mine" in page
    assert "Give an id" not in page


def test_answers_of_one_question_are_told_apart_in_the_list(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    answer(client, draft, "kind", behaviours=["following", "watching"])
    assert "Following me · Watching me or spying on me" in words_of(client.get(draft))


def test_a_file_without_a_picture_says_why_beside_the_entry(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    seen_later = person.keep_file(picture(), "door.jpg", unseen=True)
    empty = person.keep_file(b"", "empty.txt")
    answer(client, draft, "files", exhibit=[str(seen_later.id), str(empty.id)])
    page = words_of(client.get(location(keep(client, draft))))
    assert "Kept without looking. Nothing of it is shown." in page
    assert "This file is empty." in page
    assert "Name and content differ" not in page
