"""What police were told, gathered by force and reference: short for the first page, whole for a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from daybook.packs.counting_words import count_words, incident_numbers

JSON = Any
MOST_LINES = 8
"""References to the police that the first page lists; when there are more, they have a table at the end."""
_BUSIEST_LINES = 3


@dataclass(slots=True)
class Report:
    """What one force was told under one reference (empty when none was written down)."""

    force: str
    reference: str
    incidents: list[int] = field(default_factory=list)
    officers: list[str] = field(default_factory=list)


def gather_reports(fields: Iterable[JSON]) -> list[Report]:
    """Each force and reference once, with the incidents it was given for."""
    found: dict[tuple[str, str], Report] = {}
    for number, one in enumerate(fields, 1):
        for told in one.get("told") or ():
            if told.get("who") == "police":
                key = (told.get("force") or "police", told.get("reference") or "")
                report = found.setdefault(key, Report(*key))
                if number not in report.incidents:
                    report.incidents.append(number)
                officer = told.get("officer") or ""
                if officer and officer not in report.officers:
                    report.officers.append(officer)
    return list(found.values())


def report_lines(reports: list[Report]) -> list[str]:
    """The references for the first page: all when they are few, else how many, and those met most often."""
    if len(reports) <= MOST_LINES:
        return [_report_words(report) for report in reports]
    lines = []
    for force in dict.fromkeys(report.force for report in reports):
        of_force = [report for report in reports if report.force == force]
        incidents = {number for report in of_force for number in report.incidents}
        references = sum(bool(report.reference) for report in of_force)
        lines.append(
            f"{force} – told of {count_words(len(incidents), 'incident')}, {count_words(references, 'reference')}"
        )
    often = sorted((one for one in reports if len(one.incidents) > 1), key=lambda one: -len(one.incidents))
    return lines[:MOST_LINES] + [_report_words(report) for report in often[:_BUSIEST_LINES]]


def _report_words(report: Report) -> str:
    told = f"{report.force}, reference {report.reference}" if report.reference else report.force
    return f"{told} – {incident_numbers(report.incidents)}"
