"""Erasing a record: after seven days that were seen to pass, whole or not at all, and never another record."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError, connection
from django.db.models import BinaryField, UUIDField

from daybook import doors
from daybook.diary.agreement import compare_with_ledger
from daybook.diary.attachments import attach_exhibit
from daybook.diary.drafts import begin_draft
from daybook.diary.entries import all_entries_for
from daybook.evidence.exhibits import exhibits_for
from daybook.evidence.intake import Intake
from daybook.evidence.models import Blob
from daybook.evidence.reading import check_body
from daybook.evidence.removing import remove_exhibit
from daybook.kernel.custody import EventKind
from daybook.kernel.sealing.blob_store import StoreUnusable
from daybook.ledger.access import access_notes_for
from daybook.ledger.closing import ask_to_close, undo_closing
from daybook.people.accounts import unlock_by_code, unlock_by_passphrase
from daybook.people.belonging import tables_below_account
from daybook.people.closing import closing_of, closings_under_way, records_to_erase
from daybook.people.errors import CannotUnlock
from daybook.people.late_saves import keep_late_save
from daybook.people.models import Account, Closing, KeySlot, Record, RecordEpoch, Unlock
from daybook.people.unlocks import begin_unlock
from daybook.site.erasing import erase_what_is_due
from tests.cast import NOW, PASSPHRASE, Member, picture

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def fill(person: Member) -> list[str]:
    """One of everything a record can hold; returns the keys of its blobs."""
    viewer = person.viewer
    entry = person.write("He stood there.", when="2026-11-03")
    begin_draft(viewer, now=NOW, sections={"words": {"words": ["begun"]}}, amends=entry.id, version=1)
    begin_draft(viewer, now=NOW, sections={"words": {"words": ["begun"]}})
    shown = person.keep_file(picture(), "IMG_1.jpg")
    person.keep_file(picture("red"), "IMG_1-marked.jpg", parent=shown.id)
    gone = person.keep_file(b"gone", "gone.txt")
    attach_exhibit(viewer, entry=entry.id, exhibit=shown.id, now=NOW)
    remove_exhibit(viewer, gone.id, reason="Not mine", now=NOW)
    keep_late_save(
        person.unlocked.record_id, path="/diary/", fields={"words": ["late"]}, now=NOW, tag=b"1" * 32
    )
    begin_unlock(person.unlocked, now=NOW)
    return list(Blob.objects.filter(record_id=person.unlocked.record_id).values_list("key", flat=True))


def ask(person: Member, *, now: datetime = NOW) -> bool:
    return ask_to_close(person.unlocked, passphrase=PASSPHRASE, now=now)


def let_days_pass(days: int, *, since: datetime = NOW) -> datetime:
    """Daybook runs a while on each of so many days."""
    now = since
    for _ in range(days):
        now += DAY
        erase_what_is_due(now=now)
    return now


def is_whole(person: Member) -> bool:
    """Whether the record opens and holds what it held."""
    try:
        unlocked = unlock_by_passphrase(name=person.name, passphrase=PASSPHRASE, now=NOW)
    except CannotUnlock:
        return False
    assert compare_with_ledger(unlocked.viewer).is_whole
    for exhibit in exhibits_for(unlocked.viewer):
        check_body(unlocked.viewer, exhibit)
    return True


def places_that_name(needles: list[bytes | uuid.UUID]) -> list[str]:
    """Every table that still holds one of these values, whatever the column."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            kind: Any = getattr(field, "target_field", field)
            if not isinstance(kind, UUIDField | BinaryField):
                continue
            wanted = [one for one in needles if isinstance(one, uuid.UUID) == isinstance(kind, UUIDField)]
            if model._default_manager.filter(**{f"{field.attname}__in": wanted}).exists():
                found.append(f"{model.__name__}.{field.attname}")
    return found


def test_it_takes_the_passphrase_or_the_recovery_code(person: Member) -> None:
    with pytest.raises(CannotUnlock):
        ask_to_close(person.unlocked, passphrase="not this one at all", now=NOW)
    assert closing_of(person.unlocked.record_id, now=NOW) is None
    assert ask_to_close(person.unlocked, code=person.recovery_code, now=NOW)
    assert closing_of(person.unlocked.record_id, now=NOW) is not None


def test_neither_the_code_nor_the_passphrase_of_another_record_will_do(
    person: Member, neighbour: Member
) -> None:
    with pytest.raises(CannotUnlock):
        ask_to_close(person.unlocked, code=neighbour.recovery_code, now=NOW)
    assert Closing.objects.count() == 0


def test_a_wrong_passphrase_is_noted_and_so_is_the_asking_and_the_undoing(person: Member) -> None:
    with pytest.raises(CannotUnlock):
        ask_to_close(person.unlocked, passphrase="not this one at all", now=NOW)
    ask(person)
    undo_closing(person.unlocked, now=NOW)
    kinds = [note.kind for note in access_notes_for(person.unlocked)]
    assert kinds[:3] == [EventKind.CLOSING_UNDONE, EventKind.CLOSING_ASKED, EventKind.UNLOCK_FAILED]


