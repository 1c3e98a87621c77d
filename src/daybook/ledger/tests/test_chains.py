"""The record's chains in the database: appended together with what they speak of, never forked, tampering noticed."""

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
import pytest
from django.db import IntegrityError, connection, connections, transaction

from daybook.kernel.custody import BrokenChain, Event, EventKind, event_digest, extend, genesis
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger import chains
from daybook.ledger.access import access_notes_for, note_access, note_failed_try
from daybook.ledger.chains import (
    ACCESS,
    LEDGER,
    Link,
    append,
    append_while_locked,
    check_chain,
    head_of,
    links_for,
)
from daybook.ledger.models import ChainHead, ChainLink
from daybook.ledger.records import unlock_record
from daybook.people.accounts import capture_identity
from daybook.people.errors import CannotUnlock
from daybook.people.late_saves import seal_to
from daybook.people.recipients import recipients_of
from tests.cast import NOW, Member

ITEM = uuid.uuid4()


def add(person: Member, **values: object) -> None:
    with transaction.atomic():
        append(person.viewer.keys, EventKind.ENTRY_WRITTEN, item=ITEM, version=1, values=values, now=NOW)


def test_a_new_record_begins_with_its_opening(person: Member) -> None:
    links = list(links_for(person.viewer))
    assert [link.event.kind for link in links] == ["record.opened"]
    assert check_chain(person.viewer) == 1


def test_every_append_moves_the_head_and_the_whole_follows(person: Member) -> None:
    before = head_of(person.unlocked.record_id)
    for number in range(5):
        add(person, words=f"entry {number}")
    length, head = head_of(person.unlocked.record_id)
    assert length == before[0] + 5
    assert head != before[1]
    assert check_chain(person.viewer) == length


def test_what_is_rolled_back_leaves_no_event(person: Member) -> None:
    before = head_of(person.unlocked.record_id)
    with transaction.atomic():
        append(person.viewer.keys, EventKind.ENTRY_WRITTEN, item=ITEM, version=1, values={}, now=NOW)
        transaction.set_rollback(True)
    assert head_of(person.unlocked.record_id) == before
    assert check_chain(person.viewer) == before[0]


def test_the_database_holds_commitments_that_nobody_can_guess_at(person: Member) -> None:
    add(person, order_breached={"answer": "yes"})
    add(person, order_breached={"answer": "yes"})
    one, two = list(links_for(person.viewer))[-2:]
    assert one.event.commitments["order_breached"] != two.event.commitments["order_breached"]
    row = ChainLink.objects.filter(record_id=person.unlocked.record_id, chain=LEDGER).latest("seq")
    assert b"order_breached" not in bytes(row.sealed)


def _tamper(person: Member, **changes: object) -> None:
    ChainLink.objects.filter(record_id=person.unlocked.record_id, chain=LEDGER, seq=2).update(**changes)


@pytest.mark.parametrize("column", ["digest", "head", "sealed"])
def test_a_link_changed_in_the_database_is_noticed(person: Member, column: str) -> None:
    for number in range(3):
        add(person, words=f"entry {number}")
    row = ChainLink.objects.get(record_id=person.unlocked.record_id, chain=LEDGER, seq=2)
    changed = bytearray(bytes(getattr(row, column)))
    changed[-1] ^= 1
    _tamper(person, **{column: bytes(changed)})
    with pytest.raises((BrokenChain, SealingError)):
        check_chain(person.viewer)


def test_the_last_link_cut_off_is_noticed(person: Member) -> None:
    add(person, words="one")
    ChainLink.objects.filter(record_id=person.unlocked.record_id, chain=LEDGER, seq=2).delete()
    with pytest.raises(BrokenChain):
        check_chain(person.viewer)


def test_a_chain_cut_together_with_its_head_is_noticed(person: Member) -> None:
    add(person, words="one")
    add(person, words="two")
    rows = ChainLink.objects.filter(record_id=person.unlocked.record_id, chain=LEDGER)
    second = rows.get(seq=2)
    rows.filter(seq=3).delete()
    ChainHead.objects.filter(record_id=person.unlocked.record_id, chain=LEDGER).update(
        length=2, head=second.head
    )
    with pytest.raises(BrokenChain, match="was cut"):
        check_chain(person.viewer)


def test_a_sealed_end_put_back_from_before_is_noticed(person: Member) -> None:
    heads = ChainHead.objects.filter(record_id=person.unlocked.record_id, chain=LEDGER)
    add(person, words="one")
    old = heads.values("sealed", "sealed_length").get()
    add(person, words="two")
    heads.update(**old)
    with pytest.raises(BrokenChain, match="put back"):
        check_chain(person.viewer)


