import json
import re

import pytest
from django.test import Client

from daybook.diary.drafts import begin_draft, drafts_for, get_draft_for, save_section
from daybook.diary.entries import all_entries_for, count_entries, get_entry_for, page_of_entries
from daybook.diary.kept_people import keep_place, keep_suspect, keep_witness, suspects_for, witnesses_for
from daybook.kernel.chronology import About, Day
from daybook.site.pages.diary.sections import SECTIONS
from daybook.site.pages.diary.tests.form_reading import Answer, hidden, location, words_of
from tests.cast import NOW, Member, picture

pytestmark = pytest.mark.django_db

Typed = str | list[str]


def begin(client: Client, words: str = "He rang at nine.") -> str:
    """Begin a draft as the first page does; returns its address."""
    fields = hidden(client, "/diary/new/")
    return location(client.post("/diary/new/", {**fields, "words": words, "go": "more"}))


def answer(client: Client, draft: str, section: str, **typed: Typed) -> Answer:
    """Answer one question of a draft."""
    fields = hidden(client, f"{draft}{section}/")
    return client.post(f"{draft}{section}/", {**fields, "go": "list", **typed})


def keep(client: Client, draft: str, **typed: Typed) -> Answer:
    """Check and keep."""
    fields = hidden(client, f"{draft}check/")
    return client.post(f"{draft}check/", {**fields, "go": "keep", **typed})


def test_words_alone_become_an_entry_at_once(person: Member) -> None:
    client = person.browser()
    fields = hidden(client, "/diary/new/")
    entry = location(client.post("/diary/new/", {**fields, "words": "He rang.\r\nTwice.", "go": "keep"}))
    page = client.get(entry)
    assert "Kept." in words_of(page)
    kept = page_of_entries(person.viewer, 1).entries[0]
    assert kept.values == {"words": "He rang.\nTwice."}
    assert drafts_for(person.viewer) == []


def test_the_time_stays_unknown_unless_she_says_that_it_was_just_now(person: Member) -> None:
    client = person.browser()
    fields = hidden(client, "/diary/new/")
    client.post("/diary/new/", {**fields, "words": "Now.", "just_now": "1", "go": "keep"})
    kept = page_of_entries(person.viewer, 1).entries[0]
    assert isinstance(kept.when, About)
    assert kept.written == "written at about the same time"


def test_taking_just_now_back_takes_the_time_back(person: Member) -> None:
    client = person.browser()
    fields = hidden(client, "/diary/new/")
    client.post(
        "/diary/new/", {**fields, "words": "Now.", "just_now": "1"}, headers={"X-Daybook": "autosave"}
    )
    client.post("/diary/new/", {**fields, "words": "Now.", "go": "keep"})
    assert "when" not in page_of_entries(person.viewer, 1).entries[0].values


def test_the_same_form_sent_twice_makes_one_entry(person: Member) -> None:
    client = person.browser()
    form = {**hidden(client, "/diary/new/"), "words": "Once.", "go": "keep"}
    assert location(client.post("/diary/new/", form)) == location(client.post("/diary/new/", form))
    assert count_entries(person.viewer) == 1


