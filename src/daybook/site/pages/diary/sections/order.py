"""The sections in the order they are asked."""

from daybook.site.pages.diary.sections.after import Effect, Order, Told
from daybook.site.pages.diary.sections.files import Files, Reason
from daybook.site.pages.diary.sections.names import Names
from daybook.site.pages.diary.sections.people import Saw, Who
from daybook.site.pages.diary.sections.place import Place
from daybook.site.pages.diary.sections.section import Section
from daybook.site.pages.diary.sections.ticked import Contact, Kind
from daybook.site.pages.diary.sections.time import Time
from daybook.site.pages.diary.sections.words import Feelings, Said, Words

WORDS = Words()
TIME = Time()
FILES = Files()
REASON = Reason()
SECTIONS: tuple[Section, ...] = (
    WORDS,
    TIME,
    Place(),
    Kind(),
    Contact(),
    Said(),
    Names(),
    Who(),
    Saw(),
    Effect(),
    Told(),
    Order(),
    FILES,
    Feelings(),
)
_BY_NAME = {section.slug: section for section in SECTIONS}


def section_named(slug: str) -> Section | None:
    """The section with this name in its address, if there is one."""
    return _BY_NAME.get(slug)