def test_a_sealed_end_taken_away_is_noticed(person: Member) -> None:
    add(person, words="one")
    ChainHead.objects.filter(record_id=person.unlocked.record_id, chain=LEDGER).update(sealed=None)
    with pytest.raises(BrokenChain, match="gone"):
        check_chain(person.viewer)


def _forge_without_a_key(person: Member, kind: EventKind, seq: int) -> None:
    """What someone who can write the database, and knows the public capture key, can put in a link's place."""
    record = person.unlocked.record_id
    rows = ChainLink.objects.filter(record_id=record, chain=ACCESS)
    before = rows.get(seq=seq - 1).head if seq > 1 else genesis(record, chain="access")
    event = Event(
        str(record),
        seq,
        "2026-11-20T03:12:00.000000Z",
        kind.value,
        str(record),
        0,
        {},
        {"who": "owner"},
        "0" * 32,
    )
    digest = event_digest(event)
    head = extend(bytes(before), digest)
    kept = orjson.dumps({"event": event.to_json(), "salts": {}, "head": head.hex()})
    sealed = seal_to(recipients_of(record).capture, kept)
    rows.filter(seq=seq).update(digest=digest, head=head, epoch=0, sealed=sealed)
    for later in rows.filter(seq__gt=seq).order_by("seq"):
        head = extend(head, bytes(later.digest))
        rows.filter(pk=later.pk).update(head=head)
    ChainHead.objects.filter(record_id=record, chain=ACCESS).update(head=head)


@pytest.mark.parametrize("kind", [EventKind.LOCKED, EventKind.UNLOCK_FAILED])
@pytest.mark.parametrize("seq", [1, 3])
def test_looking_cannot_be_hidden_behind_a_forged_note(person: Member, kind: EventKind, seq: int) -> None:
    for _ in range(3):
        note_access(person.viewer, EventKind.VIEWED, item=ITEM, what="entry", now=NOW)
    _forge_without_a_key(person, kind, seq)
    with pytest.raises(BrokenChain):
        check_chain(person.viewer, chain=ACCESS, capture_identity=capture_identity(person.viewer))


def test_failed_tries_after_the_sealed_end_are_no_fault(person: Member) -> None:
    note_access(person.viewer, EventKind.VIEWED, item=ITEM, what="entry", now=NOW)
    note_failed_try(person.unlocked.record_id, means="passphrase", now=NOW)
    identity = capture_identity(person.viewer)
    assert check_chain(person.viewer, chain=ACCESS, capture_identity=identity) == 2


def test_nothing_else_is_written_without_a_key(person: Member) -> None:
    with pytest.raises(ValueError, match="someone who is unlocked"):
        append_while_locked(person.unlocked.record_id, EventKind.VIEWED, now=NOW)


def test_two_links_swapped_are_noticed(person: Member) -> None:
    add(person, words="one")
    add(person, words="two")
    rows = ChainLink.objects.filter(record_id=person.unlocked.record_id, chain=LEDGER)
    second, third = rows.get(seq=2), rows.get(seq=3)
    rows.filter(pk=second.pk).update(sealed=third.sealed, digest=third.digest, head=third.head)
    with pytest.raises((BrokenChain, SealingError)):
        check_chain(person.viewer)


def test_a_link_of_another_record_does_not_open_here(person: Member, neighbour: Member) -> None:
    add(person, words="mine")
    add(neighbour, words="not mine")
    theirs = ChainLink.objects.get(record_id=neighbour.unlocked.record_id, chain=LEDGER, seq=2)
    _tamper(person, sealed=theirs.sealed, digest=theirs.digest, head=theirs.head)
    with pytest.raises((BrokenChain, SealingError)):
        check_chain(person.viewer)


def test_a_clock_set_back_is_written_as_it_was_and_the_order_stays(person: Member) -> None:
    add(person, words="today")
    with transaction.atomic():
        append(
            person.viewer.keys,
            EventKind.ENTRY_WRITTEN,
            item=ITEM,
            version=2,
            values={},
            now=datetime(2001, 1, 1, tzinfo=UTC),
        )
    last = list(links_for(person.viewer))[-1]
    assert last.event.at.startswith("2001-01-01")
    assert check_chain(person.viewer) == last.event.seq


