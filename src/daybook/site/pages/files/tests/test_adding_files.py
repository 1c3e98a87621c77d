"""Adding files: each one's fate is said, and nothing that was chosen is lost in silence."""

import hashlib
import re
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from daybook.diary.attachments import exhibits_by_entry
from daybook.diary.drafts import begin_draft, discard_draft, get_draft_for
from daybook.evidence.exhibits import ReadExhibit, exhibits_for
from daybook.site.pages.files.tests.sending import send, text_of
from tests.cast import NOW, Member, picture
from tests.hostile_files import EMPTY, HTML, jpeg_and_html, png_bomb


def kept(person: Member) -> list[ReadExhibit]:
    return exhibits_for(person.viewer)


def test_each_of_several_files_is_kept_and_named_with_its_digest(person: Member) -> None:
    files = [("one.txt", b"first"), ("two.txt", b"second"), ("three.jpg", picture())]
    browser = person.browser()
    answer = send(browser, "/files/add/", *files)
    assert answer.status_code == 302
    page = text_of(browser.get(answer["Location"]))
    for number, (name, content) in enumerate(files, 1):
        assert f"AB/{number}" in page
        assert name in page
        assert hashlib.sha256(content).hexdigest() in page


def test_the_very_same_bytes_are_kept_once_and_the_page_says_so(person: Member) -> None:
    person.keep_file(b"the same", "first.txt")
    browser = person.browser()
    answer = send(browser, "/files/add/", ("another name.txt", b"the same"))
    page = text_of(browser.get(answer["Location"]))
    assert "Already kept as" in page
    assert "AB/1" in page
    assert len(kept(person)) == 1


def test_a_lost_file_that_is_added_again_is_said_to_be_back_and_not_only_to_be_there(person: Member) -> None:
    exhibit = person.keep_file(b"the same", "first.txt")
    Path(settings.HOME.files / "kept" / exhibit.blob_key).unlink()
    browser = person.browser()
    answer = send(browser, "/files/add/", ("another name.txt", b"the same"), ("new.txt", b"new"))
    page = text_of(browser.get(answer["Location"]))
    assert "1 file kept" in page
    assert "Put back as" in page
    assert "Now it is whole again" in page
    assert "Already kept as" not in page
    # The second time it is whole, and only that is said.
    answer = send(browser, "/files/add/", ("another name.txt", b"the same"))
    assert "Already kept as" in text_of(browser.get(answer["Location"]))


def test_the_same_file_twice_in_one_form_is_kept_once(person: Member) -> None:
    send(person.browser(), "/files/add/", ("a.txt", b"same"), ("b.txt", b"same"))
    assert [one.name for one in kept(person)] == ["a.txt"]


def test_a_picture_name_over_a_web_page_is_kept_and_told(person: Member) -> None:
    browser = person.browser()
    answer = send(browser, "/files/add/", ("holiday.jpg", HTML))
    page = text_of(browser.get(answer["Location"]))
    assert "The name says picture, the content is a web page." in page
    assert kept(person)[0].type == "text/html"


def test_a_file_that_is_two_things_at_once_is_kept_byte_for_byte(person: Member) -> None:
    both = jpeg_and_html()
    send(person.browser(), "/files/add/", ("both.jpg", both))
    assert kept(person)[0].sha256 == hashlib.sha256(both).hexdigest()
    assert kept(person)[0].type == "image/jpeg"


def test_a_decompression_bomb_is_kept_without_a_picture(person: Member) -> None:
    browser = person.browser()
    send(browser, "/files/add/", ("bomb.png", png_bomb(30_000)))
    [bomb] = kept(person)
    assert not bomb.has_thumbnail
    assert bomb.metadata["no_preview"]
    assert bomb.metadata["no_preview"] in text_of(browser.get(f"/files/{bomb.id}/"))


def test_an_empty_file_is_kept_and_the_page_says_that_it_is_empty(person: Member) -> None:
    browser = person.browser()
    answer = send(browser, "/files/add/", ("nothing.txt", EMPTY))
    assert "This file is empty" in text_of(browser.get(answer["Location"]))
    assert kept(person)[0].size == 0


