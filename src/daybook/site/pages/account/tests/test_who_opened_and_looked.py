"""The lists of who opened the record, who tried, and what was looked at."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from daybook.kernel.custody import EventKind
from daybook.ledger.access import AccessNote, note_access, note_failed_try
from daybook.ledger.models import ChainLink
from daybook.site.pages.account.attempts import lines_of
from tests.cast import Member

START = datetime(2026, 3, 4, 10, 1, tzinfo=UTC)


def test_a_run_of_failures_is_one_line() -> None:
    tries = [failure(START + timedelta(seconds=5 * number)) for number in range(97)]

    lines = lines_of(reversed(tries))

    assert [line.words for line in lines] == ["97 wrong tries"]
    assert (lines[0].first, lines[0].last) == (START, START + timedelta(minutes=8))
    assert lines[0].spans


def test_failures_hours_apart_are_lines_of_their_own() -> None:
    lines = lines_of([failure(START + timedelta(hours=9)), failure(START)])

    assert [line.words for line in lines] == ["1 wrong try", "1 wrong try"]
    assert not lines[0].spans


def test_an_unlock_between_failures_parts_them() -> None:
    lines = lines_of([failure(START + timedelta(minutes=2)), note(EventKind.UNLOCKED, START), failure(START)])

    assert [line.words for line in lines] == ["1 wrong try", "Unlocked", "1 wrong try"]


def test_tries_with_a_code_and_tries_turned_away_are_told_apart() -> None:
    line = lines_of([failure(START, label="too soon"), failure(START, what="recovery")])[0]

    assert line.detail == "1 of them came too fast and were turned away, 1 with a recovery code"


def test_the_list_shows_unlocks_from_the_command_line_as_such() -> None:
    assert lines_of([note(EventKind.UNLOCKED, START, "command line")])[0].words.startswith(
        "Unlocked by a command"
    )


def test_what_was_looked_at_is_shown_page_by_page_newest_first(person: Member) -> None:
    for number in range(60):
        note_access(
            person.viewer,
            EventKind.VIEWED,
            item=uuid4(),
            what="entry",
            label=f"AB/{number}",
            now=datetime.now(UTC),
        )
    client = person.browser()

    first = client.get("/account/looked/").content.decode()
    second = client.get("/account/looked/?page=2").content.decode()

    assert "Looked at: entry AB/59" in first
    assert "Looked at: entry AB/10<" in first
    assert "Looked at: entry AB/9<" not in first
    assert "Looked at: entry AB/9<" in second


def test_a_flood_of_wrong_tries_hides_no_unlock(person: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daybook.site.pages.account.watching.MOST_NOTES", 20)
    now = datetime.now(UTC)
    note_access(person.viewer, EventKind.UNLOCKED, item=uuid4(), what="command line", now=now)
    for _ in range(30):
        note_failed_try(person.viewer.record, means="passphrase", now=now + timedelta(minutes=1))

    page = person.browser().get("/account/tries/").content.decode()

    assert "Unlocked by a command" in page
    assert "20 wrong tries" in page
    assert "Older ones are in" in page


def test_a_note_that_stands_for_many_tries_counts_as_many(person: Member) -> None:
    now = datetime.now(UTC)
    note_failed_try(person.viewer.record, means="passphrase", count=37, too_soon=True, now=now)

    assert "37 wrong tries" in person.browser().get("/account/tries/").content.decode()
    assert "37 tries that did not open it" in person.browser().get("/account/looked/").content.decode()


def test_a_neighbour_sees_nothing_of_it(person: Member, neighbour: Member) -> None:
    note_access(
        person.viewer, EventKind.VIEWED, item=uuid4(), what="entry", label="AB/1", now=datetime.now(UTC)
    )

    assert "AB/1" not in neighbour.browser().get("/account/looked/").content.decode()


@pytest.mark.parametrize("path", ["/account/tries/", "/account/looked/"])
def test_a_list_that_was_changed_from_outside_says_so(person: Member, path: str) -> None:
    note_access(
        person.viewer, EventKind.VIEWED, item=uuid4(), what="entry", label="AB/1", now=datetime.now(UTC)
    )
    ChainLink.objects.filter(record_id=person.viewer.record, chain="access").update(
        sealed=secrets.token_bytes(300)
    )

    answer = person.browser().get(path)

    assert answer.status_code == 200
    assert "changed from outside" in answer.content.decode()


def failure(at: datetime, *, what: str = "passphrase", label: str = "") -> AccessNote:
    return note(EventKind.UNLOCK_FAILED, at, what, label)


def note(kind: EventKind, at: datetime, what: str = "browser", label: str = "") -> AccessNote:
    return AccessNote(at=at, kind=kind, what=what, item=uuid4(), label=label, who="owner")