def test_a_draft_kept_twice_makes_one_entry(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    form = hidden(client, f"{draft}check/")
    first = location(client.post(f"{draft}check/", form))
    assert location(client.post(f"{draft}check/", form)) == first
    assert location(client.get(draft)) == first
    assert count_entries(person.viewer) == 1


def test_an_autosave_that_was_overtaken_does_not_begin_the_draft_anew(person: Member) -> None:
    client = person.browser()
    form = {**hidden(client, "/diary/new/"), "words": "Once."}
    client.post("/diary/new/", {**form, "go": "keep"})
    assert client.post("/diary/new/", form, headers={"X-Daybook": "autosave"}).status_code == 409
    assert drafts_for(person.viewer) == []


def test_what_is_typed_is_saved_by_itself_from_the_first_words_on(person: Member) -> None:
    client = person.browser()
    form = {**hidden(client, "/diary/new/"), "words": "He ra"}
    saved = client.post("/diary/new/", form, headers={"X-Daybook": "autosave"})
    assert re.fullmatch(r"[0-2]\d:[0-5]\d", json.loads(saved.content)["saved_at"])
    client.post("/diary/new/", {**form, "words": "He rang"}, headers={"X-Daybook": "autosave"})
    drafts = drafts_for(person.viewer)
    assert [draft.beginning for draft in drafts] == ["He rang"]
    assert "He rang" in words_of(client.get("/diary/"))


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


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "exact", "date": "2026-11-03"}, "An exact time needs a clock time."),
        ({"kind": "exact", "time": "21:15"}, "Give the day, or choose “I do not know when”."),
        ({"kind": "day", "date": "2026-02-30"}, "There is no day 2026-02-30."),
        ({"kind": "day", "date": "2026-11-03", "time": "21:15"}, "You typed a time too."),
        ({"kind": "day", "date": "yesterday"}, "We cannot read this date or time."),
        ({"kind": "about", "date": "2026-11-03", "time": "25:99"}, "There is no such time."),
        ({"kind": "between", "date": "2026-11-03"}, "Give the day it ended, or choose “about”."),
        (
            {"kind": "between", "date": "2026-11-03", "end_date": "2026-11-02"},
            "The end is before the start.",
        ),
        ({"kind": "unknown", "date": "2026-11-03"}, "You typed a day or time too."),
        ({"kind": "day", "date": "2026-11-03", "zone": "Mars/Base"}, "We do not know the time zone"),
        ({"kind": "exact", "date": "2026-03-29", "time": "01:30"}, "The clocks jumped forward"),
        ({"kind": "moon", "date": "2026-03-29"}, "Use one of these kinds of time"),
        ({"kind": "exact", "date": "0001-01-01", "time": "00:00"}, "Check the year"),
        ({"kind": "about", "date": "2026-11-03\x00"}, "We cannot read this date or time."),
    ],
)
def test_a_time_that_cannot_be_is_said_and_shown_again(
    person: Member, typed: dict[str, str], said: str
) -> None:
    client = person.browser()
    draft = begin(client)
    page = client.get(location(answer(client, draft, "when", **typed)))
    assert page.status_code == 200
    assert said in words_of(page)
    if "date" in typed and "\x00" not in typed["date"]:
        assert f'value="{typed["date"]}"' in page.content.decode()
    assert said in words_of(keep(client, draft))
    assert count_entries(person.viewer) == 0


@pytest.mark.parametrize(
    ("typed", "when"),
    [
        ({"date": "2026-11-03"}, {"kind": "day", "date": "2026-11-03", "zone": "Europe/London"}),
        (
            {"date": "3/11/2026", "time": "9.15pm"},
            {"kind": "exact", "at": "2026-11-03T21:15:00+00:00", "zone": "Europe/London"},
        ),
        (
            {"kind": "about", "date": "2026-07-03", "time": "21:15", "zone": "Europe/Paris"},
            {"kind": "about", "at": "2026-07-03T21:15:00+02:00", "zone": "Europe/Paris"},
        ),
        (
            {"kind": "since", "date": "2026-11-03"},
            {"kind": "since", "start": "2026-11-03", "zone": "Europe/London"},
        ),
        (
            {"date": "2026-11-03", "time": "22:00", "end_date": "2026-11-04", "end_time": "02:00"},
            {
                "kind": "between",
                "start": "2026-11-03T22:00:00+00:00",
                "end": "2026-11-04T02:00:00+00:00",
                "zone": "Europe/London",
            },
        ),
        ({"kind": "unknown"}, {"kind": "unknown"}),
        (
            {"kind": "exact", "date": "2026-10-25", "time": "01:30", "again": "on"},
            {"kind": "exact", "at": "2026-10-25T01:30:00+00:00", "zone": "Europe/London"},
        ),
    ],
)
def test_a_time_is_kept_as_vaguely_as_it_was_said(
    person: Member, typed: dict[str, str], when: dict[str, str]
) -> None:
    client = person.browser()
    draft = begin(client)
    answer(client, draft, "when", **typed)
    keep(client, draft)
    assert page_of_entries(person.viewer, 1).entries[0].values["when"] == when