def test_a_form_without_a_file_asks_for_one(person: Member) -> None:
    answer = send(person.browser(), "/files/add/")
    assert answer.status_code == 422
    assert "Choose at least one file." in text_of(answer)


def test_keeping_without_looking_makes_no_picture_and_shows_no_name(person: Member) -> None:
    browser = person.browser()
    answer = send(browser, "/files/add/", ("what he did.jpg", picture()), fields={"unseen": "on"})
    [unseen] = kept(person)
    assert unseen.unseen
    assert not unseen.has_thumbnail
    for page in (answer["Location"], "/files/", f"/files/{unseen.id}/"):
        shown = text_of(browser.get(page))
        assert "what he did" not in shown
        assert "AB/1" in shown


def test_an_edited_copy_is_a_new_file_that_names_the_first(person: Member) -> None:
    first = person.keep_file(picture("teal"), "first.jpg")
    browser = person.browser()
    send(browser, "/files/add/", ("marked.jpg", picture("red")), fields={"made_from": str(first.id)})
    copy = kept(person)[1]
    assert copy.parent == first.id
    assert "AB/2" in text_of(browser.get(f"/files/{first.id}/"))
    assert "Edited copy of" in text_of(browser.get(f"/files/{copy.id}/"))


def test_nobody_can_name_a_strangers_file_as_the_first(person: Member, neighbour: Member) -> None:
    theirs, first = neighbour.keep_file(b"theirs"), person.keep_file(b"first")
    answer = send(
        person.browser(), "/files/add/", ("mine.txt", b"mine"), fields={"made_from": str(theirs.id)}
    )
    assert answer.status_code == 422
    assert "were not kept" in text_of(answer)
    assert kept(person) == [first]


def test_files_go_with_the_entry_they_were_added_for(person: Member) -> None:
    entry = person.write()
    old = person.keep_file(b"old", "old.txt")
    send(person.browser(), f"/files/add/?entry={entry.id}", ("new.txt", b"new"), ("old.txt", b"old"))
    attached = exhibits_by_entry(person.viewer)[entry.id]
    assert set(attached) == {one.id for one in kept(person)}
    assert old.id in attached


def test_files_go_into_the_draft_they_were_added_for_beside_those_chosen_before(person: Member) -> None:
    before = person.keep_file(b"before", "before.txt")
    draft = begin_draft(
        person.viewer,
        now=NOW,
        sections={"words": {"words": ["Again."]}, "files": {"exhibit": [str(before.id)]}},
    )
    answer = send(person.browser(), f"/files/add/?draft={draft.id}", ("new.txt", b"new"))
    assert (answer.status_code, answer["Location"]) == (302, f"/diary/draft/{draft.id}/")
    sections = get_draft_for(person.viewer, draft.id).sections
    assert sections["files"]["exhibit"] == [str(one.id) for one in kept(person)]
    assert sections["words"]["words"] == ["Again."]


def test_what_is_odd_about_a_file_for_a_draft_is_said_before_going_on(person: Member) -> None:
    draft = begin_draft(person.viewer, now=NOW, sections={})
    browser = person.browser()
    answer = send(browser, f"/files/add/?draft={draft.id}", ("holiday.jpg", HTML))
    page = text_of(browser.get(answer["Location"]))
    assert "the content is a web page" in page
    assert f"/diary/draft/{draft.id}/" in page


@pytest.mark.parametrize("goal", ["draft", "entry"])
def test_a_goal_that_is_gone_costs_no_file(person: Member, goal: str) -> None:
    draft = begin_draft(person.viewer, now=NOW, sections={})
    discard_draft(person.viewer, draft.id)
    wanted = draft.id if goal == "draft" else uuid4()
    answer = send(person.browser(), f"/files/add/?{goal}={wanted}", ("a.txt", b"a"))
    assert "Your files are safe here" in text_of(answer)
    assert [one.name for one in kept(person)] == ["a.txt"]


