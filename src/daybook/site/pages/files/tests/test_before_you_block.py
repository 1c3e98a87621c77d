"""“Before you block or delete”: what each step gives away, what was not checked, and no pressure."""

import pytest
from django.test import Client

from daybook.kernel.facts import checklists
from daybook.site.pages.files.tests.sending import text_of
from tests.cast import Member

CODES = [one.code for one in checklists()]


def test_anyone_may_read_it_before_there_is_a_record(someone: Client, db: None) -> None:
    page = someone.get("/files/before/")
    assert page.status_code == 200
    for one in checklists():
        assert f"/files/before/{one.code}/" in text_of(page)


def test_it_says_that_safety_comes_first_and_nothing_has_to_be_done(someone: Client, db: None) -> None:
    page = text_of(someone.get("/files/before/"))
    assert "Your safety comes first" in page
    assert "Your own words are enough to report" in page
    for urging in ("must collect", "as much as", "collect more", "enough evidence"):
        assert urging not in page.lower()


@pytest.mark.parametrize("code", CODES)
def test_every_step_says_whether_they_may_notice_before_it_is_done(
    someone: Client, db: None, code: str
) -> None:
    page = text_of(someone.get(f"/files/before/{code}/"))
    [found] = [one for one in checklists() if one.code == code]
    for number, step in enumerate(found.steps, 1):
        assert f"{number}. {step.label}" in page
        if step.notices != "no":
            assert step.noticing in page


@pytest.mark.parametrize("code", CODES)
def test_what_was_not_checked_wears_its_badge(someone: Client, db: None, code: str) -> None:
    page = text_of(someone.get(f"/files/before/{code}/")).replace("&#x27;", "'")
    [found] = [one for one in checklists() if one.code == code]
    unchecked = [step for step in found.steps if step.confidence == "L"]
    assert page.count("not checked – ask") == len(unchecked)
    assert all(step.badge in page for step in unchecked)


def test_a_list_that_does_not_exist_is_not_there(someone: Client, db: None) -> None:
    assert someone.get("/files/before/no-such-list/").status_code == 404


def test_the_pages_of_files_lead_to_it(person: Member) -> None:
    browser = person.browser()
    for path in ("/files/", "/files/add/"):
        assert "/files/before/" in text_of(browser.get(path))
