"""When it happened, as vaguely as she knows it."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms

from daybook.diary.drafts import Typed
from daybook.kernel.chronology import InvalidTime, came_twice, open_zone
from daybook.site.pages.diary.sections.around import Around
from daybook.site.pages.diary.sections.section import (
    Fault,
    Group,
    Reading,
    Section,
    Values,
    line,
    radios,
    said,
    text_of,
    tick,
)
from daybook.site.pages.diary.sections.typed_times import iso_clock, iso_day

KINDS = (
    ("exact", "At this exact time"),
    ("about", "At about this time, or about this day"),
    ("day", "On this day. I do not know the time"),
    ("between", "At some point between two times or days"),
    ("since", "It has been going on since then"),
    ("unknown", "I do not know when"),
)
_ENDS = {"between": "end", "since": "until"}
_STARTS = {"exact": "at", "about": "at", "day": "date", "between": "start", "since": "start"}


class ZoneInput(forms.TextInput):
    """A text with the names of the world's time zones to choose from."""

    template_name = "diary/zone_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """As Django's, with the names."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["zones"] = zones()
        return context


@cache
def zones() -> tuple[str, ...]:
    """Every time zone that is named for a place."""
    names = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return tuple(sorted(name for name in names if _opens(name)))


class Time(Section):
    """When it happened."""

    slug = "when"
    title = "When it happened"
    question = "When did it happen?"
    why = (
        "Times help to see how often things happen and what belongs together. A rough time is fine, and so is "
        "“I do not know”. Never guess an exact time."
    )
    template = "diary/section_when.html"

    def groups(self, typed: Typed, around: Around) -> list[Group]:
        """How well she knows it, the time, and behind folds the end and the zone."""
        groups = [
            Group({"kind": radios("How well do you know it?", KINDS)}),
            Group(_day_and_clock("", "Day", "Time"), side_by_side=True),
        ]
        if text_of(typed, "again") or _shown_twice(typed, around.zone):
            hint = "The clocks went back that night, so this time came twice."
            groups.append(Group({"again": tick("It was the second time the clock showed this", hint)}))
        groups.append(
            Group(
                _day_and_clock("end_", "End day", "End time"),
                hint="Only for “between two times” and “going on since”.",
                fold="It had an end",
                side_by_side=True,
            )
        )
        hint = "Leave this as it is for UK time. Else type a city, such as Europe/Paris."
        zone = forms.Field(required=False, label="Time zone", help_text=hint, widget=ZoneInput())
        groups.append(Group({"zone": zone}, fold="It was in another time zone"))
        return groups

    def read(self, typed: Typed, around: Around) -> Reading:
        """The kernel's shape of a vague time; a time without a choice of kind is taken for what it says."""
        start, end = _moment(typed, ""), _moment(typed, "end_")
        kind = text_of(typed, "kind") or _implied(typed)
        reading = Reading()
        if not kind:
            return reading
        zone = text_of(typed, "zone").strip() or around.zone
        reading.faults = _left_over(kind, typed)
        reading.controls = {"/when": "kind", "/when/kind": "kind", "/when/zone": "zone"}
        if kind == "unknown":
            reading.values = {"when": {"kind": "unknown"}}
            return reading
        value: dict[str, str] = {"kind": kind, "zone": zone}
        name = _STARTS.get(kind)
        if name is not None:
            value[name] = _second_time(start, zone) if text_of(typed, "again") else start
            reading.controls[f"/when/{name}"] = (
                "time" if kind == "exact" and not said(text_of(typed, "time")) else "date"
            )
        if kind in _ENDS and (end or kind == "between"):
            value[_ENDS[kind]] = end
            reading.controls[f"/when/{_ENDS[kind]}"] = "end_date"
        reading.values = {"when": value}
        return reading

    def typed(self, values: Values) -> dict[str, list[str]]:
        """The day and clock time of each end."""
        when: Mapping[str, str] = values.get("when", {})
        kind = when.get("kind", "")
        typed = {"kind": kind, "zone": when.get("zone", "")}
        if name := _STARTS.get(kind):
            typed |= _typed_moment(when[name], "")
            typed |= _typed_again(when[name], when["zone"])
        if kind in _ENDS and _ENDS[kind] in when:
            typed |= _typed_moment(when[_ENDS[kind]], "end_")
        return {name: [text] for name, text in typed.items() if text}

    def quick(self, answer: str, around: Around) -> Typed | None:
        """“It happened just now” and “today”: never more exact than was said."""
        here = around.now.astimezone(open_zone(around.zone))
        today = {"date": [here.date().isoformat()], "zone": [around.zone]}
        if answer == "now":
            return {"kind": ["about"], "time": [here.strftime("%H:%M")], **today}
        return {"kind": ["day"], **today} if answer == "today" else None


