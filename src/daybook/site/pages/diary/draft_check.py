"""What a draft comes to: the entry it would become, or what is to be put right first; and the way back from an entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from daybook.diary.drafts import ReadDraft, Typed
from daybook.kernel.entry import EntryFields, InvalidEntry, parse_entry
from daybook.site.pages.diary.entry_words import rows_of
from daybook.site.pages.diary.sections import FILES, SECTIONS, Around, Fault, Section
from daybook.site.pages.diary.sections.section import ONLY_TO_CHECK_THE_REST

MOST_HINT = 90


@dataclass(frozen=True, slots=True)
class FoundFault:
    """Something to put right, and the section it is in."""

    section: Section
    fault: Fault


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft that was looked at as a whole: ``fields`` is there when nothing is left to be put right."""

    faults: list[FoundFault]
    fields: EntryFields | None


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the list of sections, as the component ``task_list.html`` wants it."""

    title: str
    url: str
    hint: str
    status: str
    tone: str


def check_draft(draft: ReadDraft, around: Around) -> Checked:
    """Read what was typed as a whole; where it will not do, section by section, so that each fault has its place."""
    answered = [section for section in SECTIONS if draft.sections.get(section.slug) or section is SECTIONS[0]]
    readings = [section.read(draft.sections.get(section.slug, {}), around) for section in answered]
    if not any(reading.faults for reading in readings):
        values: dict[str, Any] = {}
        for reading in readings:
            values |= reading.values
        try:
            return Checked([], parse_entry(values, default_zone=around.zone))
        except InvalidEntry:
            pass  # found below, section by section
    faults = [
        FoundFault(section, fault)
        for section in answered
        for fault in section.faults(draft.sections.get(section.slug, {}), around)
    ]
    return Checked(faults, None)


def tasks_of(draft: ReadDraft, around: Around, address: str) -> list[Task]:
    """The list of sections with how each stands. ``address`` is where the draft's pages begin."""
    return [_task(section, draft.sections.get(section.slug, {}), around, address) for section in SECTIONS]


def sections_of(values: Mapping[str, Any]) -> dict[str, Typed]:
    """A kept entry as the sections of a draft: what one would have typed."""
    typed = {section.slug: section.typed(values) for section in SECTIONS}
    return {slug: answers for slug, answers in typed.items() if answers}


@dataclass(frozen=True, slots=True)
class Merged:
    """A draft on a newer version: ``both`` are the sections that were changed here and there; hers stands in the draft."""

    sections: dict[str, Typed]
    both: list[Section]


def merge(
    draft: ReadDraft, begun_from: Mapping[str, Any], newest: Mapping[str, Any], around: Around
) -> Merged:
    """Put a draft that was begun from one version onto a newer one: what she did not touch comes from the newer."""
    old, new = sections_of(begun_from), sections_of(newest)
    merged = dict(draft.sections)
    both = []
    for section in SECTIONS:
        slug = section.slug
        here, before, there = (
            section.read(typed.get(slug, {}), around).values for typed in (draft.sections, old, new)
        )
        if there == before:
            continue
        if here == before:
            merged[slug] = new.get(slug, {})
        elif here != there:
            both.append(section)
    return Merged(merged, both)


def _task(section: Section, typed: Typed, around: Around, address: str) -> Task:
    url = f"{address}{section.slug}/"
    if section is FILES:
        count = len(FILES.chosen(typed, around)) + len(around.attached)
        hint = ("1 file" if count == 1 else f"{count} files") if count else ""
        return Task(section.title, url, hint, "Saved" if count else "Not said", "blue" if count else "grey")
    reading = section.read(typed, around)
    empty = not any(reading.values.values()) and not reading.faults
    if empty:
        needed = section is SECTIONS[0]
        return Task(
            section.title, url, "", "Needed" if needed else "Not said", "yellow" if needed else "grey"
        )
    if section.faults(typed, around):
        return Task(section.title, url, "Saved as you typed it", "Look again", "yellow")
    return Task(section.title, url, _hint(section, reading.values, around), "Saved", "blue")


def _one_line(text: str) -> str:
    """Lines of a row one after the other, told apart where no mark does so."""
    return " · ".join(" ".join(line.split()) for line in text.splitlines() if line.strip())


def _hint(section: Section, values: Mapping[str, Any], around: Around) -> str:
    if section.slug == "feelings":
        # Nobody has to see them again by passing through this page.
        return "Kept apart"
    try:
        fields = parse_entry({"words": ONLY_TO_CHECK_THE_REST, **values}, default_zone=around.zone)
    except InvalidEntry:
        return ""
    said = (
        fields.words
        if section is SECTIONS[0]
        else " · ".join(_one_line(row.value) for row in rows_of(fields, around))
    )
    said = " ".join(said.split())
    return said if len(said) <= MOST_HINT else f"{said[:MOST_HINT].rstrip()}…"
