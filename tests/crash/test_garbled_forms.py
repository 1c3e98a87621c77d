"""Forms with files as no browser sends them: cut, garbled, lying about themselves. Never a 500, never anything half kept.

Each body is made from its own seed, which a failure names; ``DAYBOOK_FORM_SEED`` sends that one alone.
"""

import io
import os
import random
import re
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from daybook import doors
from daybook.evidence.exhibits import exhibits_for
from daybook.evidence.models import Blob, Exhibit
from daybook.evidence.reading import check_body
from daybook.site.server import BodyCutShort
from tests.cast import Member
from tests.form_bodies import BOUNDARY, field_part, file_head, form_end
from tests.hostile_files import HOSTILE_NAMES, picture
from tests.rig.plugin import DID

pytestmark = pytest.mark.django_db
SEED = "DAYBOOK_FORM_SEED"
SHORT = 150
SLOW_CPU_SECONDS = 300
KIND = f"multipart/form-data; boundary={BOUNDARY}"
TOKEN = "a" * 32


class Body(io.BytesIO):
    """A request's body that ends before its stated length, as the server hands it on."""

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes; raises when there are none though there should be."""
        piece = super().read(size)
        if not piece and size != 0:
            raise BodyCutShort
        return piece


class Form:
    """One form on its way to be spoilt: its parts, the kind it says it is, and how long it says it is beyond what comes."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.kind, self.missing = KIND, 0
        files = [self._file() for _ in range(chance.randint(0, 3))]
        parts = [field_part("csrfmiddlewaretoken", TOKEN), *files]
        if chance.random() < 0.3:
            parts.append(field_part("unseen", chance.choice(["on", "", "\x00", "x" * 3000])))
        self.body = b"".join([*parts, form_end()])

    def _file(self) -> bytes:
        name = self.chance.choice(["note.txt", *(one for one in HOSTILE_NAMES if one.isprintable())])
        small = self.chance.randbytes(self.chance.choice([0, 1, 500, 65_536, 300_000]))
        content = picture(size=(32, 24)) if self.chance.random() < 0.1 else small
        return file_head(name, field=self.chance.choice(["file"] * 5 + ["other", ""])) + content + b"\r\n"

    def somewhere(self) -> int:
        """A place in the body; often near the heading of a part, where it matters most."""
        heads = [found.start() for found in re.finditer(BOUNDARY.encode(), self.body)]
        if heads and self.chance.random() < 0.6:
            return max(0, min(len(self.body), self.chance.choice(heads) + self.chance.randint(-6, 200)))
        return self.chance.randint(0, len(self.body))

    def put(self, content: bytes, *, instead_of: int = 0) -> None:
        """Put something somewhere."""
        place = self.somewhere()
        self.body = self.body[:place] + content + self.body[place + instead_of :]


def cut(form: Form) -> None:
    form.body = form.body[: form.somewhere()]


def cut_on_the_way(form: Form) -> None:
    cut(form)
    form.missing = form.chance.randint(1, 100_000)


def flip(form: Form) -> None:
    for _ in range(form.chance.randint(1, 20)):
        form.put(form.chance.randbytes(1), instead_of=1)


def remove(form: Form) -> None:
    form.put(b"", instead_of=form.chance.choice([1, 2, 60, 4000]))


def repeat(form: Form) -> None:
    start = form.somewhere()
    form.put(form.body[start : start + form.chance.choice([2, 60, 4000])] * form.chance.randint(1, 4))


def put_rubbish(form: Form) -> None:
    form.put(form.chance.randbytes(form.chance.choice([1, 60, 4000])))


def bend_lines(form: Form) -> None:
    form.body = form.body.replace(
        b"\r\n", form.chance.choice([b"\n", b"\r", b"\r\r\n", b""]), form.chance.randint(1, 9)
    )


def put_a_heading(form: Form) -> None:
    heading = form.chance.choice(
        [
            b"Content-Transfer-Encoding: base64\r\n",
            b"Content-Transfer-Encoding: quoted-printable\r\n",
            b"Content-Type: multipart/mixed; boundary=x\r\n",
            b"Content-Type: text/plain; charset=no-such-letters\r\n",
            b"Content-Disposition: form-data; name=\"file\"; filename*=UTF-8''%ff%fe\r\n",
            b"Content-Disposition: form-data; name*=utf-16''%ff\r\n",
            b"Content-Length: -1\r\n",
            b"X: " + b"y" * 40_000 + b"\r\n",
            b"\x00: \xff\r\n",
        ]
    )
    form.body = form.body.replace(
        b"Content-Disposition", heading + b"Content-Disposition", form.chance.randint(1, 3)
    )