def test_a_clock_time_that_came_twice_asks_which(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    answer(client, draft, "when", kind="exact", date="2026-10-25", time="01:30")
    assert "this time came twice" in words_of(client.get(f"{draft}when/"))


def test_today_is_one_tap_without_a_script(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    answer(client, draft, "when", go="today")
    keep(client, draft)
    assert isinstance(page_of_entries(person.viewer, 1).entries[0].when, Day)


@pytest.mark.parametrize(
    "words",
    [
        "x" * 100_000,
        "كان ينتظرني عند الباب",
        "👩‍👧 🏳️‍🌈 😀",
        "a line\n\n\tand a tab",
        "\u202ereversed\u202c",
        "<p>&amp; {{ words }} {% if %}",
    ],
)
def test_any_words_are_kept_to_the_letter(person: Member, words: str) -> None:
    client = person.browser()
    fields = hidden(client, "/diary/new/")
    entry = location(client.post("/diary/new/", {**fields, "words": words, "go": "keep"}))
    assert page_of_entries(person.viewer, 1).entries[0].values["words"] == words
    assert client.get(entry).status_code == 200


@pytest.mark.parametrize("words", ["x" * 100_001, "a\x00b", "a\x1bb"])
def test_words_that_cannot_be_kept_are_shown_again(person: Member, words: str) -> None:
    client = person.browser()
    fields = hidden(client, "/diary/new/")
    page = client.post("/diary/new/", {**fields, "words": words, "go": "keep"})
    assert page.status_code == 422
    assert words in page.content.decode()
    assert drafts_for(person.viewer)[0].sections["words"]["words"] == [words]


def test_a_file_the_files_pages_put_into_the_draft_is_attached(person: Member) -> None:
    file = person.keep_file(b"one")
    draft = begin_draft(person.viewer, now=NOW, sections={"words": {"words": ["He rang."]}})
    save_section(person.viewer, draft.id, "files", {"exhibit": [str(file.id), "not-an-id"]}, now=NOW)
    client = person.browser()
    assert "checked" in client.get(f"/diary/draft/{draft.id}/files/").content.decode()
    entry = location(keep(client, f"/diary/draft/{draft.id}/"))
    assert file.reference in words_of(client.get(entry))


def test_words_of_another_window_are_set_aside_and_shown(person: Member) -> None:
    client = person.browser()
    draft = begin(client, "first")
    one, two = hidden(client, f"{draft}words/"), hidden(client, f"{draft}words/")
    client.post(f"{draft}words/", {**one, "words": "from one window", "go": "list"})
    client.post(f"{draft}words/", {**two, "words": "from the other", "go": "list"})
    page = words_of(client.get(draft))
    assert "Another window wrote here too" in page
    assert "from one window" in page
    name = hidden(client, draft)["name"]
    client.post(f"{draft}aside/", {"name": name})
    assert "Another window" not in words_of(client.get(draft))


def test_a_file_added_in_another_window_stays_chosen(person: Member) -> None:
    one, two = person.keep_file(b"1"), person.keep_file(b"2")
    client = person.browser()
    draft = begin(client)
    window = hidden(client, f"{draft}files/")
    client.post(f"{draft}files/", {**window, "exhibit": [str(one.id)]}, headers={"X-Daybook": "autosave"})
    read = drafts_for(person.viewer)[0]
    added = {**read.sections["files"], "exhibit": [str(one.id), str(two.id)]}
    save_section(person.viewer, read.id, "files", added, now=NOW)
    client.post(f"{draft}files/", {**window, "exhibit": [str(one.id)], "go": "list"})
    assert drafts_for(person.viewer)[0].sections["files"]["exhibit"] == [str(one.id), str(two.id)]


def test_a_window_that_saves_again_and_again_sets_nothing_aside(person: Member) -> None:
    client = person.browser()
    draft = begin(client, "first")
    window = hidden(client, f"{draft}words/")
    for words in ("a", "ab", "abc"):
        client.post(f"{draft}words/", {**window, "words": words}, headers={"X-Daybook": "autosave"})
    assert "Another window" not in words_of(client.get(draft))


def test_a_draft_put_away_can_be_brought_back_and_is_not_wiped_at_once(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    client.post(f"{draft}put-away/", {"go": "put-away"})
    assert "Drafts you put away (1)" in words_of(client.get("/diary/"))
    client.post(f"{draft}put-away/", {"go": "remove"})
    assert len(drafts_for(person.viewer)) == 1
    client.post(f"{draft}put-away/", {"go": "bring-back"})
    assert "Not finished yet" in words_of(client.get("/diary/"))


def test_a_draft_put_away_for_a_week_can_be_removed_for_good(person: Member) -> None:
    sections = {"words": {"words": ["old"]}, "put-away": {"at": ["2026-01-01T00:00:00+00:00"]}}
    draft = begin_draft(person.viewer, now=NOW, sections=sections)
    client = person.browser()
    assert "Remove it for good" in words_of(client.get(f"/diary/draft/{draft.id}/put-away/"))
    client.post(f"/diary/draft/{draft.id}/put-away/", {"go": "remove"})
    assert drafts_for(person.viewer) == []


def test_a_draft_of_another_record_is_not_there(person: Member, neighbour: Member) -> None:
    client = person.browser()
    draft = begin(client)
    stranger = neighbour.browser()
    for address in ("", "when/", "check/", "newer/", "put-away/", "nonsense/"):
        assert stranger.get(f"{draft}{address}").status_code == 404, address
    assert stranger.post(f"{draft}words/", {"words": "mine"}).status_code == 404
    assert stranger.post(f"{draft}check/", {}).status_code == 404
    assert count_entries(neighbour.viewer) == 0


def test_a_form_of_another_record_makes_nothing_of_hers_visible(person: Member, neighbour: Member) -> None:
    form = hidden(person.browser(), "/diary/new/")
    location(person.browser().post("/diary/new/", {**form, "words": "hers", "go": "keep"}))
    entry = location(neighbour.browser().post("/diary/new/", {**form, "words": "his", "go": "keep"}))
    assert "hers" not in words_of(neighbour.browser().get(entry))
    assert count_entries(person.viewer) == 1


def test_a_form_without_its_token_keeps_nothing_and_shows_the_words(person: Member) -> None:
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    client.cookies = person.browser().cookies
    page = client.post("/diary/new/", {"words": "A forged entry", "go": "keep"})
    assert page.status_code == 403
    assert "A forged entry" in words_of(page)
    assert count_entries(person.viewer) == 0
    assert drafts_for(person.viewer) == []


def test_the_notice_about_court_stands_before_the_box(person: Member) -> None:
    page = person.browser().get("/diary/new/").content.decode()
    assert page.index("If there is a court case one day") < page.index("<textarea")


def test_drafts_keep_what_was_typed_word_for_word(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    answer(client, draft, "when", kind="exact", date="next Tuesday", time="late", zone="Mars")
    read = get_draft_for(person.viewer, drafts_for(person.viewer)[0].id)
    typed = {name: value for name, value in read.sections["when"].items() if name != "window"}
    assert typed == {"kind": ["exact"], "date": ["next Tuesday"], "time": ["late"], "zone": ["Mars"]}


def test_a_form_that_was_kept_and_is_filled_in_anew_is_another_entry(person: Member) -> None:
    browser = person.browser()
    browser.post("/diary/new/", {"words": "The first thing.", "go": "keep", "form": "5a" * 16})
    browser.post("/diary/new/", {"words": "The first thing.", "go": "keep", "form": "5a" * 16})
    browser.post("/diary/new/", {"words": "Another thing.", "go": "keep", "form": "5a" * 16})
    kept = sorted(entry.values["words"] for entry in all_entries_for(person.viewer))
    assert kept == ["Another thing.", "The first thing."]
