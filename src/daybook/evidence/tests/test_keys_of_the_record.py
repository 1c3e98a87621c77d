"""Public keys put in place of the record's own are refused before anything is sealed to them."""

import pytest

from daybook.evidence.errors import NotKept
from daybook.evidence.intake import Intake
from daybook.kernel.sealing.age import generate_identity
from daybook.ledger.access import note_failed_try
from daybook.people.errors import RecordAltered
from daybook.people.models import Record
from daybook.people.recipients import Recipients, code_for, recipients_of
from tests.cast import NOW, Member


@pytest.mark.parametrize("column", ["capture_recipient", "evidence_recipient"])
def test_keys_put_in_place_of_hers_are_refused_before_anything_is_sealed_to_them(
    person: Member, column: str
) -> None:
    _, mine = generate_identity()
    Record.objects.filter(pk=person.unlocked.record_id).update(**{column: mine})
    with pytest.raises(RecordAltered):
        note_failed_try(person.unlocked.record_id, means="passphrase", now=NOW)
    with pytest.raises(NotKept, match="from outside"):
        Intake(person.unlocked.record_id, now=NOW)


def test_keys_forged_with_the_servers_own_code_are_refused_at_admission(person: Member) -> None:
    """Someone who has the whole home can make the code too; the secret that only she can open tells."""
    record = person.unlocked.record_id
    _, mine = generate_identity()
    forged = Recipients(mine, recipients_of(record).capture)
    Record.objects.filter(pk=record).update(evidence_recipient=mine, recipients_code=code_for(record, forged))
    with pytest.raises(NotKept, match="from outside"):
        person.keep_file(b"a letter")
