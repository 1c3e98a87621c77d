"""Lays out the printed chronology: every text ready to set, in the order of the pages, as plain data for
the template.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC
from typing import Any

from daybook.kernel.chronology import HOME_ZONE
from daybook.packs.contents import Audience, Contents
from daybook.packs.counting_words import count_words, incident_numbers, number_runs
from daybook.packs.lettering import Lettering, bare, emoji_pattern
from daybook.packs.page_room import amendment_is_short, incident_is_short
from daybook.packs.police_reports import MOST_LINES, gather_reports, report_lines
from daybook.packs.telling import WITNESS_FIELD, Telling, current_fields
from daybook.packs.wording import MONTHS, fingerprint_groups, recorded_words

JSON = Any
_SOURCES = {
    "upload": "uploaded",
    "command line": "added by command line",
    "command-line": "added by command line",
}
_LEFT_OUT = {
    "words": "the words",
    "when": "the time",
    "place": "the place",
    "said": "the words used",
    "suspects": "who did it",
    "effect": "the effect",
    "told": "who was told",
    "order_breached": "the question about an order",
    "behaviours": "the kind of behaviour",
    "contact": "how contact was made",
    "identifiers": "numbers and handles",
    "changes": "changes in daily life",
}
"""Feelings are not named: that they are left out is the ordinary case, and no invitation to ask for them."""

_UK_TIME = " (UK time)"
"""How the readings end that the table says once in its head."""
_ORDER_BROKEN = "order-broken"
"""The kind of behaviour that a table need not name beside "order said to be breached"."""
_SHORT_CASE = 12
"""So many incidents have their table in one piece and need no new page to begin on."""
_REFERENCE_LETTERS = 150
_ROW_LETTERS = 900
"""A table row with fewer letters than this in every cell is surely shorter than a page, and never split."""


def lay_out_chronology(contents: Contents, document: JSON) -> Callable[[Lettering, bool], JSON]:
    """A function that lays ``document`` (chronology.json of ``contents``) out for given letters, with or
    without pictures.
    """

    def lay_out(lettering: Lettering, with_pictures: bool) -> JSON:
        return _Layout(contents, document, lettering, with_pictures).whole()

    return lay_out


class _Layout:
    """One laying-out of one document."""

    def __init__(self, contents: Contents, document: JSON, lettering: Lettering, with_pictures: bool) -> None:
        self.contents = contents
        self.document = document
        self.telling = Telling.of(document)
        self.line = lettering.line
        self.paragraphs = lettering.paragraphs
        self.families = list(lettering.families)
        self.emoji = lettering.emoji
        self.pictures = set(contents.thumbnails) if with_pictures else set()
        self.zone = contents.zone
        self.exhibits = {item["id"]: current_fields(item) for item in document["exhibits"]}
        self.holders: dict[str, list[int]] = {}
        for number, entry in enumerate(document["entries"], 1):
            for exhibit in _attached(entry):
                self.holders.setdefault(exhibit, []).append(number)
        self.reports = gather_reports(current_fields(entry) for entry in document["entries"])

    def whole(self) -> JSON:
        """The data of the template."""
        made = self.contents.made_at.astimezone(UTC)
        name, initials = self.contents.producer.name, self.contents.producer.initials
        entries = self.document["entries"]
        return {
            "families": self.families,
            "emoji": self.emoji,
            "emoji_pattern": emoji_pattern(),
            "timestamp": int(made.timestamp()),
            "date": [made.year, made.month, made.day, made.hour, made.minute, made.second],
            "title": f"Chronology of incidents – {bare(self.line(name))}",
            "author": bare(self.line(name)),
            "who": self.line(f"{name} ({initials})"),
            "made": recorded_words(self.contents.made_at, self.zone),
            "zone": "UK time" if self.zone == HOME_ZONE else self.line(self.zone),
            "summary": [
                [label, [self.line(text) for text in texts]] for label, texts in self.summary() if texts
            ],
            "police": self.police_rows() if len(self.reports) > MOST_LINES else [],
            "police_only": any(one.audience is Audience.POLICE for one in self.contents.disclosures),
            "fingerprint": fingerprint_groups(self.contents.head).split(),
            "ledger_length": len(self.contents.ledger),
            "head_when": "When (UK time unless it says another)" if self.zone == HOME_ZONE else "When",
            "short": len(entries) <= _SHORT_CASE,
            "incidents": [self.incident(number, entry) for number, entry in enumerate(entries, 1)],
            "exhibits": [self.exhibit_row(item) for item in self.document["exhibits"]],
        }

    def summary(self) -> list[tuple[str, list[str]]]:
        """What an officer needs before the first incident."""
        telling, entries = self.telling, self.document["entries"]
        fields = [current_fields(entry) for entry in entries]
        behaviours = Counter(code for one in fields for code in one.get("behaviours") or ())
        breaches = [
            n for n, one in enumerate(fields, 1) if (one.get("order_breached") or {}).get("answer") == "yes"
        ]
        readings = [entry["versions"][-1]["reading"]["when"] for entry in entries]
        times = [reading["words"] for reading in readings if reading["kind"] != "unknown"]
        suspects = [telling.suspect_names[item["id"]] for item in self.document["suspects"]]
        relationships = [current_fields(item).get("relationship") for item in self.document["suspects"]]
        changed = sum(len(entry["versions"]) > 1 for entry in entries)
        return [
            ("Made by", [f"{self.contents.producer.name} ({self.contents.producer.initials})"]),
            ("Made on", [recorded_words(self.contents.made_at, self.zone)]),
            ("Days chosen", [_period_words(self.contents)]),
            (
                "Incidents",
                [count_words(len(entries), "incident") + (f", {changed} changed later" if changed else "")],
            ),
            ("First", times[:1]),
            ("Last", times[-1:] if len(times) > 1 else []),
            ("Exhibits", [count_words(len(self.exhibits), "exhibit")]),
            ("Removed by the person", [self._removed(one) for one in self.document.get("removed", ())]),
            (
                "Who is said to be doing it",
                [
                    f"{name} – {how}" if how else name
                    for name, how in zip(suspects, relationships, strict=True)
                ],
            ),
            (
                "Kinds of behaviour",
                [
                    "; ".join(
                        f"{telling.label(code, 'behaviours')} ({count})"
                        for code, count in behaviours.most_common()
                    )
                ]
                if behaviours
                else [],
            ),
            ("Order said to be breached", [incident_numbers(breaches)] if breaches else []),
            ("Told to police", report_lines(self.reports)),
            (
                "Witnesses",
                ["; ".join(sorted(telling.witness_names.values()))] if telling.witness_names else [],
            ),
        ]

    def _removed(self, one: JSON) -> str:
        """An exhibit that the person removed from her record: when, and why where she wants that said."""
        words = f"{one['fields'].get('reference', 'an exhibit')}, on {recorded_words(one['removed_at'], self.zone)}"
        reason = one["fields"].get("reason")
        return f"{words}. Reason: {reason}" if reason else words

    def incident(self, number: int, entry: JSON) -> JSON:
        """One block of the chronology, and its row in the table before."""
        version, fields = entry["versions"][-1], current_fields(entry)
        changes = len(entry["versions"]) - 1
        written = f"{_capital(entry['reading']['written'])} · recorded {self._recorded(entry['versions'][0])}"
        when = _capital(version["reading"]["when"]["words"])
        breached = (fields.get("order_breached") or {}).get("answer") == "yes"
        references = ", ".join(self.telling.exhibits(entry))
        made = {
            "number": number,
            "label": f"incident-{number}",
            "when": self.line(when),
            "short_when": self.line(when.removesuffix(_UK_TIME) if self.zone == HOME_ZONE else when),
            "written": self.line(written + (f" · changed {_times(changes)}, shown below" if changes else "")),
            "kinds": [
                self.line(self.telling.label(code, "behaviours"))
                for code in fields.get("behaviours") or ()
                if not (breached and code == _ORDER_BROKEN)
            ],
            "breached": breached,
            "references": references,
            "row_whole": len(references) < _REFERENCE_LETTERS,
            "words": self.paragraphs(fields.get("words", "")),
            "facts": [
                [label, [line for text in texts for line in self.paragraphs(text)], quoted]
                for label, texts, quoted in self._facts(fields)
                if any(text.strip() for text in texts)
            ],
            "left_out": "; ".join(self._left_out(version)),
            "exhibits": [
                self._picture(one["exhibit"]) for one in entry["attachments"] if one["detached_at"] is None
            ],
            "amendments": [
                self._amendment(before, after)
                for before, after in zip(entry["versions"], entry["versions"][1:], strict=False)
            ],
        }
        return made | {"whole": incident_is_short(made)}

    def exhibit_row(self, item: JSON) -> JSON:
        """One row of the index of exhibits."""
        fields = current_fields(item)
        parent = fields.get("parent")
        held_by = self.holders.get(item["id"], [])
        source = str(fields.get("source") or "")
        name = self.line(str(fields.get("name", "")))
        kept = [
            f"{fields['type']}" if fields.get("type") else "",
            _size_words(fields["size"]) if "size" in fields else "",
            f"kept {recorded_words(item['versions'][0]['recorded_at'], self.zone)}",
            _SOURCES.get(source, source),
            f"edited copy of {self.telling.references.get(parent, 'an exhibit left out')}" if parent else "",
        ]
        told = self.line(", ".join(filter(None, kept)))
        said = self.line(", ".join(item["reading"]["says"]))
        shown = self.line(_shown_words(item))
        incidents = incident_numbers(held_by) if held_by else "not attached"
        sha256 = str(fields.get("sha256", "left out"))
        return {
            "reference": self.line(self.telling.references[item["id"]]),
            "name": name,
            "facts": told,
            "says": said,
            "shows": shown,
            "incidents": incidents,
            "sha256": [sha256[place : place + 8] for place in range(0, len(sha256), 8)],
            "row_whole": max(map(len, (bare(name), bare(told), bare(said) + bare(shown), incidents)))
            < _ROW_LETTERS,
        }

    def police_rows(self) -> list[JSON]:
        """One row for each reference the police gave, in the order it was first given."""
        rows = []
        for report in self.reports:
            told = (report.force, report.reference or "none written down", ", ".join(report.officers))
            rows.append(
                {
                    "cells": [self.line(text) for text in (*told, number_runs(report.incidents))],
                    "row_whole": max(map(len, told)) < _ROW_LETTERS // 4,
                }
            )
        return rows

    def _facts(self, fields: JSON) -> list[tuple[str, list[str], bool]]:
        telling = self.telling
        return [
            ("Where", [telling.place(fields)], False),
            ("Kind", ["; ".join(telling.codes(fields, "behaviours"))], False),
            ("Contact by", ["; ".join(telling.codes(fields, "contact"))], False),
            ("Identifiers", telling.identifiers(fields.get("identifiers")), False),
            ("Who", telling.suspects(fields), False),
            ("Words used", [fields.get("said") or ""], True),
            ("Witnesses", telling.witnesses(fields), False),
            ("Effect", [fields.get("effect") or ""], False),
            ("Daily life", ["; ".join(telling.codes(fields, "changes"))], False),
            ("Told", telling.told(fields), False),
            ("Order breached?", [telling.order(fields)], False),
            ("Feelings", [fields.get("feelings") or ""], False),
        ]

    def _amendment(self, before: JSON, after: JSON) -> JSON:
        """What one amendment changed: the old text of each changed part, and why."""
        old = {label: texts for label, texts, _ in self._facts(before["fields"])}
        new = {label: texts for label, texts, _ in self._facts(after["fields"])}
        old |= {"Words": [before["fields"].get("words", "")], "When": [before["reading"]["when"]["words"]]}
        new |= {"Words": [after["fields"].get("words", "")], "When": [after["reading"]["when"]["words"]]}
        changed = [label for label in ("Words", "When", *old) if old[label] != new[label]]
        no_reason = "Left out." if "reason" in after["withheld"] else "No reason given."
        made = {
            "title": self.line(f"Version {after['version']}, {self._recorded(after)}"),
            "reason": self.paragraphs(after["fields"].get("reason") or no_reason),
            "before": [
                [
                    f"{label} before",
                    [line for text in old[label] for line in self.paragraphs(text)] or ["(nothing)"],
                ]
                for label in dict.fromkeys(changed)
            ],
        }
        return made | {"whole": amendment_is_short(made)}

    def _picture(self, exhibit: str) -> JSON:
        fields = self.exhibits.get(exhibit, {})
        reference, name = self.telling.references.get(exhibit, "left out"), str(fields.get("name", ""))
        told = {"reference": self.line(reference), "name": self.line(name)}
        if exhibit not in self.pictures:
            return told
        picture = self.contents.thumbnails[exhibit]
        return told | {
            "file": f"{exhibit}.svg",
            "portrait": picture.height > picture.width,
            "alt": f"Small picture of exhibit {bare(told['reference'])}, file {bare(told['name'])}",
        }

    def _left_out(self, version: JSON) -> Iterable[str]:
        names = version["withheld"]
        witnesses = sum(name.startswith(WITNESS_FIELD) for name in names)
        return [
            *(_LEFT_OUT[name] for name in names if name in _LEFT_OUT),
            *(["a witness"] if witnesses else []),
        ]

    def _recorded(self, version: JSON) -> str:
        return recorded_words(version["recorded_at"], self.zone)


def _attached(entry: JSON) -> set[str]:
    return {one["exhibit"] for one in entry["attachments"] if one["detached_at"] is None}


def _period_words(contents: Contents) -> str:
    first, last = contents.period.first, contents.period.last
    words = [f"{day.day} {MONTHS[day.month - 1]} {day.year}" if day else "" for day in (first, last)]
    match first, last:
        case None, None:
            return "All, whatever the date"
        case None, _:
            return f"Up to {words[1]}"
        case _, None:
            return f"From {words[0]}"
        case _:
            return f"{words[0]} to {words[1]}"


def _shown_words(item: JSON) -> str:
    """What an exhibit shows, in the newest words about it, and whose words they are."""
    told = [one["fields"] for one in item.get("descriptions") or () if one["fields"].get("shows")]
    if not told:
        return ""
    whose = "someone who looked at it" if told[-1].get("by_helper") else "the person"
    return f"What it shows, in the words of {whose}: {' '.join(told[-1]['shows'].split())}"


def _size_words(size: int) -> str:
    for unit, one in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= one:
            return f"{size / one:.1f} {unit} ({size:,} bytes)"
    return count_words(size, "byte")


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
