"""Sound and film in the file's page: silent and shut until she opens them, sought in any part, and named when damaged."""

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Response, expect

from tests.rig.browser import accessibility_faults
from tests.rig.running import LiveDaybook
from tests.sounds_and_films import film_like, tone
from tests.stories.walking import Person, add_file, make_record, press, see_heading, sideways

pytestmark = pytest.mark.story

SECONDS = 200
SOUND = tone(SECONDS)
_RECORD = """async () => {
  const canvas = document.createElement('canvas')
  canvas.width = 320; canvas.height = 180
  const brush = canvas.getContext('2d')
  const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: 'video/webm;codecs=vp8' })
  const pieces = []
  recorder.ondataavailable = ({ data }) => pieces.push(data)
  recorder.start()
  for (let place = 0; place < 20; place += 1) {
    brush.fillStyle = `hsl(${place * 18} 60% 50%)`
    brush.fillRect(0, 0, 320, 180)
    await new Promise((done) => { setTimeout(done, 50) })
  }
  await new Promise((done) => { recorder.onstop = done; recorder.stop() })
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer())
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}"""
_PLAY = """(player) => new Promise((done, failed) => {
  player.addEventListener('error', () => failed(new Error(`error ${player.error.code}`)))
  player.addEventListener('timeupdate', () => { if (player.currentTime > 0.1) done(player.duration) })
  player.play().catch(failed)
})"""
_SEEK = """(player, place) => new Promise((done, failed) => {
  player.addEventListener('error', () => failed(new Error(`error ${player.error.code}`)))
  player.addEventListener('seeked', () => done(player.currentTime), { once: true })
  player.currentTime = place
})"""


def keep(person: Person, name: str, content: bytes, kind: str, *, ref: str = "AB/1") -> str:
    """Keep a file, which gets this reference; gives the address of its page, which is open then."""
    person.go("/files/add/")
    add_file(person, name, content, kind)
    see_heading(person.page, "1 file kept")
    person.page.locator("main").get_by_role("link", name=ref, exact=True).click()
    see_heading(person.page, ref)
    return person.page.url


def test_on_a_phone_a_voice_note_is_shut_until_opened_and_any_part_of_it_plays(
    daybook: LiveDaybook, phone_page: Page
) -> None:
    page = phone_page
    person = make_record(page, daybook)
    asked: list[Request] = []
    answered: list[Response] = []
    page.on("request", lambda request: asked.append(request) if "/play/" in request.url else None)
    page.on("response", lambda answer: answered.append(answer) if "/play/" in answer.url else None)

    # Given a voice note was kept, nothing of it is fetched or heard when its page opens,
    keep(person, "note.wav", SOUND, "audio/wav")
    player = page.locator("audio")
    expect(player).to_be_hidden()
    page.get_by_text("Open the player for").click()
    expect(player).to_be_visible()
    assert asked == []
    assert player.evaluate("(player) => player.paused")
    assert sideways(page) == 0
    assert accessibility_faults(page) == []

    # when she plays it and goes to a later place, only parts are sent,
    assert player.evaluate(_PLAY) == pytest.approx(SECONDS, abs=0.1)
    assert player.evaluate(_SEEK, SECONDS - 2) == pytest.approx(SECONDS - 2, abs=0.1)
    player.evaluate("(player) => player.pause()")
    assert {answer.status for answer in answered} == {206}
    ranges = [answer.headers["content-range"] for answer in answered]
    assert all(re.fullmatch(rf"bytes \d+-\d+/{len(SOUND)}", one) for one in ranges)

    # and the page she can see says who looked at what.
    person.go("/account/looked/")
    expect(page.locator("main")).to_contain_text("sound AB/1")


def test_a_film_plays_without_a_sound_and_the_wide_page_holds_it(daybook: LiveDaybook, page: Page) -> None:
    person = make_record(page, daybook)
    film = base64.b64decode(page.evaluate(_RECORD))
    keep(person, "clip.webm", film, "video/webm")
    page.get_by_text("Open the player for").click()
    player = page.locator("video")
    expect(player).to_be_visible()
    player.evaluate(_PLAY)
    assert player.evaluate("(player) => [player.videoWidth, player.videoHeight, player.muted]") == [
        320,
        180,
        True,
    ]
    assert accessibility_faults(page) == []


def test_without_scripts_the_player_opens_and_what_browsers_do_not_play_is_offered_to_be_saved(
    daybook: LiveDaybook, scriptless_page: Page
) -> None:
    page = scriptless_page
    person = make_record(page, daybook)
    keep(person, "note.wav", tone(1), "audio/wav")
    expect(page.locator("audio")).to_be_hidden()
    page.get_by_text("Open the player for").click()
    expect(page.locator("audio")).to_be_visible()
    keep(person, "note.amr", film_like("audio/amr"), "audio/amr", ref="AB/2")
    expect(page.locator("main")).to_contain_text("so it cannot be played here")
    expect(page.locator("audio")).to_have_count(0)


def test_a_damaged_file_is_named_after_the_player_stopped_and_a_full_check_finds_the_others_whole(
    daybook: LiveDaybook, page: Page
) -> None:
    person = make_record(page, daybook)
    bodies = {path for path in (daybook.home / "files").rglob("*") if path.is_file()}
    address = keep(person, "note.wav", SOUND, "audio/wav")
    [body] = {path for path in (daybook.home / "files").rglob("*") if path.is_file()} - bodies
    keep(person, "other.txt", b"other words", "text/plain", ref="AB/2")
    damage(body, place=body.stat().st_size // 2)

    # Given a voice note with a damaged piece, the player stops there,
    page.goto(address)
    page.get_by_text("Open the player for").click()
    player = page.locator("audio")
    player.evaluate(_PLAY)
    player.evaluate("(player) => { player.currentTime = 100 }")
    expect(player).not_to_have_js_property("error", None)

    # when she opens the page anew it says so, and has no player,
    page.get_by_role("link", name="Load this page again").click()
    expect(page.locator("main")).to_contain_text("What is stored of this file is not as it was kept.")
    expect(page.locator("audio")).to_have_count(0)

    # and the full check names it, and no other.
    person.go("/account/check/files/")
    press(page, "Check every file now")
    expect(page.locator("main")).to_contain_text("Are the files whole?")
    # The page looks again by itself until it is over.
    expect(page.locator("main")).to_contain_text("The check is done.")
    expect(page.locator("main")).to_contain_text("Not whole: AB/1")
    assert accessibility_faults(page) == []
    assert sideways(page) == 0


def damage(body: Path, *, place: int) -> None:
    """Change one bit of a stored file."""
    content = bytearray(body.read_bytes())
    content[place] ^= 1
    body.write_bytes(content)
