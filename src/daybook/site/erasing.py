"""Erasing what is due: records that were closed, files that were removed. Needs nobody's key, and goes on where it broke off.

Of a record the keys go first, in one transaction; then the files; then every row that belongs to it, in whatever room; last
the record, the account, and with them the note that it was to be erased. Nothing of it stays in this home, not even its name.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from daybook import doors
from daybook.evidence.models import Blob
from daybook.evidence.removing import delete_bodies_of, destroy_what_is_due
from daybook.people.belonging import delete_alone, delete_rows_of
from daybook.people.closing import ToErase, destroy_keys, records_to_erase
from daybook.people.models import Account, Closing, Record

_log = logging.getLogger(__name__)

STILL_ARRIVING = timedelta(hours=1)
_SHELL = (Account, Record, Closing)


def erase_what_is_due(*, now: datetime) -> int:
    """Erase every record and file whose time is up; returns how many.

    One that cannot be erased keeps no other from it: what it raised comes after all were tried.
    """
    done, failures = 0, []
    for one in records_to_erase(now=now):
        try:
            done += erase_record(one, now=now)
        except Exception as failure:  # noqa: BLE001 – the others are erased all the same
            failures.append(failure)
    try:
        done += destroy_what_is_due(now=now)
    except Exception as failure:  # noqa: BLE001
        failures.append(failure)
    if failures:
        raise failures[0]
    return done


def erase_at_start() -> None:
    """Erase what is due before a command does its own work, so that it is done where nobody serves, too.

    What fails keeps no command from its work: it is tried again at the next start, and `daybook doctor` says so.
    """
    try:
        erase_what_is_due(now=doors.clock().now())
    except Exception as failure:  # noqa: BLE001
        _log.error("Not everything that is due could be erased (%s)", type(failure).__name__)


def erase_record(one: ToErase, *, now: datetime) -> bool:
    """Erase a record; False when it was undone just now, or when a file may still be arriving: the next round goes on then."""
    if not destroy_keys(one, now=now):
        return False
    delete_bodies_of(one.record)
    delete_rows_of(one.account, leave=(*_SHELL, Blob))
    if _may_still_arrive(one, now):
        return False
    for key in list(Blob.objects.filter(record_id=one.record).values_list("key", flat=True)):
        doors.blobs().delete(key)
        delete_alone(Blob, key=key)
    with transaction.atomic():
        delete_alone(Closing, record_id=one.record)
        # Refused where a row came in meanwhile: then the whole is done once more.
        delete_alone(Record, pk=one.record)
        delete_alone(Account, pk=one.account)
    return True


def _may_still_arrive(one: ToErase, now: datetime) -> bool:
    """Whether a file was on its way when the keys went: its body would land in the store after its row is gone.

    Nobody can begin another: the record takes nothing in any more. So an hour is enough.
    """
    if not Blob.objects.filter(record_id=one.record, admitted=False, held=False).exists():
        return False
    begun = Closing.objects.filter(pk=one.record).values_list("begun_at", flat=True).first()
    return begun is not None and timedelta(0) <= now - begun < STILL_ARRIVING
