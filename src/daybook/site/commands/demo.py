"""``daybook demo``: a synthetic nine-month case in an empty home, for looking around and for measuring."""

import argparse
import io
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import transaction

from daybook.diary.attachments import attach_exhibit
from daybook.diary.entries import amend_entry, write_entry
from daybook.diary.kept_people import keep_place, keep_suspect, keep_witness
from daybook.evidence.exhibits import admit_exhibit
from daybook.evidence.intake import Intake
from daybook.kernel.entry import EntryFields, parse_entry
from daybook.kernel.sealing.passphrases import suggest_passphrase
from daybook.ledger.records import open_record
from daybook.people.accounts import Profile, Unlocked, confirm_recovery_code
from daybook.people.errors import PeopleError
from daybook.people.unlocks import account_exists
from daybook.site.command_error import CommandError
from daybook.site.commands.asking import PASSPHRASE_VARIABLE, say
from daybook.site.demo.case import DemoCase, make_case
from daybook.site.demo.shapes import DemoAmendment, DemoEntry, DemoExhibit

ACCOUNT = "demo"
# The case ends here whatever today is, so that the same seed gives the same case for ever.
REFERENCE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_PIECE = 256 * 1024
_TOGETHER = 200

Step = tuple[datetime, Callable[[], None]]


def run(arguments: argparse.Namespace) -> int:
    """Make the case. Raises CommandError when the home is not empty."""
    if account_exists():
        raise CommandError("This home is in use. Set DAYBOOK_HOME to an empty folder for the demonstration.")
    if arguments.entries < 0 or arguments.exhibits < 0:
        raise CommandError("--entries and --exhibits are numbers from 0.")
    given = os.environ.get(PASSPHRASE_VARIABLE)
    passphrase = given or suggest_passphrase()
    case = make_case(
        seed=arguments.seed, entries=arguments.entries, exhibits=arguments.exhibits, now=REFERENCE
    )
    began = min([entry.written_at for entry in case.entries], default=REFERENCE)
    try:
        opened = open_record(
            name=ACCOUNT, passphrase=passphrase, profile=Profile(case.person.initials), now=began
        )
    except PeopleError as error:
        raise CommandError(f"{error} ({PASSPHRASE_VARIABLE})") from error
    confirm_recovery_code(opened.unlocked, typed=opened.recovery_code, now=began)
    keep_case(opened.unlocked, case, began=began, progress=say)
    say(f"Name: {ACCOUNT}")
    if given is None:
        say(f"Passphrase: {passphrase}")
    say("Everything in it is invented. Look at it with: daybook serve --open")
    return 0


def keep_case(
    unlocked: Unlocked, case: DemoCase, *, began: datetime, progress: Callable[[str], None]
) -> None:
    """Write a case through the same services as the pages, in the order it was written."""
    keeping = _Keeping(unlocked, case, began)
    steps = sorted(keeping.steps(), key=lambda step: step[0])
    for start in range(0, len(steps), _TOGETHER):
        with transaction.atomic():
            for _, step in steps[start : start + _TOGETHER]:
                step()
        progress(f"{min(start + _TOGETHER, len(steps))} of {len(steps)} kept")


class _Keeping:
    """Turns the case's own keys into identifiers as its parts are kept."""

    def __init__(self, unlocked: Unlocked, case: DemoCase, began: datetime) -> None:
        self._unlocked = unlocked
        self._viewer = unlocked.viewer
        self._case = case
        self._entries: dict[str, uuid.UUID] = {}
        self._exhibits: dict[str, uuid.UUID] = {}
        self._awaited: list[tuple[str, str]] = []
        self._people = self._keep_people(began)

    def steps(self) -> Iterator[Step]:
        """Everything that is done, with the time it was done at."""
        for entry in self._case.entries:
            yield entry.written_at, partial(self._write, entry)
            for place, amendment in enumerate(entry.amendments):
                yield amendment.written_at, partial(self._amend, entry, place)
        for exhibit in self._case.exhibits:
            yield exhibit.received_at, partial(self._admit, exhibit)

    def _keep_people(self, began: datetime) -> dict[str, uuid.UUID]:
        kept = {}
        for suspect in self._case.suspects:
            values = {
                "name": suspect.name,
                "relationship": suspect.relationship,
                "description": suspect.description,
                "identifiers": [dict(one) for one in suspect.identifiers],
            }
            kept[suspect.key] = keep_suspect(self._viewer, values, now=began).id
        for witness in self._case.witnesses:
            values = {"name": witness.name, "contact": witness.contact, "notes": witness.notes}
            kept[witness.key] = keep_witness(self._viewer, values, now=began).id
        for place in self._case.places:
            position = {
                "label": place.label,
                "address": place.address,
                "latitude": place.latitude,
                "longitude": place.longitude,
                "radius_m": place.radius_m,
            }
            kept[place.key] = keep_place(self._viewer, position, now=began).id
        return kept

    def _write(self, entry: DemoEntry) -> None:
        self._entries[entry.key] = write_entry(
            self._viewer, self._fields(entry.entry), now=entry.written_at
        ).id
        self._attach_what_can_be(entry.written_at)

    def _amend(self, entry: DemoEntry, place: int) -> None:
        amendment: DemoAmendment = entry.amendments[place]
        value = dict(entry.entry)
        for earlier in entry.amendments[: place + 1]:
            value.update(earlier.changed)
        amend_entry(
            self._viewer,
            self._entries[entry.key],
            self._fields(value),
            reason=amendment.reason,
            expected=place + 1,
            now=amendment.written_at,
        )

    def _admit(self, exhibit: DemoExhibit) -> None:
        intake = Intake(self._unlocked.record_id, now=exhibit.received_at)
        body = io.BytesIO(exhibit.make_bytes())
        while piece := body.read(_PIECE):
            intake.write(piece)
        admitted = admit_exhibit(
            self._unlocked,
            intake.finish(),
            name=exhibit.name,
            source="upload",
            now=exhibit.received_at,
            parent=self._exhibits.get(exhibit.parent) if exhibit.parent else None,
        )
        self._exhibits[exhibit.key] = admitted.exhibit.id
        self._awaited.extend((entry, exhibit.key) for entry in exhibit.entries)
        self._attach_what_can_be(exhibit.received_at)

    def _attach_what_can_be(self, now: datetime) -> None:
        waiting = []
        for entry, exhibit in self._awaited:
            if entry not in self._entries:
                waiting.append((entry, exhibit))
                continue
            attach_exhibit(self._viewer, entry=self._entries[entry], exhibit=self._exhibits[exhibit], now=now)
        self._awaited = waiting

    def _fields(self, entry: Mapping[str, Any]) -> EntryFields:
        value = dict(entry)
        value["suspects"] = [
            {**one, "suspect": str(self._people[one["suspect"]])} for one in value.get("suspects", ())
        ]
        value["witnesses"] = [
            {**one, "witness": str(self._people[one["witness"]])} for one in value.get("witnesses", ())
        ]
        place = value.get("place")
        if place and "mine" in place:
            value["place"] = {**place, "mine": str(self._people[place["mine"]])}
        return parse_entry(value, default_zone="Europe/London")
