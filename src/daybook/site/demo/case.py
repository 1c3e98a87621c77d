"""Builds the made-up case: cast, entries with their amendments, and the plan of the exhibits."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from daybook.site.demo.amendments import draw_amendments
from daybook.site.demo.arc import DAYS, draw_days, story_start
from daybook.site.demo.chance import chance_from
from daybook.site.demo.exhibit_plan import Told, plan_exhibits
from daybook.site.demo.milestones import Milestone, told_in
from daybook.site.demo.people import Cast, DemoPerson, DemoPlace, DemoSuspect, DemoWitness, draw_cast
from daybook.site.demo.scenario import Scenario
from daybook.site.demo.scene import Deck, Scene
from daybook.site.demo.shapes import DemoEntry, DemoExhibit, EntryJson
from daybook.site.demo.telling import draw_scenario, open_scene, tell_entry
from daybook.site.demo.turning_points import MILESTONES

_TRIES = 40


@dataclass(frozen=True, slots=True)
class DemoCase:
    """A whole case. Entries are in the order they were written, exhibits in the order they were received."""

    person: DemoPerson
    suspects: tuple[DemoSuspect, ...]
    witnesses: tuple[DemoWitness, ...]
    places: tuple[DemoPlace, ...]
    entries: tuple[DemoEntry, ...]
    exhibits: tuple[DemoExhibit, ...]


@dataclass(frozen=True, slots=True)
class _Drawn:
    scenario: Scenario
    scene: Scene
    entry: EntryJson


def make_case(*, seed: int, entries: int, exhibits: int, now: datetime) -> DemoCase:
    """Make the case that `seed` stands for, with this many entries and exhibits, ending shortly before `now`.

    The same four values always give the same case, byte for byte. `now` is aware, and nothing in the case is
    later. Raises ValueError for a negative count or a `now` without an offset.
    """
    if entries < 0 or exhibits < 0:
        raise ValueError("A case cannot have fewer than no entries or exhibits.")
    if now.tzinfo is None:
        raise ValueError("The time a case ends at needs its offset.")
    now = now.astimezone(UTC).replace(microsecond=0)
    cast = draw_cast(chance_from(f"daybook demo cast {seed}"))
    drawn = _draw_entries(chance_from(f"daybook demo entries {seed} {entries}"), cast, entries, now)
    later = chance_from(f"daybook demo amendments {seed} {entries}")
    told: list[Told] = []
    written: list[DemoEntry] = []
    for number, each in enumerate(sorted(drawn, key=lambda each: each.scene.written_at), start=1):
        scene = replace(each.scene, rng=later)
        # An amendment may give the first version the slip it puts right, so this comes before the plan.
        amendments = draw_amendments(scene, each.entry, now)
        key = f"entry-{number:05d}"
        told.append(Told(key, scene.moment, scene.written_at, each.entry, each.scenario.exhibits))
        written.append(DemoEntry(key, each.scenario.name, scene.written_at, each.entry, amendments, ()))
    plan = plan_exhibits(
        chance_from(f"daybook demo exhibits {seed} {entries} {exhibits}"), cast, told, exhibits, now
    )
    return DemoCase(
        person=cast.person,
        suspects=cast.suspects,
        witnesses=cast.witnesses,
        places=cast.places,
        entries=_attach(written, plan),
        exhibits=plan,
    )


def _draw_entries(rng: random.Random, cast: Cast, count: int, now: datetime) -> list[_Drawn]:
    """Tell every event once; no two entries have the same words."""
    start, deck = story_start(now), Deck(rng)
    seen: set[str] = set()
    drawn: list[_Drawn] = []
    for day, milestone in _days(rng, count):
        for _ in range(_TRIES):
            told = _draw_one(rng, deck, cast, day, milestone, start=start, now=now)
            if told.entry["words"] not in seen:
                break
        else:
            told = _draw_one(rng, deck, cast, day, milestone, start=start, now=now)
            told.entry["words"] = f"{told.entry['words']} This is page {len(drawn) + 1} of my notes."
        seen.add(str(told.entry["words"]))
        drawn.append(told)
    return drawn


def _draw_one(
    rng: random.Random,
    deck: Deck,
    cast: Cast,
    day: float,
    milestone: Milestone | None,
    *,
    start: datetime,
    now: datetime,
) -> _Drawn:
    scenario = milestone.scenario if milestone else draw_scenario(rng, day)
    scene, when = open_scene(rng, deck, cast, scenario, start=start, day=day, span=DAYS, now=now)
    entry = tell_entry(scene, scenario, when)
    if milestone and milestone.reported:
        entry["told"] = [_main_report(cast, scene)]
    return _Drawn(scenario, scene, entry)


def _days(rng: random.Random, count: int) -> Iterator[tuple[float, Milestone | None]]:
    milestones = told_in(count, MILESTONES)
    days: list[tuple[float, Milestone | None]] = [(float(each.day), each) for each in milestones]
    days += [(day, None) for day in draw_days(rng, count - len(milestones))]
    # By day only: turning points have no order among themselves.
    yield from sorted(days, key=lambda each: each[0])


def _main_report(cast: Cast, scene: Scene) -> dict[str, object]:
    officer = cast.officer if scene.day < MILESTONES[-4].day else cast.second_officer
    return {
        "who": "police",
        "force": cast.force,
        "officer": officer,
        "reference": f"Crime {cast.crime_number}",
        "when": "the same day",
    }


def _attach(written: list[DemoEntry], plan: tuple[DemoExhibit, ...]) -> tuple[DemoEntry, ...]:
    exhibits: dict[str, list[str]] = {}
    for exhibit in plan:
        for key in exhibit.entries:
            exhibits.setdefault(key, []).append(exhibit.key)
    return tuple(replace(entry, exhibits=tuple(exhibits.get(entry.key, ()))) for entry in written)