def test_looking_is_noted_in_a_chain_of_its_own_and_shown_to_the_person(person: Member) -> None:
    before = head_of(person.unlocked.record_id)
    note_access(person.viewer, EventKind.VIEWED, item=ITEM, what="entry", label="", now=NOW)
    assert head_of(person.unlocked.record_id) == before
    newest = access_notes_for(person.unlocked)[0]
    assert (newest.kind, newest.what, newest.item) == (EventKind.VIEWED, "entry", ITEM)


def test_a_failed_try_is_noted_without_any_key_and_can_be_read_after_unlocking(person: Member) -> None:
    with pytest.raises(CannotUnlock):
        unlock_record(name=person.name, passphrase="not this one at all", now=NOW)
    unlock_record(name=person.name, passphrase=person.passphrase, now=NOW)
    kinds = [note.kind for note in access_notes_for(person.unlocked)[:2]]
    assert kinds == [EventKind.UNLOCKED, EventKind.UNLOCK_FAILED]
    identity = capture_identity(person.viewer)
    assert check_chain(person.viewer, chain=ACCESS, capture_identity=identity) >= 2


def test_failed_tries_are_sealed_too(person: Member) -> None:
    note_failed_try(person.unlocked.record_id, means="passphrase", now=NOW)
    row = ChainLink.objects.filter(record_id=person.unlocked.record_id, chain=ACCESS).latest("seq")
    assert b"unlock-failed" not in bytes(row.sealed)


@pytest.mark.parametrize("chain", [LEDGER, ACCESS])
def test_a_chain_that_grows_while_it_is_walked_is_not_called_broken(
    person: Member, monkeypatch: pytest.MonkeyPatch, chain: ChainHead.Chain
) -> None:
    """Another window keeps an entry between the last link that is read and the look at the head."""
    add_note = partial(note_access, person.viewer, EventKind.VIEWED, item=ITEM, what="entry", now=NOW)
    add_note()
    before = head_of(person.unlocked.record_id, chain)[0]

    def growing(*args: Any, **named: Any) -> Iterator[Link]:
        yield from links_for(*args, **named)
        if head_of(person.unlocked.record_id, chain)[0] == before:
            add(person, words="meanwhile") if chain is LEDGER else add_note()

    monkeypatch.setattr(chains, "links_for", growing)
    assert check_chain(person.viewer, chain=chain) == before + 1


def test_a_place_in_the_chain_can_be_taken_only_once(person: Member) -> None:
    """The last guard: whatever locks do, the database refuses a second link in the same place."""
    add(person, words="one")
    row = ChainLink.objects.filter(record_id=person.unlocked.record_id, chain=LEDGER).latest("seq")
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_many_threads_appending_at_once_never_fork_the_chain(make_member: Callable[[str], Member]) -> None:
    member: Member = make_member("robin")
    start = threading.Barrier(8)

    def work(_: int) -> None:
        start.wait()
        try:
            for number in range(10):
                add(member, words=f"entry {number}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert check_chain(member.viewer) == 81


_APPENDER = """
import os, sys, uuid, json
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["APPEND_DATABASE"]
from django.db import connections, transaction
connections["default"].settings_dict["NAME"] = os.environ["APPEND_DATABASE"]
from daybook.kernel.custody import EventKind
from daybook.kernel.sealing.keys import RecordKeys
from daybook.ledger.chains import append
from datetime import datetime, UTC
keys = RecordKeys(record=os.environ["APPEND_RECORD"], secrets={1: bytes.fromhex(sys.stdin.readline())})
sys.stdin.readline()
for number in range(25):
    with transaction.atomic():
        values = {"words": str(number)}
        append(keys, EventKind.ENTRY_WRITTEN, item=uuid.uuid4(), version=1, values=values, now=datetime.now(UTC))
"""


@pytest.mark.django_db(transaction=True)
def test_two_processes_appending_at_once_never_fork_the_chain(make_member: Callable[[str], Member]) -> None:
    member: Member = make_member("swift")
    environment = {
        **os.environ,
        "APPEND_DATABASE": str(connection.settings_dict["NAME"]),
        "APPEND_RECORD": str(member.unlocked.record_id),
        "DJANGO_SETTINGS_MODULE": "daybook.site.settings",
    }
    secret = member.unlocked.keys._secrets[1].hex()
    writers = [
        subprocess.Popen([sys.executable, "-c", _APPENDER], stdin=subprocess.PIPE, env=environment, text=True)
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(secret + "\n")
        writer.stdin.flush()
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.close()
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    assert check_chain(member.viewer) == 51
