"""From the first look at the site to a pack that a stranger can check, and away again."""

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.rig.browser import accessibility_faults
from tests.rig.running import LiveDaybook
from tests.stories.neutral_place import TITLE, NeutralPlace
from tests.stories.packs_received import ReceivedPack, download_pack, unseal
from tests.stories.photographs import photograph
from tests.stories.rows_left import accounts
from tests.stories.walking import (
    Person,
    add_file,
    answer_and_see_all,
    begin_draft,
    control,
    make_record,
    open_question,
    press,
    see_heading,
)

pytestmark = pytest.mark.story

WORDS = (
    "He stood across the road from work and waited until I came out.\n\nThen he walked behind me to the bus."
)
FEELINGS = "I feel watched even when the curtains are closed."
CONTACT = "07700 900123, after six"
STREET = "14 Larkspur Row, Leicester"


def test_a_person_alone_goes_from_the_first_page_to_a_pack_that_others_can_check(
    daybook: LiveDaybook, page: Page, neutral_place: NeutralPlace, tmp_path: Path
) -> None:
    # Given a machine nobody has used, she is asked about the device before anything is kept.
    page.goto(daybook.url)
    press(page, re.compile("^Start"))
    see_heading(page, "Is this device safe for you?")
    assert accounts(daybook) == 0
    person = make_record(page, daybook, check_code=False)
    assert len(person.passphrase.split()) == 6
    the_code_is_tested_back(person)

    # When she writes in her own words first, and then only the details she wants to give,
    draft = begin_draft(person, WORDS)
    give_details(page)
    page.goto(draft)
    press(page, "Check and keep")
    expect(page.locator("main")).to_contain_text("Then he walked behind me to the bus.")
    assert accessibility_faults(page) == []
    press(page, "Keep it")
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()
    entry = page.url

    # and adds a photo that says where it was taken, marks that place as hers, and amends what she wrote,
    photo = photograph()
    exhibit = keep_photo_with(person, entry, photo)
    mark_place_as_hers(page, exhibit)
    amend(page, entry)

    # and makes a pack,
    name, sealed, words_to_open = make_pack(page)

    # then the file opens with those words and with age alone,
    assert re.fullmatch(r"notes-\d{4}-\d\d-\d\d\.zip\.age", name)
    assert sealed.startswith(b"age-encryption.org/v1\n")
    assert b"Larkspur" not in sealed
    pack = ReceivedPack.unpack(unseal(sealed, words_to_open), tmp_path)

    # everything in it can be checked, with Daybook and without,
    status, report = pack.verify(daybook)
    assert (status, report["valid"]) == (0, True)
    assert [check for check in report["checks"] if check["state"] == "invalid"] == []
    assert {check["name"]: check["state"] for check in report["checks"]}["signature"] == "absent"
    assert [line for line in pack.check_with_sha256sum() if not line.endswith(": OK")] == []

    # her words and what she changed are in it, and nothing that should not be,
    (written,) = pack.chronology["entries"]
    assert WORDS in str(written).replace("\\n", "\n")
    assert "It was Tuesday, not Monday." in str(written)
    assert pack.files_that_say(FEELINGS) == set()
    assert {path.partition("/")[0] for path in pack.files_that_say(CONTACT)} == {"police-only"}
    assert {path.partition("/")[0] for path in pack.files_that_say(STREET)} == {"police-only"}
    (original,) = [path for path in (pack.folder / "data/exhibits").rglob("*") if path.is_file()]
    assert hashlib.sha256(original.read_bytes()).digest() == hashlib.sha256(photo).digest()

    # the fingerprint she wrote down is the one the reader gets,
    page.goto(f"{daybook.url}/pack/")
    shown = "".join(
        page.get_by_label("Fingerprint, in groups of four").first.locator(".db-code").all_inner_texts()
    )
    assert len(shown) == 64
    assert shown.lower() in str(report).replace(" ", "").lower()

    # and leaving takes all of it from the screen.
    page.goto(entry)
    press(page, "Exit this page")
    page.wait_for_url(neutral_place.url)
    assert page.title() == TITLE
    page.wait_for_timeout(500)
    assert [cookie for cookie in page.context.cookies() if cookie["name"].startswith("daybook")] == []
    page.go_back()
    expect(page.locator("body")).to_contain_text("This page is closed.")
    assert page.title() == "Closed"
    for trace in ("Daybook", "across the road", "AB/1", person.name):
        assert trace not in page.content()
    assert neutral_place.referrers == []


def the_code_is_tested_back(person: Person) -> None:
    page = person.page
    expect(page.locator("main")).to_contain_text("We cannot show this again.")
    press(page, "I have written it down")
    slip = person.code[:-1] + ("2" if person.code[-1] != "2" else "3")
    page.get_by_label("Recovery code").fill(slip)
    press(page, "Check it")
    expect(page.get_by_role("alert")).to_be_visible()
    # Read from paper: small letters, blanks for dashes.
    page.get_by_label("Recovery code").fill(person.code.lower().replace("-", " "))
    press(page, "Check it")
    see_heading(page, "Diary")