def test_asking_again_neither_shortens_nor_lengthens_it(person: Member) -> None:
    assert ask(person)
    first = closing_of(person.unlocked.record_id, now=NOW)
    assert not ask(person, now=NOW + 3 * DAY)
    later = closing_of(person.unlocked.record_id, now=NOW)
    assert first == later
    assert len([n for n in access_notes_for(person.unlocked) if n.kind is EventKind.CLOSING_ASKED]) == 1


def test_until_then_everything_is_there_and_what_is_written_meanwhile_is_kept(person: Member) -> None:
    fill(person)
    ask(person)
    let_days_pass(6)
    person.write("written while it waits")
    assert is_whole(person)
    assert "written while it waits" in {e.values["words"] for e in all_entries_for(person.viewer)}


def test_undone_it_stays_for_good(person: Member) -> None:
    fill(person)
    ask(person)
    let_days_pass(6)
    assert undo_closing(person.unlocked, now=NOW + 6 * DAY)
    assert not undo_closing(person.unlocked, now=NOW + 6 * DAY)
    let_days_pass(40)
    assert is_whole(person)


def test_after_seven_days_nothing_of_it_is_left_and_the_neighbour_is_untouched(
    person: Member, neighbour: Member
) -> None:
    keys = fill(person)
    theirs = fill(neighbour)
    needles: list[bytes | uuid.UUID] = [person.unlocked.record_id, person.unlocked.account_id]
    needles += [one.id for one in exhibits_for(person.viewer)]
    needles += [bytes(Account.objects.get(pk=person.unlocked.account_id).lookup)]
    assert len(places_that_name(needles)) > 10
    counts = {
        model: model._default_manager.filter(**{path: neighbour.unlocked.account_id}).count()
        for model, path in tables_below_account().items()
        if path
    }
    ask(person)
    assert all(doors.blobs().exists(key) for key in keys)
    let_days_pass(7)
    assert places_that_name(needles) == []
    assert not any(doors.blobs().exists(key) for key in keys)
    assert all(doors.blobs().exists(key) for key in theirs)
    assert is_whole(neighbour)
    assert counts == {
        model: model._default_manager.filter(**{path: neighbour.unlocked.account_id}).count()
        for model, path in tables_below_account().items()
        if path
    }


def test_the_name_can_be_used_again_and_the_old_words_and_code_open_nothing(
    person: Member, make_member: Callable[[str], Member]
) -> None:
    ask(person)
    let_days_pass(7)
    with pytest.raises(CannotUnlock):
        unlock_by_passphrase(name=person.name, passphrase=PASSPHRASE, now=NOW)
    with pytest.raises(CannotUnlock):
        unlock_by_code(name=person.name, code=person.recovery_code, now=NOW)
    again = make_member("wren")
    assert all_entries_for(again.viewer) == []


@pytest.mark.parametrize("days", [8, 300])
def test_a_clock_set_forward_once_and_back_does_not_end_the_wait(person: Member, days: int) -> None:
    ask(person)
    erase_what_is_due(now=NOW + days * DAY)
    erase_what_is_due(now=NOW + days * DAY + timedelta(minutes=30))
    assert is_whole(person)
    for hours in range(1, 7 * 24):
        erase_what_is_due(now=NOW + timedelta(hours=hours))
        assert Closing.objects.exists(), f"gone after {hours} hours"
    erase_what_is_due(now=NOW + 7 * DAY + timedelta(hours=1))
    assert not is_whole(person)


def test_a_clock_that_was_wrong_when_it_was_asked_for_does_not_put_it_off_for_years(person: Member) -> None:
    ask(person, now=NOW + 1000 * DAY)
    erase_what_is_due(now=NOW)
    let_days_pass(6)
    assert Closing.objects.exists()
    let_days_pass(1, since=NOW + 6 * DAY)
    assert not Closing.objects.exists()


def test_a_machine_that_was_off_all_week_leaves_time_to_undo_it(person: Member) -> None:
    ask(person)
    back = NOW + 30 * DAY
    erase_what_is_due(now=back)
    waits = closing_of(person.unlocked.record_id, now=back)
    assert waits is not None
    assert waits.due_at == back + 5 * DAY
    assert undo_closing(person.unlocked, now=back)


def test_it_is_not_ended_by_looking_often(person: Member) -> None:
    ask(person)
    for second in range(200):
        erase_what_is_due(now=NOW + timedelta(seconds=second * 7))
    assert is_whole(person)
    waits = closing_of(person.unlocked.record_id, now=NOW + timedelta(seconds=1400))
    assert waits is not None
    assert waits.due_at - (NOW + 7 * DAY) < timedelta(minutes=2)


