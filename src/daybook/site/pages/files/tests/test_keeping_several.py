"""Several files that arrived in parts are kept together: in their order, and looked into side by side."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from daybook import doors
from daybook.evidence.exhibits import exhibits_for
from daybook.evidence.resumable import uploads_for
from daybook.site.pages.files.tests.upload_requests import UPLOADS, begin, patch
from tests.cast import Member, picture


def whole(browser: Client, content: bytes, name: str) -> str:
    """A file that has arrived whole; its address."""
    url = begin(browser, len(content), name)
    assert patch(browser, url, 0, content).status_code == 204
    return url


def keep_together(browser: Client, *urls: str, **fields: str) -> Any:
    numbers = [url.split("/")[-2] for url in urls]
    return browser.post(f"{UPLOADS}keep/", {"upload": numbers, **fields}, headers={"X-Daybook": "upload"})


def test_several_are_kept_in_the_order_they_are_named_and_each_is_told_of(
    person: Member, neighbour: Member
) -> None:
    browser = person.browser()
    person.keep_file(b"there before", "first.txt")
    urls = [
        whole(browser, picture("red"), "z.jpg"),
        whole(browser, b"there before", "again.txt"),
        begin(browser, 100, "half.mp4"),
        whole(neighbour.browser(), b"hers", "hers.txt"),
        whole(browser, picture("blue"), "a.jpg"),
    ]
    answer = keep_together(browser, *urls, unseen="")
    told = answer.json()["files"]
    assert [one.get("word") or one["status"] for one in told] == ["kept", "already", 409, 404, "kept"]
    red, blue = exhibits_for(person.viewer)[1:]
    assert [(red.name, red.reference), (blue.name, blue.reference)] == [("z.jpg", "AB/2"), ("a.jpg", "AB/3")]
    assert red.has_thumbnail
    assert blue.has_thumbnail
    # What could not be kept is there still, and nothing of the neighbour's was touched.
    assert {upload.name for upload in uploads_for(person.viewer)} == {"half.mp4"}
    assert [upload.name for upload in uploads_for(neighbour.viewer)] == ["hers.txt"]


def test_several_photographs_are_looked_into_side_by_side(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = person.browser()
    urls = [whole(browser, picture(colour), f"{colour}.jpg") for colour in ("red", "blue")]
    met = threading.Barrier(2, timeout=60)
    decoder = doors.decoder()

    class Waiting:
        """The real decoder, each of whose readings waits until another one has begun."""

        def decode(self, *arguments: Any, **named: Any) -> Any:
            met.wait()
            return decoder.decode(*arguments, **named)

    monkeypatch.setattr(doors, "decoder", Waiting)
    assert [one["word"] for one in keep_together(browser, *urls).json()["files"]] == ["kept", "kept"]
    assert all(one.has_thumbnail for one in exhibits_for(person.viewer))


@pytest.mark.parametrize("fields", [{}, {"upload": "x"}, {"upload": [str(uuid4()) for _ in range(51)]}])
def test_a_request_to_keep_nothing_or_too_much_is_refused(person: Member, fields: dict[str, Any]) -> None:
    answer = person.browser().post(f"{UPLOADS}keep/", fields, headers={"X-Daybook": "upload"})
    assert answer.status_code in {400, 422}
    assert answer["Content-Type"].startswith("text/plain")
