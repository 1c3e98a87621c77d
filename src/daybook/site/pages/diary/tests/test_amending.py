"""An amendment is a new version with a reason; nothing before it is lost, whoever wrote meanwhile."""

import uuid
from typing import Any

import pytest
from django.test import Client

from daybook.diary.attachments import attach_exhibit, exhibits_by_entry
from daybook.diary.drafts import drafts_for
from daybook.diary.entries import ReadEntry, amend_entry, entry_versions_for
from daybook.kernel.entry import parse_entry
from daybook.site.pages.diary.tests.form_reading import hidden, location, words_of
from tests.cast import NOW, Member, picture

pytestmark = pytest.mark.django_db

FULL: dict[str, Any] = {
    "when": {"kind": "exact", "at": "2026-10-25T01:30:20+00:00", "zone": "Europe/London"},
    "place": {"kind": "online", "text": "A group chat"},
    "behaviours": ["watching", "following"],
    "contact": ["text"],
    "identifiers": [{"kind": "phone", "value": "07700 900123"}, {"kind": "plate", "value": "AB12 CDE"}],
    "suspects": [{"name": "Dan", "certainty": "known"}],
    "witnesses": [{"name": "Kay", "saw": "Heard it"}],
    "said": "Nice coat",
    "effect": "Afraid",
    "changes": ["sleep"],
    "told": [{"who": "police", "force": "Kent"}, {"who": "friend", "when": "that night"}],
    "order_breached": {"answer": "no"},
    "feelings": "Sick of it",
}


def begin(client: Client, entry: ReadEntry) -> str:
    return location(client.post(f"/diary/{entry.id}/amend/"))


def change_words(client: Client, draft: str, words: str) -> None:
    client.post(f"{draft}words/", {**hidden(client, f"{draft}words/"), "words": words, "go": "list"})


def keep(client: Client, draft: str, **typed: str) -> str:
    form = {**hidden(client, f"{draft}check/"), "because": "remembered", **typed}
    return location(client.post(f"{draft}check/", form))


def test_an_amendment_keeps_all_that_was_not_touched(person: Member) -> None:
    entry = person.write("Before.", **FULL)
    client = person.browser()
    draft = begin(client, entry)
    change_words(client, draft, "After.")
    assert keep(client, draft, reason="the coat") == f"/diary/{entry.id}/"
    first, second = entry_versions_for(person.viewer, entry.id)
    assert first.values == entry.values
    assert {**second.values, "words": "Before."} == {**entry.values, "reason": "I remembered more: the coat"}


def test_every_version_stays_readable_with_what_changed(person: Member) -> None:
    entry = person.write("He came at nine.")
    client = person.browser()
    draft = begin(client, entry)
    change_words(client, draft, "He came at ten.")
    keep(client, draft)
    assert "He came at nine." in words_of(client.get(f"/diary/{entry.id}/version/1/"))
    page = client.get(f"/diary/{entry.id}/version/2/").content.decode()
    assert "<del>" in page
    assert "<ins>" in page
    assert "I remembered more" in words_of(client.get(f"/diary/{entry.id}/"))
    for number in (0, 3, 99999999):
        assert client.get(f"/diary/{entry.id}/version/{number}/").status_code == 404


def test_a_reason_is_asked_and_the_draft_waits_for_it(person: Member) -> None:
    entry = person.write("Before.")
    client = person.browser()
    draft = begin(client, entry)
    change_words(client, draft, "After.")
    page = client.post(f"{draft}check/", hidden(client, f"{draft}check/"))
    assert page.status_code == 422
    assert "Choose a reason, or write one." in words_of(page)
    assert len(entry_versions_for(person.viewer, entry.id)) == 1
    assert len(drafts_for(person.viewer)) == 1


def test_a_change_of_nothing_is_not_a_version(person: Member) -> None:
    entry = person.write("Before.", **FULL)
    client = person.browser()
    draft = begin(client, entry)
    form = {**hidden(client, f"{draft}check/"), "because": "mistake"}
    page = client.post(f"{draft}check/", form)
    assert "Nothing is different" in words_of(page)
    assert len(entry_versions_for(person.viewer, entry.id)) == 1


def test_beginning_twice_goes_on_with_the_same_draft(person: Member) -> None:
    entry = person.write()
    client = person.browser()
    assert begin(client, entry) == begin(client, entry)
    assert "You began to change this entry." in words_of(client.get(f"/diary/{entry.id}/"))