@contextmanager
def breaking_at(number: int) -> Iterator[list[int]]:
    """The statement of this number that changes something, and each after it, fails, as if the power went."""
    seen = [0]

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "SELECT")):
            seen[0] += 1
            if seen[0] >= number:
                raise OperationalError("the power went")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield seen


@pytest.mark.django_db(transaction=True)
def test_broken_off_at_any_statement_it_is_whole_or_opens_for_nobody_and_the_next_round_ends_it(
    make_member: Callable[[str], Member], neighbour: Member
) -> None:
    keys = fill(neighbour)
    broken, number, closed_half = 0, 1, 0
    while True:
        person = make_member("wren")
        mine = fill(person)
        ask(person)
        now = let_days_pass(6) + DAY
        with breaking_at(number) as seen:
            try:
                erase_what_is_due(now=now)
                ended = seen[0] < number
            except OperationalError:
                ended = False
        if ended:
            break
        broken += 1
        opens = is_whole(person)
        shredding = closings_under_way() == 1
        assert opens != shredding or not Record.objects.filter(pk=person.unlocked.record_id).exists()
        if shredding:
            closed_half += 1
            account = person.unlocked.account_id
            assert not KeySlot.objects.filter(account_id=account).exists()
            assert not RecordEpoch.objects.filter(record_id=person.unlocked.record_id).exists()
            assert not Unlock.objects.filter(account_id=account).exists()
        erase_what_is_due(now=now + timedelta(hours=2))
        assert not Record.objects.filter(pk=person.unlocked.record_id).exists()
        assert not Account.objects.filter(pk=person.unlocked.account_id).exists()
        assert not any(doors.blobs().exists(key) for key in mine)
        number += 1
    assert broken > 30
    assert closed_half > 10
    assert is_whole(neighbour)
    assert all(doors.blobs().exists(key) for key in keys)


def test_a_store_that_fails_at_any_file_ends_it_at_the_next_round(
    make_member: Callable[[str], Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    for failing in range(1, 4):
        person = make_member("wren")
        mine = fill(person)
        ask(person)
        now = let_days_pass(6) + DAY
        store, calls = doors.blobs(), [0]
        really = store.delete

        def delete(key: str, really: Any = really, calls: list[int] = calls, failing: int = failing) -> None:
            calls[0] += 1
            if calls[0] == failing:
                raise StoreUnusable("The place where files are kept is gone.")
            really(key)

        with monkeypatch.context() as patch:
            patch.setattr(store, "delete", delete)
            with pytest.raises(StoreUnusable):
                erase_what_is_due(now=now)
            assert not is_whole(person)
            assert Record.objects.filter(pk=person.unlocked.record_id).exists()
            erase_what_is_due(now=now)
        assert not any(store.exists(key) for key in mine)
        assert not Record.objects.filter(pk=person.unlocked.record_id).exists()


def test_a_file_that_is_missing_already_holds_nothing_up(person: Member) -> None:
    keys = fill(person)
    doors.blobs().delete(keys[0])
    ask(person)
    let_days_pass(7)
    assert not Record.objects.filter(pk=person.unlocked.record_id).exists()


def test_one_record_that_cannot_be_erased_keeps_no_other_from_it(
    person: Member, neighbour: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = person.keep_file(b"stuck").blob_key
    neighbour.keep_file(b"other")
    ask(person)
    ask(neighbour)
    now = let_days_pass(6) + DAY
    store = doors.blobs()
    really = store.delete

    def delete(key: str) -> None:
        if key == stuck:
            raise StoreUnusable("The place where files are kept is gone.")
        really(key)

    monkeypatch.setattr(store, "delete", delete)
    with pytest.raises(StoreUnusable):
        erase_what_is_due(now=now)
    assert list(Record.objects.values_list("pk", flat=True)) == [person.unlocked.record_id]


def test_a_file_on_its_way_when_the_keys_go_leaves_no_body_behind(person: Member) -> None:
    intake = Intake(person.unlocked.record_id, now=NOW)
    intake.write(b"a long upload")
    ask(person)
    now = let_days_pass(7)
    assert not is_whole(person)
    received = intake.finish()
    assert doors.blobs().exists(received.blob_key)
    erase_what_is_due(now=now + timedelta(minutes=61))
    assert not doors.blobs().exists(received.blob_key)
    assert not Record.objects.filter(pk=person.unlocked.record_id).exists()


def test_undone_and_asked_again_while_a_round_is_at_work_it_waits_anew(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(person)
    now = let_days_pass(6) + DAY

    really = records_to_erase

    def change_her_mind(*, now: datetime) -> Any:
        due = really(now=now)
        undo_closing(person.unlocked, now=now)
        ask(person, now=now)
        return due

    monkeypatch.setattr("daybook.site.erasing.records_to_erase", change_her_mind)
    assert erase_what_is_due(now=now) == 0
    assert is_whole(person)
