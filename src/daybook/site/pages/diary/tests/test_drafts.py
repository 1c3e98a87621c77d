"""A draft keeps what was typed, whichever window typed it, until it is kept or put away for good."""

import pytest

from daybook.diary.drafts import begin_draft, drafts_for, get_draft_for, save_section
from daybook.diary.entries import count_entries
from daybook.site.pages.diary.tests.draft_by_form import answer, begin, keep
from daybook.site.pages.diary.tests.form_reading import hidden, location, words_of
from tests.cast import NOW, Member

pytestmark = pytest.mark.django_db


def test_a_draft_kept_twice_makes_one_entry(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    form = hidden(client, f"{draft}check/")
    first = location(client.post(f"{draft}check/", form))
    assert location(client.post(f"{draft}check/", form)) == first
    assert location(client.get(draft)) == first
    assert count_entries(person.viewer) == 1


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


def test_drafts_keep_what_was_typed_word_for_word(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    answer(client, draft, "when", kind="exact", date="next Tuesday", time="late", zone="Mars")
    read = get_draft_for(person.viewer, drafts_for(person.viewer)[0].id)
    typed = {name: value for name, value in read.sections["when"].items() if name != "window"}
    assert typed == {"kind": ["exact"], "date": ["next Tuesday"], "time": ["late"], "zone": ["Mars"]}


def test_a_file_the_files_pages_put_into_the_draft_is_attached(person: Member) -> None:
    file = person.keep_file(b"one")
    draft = begin_draft(person.viewer, now=NOW, sections={"words": {"words": ["He rang."]}})
    save_section(person.viewer, draft.id, "files", {"exhibit": [str(file.id), "not-an-id"]}, now=NOW)
    client = person.browser()
    assert "checked" in client.get(f"/diary/draft/{draft.id}/files/").content.decode()
    entry = location(keep(client, f"/diary/draft/{draft.id}/"))
    assert file.reference in words_of(client.get(entry))
