"""Parts of a body: the very bytes, and never those of another body, however well that one verifies by itself."""

from pathlib import Path

import orjson
import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from daybook.evidence.errors import BodyDamaged, NotKept
from daybook.evidence.exhibits import ReadExhibit, admit_exhibit, exhibits_for
from daybook.evidence.intake import Intake
from daybook.evidence.models import Exhibit
from daybook.evidence.reading import check_body, open_body, open_part, part_tag
from daybook.kernel.sealing.age import AgeWriter
from daybook.kernel.sealing.keys import Section
from daybook.people.recipients import recipients_of
from tests.cast import NOW, Member

LONG = bytes(range(256)) * 1000


def body_of(exhibit: ReadExhibit) -> Path:
    return Path(settings.HOME.files / "kept" / exhibit.blob_key)


def part(person: Member, exhibit: ReadExhibit, start: int, stop: int) -> bytes:
    return b"".join(open_part(person.viewer, exhibit, start, stop))


@hypothesis_settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, len(LONG)), st.integers(0, len(LONG)))
def test_any_part_is_that_part(person: Member, one: int, other: int) -> None:
    [exhibit] = exhibits_for(person.viewer) or [person.keep_file(LONG)]
    start, stop = sorted((one, other))
    assert part(person, exhibit, start, stop) == LONG[start:stop]


def test_nothing_is_part_of_an_empty_file_but_nothing(person: Member) -> None:
    exhibit = person.keep_file(b"")
    assert part(person, exhibit, 0, 0) == b""
    with pytest.raises(ValueError, match="range"):
        part(person, exhibit, 0, 1)


def test_two_bodies_of_one_record_and_one_length_do_not_pass_for_each_other(person: Member) -> None:
    # Both open with the record's identity, verify in every chunk, and are as long as the rows say.
    one, other = person.keep_file(LONG), person.keep_file(LONG[::-1])
    assert one.sealed_length == other.sealed_length
    first, second = body_of(one).read_bytes(), body_of(other).read_bytes()
    body_of(one).write_bytes(second)
    body_of(other).write_bytes(first)
    for exhibit in (one, other):
        with pytest.raises(BodyDamaged, match=exhibit.reference):
            open_part(person.viewer, exhibit, 0, 10)


def test_a_body_that_a_stranger_sealed_to_the_public_key_does_not_pass(person: Member) -> None:
    exhibit = person.keep_file(LONG)
    made: list[bytes] = []
    recipient = recipients_of(person.unlocked.record_id).evidence
    with AgeWriter(lambda data: made.append(bytes(data)), recipient=recipient) as writer:
        writer.write(LONG[::-1])
    forged = b"".join(made)
    assert len(forged) == exhibit.sealed_length
    body_of(exhibit).write_bytes(forged)
    with pytest.raises(BodyDamaged):
        open_part(person.viewer, exhibit, 0, 10)
    with pytest.raises(BodyDamaged):
        open_body(person.viewer, exhibit)


def test_chunks_of_another_body_under_the_right_opening_do_not_verify(person: Member) -> None:
    one, other = person.keep_file(LONG), person.keep_file(LONG[::-1])
    mine, theirs = body_of(one).read_bytes(), body_of(other).read_bytes()
    opening = one.sealed_length - len(LONG) - 16 * -(-len(LONG) // 65536)
    body_of(one).write_bytes(mine[:opening] + theirs[opening:])
    with pytest.raises(BodyDamaged):
        open_part(person.viewer, one, 0, 10)


def test_damage_elsewhere_keeps_no_part_back_and_damage_in_it_does(person: Member) -> None:
    exhibit = person.keep_file(LONG)
    content = bytearray(body_of(exhibit).read_bytes())
    content[exhibit.sealed_length - 70_000] ^= 1
    body_of(exhibit).write_bytes(content)
    assert part(person, exhibit, 0, 65536) == LONG[:65536]
    with pytest.raises(BodyDamaged):
        part(person, exhibit, 0, len(LONG))
    with pytest.raises(BodyDamaged):
        check_body(person.viewer, exhibit)


def test_a_row_that_binds_no_opening_gives_parts_of_the_whole_only(person: Member) -> None:
    # As an earlier Daybook sealed them; the SHA-256 of the whole is all there is to compare.
    one, other = person.keep_file(LONG), person.keep_file(LONG[::-1])
    for exhibit in (one, other):
        without_opening(person, exhibit)
    one, other = exhibits_for(person.viewer)
    assert one.opening_sha256 == ""
    assert part(person, one, 5, 10) == LONG[5:10]
    body_of(one).write_bytes(body_of(other).read_bytes())
    with pytest.raises(BodyDamaged):
        open_part(person.viewer, one, 5, 10)


def test_a_body_cut_before_it_was_admitted_is_not_admitted(person: Member) -> None:
    intake = Intake(person.unlocked.record_id, now=NOW)
    intake.write(LONG)
    received = intake.finish()
    body = Path(settings.HOME.files / "kept" / received.blob_key)
    body.write_bytes(body.read_bytes()[: received.sealed_length - 1])
    with pytest.raises(NotKept, match="could not be read back"):
        admit_exhibit(person.unlocked, received, name="a", source="upload", now=NOW)


def test_the_tag_changes_with_the_body_and_is_the_same_for_the_same(person: Member) -> None:
    one, other = person.keep_file(LONG), person.keep_file(LONG[::-1])
    assert part_tag(person.viewer, one) == part_tag(person.viewer, one)
    assert part_tag(person.viewer, one) != part_tag(person.viewer, other)


def without_opening(person: Member, exhibit: ReadExhibit) -> None:
    body = {**exhibit.committed, "sealed_length": exhibit.sealed_length}
    keys = person.viewer.keys
    sealed = keys.seal(
        Section.EVIDENCE, item=str(exhibit.id), version=1, field="body", plaintext=orjson.dumps(body)
    )
    Exhibit.objects.filter(pk=exhibit.id).update(sealed=sealed)
