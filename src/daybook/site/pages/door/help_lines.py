"""Who can help: read from data/help_lines.toml, where each line carries its source, its day, and how sure it is."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

from daybook.kernel.facts.fact import Fact
from daybook.kernel.facts.reading import read_table

Group: TypeAlias = Literal["danger", "police", "stalking", "home", "online", "talk", "young", "near"]

HEADINGS: dict[Group, str] = {
    "danger": "In danger now",
    "police": "Police, when nobody is in danger right now",
    "stalking": "If someone will not leave you alone",
    "home": "If it is a partner, an ex or family",
    "online": "Pictures, accounts and money",
    "talk": "Someone to talk to",
    "young": "If you are young, or worried about a child",
    "near": "In Leicestershire, Rutland and Northamptonshire",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpLine(Fact):
    """One way to get help: `label` names it, `hint` says for whom.

    `contact` is what to dial or do, as it is read out; `call` holds the digits where a tap may dial them. `hours` is empty
    where we do not know them.
    """

    group: Group
    contact: str
    does: str
    does_not: str
    call: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line and what must stand beside it on a given day."""

    line: HelpLine
    badge: str


@dataclass(frozen=True, slots=True)
class HelpSection:
    """The lines of one group, in order."""

    code: Group
    heading: str
    lines: tuple[ShownLine, ...]


@cache
def help_lines() -> tuple[HelpLine, ...]:
    """Every line, in the order of the table. Raises InvalidFacts naming every fault of the table."""
    text = files(__package__).joinpath("data", "help_lines.toml").read_text(encoding="utf-8")
    return read_table(text, "help_lines", HelpLine, key="line")


def help_sections(today: date) -> list[HelpSection]:
    """The help page: emergency first, each line with its badge."""
    return [
        HelpSection(
            group,
            heading,
            tuple(ShownLine(line, line.badge_on(today)) for line in help_lines() if line.group == group),
        )
        for group, heading in HEADINGS.items()
    ]