def _day_and_clock(prefix: str, day: str, clock: str) -> dict[str, forms.Field]:
    return {
        f"{prefix}date": line(day, kind="date", width="govuk-input--width-10"),
        f"{prefix}time": line(clock, kind="time", width="govuk-input--width-5"),
    }


def _moment(typed: Typed, prefix: str) -> str:
    day, clock = iso_day(text_of(typed, f"{prefix}date")), iso_clock(text_of(typed, f"{prefix}time"))
    return f"{day}T{clock}" if clock else day


def _implied(typed: Typed) -> str:
    """What a time says by itself where no kind was chosen; empty where nothing was typed."""
    if said(text_of(typed, "end_date")) or said(text_of(typed, "end_time")):
        return "between"
    if said(text_of(typed, "time")):
        return "exact"
    return "day" if said(text_of(typed, "date")) else ""


def _left_over(kind: str, typed: Typed) -> list[Fault]:
    """What the chosen kind of time needs and has not, or has and cannot keep: nothing typed is dropped unsaid."""
    faults = []
    day, clock, end_day, end_clock = (
        text_of(typed, name) for name in ("date", "time", "end_date", "end_time")
    )
    if kind == "unknown" and any(map(said, (day, clock, end_day, end_clock))):
        return [Fault("kind", "You typed a day or time too. Choose “about”, or take it out.")]
    if kind != "unknown" and not said(day):
        faults.append(Fault("date", "Give the day, or choose “I do not know when”."))
    if kind == "day" and said(clock):
        faults.append(Fault("kind", "You typed a time too. Choose “exact” or “about”, or take the time out."))
    if kind == "between" and not said(end_day):
        faults.append(Fault("end_date", "Give the day it ended, or choose “about”."))
    if kind == "since" and said(end_clock) and not said(end_day):
        faults.append(Fault("end_date", "Give the day it ended, or take the end time out."))
    if kind in ("exact", "about", "day") and (said(end_day) or said(end_clock)):
        faults.append(
            Fault("kind", "You typed an end too. Choose “between” or “going on”, or take the end out.")
        )
    return faults


def _shown_twice(typed: Typed, zone: str) -> bool:
    with suppress(ValueError, InvalidTime):
        local = datetime.fromisoformat(_moment(typed, ""))
        clock = said(text_of(typed, "time")) and local.tzinfo is None
        return clock and came_twice(local, text_of(typed, "zone").strip() or zone)
    return False


def _second_time(moment: str, zone: str) -> str:
    """The moment with its offset, after the clocks went back."""
    with suppress(ValueError, InvalidTime):
        local = datetime.fromisoformat(moment)
        if came_twice(local, zone):
            return local.replace(tzinfo=open_zone(zone), fold=1).isoformat()
    return moment


def _typed_moment(kept: str, prefix: str) -> dict[str, str]:
    day, _, clock = kept.partition("T")
    if not clock:
        return {f"{prefix}date": day}
    local = datetime.fromisoformat(kept)
    whole_minute = not local.second and not local.microsecond
    shown = local.strftime("%H:%M") if whole_minute else local.replace(tzinfo=None).time().isoformat()
    return {f"{prefix}date": day, f"{prefix}time": shown}


def _typed_again(kept: str, zone: str) -> dict[str, str]:
    if "T" not in kept:
        return {}
    at = datetime.fromisoformat(kept)
    local = at.astimezone(open_zone(zone))
    return {"again": "on"} if local.fold and came_twice(local.replace(tzinfo=None), zone) else {}


def _opens(name: str) -> bool:
    try:
        open_zone(name)
    except InvalidTime:
        return False
    return True
