"""When a file says it was made, beside when the person says something happened: in words, and honest about time zones."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from daybook.kernel.chronology import About, Between, Day, Exact, Since, Unknown, When, open_zone
from daybook.kernel.chronology.calendar_words import zone_words
from daybook.kernel.chronology.moments import Moment, earliest, latest

_SAME = timedelta(minutes=1)
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """When a file says it was made.

    Args:
        at: the device's clock as it stood, without a zone.
        offset: the clock's difference from UTC; None where the file does not say.
    """

    at: datetime
    offset: timedelta | None = None

    def instant(self, zone: str) -> datetime:
        """The instant in UTC; where the file does not say its zone, as if the clock had shown the time in `zone`."""
        known = open_zone(zone) if self.offset is None else timezone(self.offset)
        return self.at.replace(tzinfo=known).astimezone(UTC)

    @property
    def first_possible(self) -> datetime:
        """The earliest instant in UTC it can mean: no zone is further ahead than fourteen hours."""
        offset = timedelta(hours=14) if self.offset is None else self.offset
        return (self.at - offset).replace(tzinfo=UTC)


def beside_event(taken: Taken, when: When) -> str:
    """Say how a file's time lies to an event's, like "taken 12 minutes after the time you gave"."""
    if isinstance(when, Unknown):
        return "you gave no time to compare it with"
    words = _words(taken.instant(when.zone), when)
    if taken.offset is None:
        return f"{words}, if its clock showed {zone_words(when.zone)}; the file does not say in which time zone it was"
    return words


def span_words(span: timedelta) -> str:
    """A length of time as people say it: "12 minutes", "3 hours 5 minutes", "2 days", "about 4 months"."""
    minutes = int(span.total_seconds() // 60)
    hours, days = minutes // 60, minutes // 1440
    if days >= 730:
        return f"about {round(days / 365.25)} years"
    if days >= 60:
        return f"about {round(days / 30.44)} months"
    if days:
        rest = hours - 24 * days
        return _count(days, "day") + (f" {_count(rest, 'hour')}" if rest and days < 3 else "")
    if hours:
        rest = minutes - 60 * hours
        return _count(hours, "hour") + (f" {_count(rest, 'minute')}" if rest else "")
    return _count(minutes, "minute") if minutes else "less than a minute"


def moment_words(at: datetime) -> str:
    """Like "20 November 2026, 18:00:00"."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M:%S}"


def _words(taken: datetime, when: Exact | About | Between | Day | Since) -> str:
    match when:
        case Exact(at, zone):
            return _beside(taken, at, zone, "the time you gave", "the day you gave")
        case About(at, zone):
            return _beside(taken, at, zone, "the time you gave as “about”", "the day you gave as “about”")
        case Day(day, zone):
            return _beside(taken, day, zone, "", "the day you gave")
        case Between(start, end, zone):
            if taken < earliest(start, zone) - _SAME:
                return f"taken {span_words(earliest(start, zone) - taken)} before the first time you gave"
            if taken > latest(end, zone) + _SAME:
                return f"taken {span_words(taken - latest(end, zone))} after the last time you gave"
            return "taken between the two times you gave"
        case Since(start, zone, until):
            if taken < earliest(start, zone) - _SAME:
                return f"taken {span_words(earliest(start, zone) - taken)} before it began, by what you wrote"
            if until is not None and taken > latest(until, zone) + _SAME:
                return f"taken {span_words(taken - latest(until, zone))} after it ended, by what you wrote"
            return "taken while it went on, by what you wrote"


def _beside(taken: datetime, moment: Moment, zone: str, a_time: str, a_day: str) -> str:
    if not isinstance(moment, datetime):
        return _beside_day(taken.astimezone(open_zone(zone)).date(), moment, a_day)
    apart = taken - moment.astimezone(UTC)
    if abs(apart) < _SAME:
        return f"taken within a minute of {a_time}"
    return f"taken {span_words(abs(apart))} {'after' if apart > timedelta(0) else 'before'} {a_time}"


def _beside_day(taken: date, day: date, a_day: str) -> str:
    apart = taken - day
    if not apart:
        return f"taken on {a_day}"
    return f"taken {span_words(abs(apart))} {'after' if apart > timedelta(0) else 'before'} {a_day}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
