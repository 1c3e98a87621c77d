"""Tells a scenario as an entry: its sentences, and the answers that go with them."""

from __future__ import annotations

import random
import re
from datetime import datetime, timedelta
from functools import lru_cache

from daybook.site.demo.arc import ORDER_DAY, phase_on
from daybook.site.demo.codes import ORDER_BROKEN
from daybook.site.demo.people import EX, FRIEND_OF_EX, Cast
from daybook.site.demo.reactions import (
    EFFECTS,
    FEELINGS,
    effects_by_now,
    police_know,
    tell_police,
    tell_somebody,
)
from daybook.site.demo.scenario import AT_HOME, AT_WORK, EX_KNOWN, FRIEND_KNOWN, Blame, Scenario
from daybook.site.demo.scenarios_daily import SCENARIOS as DAILY
from daybook.site.demo.scenarios_messages import SCENARIOS as MESSAGES
from daybook.site.demo.scenarios_others import SCENARIOS as OTHERS
from daybook.site.demo.scenarios_places import SCENARIOS as PLACES
from daybook.site.demo.scenarios_screens import SCENARIOS as SCREENS
from daybook.site.demo.scenarios_things import SCENARIOS as THINGS
from daybook.site.demo.scene import Deck, Scene
from daybook.site.demo.shapes import EntryJson, codes_in
from daybook.site.demo.times import at_clock
from daybook.site.demo.timing import draw_time, draw_written_at

SCENARIOS: tuple[Scenario, ...] = (*MESSAGES, *SCREENS, *PLACES, *THINGS, *OTHERS, *DAILY)

_BREACHES: dict[str, tuple[str, ...]] = {
    "contact": (
        "He must not contact me by any means.",
        "No contact, term 1.",
        "Contact of any kind is in the order.",
        "Term 1 says not directly and not through others.",
    ),
    "place": (
        "He must stay 100 metres from my home and my work.",
        "Term 3, the distance.",
        "The order names the streets he may not be in.",
        "He is not to follow or watch me, term 2.",
    ),
    "indirect": (
        "The order says not through other people.",
        "Term 1 covers other people.",
        "It was passed on for him, I think that counts.",
    ),
}

_NAMES = re.compile(r"\{([a-z_]+)\}")
_STARTS = re.compile(r"^[a-z]|(?<=[.?!] )[a-z]")


def draw_scenario(rng: random.Random, day: float) -> Scenario:
    """A kind of event that fits this day of the story."""
    code = phase_on(day).code
    return rng.choices(SCENARIOS, [scenario.weights[code] for scenario in SCENARIOS])[0]


def open_scene(
    rng: random.Random,
    deck: Deck,
    cast: Cast,
    scenario: Scenario,
    *,
    start: datetime,
    day: float,
    span: float,
    now: datetime,
) -> tuple[Scene, object]:
    """Set the time of an event on `day` of the story (of `span` days) and of its writing down.

    Returns the scene, and its time in the shape entry JSON takes.
    """
    hour = rng.choice(scenario.hours)
    minute = rng.choice((0, 10, 15, 20, 30, 40, 45)) if rng.random() < 0.3 else rng.randrange(60)
    moment = start + timedelta(days=int(day), hours=hour, minutes=minute)
    # `start` keeps its own offset: a step across a change of the clocks is put right here.
    moment = at_clock(moment)
    written = draw_written_at(rng, moment, now)
    timed = draw_time(rng, scenario.timing, moment, written.astimezone(moment.tzinfo))
    scene = Scene(
        rng, deck, cast, day, moment, written, timed.told_when, timed.told_day, progress=min(1.0, day / span)
    )
    return scene, timed.when


def tell_entry(scene: Scene, scenario: Scenario, when: object) -> EntryJson:
    """Tell one event. Only `words` is always there; the rest comes and goes, as it does with people."""
    rng, deck = scene.rng, scene.deck
    known = police_know(scene.day)
    opening = deck.deal(_sayable(scenario.opening, known))
    sentences = [opening]
    scene.tell(opening)
    place = _fitting_place(scene, scenario)
    more = _sayable(scenario.more, known)
    extra = min(len(more), rng.choices((0, 1, 2, 3, 4), (12, 38, 33, 12, 5))[0])
    while len(sentences) <= extra:
        sentence = deck.deal(more)
        if sentence not in sentences:
            sentences.append(sentence)
    blame = _fitting_blame(opening, rng.choice(scenario.blame))
    entry: EntryJson = {"words": "", "when": when}
    witnesses: list[dict[str, str]] = []
    if scenario.sightings and rng.random() < 0.34:
        sighting = rng.choice(scenario.sightings)
        sentences.append(sighting.sentence)
        witnesses.append({"witness": sighting.witness, "saw": sighting.saw})
    ending = _sayable(scenario.ending, known)
    if ending and rng.random() < 0.8:
        sentences.append(deck.deal(ending))
    entry["words"] = " ".join(_tidy(scene.tell(sentence)) for sentence in sentences)
    if place is not None:
        entry["place"] = place
    _add_facts(entry, scene, scenario, blame)
    if witnesses:
        entry["witnesses"] = witnesses
    _add_reactions(entry, scene, blame)
    if scene.day > ORDER_DAY and scenario.reach != "none":
        _add_breach(entry, scene, scenario, blame)
    return entry


