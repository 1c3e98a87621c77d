"""The cast of the tests: the person, a stranger with a record on the same machine, and someone holding her phone.

Every member is real: their records are opened by the services the pages call. Import the fixtures with
``pytest_plugins`` (the rig does) and name them as arguments.
"""

import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from daybook.diary.entries import ReadEntry, write_entry
from daybook.evidence.exhibits import ReadExhibit, admit_exhibit
from daybook.evidence.intake import Intake
from daybook.kernel.consent import Viewer
from daybook.kernel.entry import parse_entry
from daybook.ledger.records import open_record
from daybook.people.accounts import Profile, Unlocked, confirm_recovery_code
from daybook.people.unlocks import begin_unlock

PASSPHRASE = "plover mosaic candle drift wagon eleven"
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Member:
    """Someone with a record: their name, passphrase and recovery code, and the record unlocked."""

    name: str
    passphrase: str
    recovery_code: str
    unlocked: Unlocked

    @property
    def viewer(self) -> Viewer:
        """The owner of the record."""
        return self.unlocked.viewer

    def write(
        self, words: str = "He stood across the road again.", *, now: datetime = NOW, **fields: Any
    ) -> ReadEntry:
        """Keep an entry."""
        value = {"words": words, **fields}
        return write_entry(self.viewer, parse_entry(value, default_zone="Europe/London"), now=now)

    def keep_file(
        self, content: bytes, name: str = "note.txt", *, now: datetime = NOW, **options: Any
    ) -> ReadExhibit:
        """Keep a file as an exhibit."""
        intake = Intake(self.unlocked.record_id, now=now)
        intake.write(content)
        return admit_exhibit(
            self.unlocked, intake.finish(), name=name, source="upload", now=now, **options
        ).exhibit

    def browser(self, *, now: datetime | None = None) -> Client:
        """A browser of hers that is unlocked."""
        client = Client(HTTP_HOST="localhost")
        client.cookies[settings.VISIT_COOKIE_NAME] = begin_unlock(self.unlocked, now=now or datetime.now(UTC))
        return client


def open_member(name: str, *, initials: str = "AB", now: datetime = NOW) -> Member:
    """Open a record for a new member of the cast; its recovery code is tested back."""
    full_name = f"{name} {secrets.token_hex(4)}"
    opened = open_record(
        name=full_name, passphrase=PASSPHRASE, profile=Profile(initials), now=now - timedelta(days=300)
    )
    confirm_recovery_code(opened.unlocked, typed=opened.recovery_code, now=now)
    return Member(full_name, PASSPHRASE, opened.recovery_code, opened.unlocked)


@pytest.fixture
def person(db: None) -> Member:
    """The person whose record it is."""
    return open_member("wren")


@pytest.fixture
def neighbour(db: None) -> Member:
    """Someone else with a record on the same machine: a stranger to the person."""
    return open_member("heron", initials="CD")


@pytest.fixture
def someone() -> Client:
    """Someone holding her phone or sitting at her machine: a browser nobody unlocked."""
    return Client(HTTP_HOST="localhost")


@pytest.fixture
def make_member(db: None) -> Callable[[str], Member]:
    """Opens further records."""
    return open_member


def picture(colour: str = "teal", size: tuple[int, int] = (640, 480), kind: str = "JPEG") -> bytes:
    """A small picture of one colour."""
    body = io.BytesIO()
    Image.new("RGB", size, colour).save(body, kind)
    return body.getvalue()
