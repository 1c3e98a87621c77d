"""Closing a record: asked for, announced while it waits, undone by whoever unlocks it, and then its keys destroyed.

The keys go first, in one transaction. Whatever else is left then, rows and files alike, opens for nobody, and the account is
not found by its name any more: a record that is half erased never looks whole.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from daybook.doors.rows import read_row
from daybook.kernel.delays import Delay, Rule, begin, earliest_end, is_over
from daybook.people.delayed import columns_of, look_at_the_clock
from daybook.people.models import Account, Attempt, Closing, KeySlot, Record, RecordEpoch, Unlock

CLOSING = Rule(length=timedelta(days=7), most_at_once=timedelta(days=2))
"""Seven days; of a pause in which Daybook did not run, two count."""


@dataclass(frozen=True, slots=True)
class ClosingWaits:
    """A record that is to be erased: when that was asked for, and when it is due at the earliest."""

    asked_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ToErase:
    """A record whose time is up, by its own id and its account's."""

    record: UUID
    account: UUID


def closing_of(record: UUID, *, now: datetime) -> ClosingWaits | None:
    """Whether a record is to be erased; None when it is not."""
    row = read_row(Closing, "asked_at", "over_at", "seen_at", "waited", record_id=record)
    return None if row is None else _waits(Delay(*row), now)


def closings_wait(*, now: datetime) -> list[ClosingWaits]:
    """Every record on this machine that is to be erased; says nothing of whose they are."""
    return [_waits(row.delay, now) for row in Closing.objects.filter(begun_at=None).order_by("over_at")]


def closings_under_way() -> int:
    """How many records are being erased just now, or were when something broke off."""
    return Closing.objects.filter(begun_at__isnull=False).count()


def begin_closing(record: UUID, *, now: datetime) -> bool:
    """Let a record be erased after the delay; False, and nothing changes, when that was asked for already."""
    columns = columns_of(begin(CLOSING, now=now))
    return Closing.objects.get_or_create(record_id=record, defaults=columns)[1]


def undo_closing(record: UUID) -> bool:
    """The record stays. False when nothing waited."""
    return bool(Closing.objects.filter(record_id=record, begun_at=None).delete()[0])


def records_to_erase(*, now: datetime) -> list[ToErase]:
    """Look at the clock for every record that is to be erased; returns those whose time is up, and those half erased."""
    due = [row.pk for row in look_at_the_clock(Closing, CLOSING, now=now)]
    rows = Record.objects.filter(pk__in=due).values_list("pk", "account_id")
    return [ToErase(record, account) for record, account in rows]


def destroy_keys(one: ToErase, *, now: datetime) -> bool:
    """Destroy every key of a record, and what its account is found and called by; False when it was undone just now.

    All or nothing. Done again it does no harm.
    """
    with transaction.atomic():
        closing = Closing.objects.select_for_update().filter(pk=one.record).first()
        if closing is None or (closing.begun_at is None and not is_over(closing.delay, CLOSING, now=now)):
            return False
        account = Account.objects.get(pk=one.account)
        if closing.begun_at is None:
            Closing.objects.filter(pk=one.record).update(begun_at=now)
        Attempt.objects.filter(lookup=account.lookup).delete()
        KeySlot.objects.filter(account_id=one.account).delete()
        Unlock.objects.filter(account_id=one.account).delete()
        RecordEpoch.objects.filter(record_id=one.record).delete()
        Record.objects.filter(pk=one.record).update(
            sealed_evidence_secret=b"", sealed_capture_secret=b"", sealed_profile=b"", recipients_code=b""
        )
        # A name of its own for nobody: the real one can be used again at once, and finds nothing.
        Account.objects.filter(pk=one.account).update(
            lookup=os.urandom(32), sealed_name=b"", sealed_receive_secret=b"", sealed_sign_secret=b""
        )
    _let_go_of_old_pages()
    return True


def _let_go_of_old_pages() -> None:
    """What was deleted must not lie in the database's own leavings: SQLite's log, PostgreSQL's dead rows.

    Cannot be done inside a transaction, and other readers may hold it up; the next round does it again.
    """
    if connection.in_atomic_block:
        return
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return
            for model in (KeySlot, Unlock, RecordEpoch, Record, Account):
                cursor.execute(f"VACUUM {connection.ops.quote_name(model._meta.db_table)}")
    except DatabaseError:
        return


def _waits(delay: Delay, now: datetime) -> ClosingWaits:
    return ClosingWaits(delay.asked_at, earliest_end(delay, CLOSING, now=now))


__all__ = [
    "CLOSING",
    "ClosingWaits",
    "ToErase",
    "begin_closing",
    "closing_of",
    "closings_under_way",
    "closings_wait",
    "destroy_keys",
    "records_to_erase",
    "undo_closing",
]