def test_an_amendment_kept_twice_makes_one_version(person: Member) -> None:
    entry = person.write("Before.")
    client = person.browser()
    draft = begin(client, entry)
    change_words(client, draft, "After.")
    form = {**hidden(client, f"{draft}check/"), "because": "mistake"}
    for _ in range(2):
        assert location(client.post(f"{draft}check/", form)) == f"/diary/{entry.id}/"
    assert len(entry_versions_for(person.viewer, entry.id)) == 2


def amend_elsewhere(person: Member, entry: ReadEntry, **changed: object) -> None:
    value = {"words": entry.values["words"], **changed}
    fields = parse_entry(value, default_zone="Europe/London")
    amend_entry(person.viewer, entry.id, fields, reason="elsewhere", expected=entry.version, now=NOW)


def test_an_entry_amended_meanwhile_loses_neither_change(person: Member) -> None:
    entry = person.write("Before.")
    client = person.browser()
    draft = begin(client, entry)
    change_words(client, draft, "Mine.")
    form = {**hidden(client, f"{draft}check/"), "because": "mistake"}
    amend_elsewhere(person, entry, said="Nice coat")
    assert location(client.post(f"{draft}check/", form)) == f"{draft}newer/"
    page = words_of(client.get(f"{draft}newer/"))
    assert "Nothing you wrote is lost" in page
    assert "Nice coat" in page
    assert location(client.post(f"{draft}newer/")) == f"{draft}check/"
    keep(client, draft)
    versions = entry_versions_for(person.viewer, entry.id)
    assert len(versions) == 3
    assert versions[-1].values["words"] == "Mine."
    assert versions[-1].values["said"] == "Nice coat"


def test_where_both_changed_the_same_hers_stays_and_the_other_is_named(person: Member) -> None:
    entry = person.write("Before.")
    client = person.browser()
    draft = begin(client, entry)
    change_words(client, draft, "Mine.")
    amend_elsewhere(person, entry, words="Theirs.")
    page = words_of(client.get(f"{draft}newer/"))
    assert "Both changed: What happened, in your own words" in page
    client.post(f"{draft}newer/")
    keep(client, draft)
    assert [one.values["words"] for one in entry_versions_for(person.viewer, entry.id)] == [
        "Before.",
        "Theirs.",
        "Mine.",
    ]


def test_files_are_put_with_an_entry_and_taken_away_without_being_lost(person: Member) -> None:
    entry, file = person.write(), person.keep_file(picture(), "door.jpg")
    client = person.browser()
    address = f"/diary/{entry.id}/files/"
    assert location(client.post(address, {"exhibit": [str(file.id)]})) == f"/diary/{entry.id}/"
    client.post(address, {"exhibit": [str(file.id)]})
    assert exhibits_by_entry(person.viewer) == {entry.id: [file.id]}
    assert file.reference in words_of(client.get(address))
    client.post(address, {"detach": str(file.id)})
    assert exhibits_by_entry(person.viewer) == {}
    assert file.reference in words_of(client.get(address))


def test_an_amendment_keeps_files_that_are_attached_and_adds_new_ones(person: Member) -> None:
    entry, one, two = person.write(), person.keep_file(b"1"), person.keep_file(b"2")
    attach_exhibit(person.viewer, entry=entry.id, exhibit=one.id, now=NOW)
    client = person.browser()
    draft = begin(client, entry)
    form = hidden(client, f"{draft}files/")
    client.post(f"{draft}files/", {**form, "exhibit": [str(two.id)], "go": "list"})
    keep(client, draft)
    assert exhibits_by_entry(person.viewer) == {entry.id: [one.id, two.id]}


def test_files_of_another_record_cannot_be_attached(person: Member, neighbour: Member) -> None:
    entry, file = person.write(), neighbour.keep_file(b"his")
    person.browser().post(f"/diary/{entry.id}/files/", {"exhibit": [str(file.id)]})
    assert exhibits_by_entry(person.viewer) == {}


def test_an_entry_of_another_record_is_not_there(person: Member, neighbour: Member) -> None:
    entry = person.write()
    stranger = neighbour.browser()
    for address in ("", "version/1/", "files/"):
        assert stranger.get(f"/diary/{entry.id}/{address}").status_code == 404
    for address in ("amend/", "files/"):
        assert stranger.post(f"/diary/{entry.id}/{address}").status_code == 404
    assert stranger.get(f"/diary/{uuid.uuid4()}/").status_code == 404


def test_an_entry_cannot_be_deleted(person: Member) -> None:
    entry = person.write()
    assert person.browser().delete(f"/diary/{entry.id}/").status_code == 405
    assert person.browser().post(f"/diary/{entry.id}/").status_code == 405