def say_another_kind(form: Form) -> None:
    form.kind = form.chance.choice(
        [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=" + "b" * 300,
            f"multipart/form-data; boundary={BOUNDARY}x",
            f"{KIND}; charset=no-such-letters",
            f"{KIND}; charset=utf-16",
            "multipart/form-data; boundary=\u00e9",
            "application/x-www-form-urlencoded",
            "application/json",
            "",
        ]
    )


def say_too_much(form: Form) -> None:
    form.put(b"".join(field_part(f"field{number}", "x") for number in range(form.chance.choice([50, 2500]))))


WAYS: Sequence[Callable[[Form], None]] = (
    cut, cut_on_the_way, flip, remove, repeat, put_rubbish, bend_lines, put_a_heading, say_another_kind, say_too_much,
)  # fmt: skip


class Sender:
    """Sends spoilt forms as the person's own unlocked browser, and looks at what each leaves."""

    def __init__(self, person: Member) -> None:
        self.person = person
        visit = person.browser().cookies[settings.VISIT_COOKIE_NAME].value
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False, HTTP_HOST="localhost")
        self.client.cookies[settings.VISIT_COOKIE_NAME] = visit
        self.client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
        self.kept = 0
        doors.blobs()  # opening the store makes its folders

    def send(self, seed: str) -> None:
        """One form, spoilt in one to three ways. What it should not have left fails the test."""
        form = Form(random.Random(seed))
        ways = form.chance.sample(WAYS, form.chance.choice([0, 1, 1, 1, 2, 3]))
        for way in ways:
            way(form)
        before = Exhibit.objects.count()
        stated = len(form.body) + form.missing
        source = (Body if form.missing else io.BytesIO)(form.body)
        around: dict[str, Any] = {"wsgi.input": source, "CONTENT_LENGTH": str(stated)}
        answer = self.client.generic(
            "POST",
            "/files/add/",
            b"-",
            content_type=form.kind,
            headers={"Sec-Fetch-Site": "same-origin"},
            **around,
        )
        said = f"{SEED}={seed} ({', '.join(way.__name__ for way in ways)}) answered {answer.status_code}"
        assert answer.status_code in {302, 400, 403, 413, 422}, said
        left = list(Blob.objects.filter(admitted=False).values_list("key", flat=True))
        assert left == [], f"{said} and left {left}"
        staged = [path.name for path in (settings.HOME.files / "staging").iterdir()]
        assert staged == [], f"{said} and left {staged}"
        self._check_what_was_kept(before, said, answer.status_code, cut_short=bool(form.missing))

    def _check_what_was_kept(self, before: int, said: str, status: int, *, cut_short: bool) -> None:
        exhibits = exhibits_for(self.person.viewer)
        new = exhibits[before:]
        self.kept += len(new)
        if cut_short or status in {400, 403, 413}:
            assert new == [], said
        for one in new:
            check_body(self.person.viewer, one)
        keys = set(Blob.objects.values_list("key", flat=True))
        mine = {exhibit.blob_key for exhibit in exhibits}
        assert keys == mine, said
        assert all(doors.blobs().exists(one.blob_key) for one in new), said


def test_no_garbled_form_breaks_anything_or_leaves_anything_half_kept(
    person: Member, record_property: Callable[[str, object], None]
) -> None:
    run = secrets.token_hex(4)
    seeds = [os.environ[SEED]] if SEED in os.environ else [f"{run}/{number}" for number in range(SHORT)]
    sender = Sender(person)
    for seed in seeds:
        sender.send(seed)
    # Some are only scratched: where no file at all comes through, the forms are not forms any more.
    assert sender.kept or SEED in os.environ
    record_property(DID, f"{len(seeds)} garbled forms ({SEED}={seeds[0]} …), {sender.kept} files kept whole")


@pytest.mark.slow
def test_five_minutes_of_garbled_forms(
    person: Member, record_property: Callable[[str, object], None]
) -> None:
    run, number = secrets.token_hex(4), 0
    sender = Sender(person)
    until = time.process_time() + SLOW_CPU_SECONDS
    while time.process_time() < until:
        sender.send(f"{run}/{number}")
        number += 1
    assert sender.kept
    record_property(DID, f"{number} garbled forms ({SEED}={run}/0 …), {sender.kept} files kept whole")