def test_nobody_can_put_a_file_with_a_strangers_entry(person: Member, neighbour: Member) -> None:
    theirs = neighbour.write()
    browser = person.browser()
    assert browser.get(f"/files/add/?entry={theirs.id}").status_code == 404
    send(browser, f"/files/add/?entry={theirs.id}", ("a.txt", b"a"))
    assert exhibits_by_entry(neighbour.viewer) == {}


def test_fifty_files_at_once_are_kept_and_the_next_one_is_named(person: Member) -> None:
    files = [(f"picture {number}.txt", b"%d" % number) for number in range(1, 53)]
    answer = send(person.browser(), "/files/add/", *files)
    page = text_of(answer)
    assert len(kept(person)) == 50
    assert "picture 51.txt" in page
    assert "picture 52.txt" in page
    assert page.count("Only 50 files can be sent at once") == 2


HOSTILE = {
    "leaves the folder": ("../../etc/passwd", "../../etc/passwd"),
    "leaves the folder on Windows": ("..\\..\\system32\\x", "..\\..\\system32\\x"),
    "nothing but dots": ("..", ".."),
    "ends early": ("photo.jpg\x00.html", "photo.jpg[U+0000].html"),
    "turned round": ("photo\u202egpj.exe", "photo[U+202E]gpj.exe"),
    "markup": ("<img src=x onerror=alert(1)>.png", "&lt;img src=x onerror=alert(1)&gt;.png"),
    "an entity": ("a&amp;b.jpg", "a&amp;amp;b.jpg"),
    "percent": ("%2e%2e%2fetc", "%2e%2e%2fetc"),
}


@pytest.mark.parametrize(("name", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_a_name_is_kept_as_it_was_sent_and_shown_so_that_it_cannot_lie(
    person: Member, name: str, shown: str
) -> None:
    browser = person.browser()
    answer = send(browser, "/files/add/", (name, b"content"))
    [exhibit] = kept(person)
    assert exhibit.name == name
    for page in (answer["Location"], "/files/", f"/files/{exhibit.id}/"):
        assert shown in text_of(browser.get(page)), page
    assert "\u202e" not in text_of(browser.get(f"/files/{exhibit.id}/"))


def test_a_name_of_four_thousand_letters_is_kept_whole_and_folded_in_lists(person: Member) -> None:
    name = "n" * 4090 + ".jpeg"
    browser = person.browser()
    send(browser, "/files/add/", (name, picture()), ("other.txt", b"other"))
    first, other = kept(person)
    assert first.name == name
    assert other.name == "other.txt"
    assert name not in text_of(browser.get("/files/"))
    assert name in text_of(browser.get(f"/files/{first.id}/"))


def test_the_address_after_adding_says_nothing_but_identifiers(person: Member) -> None:
    answer = send(person.browser(), "/files/add/", ("threats from him.txt", b"words"))
    assert re.fullmatch(r"/files/added/\?kept=[0-9a-f-]{36}&already=", answer["Location"])


def test_what_was_added_is_told_to_nobody_else(person: Member, neighbour: Member) -> None:
    mine = person.keep_file(b"mine")
    assert neighbour.browser().get(f"/files/added/?kept={mine.id}").status_code == 404


@pytest.mark.parametrize("query", ["", "?kept=", "?kept=not-an-id", f"?kept={UUID(int=7)}"])
def test_an_address_that_names_no_file_is_not_there(person: Member, query: str) -> None:
    assert person.browser().get(f"/files/added/{query}").status_code == 404


def test_the_page_never_urges_to_collect(person: Member) -> None:
    page = text_of(person.browser().get("/files/add/"))
    assert "You do not have to collect anything" in page
    assert "/files/before/" in page


def test_any_file_can_be_named_as_the_first_from_its_own_page(person: Member) -> None:
    first, *_ = [person.keep_file(b"%d" % number) for number in range(103)]
    browser = person.browser()
    assert str(first.id) not in text_of(browser.get("/files/add/"))
    path = f"/files/add/?made_from={first.id}"
    assert f'<option value="{first.id}" selected>AB/1</option>' in text_of(browser.get(path))
    send(browser, path, ("copy.txt", b"copy"), fields={"made_from": str(first.id)})
    assert kept(person)[-1].parent == first.id
