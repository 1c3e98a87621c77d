"""Entries are listed by when it happened and found by what is asked, and no address says what was looked for."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from daybook.diary import timeline
from daybook.diary.attachments import attach_exhibit
from daybook.diary.entries import amend_entry
from daybook.diary.kept_people import keep_suspect, keep_witness
from daybook.kernel.entry import parse_entry
from daybook.ledger.access import access_notes_for
from daybook.site.pages.diary import found_again
from daybook.site.pages.diary.tests.form_reading import Answer, location, words_of
from tests.cast import NOW, Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(person: Member) -> Client:
    return person.browser()


def look_for(client: Client, asked: dict[str, str]) -> Answer:
    """The page with the result."""
    return client.get(location(client.post("/diary/find/", asked)))


def test_an_empty_diary_says_how_to_begin(client: Client) -> None:
    page = words_of(client.get("/diary/"))
    assert "Nothing is written yet" in page
    assert "You do not need proof to tell police" in page


def test_the_newest_event_comes_first_whenever_it_was_written(person: Member, client: Client) -> None:
    person.write("the middle one", when="2026-11-02")
    person.write("the last one", when="2026-11-03")
    person.write("the early one", when="2026-11-01")
    page = words_of(client.get("/diary/"))
    assert page.index("the last one") < page.index("the middle one") < page.index("the early one")


def test_a_line_says_what_helps_to_know_the_entry(person: Member, client: Client) -> None:
    dan = keep_suspect(person.viewer, {"name": "Dan"}, now=NOW)
    kay = keep_witness(person.viewer, {"name": "Kay"}, now=NOW)
    entry = person.write(
        "He stood there. " * 40,
        when=(NOW - timedelta(minutes=12)).isoformat(),
        behaviours=["loitering"],
        suspects=[{"suspect": str(dan.id), "certainty": "think"}],
        witnesses=[{"witness": str(kay.id)}],
        order_breached="yes",
    )
    attach_exhibit(person.viewer, entry=entry.id, exhibit=person.keep_file(b"1").id, now=NOW)
    page = words_of(client.get("/diary/"))
    for said in (
        "5:48pm on Friday 20 November 2026",
        "Written 12 minutes after",
        "Hanging around",
        "Dan",
        "Kay",
    ):
        assert said in page, said
    assert "1 file" in page
    assert "May have broken an order" in page
    assert "He stood there. " * 20 not in page


def test_an_amended_entry_still_says_when_it_was_first_written(person: Member, client: Client) -> None:
    entry = person.write("one", when=(NOW - timedelta(minutes=12)).isoformat())
    fields = parse_entry({**entry.values, "words": "two"}, default_zone="UTC")
    later = NOW + timedelta(days=40)
    amend_entry(person.viewer, entry.id, fields, reason="more", expected=1, now=later)
    page = words_of(client.get("/diary/"))
    assert "Written 12 minutes after, amended later" in page
    assert "Amended" in page


def test_twenty_five_a_page_and_no_page_is_a_dead_end(person: Member, client: Client) -> None:
    for number in range(26):
        person.write(f"entry {number:02}", when=f"2026-10-{number + 1:02}")
    assert words_of(client.get("/diary/")).count("entry ") == 25
    assert "entry 00" in words_of(client.get("/diary/?page=2"))
    assert client.get("/diary/?page=9").headers["Location"] == "/diary/?page=2"
    for odd in ("0", "-1", "x", "9" * 40, "²"):
        assert client.get("/diary/", {"page": odd}).status_code == 200, odd


def test_the_list_opens_no_more_rows_when_there_are_more_entries(person: Member, client: Client) -> None:
    def queries() -> int:
        timeline.gather(person.viewer)
        with CaptureQueriesContext(connection) as seen:
            client.get("/diary/")
        return len(seen)

    client.get("/diary/")  # the first visit of all also sweeps up old ones
    for _ in range(30):
        person.write(when="2026-10-01")
    few = queries()
    for _ in range(60):
        person.write(when="2026-10-02")
    assert queries() == few


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"words": "COAT"}, {"nice coat"}),
        ({"words": "coat  nice"}, {"nice coat"}),
        ({"words": "secretly"}, {"nice coat"}),
        ({"behaviour": "following"}, {"he followed"}),
        ({"contact": "text"}, {"nice coat"}),
        ({"first_day": "2026-11-03"}, {"he followed"}),
        ({"last_day": "2026-11-02"}, {"nice coat"}),
        ({"first_day": "2026-11-01", "last_day": "2026-11-04"}, {"nice coat", "he followed"}),
        ({"breached": "on"}, {"he followed"}),
        ({"with_files": "on"}, {"nice coat"}),
        ({"words": "nothing like it"}, set()),
    ],
)
def test_entries_are_found_by_what_is_asked(
    person: Member, client: Client, asked: dict[str, str], found: set[str]
) -> None:
    coat = person.write("nice coat", when="2026-11-02", contact=["text"], feelings="secretly")
    person.write("he followed", when="2026-11-03", behaviours=["following"], order_breached="yes")
    attach_exhibit(person.viewer, entry=coat.id, exhibit=person.keep_file(b"1").id, now=NOW)
    page = look_for(client, asked)
    assert page.status_code == 200
    shown = page.content.decode()
    assert {words for words in ("nice coat", "he followed") if f">{words}</p>" in shown} == found


def test_people_can_be_looked_for(person: Member, client: Client) -> None:
    dan = keep_suspect(person.viewer, {"name": "Dan"}, now=NOW)
    kay = keep_witness(person.viewer, {"name": "Kay"}, now=NOW)
    person.write("with dan", suspects=[{"suspect": str(dan.id)}])
    person.write("with kay", witnesses=[{"witness": str(kay.id)}])
    assert "with kay" not in words_of(look_for(client, {"suspect": str(dan.id)}))
    assert "with dan" not in words_of(look_for(client, {"witness": str(kay.id)}))


def test_what_was_searched_for_stands_in_no_address(person: Member, client: Client) -> None:
    for _ in range(30):
        person.write("nice coat")
    address = location(client.post("/diary/find/", {"words": "coat"}))
    page = client.get(address)
    shown = page.content.decode()
    assert "coat" not in address + "".join(part.split('"')[0] for part in shown.split('href="')[1:])
    assert page.headers["Cache-Control"] == "no-store"
    assert words_of(client.get(f"{address}?page=2")).count("nice coat") == 5
    assert client.get(f"{address}?page=9").headers["Location"] == f"{address}?page=2"
    assert client.get("/diary/find/?words=coat").headers["Location"] == "/diary/"
    cookie = client.cookies[found_again.COOKIE]
    assert cookie["path"] == address
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert not cookie["max-age"]
    assert "coat" not in cookie.value


def test_a_result_opens_for_nobody_else_and_under_no_other_number(
    person: Member, neighbour: Member, client: Client
) -> None:
    address = location(client.post("/diary/find/", {"words": "coat"}))
    stranger = neighbour.browser()
    stranger.cookies[found_again.COOKIE] = client.cookies[found_again.COOKIE].value
    assert location(stranger.get(address)) == "/diary/"
    assert location(client.get("/diary/found/0123456789abcdef/")) == "/diary/"
    for wrong in ("", "1.", "1.x", "9.AAAA", "x.AAAA", "²." + "A" * 80, "1." + "A" * 80):
        client.cookies[found_again.COOKIE] = wrong
        assert location(client.get(address)) == "/diary/", wrong
        assert location(client.get(f"{address}print/")) == "/diary/", wrong


def test_a_wrong_filter_is_said_and_nothing_breaks(person: Member, client: Client) -> None:
    keep_suspect(person.viewer, {"name": "Dan"}, now=NOW)
    for asked in (
        {"first_day": "soon"},
        {"first_day": "2026-11-03", "last_day": "2026-11-02"},
        {"suspect": "x"},
        {"behaviour": "x"},
        {"words": "x" * 600},
        {"words": "a\x00b"},
    ):
        page = client.post("/diary/find/", asked)
        assert page.status_code == 422
        assert "Please look at this again" in words_of(page)


def test_paper_has_every_field_but_private_feelings(person: Member, client: Client) -> None:
    person.write("nice coat", said="Nice coat", feelings="Sick of it", when="2026-11-02")
    person.write("he followed", when="2026-11-03")
    page = words_of(client.get("/diary/print/"))
    assert "Printed from the record on" in page
    assert page.index("nice coat") < page.index("he followed")
    assert "Words they used Nice coat" in page
    assert "Sick of it" not in page
    assert "Sick of it" in words_of(client.get("/diary/print/?all=1"))
    found = location(client.post("/diary/find/", {"words": "coat"}))
    assert "he followed" not in words_of(client.get(f"{found}print/"))


def test_reading_and_printing_are_noted(person: Member, client: Client) -> None:
    entry = person.write()
    client.get(f"/diary/{entry.id}/")
    client.get("/diary/print/")
    assert [note.what for note in access_notes_for(person.unlocked)[:2]] == ["diary to print", "entry"]


def test_titles_and_addresses_say_nothing(person: Member, client: Client) -> None:
    entry = person.write("stalked", when="2026-11-02")
    for address in ("/diary/", "/diary/new/", f"/diary/{entry.id}/", "/diary/print/", "/people/"):
        title = client.get(address).content.decode().split("<title>")[1].split("</title>")[0]
        assert title.endswith("– Daybook")
        for word in ("stalk", "police", "evidence", "suspect", "victim"):
            assert word not in title.lower()
            assert word not in address
