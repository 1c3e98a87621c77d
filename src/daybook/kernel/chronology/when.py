"""When something happened, as vaguely as the person knows it: a closed set of frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from .errors import InvalidTime
from .moments import Moment, earliest, keep_moment, latest
from .zones import check_day, open_zone

CLOCK_TIME_NEEDED = "An exact time needs a clock time. For a whole day, give the date alone."


def _keep(when: object, field: str, moment: Moment, zone: str) -> None:
    """Put the moment into a frozen value in the one form it is kept in."""
    try:
        object.__setattr__(when, field, keep_moment(moment, zone))
    except InvalidTime as error:
        raise InvalidTime(error.words, error.pointer or f"/{field}") from error


@dataclass(frozen=True, slots=True)
class Exact:
    """At this instant. `at` is kept on the wall clock of `zone`, with its offset."""

    at: datetime
    zone: str

    def __post_init__(self) -> None:
        if not isinstance(self.at, datetime):
            raise InvalidTime(CLOCK_TIME_NEEDED, "/at")
        _keep(self, "at", self.at, self.zone)


@dataclass(frozen=True, slots=True)
class About:
    """At about this instant, or about this day."""

    at: Moment
    zone: str

    def __post_init__(self) -> None:
        _keep(self, "at", self.at, self.zone)


@dataclass(frozen=True, slots=True)
class Between:
    """At some point, or all the time, between two moments; both ends are included."""

    start: Moment
    end: Moment
    zone: str

    def __post_init__(self) -> None:
        _keep(self, "start", self.start, self.zone)
        _keep(self, "end", self.end, self.zone)
        if earliest(self.start, self.zone) > latest(self.end, self.zone):
            raise InvalidTime("The end is before the start. Check both, or swap them.", "/end")


@dataclass(frozen=True, slots=True)
class Day:
    """On this day, at a time not given."""

    date: date
    zone: str

    def __post_init__(self) -> None:
        if isinstance(self.date, datetime):
            raise InvalidTime("A day is a date without a clock time.", "/date")
        open_zone(self.zone)
        try:
            check_day(self.date, self.zone)
        except InvalidTime as error:
            raise InvalidTime(error.words, "/date") from error


@dataclass(frozen=True, slots=True)
class Since:
    """Going on since a moment; `until` is None while it goes on or when its end is not known."""

    start: Moment
    zone: str
    until: Moment | None = None

    def __post_init__(self) -> None:
        _keep(self, "start", self.start, self.zone)
        if self.until is None:
            return
        _keep(self, "until", self.until, self.zone)
        if earliest(self.start, self.zone) > latest(self.until, self.zone):
            raise InvalidTime("The end is before the start. Check both, or swap them.", "/until")


@dataclass(frozen=True, slots=True)
class Unknown:
    """The person does not know when: an answer like any other."""


When: TypeAlias = Exact | About | Between | Day | Since | Unknown
