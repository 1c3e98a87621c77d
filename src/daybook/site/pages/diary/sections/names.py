"""Numbers and names they used."""

from daybook.diary.drafts import Typed
from daybook.site.pages.diary.sections.around import Around
from daybook.site.pages.diary.sections.rows import (
    identifier_fields,
    read_identifiers,
    row_groups,
    typed_identifiers,
)
from daybook.site.pages.diary.sections.section import Group, Reading, Section, Values

PREFIX = "identifier"


class Names(Section):
    """Phone numbers, user names, addresses and number plates."""

    slug = "names"
    title = "Numbers and names they used"
    question = "What numbers or names did they use?"
    why = (
        "A number, a user name or a number plate can lead back to someone later, even a false one. Part of it "
        "still helps."
    )
    adds_rows = "Save and add another"

    def groups(self, typed: Typed, around: Around) -> list[Group]:
        """A row for each, and one to add."""
        return row_groups(typed, PREFIX, "Number or name", identifier_fields)

    def read(self, typed: Typed, around: Around) -> Reading:
        """The rows that hold anything."""
        return read_identifiers(typed, PREFIX, "/identifiers")

    def typed(self, values: Values) -> dict[str, list[str]]:
        """A row for each."""
        return typed_identifiers(values.get("identifiers", []), PREFIX)