def give_details(page: Page) -> None:
    open_question(page, "When it happened")
    page.get_by_label("At about this time, or about this day").check()
    page.get_by_label("Day", exact=True).fill("2026-11-17")
    page.get_by_label("Time", exact=True).fill("17:40")
    answer_and_see_all(page)
    open_question(page, "What kind of thing it was")
    page.get_by_label("Following me").check()
    answer_and_see_all(page)
    open_question(page, "Who did it")
    page.get_by_label("Name, if you know it").fill("Jonas")
    page.get_by_label("How sure are you?").select_option(label="I know it was them")
    answer_and_see_all(page)
    open_question(page, "Who saw or heard it")
    page.get_by_label("Their name").fill("Amara from reception")
    page.get_by_label("How police could reach them").fill(CONTACT)
    page.get_by_label("What they saw or heard").fill("He asked her when I finish.")
    answer_and_see_all(page)
    open_question(page, "What it changed for you")
    page.get_by_label("In your own words").fill("I take another bus now, and I am late for work.")
    answer_and_see_all(page)
    open_question(page, "Who you told")
    page.get_by_label("Who?").select_option(label="Police")
    page.get_by_label("Reference they gave you").fill("LP-2026-4471")
    answer_and_see_all(page)
    open_question(page, "Private feelings")
    page.get_by_label("Your private words").fill(FEELINGS)
    answer_and_see_all(page)


def keep_photo_with(person: Person, entry: str, photo: bytes) -> str:
    page = person.page
    page.goto(entry)
    press(page, "Add or take away files")
    press(page, "Add a new file")
    add_file(person, "IMG_2031.jpg", photo, "image/jpeg")
    see_heading(page, "1 file kept")
    digest = hashlib.sha256(photo).hexdigest()
    expect(page.locator(".db-digest")).to_have_text(digest)
    press(page, "Back to the entry")
    page.locator("main").get_by_role("link", name=re.compile("^AB.1")).click()
    see_heading(page, "AB/1")
    expect(page.locator("main")).to_contain_text("What the file says about itself")
    return page.url


def mark_place_as_hers(page: Page, exhibit: str) -> None:
    page.goto(exhibit)
    press(page, "This is one of my places")
    page.get_by_label("What do you call it?").fill("Work")
    page.get_by_label("Address").fill(STREET)
    page.locator("main").get_by_role("button", name="Save", exact=True).last.click()
    see_heading(page, "Work")


def amend(page: Page, entry: str) -> None:
    page.goto(entry)
    press(page, "Amend or add to this")
    see_heading(page, "Change an entry")
    open_question(page, "What happened, in your own words")
    page.get_by_label("What happened?").fill(f"{WORDS}\n\nA man from the shop saw it too.")
    answer_and_see_all(page)
    open_question(page, "Where it happened")
    page.get_by_label(re.compile("^At a place of mine")).check()
    page.get_by_label("Which place of yours?").select_option(label="Work")
    answer_and_see_all(page)
    press(page, "Check and keep")
    press(page, "Keep the change")
    expect(page.get_by_role("alert").or_(page.locator(".govuk-error-message")).first).to_be_visible()
    page.locator("textarea").last.fill("It was Tuesday, not Monday.")
    press(page, "Keep the change")
    expect(page.get_by_role("heading", name=re.compile("Version 2"))).to_be_visible()
    page.get_by_role("link", name=re.compile("Version 1")).click()
    expect(page.locator("main")).not_to_contain_text("A man from the shop saw it too.")


def make_pack(page: Page) -> tuple[str, bytes, str]:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Pack").click()
    press(page, "Choose what goes in")
    assert not page.get_by_label("Put in my private feelings").is_checked()
    press(page, "Go on")
    see_heading(page, "Look it over")
    expect(page.locator("main")).to_contain_text("These files say where you are")
    assert accessibility_faults(page) == []
    words = page.get_by_role("region", name="The pack passphrase").locator(".db-code").inner_text()
    assert len(words.split()) == 6
    assert page.get_by_label(re.compile("^Sealed with a pack passphrase")).is_checked()
    # Whether such a file goes in is never decided for her.
    press(page, "Make the pack")
    expect(page.get_by_role("alert")).to_contain_text("Some files show a place of yours.")
    words = page.get_by_role("region", name="The pack passphrase").locator(".db-code").inner_text()
    page.get_by_label("Put them all in").check()
    assert control(page, "Make the pack").is_enabled()
    name, sealed = download_pack(page)
    return name, sealed, words
