"""The check of both chains, and the fingerprint on paper."""

from typing import Any

import pytest

from daybook.diary.entries import amend_entry
from daybook.diary.models import Item, Version
from daybook.kernel.entry import parse_entry
from daybook.ledger.fingerprints import fingerprint_after, fingerprint_of
from daybook.ledger.models import ChainHead, ChainLink
from daybook.site.pages.door.tests.visiting import post
from tests.cast import NOW, Member

pytestmark = pytest.mark.django_db


def test_a_whole_record_is_found_whole(person: Member) -> None:
    person.write()

    page = person.browser().get("/account/check/").content.decode()

    assert page.count(">Whole<") == 3
    assert "It has 2 steps" in page
    assert "does not show that the words are true" in page


def test_the_fingerprint_is_shown_in_groups_to_write_down(person: Member) -> None:
    print_now = fingerprint_of(person.viewer.record)

    page = person.browser().get("/account/check/").content.decode()

    assert " ".join(print_now.groups) in page
    assert len(print_now.groups) == 16


def test_an_earlier_fingerprint_still_fits_after_more_was_written(person: Member) -> None:
    person.write("one")
    earlier = fingerprint_of(person.viewer.record)
    person.write("two")

    answer = compare(person, earlier.steps, " ".join(earlier.groups).upper())

    assert "It is the same" in answer.content.decode()
    assert fingerprint_after(person.viewer, earlier.steps) == earlier


def test_another_fingerprint_does_not_fit(person: Member) -> None:
    assert "It is not the same" in compare(person, 1, "0" * 64).content.decode()


def test_steps_that_are_missing_are_noticed(person: Member) -> None:
    assert "fewer than 9 steps" in compare(person, 9, "0" * 64).content.decode()


def test_what_is_not_a_fingerprint_is_refused_in_words(person: Member) -> None:
    page = compare(person, "x", "hello").content.decode()

    assert "whole number" in page
    assert "A fingerprint has 64 signs" in page


def test_a_link_swapped_with_another_is_named(person: Member) -> None:
    person.write("one")
    person.write("two")
    links = list(ChainLink.objects.filter(record_id=person.viewer.record, chain="ledger").order_by("seq"))
    ChainLink.objects.filter(pk=links[1].pk).update(sealed=links[2].sealed, digest=links[2].digest)

    page = person.browser().get("/account/check/").content.decode()

    assert ">Changed<" in page
    assert "Do not delete anything" in page


def test_a_chain_cut_short_is_named(person: Member) -> None:
    person.write("one")
    ChainLink.objects.filter(record_id=person.viewer.record, chain="ledger", seq=2).delete()

    assert "the record says 2" in person.browser().get("/account/check/").content.decode()


def test_a_head_set_back_is_named(person: Member) -> None:
    person.write("one")
    first = ChainLink.objects.get(record_id=person.viewer.record, chain="ledger", seq=1)
    ChainHead.objects.filter(record_id=person.viewer.record, chain="ledger").update(length=1, head=first.head)

    assert ">Changed<" in person.browser().get("/account/check/").content.decode()


def compare(person: Member, steps: object, written: str) -> Any:
    return post(person.browser(), "/account/check/", {"steps": steps, "fingerprint": written})


def test_an_entry_that_was_taken_out_is_named(person: Member) -> None:
    gone = person.write("one")
    Item.objects.filter(pk=gone.id).delete()

    page = person.browser().get("/account/check/").content.decode()

    assert "The entry written on 20 November 2026 at 18:00 (UTC) is missing." in page
    assert page.count(">Whole<") == 2
    assert "Do not delete anything" in page


def test_old_words_put_back_are_named(person: Member) -> None:
    entry = person.write("one")
    fields = parse_entry({"words": "two"}, default_zone="UTC")
    amend_entry(person.viewer, entry.id, fields, reason="more", expected=1, now=NOW)
    Version.objects.filter(item_id=entry.id, version=2).delete()
    Version.objects.filter(item_id=entry.id).update(current=True)
    Item.objects.filter(pk=entry.id).update(versions=1)

    page = person.browser().get("/account/check/").content.decode()

    assert "Version 2 of the entry written on 20 November 2026 at 18:00 (UTC), is missing." in page


def test_a_list_that_leaves_an_entry_out_can_be_mended_from_here(person: Member) -> None:
    hidden = person.write("one")
    Item.objects.filter(pk=hidden.id).update(sealed_moment=None, loose_epoch=0)
    browser = person.browser()

    page = browser.get("/account/check/").content.decode()

    assert "The list of entries leaves some out: 1." in page
    assert "Mend the list" in page
    browser.post("/diary/mend/")
    assert browser.get("/account/check/").content.decode().count(">Whole<") == 3
