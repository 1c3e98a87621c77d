"""Later versions of entries: what people add, correct and remember."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import cast

from daybook.site.demo.scene import Scene
from daybook.site.demo.shapes import DemoAmendment, EntryJson, codes_in, identifiers_in
from daybook.site.demo.timing import put_in_waking_hours

_ADDED_TO_MESSAGES = (
    "Added later: {friend} reminds me that this was also the day of the {nth} call.",
    "Added: there was one more straight after, which I had missed.",
    "Added: {number} tried once more at the weekend.",
    "Added: I have looked at the phone and there were {few}, not one fewer.",
    "Added: the phone company has confirmed the time.",
    "Correction: it was the {nth} that day, I had counted wrong.",
    "Added: it was gone from his side the next day. I have my copy.",
)
_ADDED_TO_SIGHTINGS = (
    "Added after reading it again: he was wearing {wearing}.",
    "Correction: it was {street}, not the next one along.",
    "Added: it went on for nearer {minutes} minutes, I have looked at the bus times.",
    "Added: {colleague} saw him as well, from the bus.",
    "Added: the camera at {shop} is kept for thirty days, I have asked.",
    "Added: I have since found out he was off work that day.",
    "Added: {someone} says he was there before as well.",
)
_ADDED_TO_ALL = (
    "Added later: the time on a till receipt from {shop} agrees.",
    "Added: {colleague} remembers me telling it, but not the day.",
    "Added: I had told {friend} the same evening and still have that message.",
    "Added: I left out that Gosia was on the stairs.",
    "Added: {sibling} says I rang about it straight after.",
    "Added: I have put this in the blue folder too.",
)
_MESSAGES = frozenset({"text", "phone-call", "silent-call", "email", "voicemail", "other-app"})
_SIGHTINGS = frozenset({"following", "loitering", "watching", "turning-up"})
_WORDS_REASONS = (
    "I remembered something",
    "Read it again and it was not complete",
    "A detail was wrong",
    "To make it clearer",
    "I was too upset to write all of it",
    "{friend} reminded me",
)
_TOLD_REASONS = ("Police gave me the number", "Adding the reference", "Reported it since", "Told them today")
_EFFECT_REASONS = (
    "I only noticed later what it did",
    "My support worker asked about this",
    "Adding how it went on",
)
_EFFECTS = (
    "For {few} nights after this I did not sleep through.",
    "I missed {few} shifts because of it.",
    "I have not been back to {shop} since.",
    "{sibling} now drives me on {few} days of the week.",
    "The doctor has given me something to sleep.",
    "I have not used {site} since.",
)
_PLATE_REASONS = (
    "I had the plate wrong, checked with a photo",
    "Gosia wrote the plate down, mine was one letter out",
)


def draw_amendments(scene: Scene, entry: EntryJson, now: datetime) -> tuple[DemoAmendment, ...]:
    """None for most entries, for some one, seldom two: each after the version before it, and before `now`."""
    rng = scene.rng
    count = rng.choices((0, 1, 2), (90, 8.5, 1.5))[0]
    amendments: list[DemoAmendment] = []
    last = scene.written_at
    current = entry
    for step in range(count):
        written = draw_later(rng, last, now)
        if written is None:
            break
        reason, changed = _draw_change(scene, current, written, first=step == 0)
        amendments.append(DemoAmendment(written, scene.tell(reason), changed))
        current = {**current, **changed}
        last = written
    return tuple(amendments)


def draw_later(rng: random.Random, after: datetime, now: datetime) -> datetime | None:
    """A moment some minutes to three weeks after `after`; None when there is no room before `now`."""
    seconds = rng.choice((1200, 7200, 90_000, 260_000, 900_000, 1_700_000)) + rng.randrange(900)
    room = int((now - after).total_seconds()) - 60
    if room < 120:
        return None
    written = put_in_waking_hours(rng, after + timedelta(seconds=seconds))
    if not after < written < now:
        written = after + timedelta(seconds=min(seconds, room))
    return written.astimezone(UTC).replace(microsecond=0)


def _draw_change(scene: Scene, entry: EntryJson, written: datetime, *, first: bool) -> tuple[str, EntryJson]:
    rng, deck = scene.rng, scene.deck
    plates = [each["value"] for each in identifiers_in(entry) if each["kind"] == "plate"]
    if first and plates and rng.random() < 0.6:
        return deck.deal(_PLATE_REASONS), _correct_plate(entry, plates[0])
    told = cast("list[object]", entry.get("told", []))
    if scene.day > 70 and rng.random() < 0.3:
        number = rng.randint(12, 1890)
        report = {
            "who": "police",
            "force": scene.cast.force,
            "reference": f"Log {number:04d} of {written:%d/%m/%Y}",
        }
        return deck.deal(_TOLD_REASONS), {"told": [*told, report]}
    if "effect" not in entry and "suspects" in entry and rng.random() < 0.35:
        return deck.deal(_EFFECT_REASONS), {"effect": scene.tell(deck.deal(_EFFECTS))}
    return deck.deal(_WORDS_REASONS), {
        "words": f"{entry['words']}\n\n{scene.tell(deck.deal(_additions(entry)))}"
    }


def _additions(entry: EntryJson) -> tuple[str, ...]:
    """Sentences that could be added to this entry."""
    if _MESSAGES.intersection(codes_in(entry, "contact")):
        return _ADDED_TO_MESSAGES
    return _ADDED_TO_SIGHTINGS if _SIGHTINGS.intersection(codes_in(entry, "behaviours")) else _ADDED_TO_ALL


def _correct_plate(entry: EntryJson, plate: str) -> EntryJson:
    """What puts the plate right; the first version is given the slip, a digit read for a letter."""
    slip = plate[:-2] + {"I": "1", "Q": "0"}[plate[-2]] + plate[-1]
    words, identifiers = str(entry["words"]), identifiers_in(entry)
    entry["words"] = words.replace(plate, slip)
    entry["identifiers"] = [
        {**each, "value": slip} if each["value"] == plate else each for each in identifiers
    ]
    note = f"Correction: the plate is {plate}, with a letter before the last one and not a number."
    return {"words": f"{entry['words']}\n\n{note}", "identifiers": identifiers}
