"""How well the time of an event is known, and how long after it was written down."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from daybook.site.demo.times import at_clock, minute_iso, say_about, say_clock, say_date, say_day, to_london

_KINDS: dict[str, tuple[tuple[str, float], ...]] = {
    "stamped": (("exact", 95), ("about", 5)),
    "seen": (("exact", 46), ("about", 33), ("between", 8), ("day", 9), ("unknown", 4)),
    "found": (("between", 45), ("about", 18), ("exact", 24), ("day", 13)),
    "heard": (("day", 48), ("unknown", 18), ("about-day", 17), ("days", 17)),
    "spell": (("days", 45), ("since", 55)),
}
_LATELY = (
    "one day lately",
    "some time in the last week or so",
    "one day, I can't say which",
    "a few days back, I think",
)
_DELAYS = ((0.50, 3, 90), (0.72, 90, 600), (0.92, 1200, 4300), (1.0, 4400, 17000))
"""Share of entries up to here, and how many minutes after the event they are written."""


@dataclass(frozen=True, slots=True)
class Timed:
    """When an event was: `when` as entry JSON takes it, and two phrases for it, with and without a clock."""

    when: object
    told_when: str
    told_day: str


def draw_written_at(rng: random.Random, moment: datetime, now: datetime) -> datetime:
    """Minutes to days after `moment`, and before `now`; in UTC, to the second."""
    share = rng.random()
    low, high = next((low, high) for limit, low, high in _DELAYS if share <= limit)
    seconds = rng.randint(low * 60, high * 60)
    written = (
        put_in_waking_hours(rng, moment + timedelta(seconds=seconds))
        if low >= 1200
        else moment + timedelta(seconds=seconds)
    )
    if not moment < written < now:
        written = moment + timedelta(seconds=rng.randint(180, 3600))
    return written.astimezone(UTC).replace(microsecond=0)


def put_in_waking_hours(rng: random.Random, moment: datetime) -> datetime:
    """The same day at an hour somebody may sit down to write, which is seldom four in the morning."""
    local = to_london(moment)
    if 7 <= local.hour < 23:
        return local
    return at_clock(local.replace(hour=rng.choice((7, 8, 12, 13, 17, 18, 19, 20, 21, 22))))


def draw_time(rng: random.Random, timing: str, moment: datetime, written: datetime) -> Timed:
    """Put the time of an event into one of the shapes a diary takes. Both moments are on UK clocks."""
    kinds = _KINDS[timing]
    kind = rng.choices([name for name, _ in kinds], [weight for _, weight in kinds])[0]
    day = say_day(moment, written)
    match kind:
        case "exact":
            clock = say_clock(moment, rng)
            return Timed(
                minute_iso(moment),
                rng.choice((f"at {clock} {day}", f"{day} at {clock}", f"{day}, {clock}")),
                day,
            )
        case "about":
            near = moment.replace(minute=moment.minute // 30 * 30)
            return Timed({"about": minute_iso(near)}, f"{say_about(near)} {day}", day)
        case "between":
            return _between(rng, moment, written, day)
        case "day":
            named = _say_whole_day(moment, written)
            tail = rng.choice(("", "", ", I did not note the time", " (no clock time)"))
            return Timed(moment.date().isoformat(), f"{named}{tail}", named)
        case "unknown":
            lately = rng.choice(_LATELY)
            return Timed({"kind": "unknown"}, lately, lately)
        case "about-day":
            return Timed(
                {"about": moment.date().isoformat()},
                f"around {say_date(moment)}",
                f"around {say_date(moment)}",
            )
        case "since":
            start = moment - timedelta(days=rng.randint(3, 12))
            return Timed({"since": start.date().isoformat()}, f"since {say_date(start)}", day)
        case _:
            return _days(rng, moment, day)


def _between(rng: random.Random, moment: datetime, written: datetime, day: str) -> Timed:
    start = to_london(moment - timedelta(minutes=rng.choice((25, 40, 75, 150, 240, 420, 600))))
    when = {"from": minute_iso(start), "to": minute_iso(moment)}
    first, last = say_clock(start, rng), say_clock(moment, rng)
    if start.date() == moment.date():
        named = _say_whole_day(moment, written)
        return Timed(when, f"some time between {first} and {last} {named}", day)
    return Timed(when, f"some time between {first} on {start:%A} and {last} the next day", day)


def _days(rng: random.Random, moment: datetime, day: str) -> Timed:
    end = moment - timedelta(days=1)
    start = end - timedelta(days=rng.randint(2, 8))
    when = {"from": start.date().isoformat(), "to": end.date().isoformat()}
    first = f"{start:%A} {start.day}" if start.month == end.month else say_date(start)
    return Timed(when, f"from {first} to {say_date(end)}", day)


def _say_whole_day(moment: datetime, written: datetime) -> str:
    days = (written.date() - moment.date()).days
    return "today" if days == 0 else "yesterday" if days == 1 else f"on {say_date(moment)}"
