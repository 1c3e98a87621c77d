"""The sections of an entry: one question a page, each of which can be skipped."""

from daybook.site.pages.diary.sections.around import Around
from daybook.site.pages.diary.sections.order import FILES, REASON, SECTIONS, TIME, WORDS, section_named
from daybook.site.pages.diary.sections.section import Fault, Group, Reading, Section, SectionForm

__all__ = [
    "FILES",
    "REASON",
    "SECTIONS",
    "TIME",
    "WORDS",
    "Around",
    "Fault",
    "Group",
    "Reading",
    "Section",
    "SectionForm",
    "section_named",
]