def _add_facts(entry: EntryJson, scene: Scene, scenario: Scenario, blame: Blame) -> None:
    rng = scene.rng
    if scenario.behaviours and rng.random() < 0.93:
        entry["behaviours"] = list(scenario.behaviours)
    if scenario.contact and rng.random() < 0.93:
        entry["contact"] = list(scenario.contact[: rng.randint(1, len(scenario.contact))])
    if scenario.said and rng.random() < 0.72:
        entry["said"] = scene.tell(scene.deck.deal(_sayable(scenario.said, police_know(scene.day))))
    if scene.identifiers:
        entry["identifiers"] = [dict(identifier) for identifier in scene.identifiers]
    if blame:
        entry["suspects"] = [{"suspect": key, "certainty": certainty} for key, certainty in blame]


def _add_reactions(entry: EntryJson, scene: Scene, blame: Blame) -> None:
    rng = scene.rng
    if rng.random() < (0.34 if blame else 0.12):
        sentence = scene.deck.deal(effects_by_now(scene))
        entry["effect"] = _tidy(scene.tell(sentence))
        if rng.random() < 0.8:
            entry["changes"] = list(EFFECTS[sentence])
    if rng.random() < 0.19:
        entry["feelings"] = scene.tell(scene.deck.deal(FEELINGS))
    told = [tell_somebody(scene)] if blame and rng.random() < 0.25 else []
    if blame and police_know(scene.day) and rng.random() < (0.5 if scene.day > ORDER_DAY else 0.24):
        told.append(tell_police(scene))
    if told:
        entry["told"] = told


def _add_breach(entry: EntryJson, scene: Scene, scenario: Scenario, blame: Blame) -> None:
    sure = (EX, "known") in blame
    if scene.rng.random() < (0.95 if sure else 0.6):
        answer = "yes" if sure else scene.rng.choice(("unsure", "unsure", "yes"))
        entry["order_breached"] = {"answer": answer, "detail": scene.deck.deal(_BREACHES[scenario.reach])}
        if answer == "yes" and "behaviours" in entry:
            entry["behaviours"] = [*codes_in(entry, "behaviours"), ORDER_BROKEN]


def _fitting_place(scene: Scene, scenario: Scenario) -> EntryJson | None:
    """A place that agrees with the opening, as entry JSON; one of the person's own is named by its key."""
    used = scene.used
    places = [place for place in scenario.places if all(name in used for name in _NAMES.findall(place[2]))]
    if AT_WORK in places and AT_HOME in places:
        places.remove(AT_HOME if used & {"work", "desk", "parking"} else AT_WORK)
    if not places or scene.rng.random() < 0.13:
        return None
    kind, key, text = scene.rng.choice(places)
    told: EntryJson = {"kind": kind, "text": scene.tell(text)}
    if kind == "mine":
        told["mine"] = key
    return told


def _fitting_blame(opening: str, blame: Blame) -> Blame:
    """Who did it, in agreement with whom the opening names as the one doing it."""
    keys = {key for key, _ in blame}
    if "{mate}" in opening:
        return blame if FRIEND_OF_EX in keys else FRIEND_KNOWN
    if opening.startswith("{ex} ") or ", {ex} " in opening:
        return blame if (EX, "known") in blame else EX_KNOWN
    return blame


@lru_cache(maxsize=1024)
def _sayable(pool: tuple[str, ...], known_to_police: bool) -> tuple[str, ...]:
    """The sentences of `pool` that make sense before the police know: none that names an officer."""
    return (
        pool
        if known_to_police
        else tuple(sentence for sentence in pool if "officer}" not in sentence and "{force}" not in sentence)
    )


def _tidy(words: str) -> str:
    """Sentences begin with a capital, whatever was put first; and nobody writes "two times"."""
    return _STARTS.sub(lambda start: start[0].upper(), words.replace("two times", "twice"))
