"""The public keys of a record, checked before anything is sealed to them.

A public key in a database is only as good as the database: whoever puts their own in its place would be sent every file and
every late word from then on. So both keys stand under a code that needs the server key, and whoever unlocks compares them with
the secrets they belong to.
"""

import hmac
from typing import NamedTuple
from uuid import UUID

from daybook.doors.rows import read_row
from daybook.kernel.sealing.age import recipient_of
from daybook.people.errors import RecordAltered
from daybook.people.models import Record
from daybook.people.secrets import server_secrets


class Recipients(NamedTuple):
    """The ``age1…`` keys that files and late words of a record are sealed to."""

    evidence: str
    capture: str


def recipients_of(record: UUID) -> Recipients:
    """The keys of a record. Raises RecordAltered when they are not those it was opened with."""
    row = read_row(Record, "evidence_recipient", "capture_recipient", "recipients_code", id=record)
    if row is None:
        raise RecordAltered
    found = Recipients(row[0], row[1])
    if not hmac.compare_digest(bytes(row[2]), code_for(record, found)):
        raise RecordAltered
    return found


def code_for(record: UUID, recipients: Recipients) -> bytes:
    """The code that stands beside a record's public keys: 32 bytes."""
    return server_secrets().keyed(
        "recipients/v1", record.bytes, recipients.evidence.encode(), recipients.capture.encode()
    )


def check_against(secret: str, recipient: str) -> None:
    """Raises RecordAltered when ``recipient`` is not the public half of ``secret``."""
    if recipient_of(secret) != recipient:
        raise RecordAltered
