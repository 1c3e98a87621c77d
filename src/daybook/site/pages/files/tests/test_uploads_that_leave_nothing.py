"""Uploads that must leave nothing behind: forged, a stranger's, cut short, refused, or with no room for them."""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from daybook.evidence.exhibits import count_exhibits
from daybook.evidence.models import Blob
from daybook.site.pages.files.tests.sending import BOUNDARY, form_body, send, stored, text_of
from tests.cast import Member, open_member
from tests.form_bodies import file_head, form_end

BIG = b"x" * 3_000_000
TOKEN = "a" * 32


class CutShort:
    """A body that ends in the middle, as when a cable is pulled."""

    def __init__(self, body: bytes, *, after: int) -> None:
        self._body, self._after, self._read = body, after, 0

    def __len__(self) -> int:
        return len(self._body)

    def read(self, size: int = -1) -> bytes:
        if self._read >= self._after:
            raise ConnectionResetError(104, "the request ended before its stated length")
        piece = self._body[self._read : min(self._after, self._read + (size if size > 0 else 65536))]
        self._read += len(piece)
        return piece

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)


def cut(person: Member, body: bytes, *, after: int) -> Any:
    """Send a form as a real browser does, with the check of its token, which reads it first; the cable is pulled."""
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False, HTTP_HOST="localhost")
    browser.cookies[settings.VISIT_COOKIE_NAME] = person.browser().cookies[settings.VISIT_COOKIE_NAME].value
    browser.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    stream: Any = CutShort(body, after=after)
    environment: dict[str, Any] = {"wsgi.input": stream, "CONTENT_LENGTH": str(len(body))}
    return browser.generic(
        "POST",
        "/files/add/",
        b"-",  # of an empty one Django's client would not say what kind it is
        f"multipart/form-data; boundary={BOUNDARY}",
        False,
        **environment,
    )


def test_a_form_without_our_token_is_refused_and_its_files_are_gone(person: Member) -> None:
    before = stored()
    browser = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
    browser.cookies[settings.VISIT_COOKIE_NAME] = person.browser().cookies[settings.VISIT_COOKIE_NAME].value
    answer = send(browser, "/files/add/", ("a.txt", b"forged"), ("b.bin", BIG))
    assert answer.status_code == 403
    assert stored() == before
    assert not Blob.objects.exists()
    assert count_exhibits(person.viewer) == 0


def test_a_form_with_a_wrong_token_is_refused_and_its_files_are_gone(person: Member) -> None:
    before = stored()
    browser = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
    browser.cookies[settings.VISIT_COOKIE_NAME] = person.browser().cookies[settings.VISIT_COOKIE_NAME].value
    browser.get("/files/add/")
    answer = send(browser, "/files/add/", ("b.bin", BIG), fields={"csrfmiddlewaretoken": "a" * 64})
    assert answer.status_code == 403
    assert (stored(), Blob.objects.count()) == (before, 0)


def test_files_of_a_stranger_are_never_taken(someone: Client, person: Member) -> None:
    before = stored()
    answer = send(someone, "/files/add/", ("a.bin", BIG))
    assert answer.status_code == 401
    assert "Unlock first" in text_of(answer)
    assert (stored(), Blob.objects.count()) == (before, 0)


def test_a_file_sent_to_a_page_that_takes_none_is_gone(person: Member) -> None:
    before = stored()
    exhibit = person.keep_file(b"kept")
    kept = stored()
    send(person.browser(), f"/files/{exhibit.id}/look/", ("a.bin", BIG))
    assert stored() == kept
    assert len(kept - before) == 1


@pytest.mark.parametrize("after", [200, 200_000, 2_900_000])
def test_a_connection_cut_in_the_middle_of_a_file_leaves_nothing(person: Member, after: int) -> None:
    before = stored()
    body = form_body({"csrfmiddlewaretoken": TOKEN}, [("big.bin", BIG)])
    answer = cut(person, body, after=after)
    assert answer.status_code == 403
    assert (stored(), Blob.objects.count()) == (before, 0)


def test_a_connection_cut_in_the_second_file_leaves_the_first_out_too(person: Member) -> None:
    before = stored()
    body = form_body({"csrfmiddlewaretoken": TOKEN}, [("first.txt", b"whole"), ("big.bin", BIG)])
    answer = cut(person, body, after=1_000_000)
    # Nobody reads this answer any more; but it is not one that says that Daybook broke.
    assert answer.status_code == 403
    assert (stored(), Blob.objects.count()) == (before, 0)
    assert count_exhibits(person.viewer) == 0


def test_a_form_that_ends_without_its_last_boundary_leaves_no_half_file(person: Member) -> None:
    before = stored()
    body = form_body({}, [("big.bin", BIG)])[: -len(BOUNDARY) - 200]
    answer = person.browser().post(
        "/files/add/", body, content_type=f"multipart/form-data; boundary={BOUNDARY}"
    )
    assert answer.status_code == 422
    assert (stored(), Blob.objects.count()) == (before, 0)


@pytest.mark.django_db(transaction=True)
def test_a_full_database_is_said_in_words_and_nothing_is_half_there() -> None:
    # SQLite's own limit gives the very error of a full disk, at the same places.
    if connection.vendor != "sqlite":
        return
    person = open_member("wren")
    kept = person.keep_file(b"kept before", "before.txt")
    before, browser = stored(), person.browser()
    with connection.cursor() as cursor:
        [pages] = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        try:
            answers = [
                send(browser, "/files/add/", (f"{number}.txt", b"%d" % number * 300)) for number in range(60)
            ]
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    assert {answer.status_code for answer in answers} == {302, 422}
    refused = sum(answer.status_code == 422 for answer in answers)
    assert "the disk may be full" in text_of(answers[-1])
    assert count_exhibits(person.viewer) == 1 + 60 - refused
    assert browser.get(f"/files/{kept.id}/original/").getvalue() == b"kept before"
    assert len(stored() - before) >= 60 - refused


def test_a_file_whose_field_has_no_name_is_not_taken_and_leaves_nothing(person: Member) -> None:
    nameless = file_head("a.bin", field="") + b"never asked for" + b"\r\n"
    named = file_head("b.bin") + b"asked for" + b"\r\n"
    before = stored()
    answer = person.browser().post(
        "/files/add/",
        nameless + named + nameless + form_end(),
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
    )
    assert answer.status_code == 302
    assert count_exhibits(person.viewer) == 1
    assert (len(stored() - before), Blob.objects.count()) == (1, 1)
