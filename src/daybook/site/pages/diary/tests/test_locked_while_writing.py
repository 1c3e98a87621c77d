"""Words that come after a lock are kept and go back into their box; nothing else opens."""

import json

import pytest
from django.conf import settings
from django.test import Client

from daybook.diary.drafts import drafts_for
from daybook.people.late_saves import late_words_for
from daybook.people.models import Unlock
from daybook.site.pages.diary.tests.form_reading import hidden, location, words_of
from tests.cast import Member

pytestmark = pytest.mark.django_db


def lock(client: Client) -> None:
    """What happens after ten idle minutes: the key goes, the browser stays known."""
    assert settings.VISIT_COOKIE_NAME in client.cookies
    Unlock.objects.update(sealed_key=None)


def test_words_that_come_after_the_lock_go_back_into_the_box(person: Member) -> None:
    client = person.browser()
    form = hidden(client, "/diary/new/")
    lock(client)
    assert client.post("/diary/new/", {**form, "words": "He rang again.", "go": "keep"}).status_code == 401
    client = person.browser()
    assert "Words came after the lock" in words_of(client.get("/diary/"))
    late = late_words_for(person.unlocked)[0]
    page = client.get(f"/diary/new/?late={late.id}").content.decode()
    assert "He rang again." in page
    again = hidden(client, f"/diary/new/?late={late.id}")
    location(client.post("/diary/new/", {**again, "words": "He rang again.", "go": "keep"}))
    assert late_words_for(person.unlocked) == []
    assert "Words came after the lock" not in words_of(client.get("/diary/"))


def test_an_answer_that_comes_after_the_lock_goes_back_to_its_question(person: Member) -> None:
    client = person.browser()
    form = hidden(client, "/diary/new/")
    draft = location(client.post("/diary/new/", {**form, "words": "He rang.", "go": "more"}))
    lock(client)
    for said in ("Nice", "Nice coat"):
        answer = client.post(f"{draft}said/", {"said": said}, headers={"X-Daybook": "autosave"})
        assert answer.status_code == 401
    client = person.browser()
    newest = late_words_for(person.unlocked)[-1]
    fields = hidden(client, f"{draft}said/?late={newest.id}")
    assert "Nice coat" in client.get(f"{draft}said/?late={newest.id}").content.decode()
    client.post(f"{draft}said/", {**fields, "said": "Nice coat", "go": "list"})
    assert late_words_for(person.unlocked) == []
    assert drafts_for(person.viewer)[0].sections["said"]["said"] == ["Nice coat"]


def test_words_for_a_draft_that_is_gone_begin_a_new_one(person: Member) -> None:
    client = person.browser()
    form = hidden(client, "/diary/new/")
    draft = location(client.post("/diary/new/", {**form, "words": "He rang.", "go": "more"}))
    lock(client)
    client.post(f"{draft}said/", {"said": "Nice coat"})
    client = person.browser()
    location(client.post(f"{draft}check/", hidden(client, f"{draft}check/")))
    late = late_words_for(person.unlocked)[0]
    page = client.get(f"{draft}said/?late={late.id}").content.decode()
    assert "Nice coat" in page
    assert 'action="/diary/new/"' in page


def test_late_words_of_another_record_are_not_shown(person: Member, neighbour: Member) -> None:
    client = person.browser()
    form = hidden(client, "/diary/new/")
    lock(client)
    client.post("/diary/new/", {**form, "words": "Hers alone."})
    late = late_words_for(person.unlocked)[0]
    page = neighbour.browser().get(f"/diary/new/?late={late.id}")
    assert "Hers alone." not in words_of(page)


@pytest.mark.parametrize("late", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_wrong_name_for_late_words_does_no_harm(person: Member, late: str) -> None:
    assert person.browser().get(f"/diary/new/?late={late}").status_code == 200


def test_nobody_reads_or_writes_while_it_is_locked(person: Member, someone: Client) -> None:
    entry = person.write()
    for address in ("/diary/", "/diary/new/", "/diary/print/", f"/diary/{entry.id}/", "/people/"):
        page = someone.get(address)
        assert page.status_code == 302
        assert page.headers["Location"].startswith("/unlock/")


def test_the_page_that_saves_itself_is_told_when(person: Member) -> None:
    client = person.browser()
    form = hidden(client, "/diary/new/")
    answer = client.post("/diary/new/", {**form, "words": "x"}, headers={"X-Daybook": "autosave"})
    assert len(json.loads(answer.content)["saved_at"]) == 5
