"""Her own words, the words they used, and how it feels: sections of one large box."""

from daybook.diary.drafts import Typed
from daybook.site.pages.diary.sections.around import Around
from daybook.site.pages.diary.sections.section import Group, Reading, Section, Values, lines, said, text_of


class _OneBox(Section):
    label = ""
    hint = ""
    rows = 8
    css = ""

    def groups(self, typed: Typed, around: Around) -> list[Group]:
        """The box."""
        return [Group({self.slug: lines(self.label, self.hint, rows=self.rows, css=self.css)})]

    def read(self, typed: Typed, around: Around) -> Reading:
        """The text as it stands."""
        text = text_of(typed, self.slug)
        return Reading({self.slug: text} if said(text) else {}, {f"/{self.slug}": self.slug})

    def typed(self, values: Values) -> dict[str, list[str]]:
        """The text as it was kept."""
        return {self.slug: [values[self.slug]]} if values.get(self.slug) else {}


class Words(_OneBox):
    """What happened, in her own words: the only part that is needed."""

    slug = "words"
    title = "What happened, in your own words"
    question = "What happened?"
    why = "Your own words come first. Write it the way you would tell a friend. Spelling does not matter."
    label = "What happened?"
    rows = 14
    css = "db-words"

    def read(self, typed: Typed, around: Around) -> Reading:
        """The text, blank or not: the kernel says that it is needed."""
        return Reading({"words": text_of(typed, "words")}, {"/words": "words"})


class Said(_OneBox):
    """The words they used."""

    slug = "said"
    title = "Words they used"
    question = "What words did they use?"
    why = (
        "The very words can matter later. Write only what you remember. If it is in a message, you can keep "
        "the message as a file: you do not have to read it again."
    )
    label = "Their words, as near as you can"


class Feelings(_OneBox):
    """Private feelings: apart from all else, and out of packs unless she chooses."""

    slug = "feelings"
    title = "Private feelings"
    question = "How do you feel about it?"
    why = (
        "This is a place for you. It is kept apart from the rest, and it is left out of every pack unless you "
        "choose to put it in."
    )
    note = "A court can still ask for it one day. Write only what you want to write."
    label = "Your private words"
