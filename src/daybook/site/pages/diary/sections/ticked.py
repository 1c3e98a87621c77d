"""What kind of thing it was, and how contact was made: boxes to tick, from the tables of facts."""

from daybook.diary.drafts import Typed
from daybook.kernel.facts import behaviours, contact_means
from daybook.site.pages.diary.sections.around import Around
from daybook.site.pages.diary.sections.hinted_boxes import boxes
from daybook.site.pages.diary.sections.section import Group, Reading, Section, Values


class Kind(Section):
    """The kinds of behaviour."""

    slug = "kind"
    title = "What kind of thing it was"
    question = "What kind of thing was it?"
    why = "This helps to find entries that belong together. It decides nothing. Tick all that fit, or none."

    def groups(self, typed: Typed, around: Around) -> list[Group]:
        """The boxes."""
        return [Group({"behaviours": boxes("What they did", behaviours())})]

    def read(self, typed: Typed, around: Around) -> Reading:
        """The codes ticked."""
        codes = list(typed.get("behaviours", ()))
        return Reading({"behaviours": codes} if codes else {}, {"/behaviours": "behaviours"})

    def typed(self, values: Values) -> dict[str, list[str]]:
        """The codes kept."""
        return {"behaviours": list(values["behaviours"])} if values.get("behaviours") else {}


class Contact(Section):
    """How contact was made."""

    slug = "contact"
    title = "How they made contact"
    question = "How did they make contact?"
    why = "It tells police where more proof may be, such as with a phone company. Tick all that fit, or none."

    def groups(self, typed: Typed, around: Around) -> list[Group]:
        """The boxes."""
        return [Group({"contact": boxes("How they reached you, or tried to", contact_means())})]

    def read(self, typed: Typed, around: Around) -> Reading:
        """The codes ticked."""
        codes = list(typed.get("contact", ()))
        return Reading({"contact": codes} if codes else {}, {"/contact": "contact"})

    def typed(self, values: Values) -> dict[str, list[str]]:
        """The codes kept."""
        return {"contact": list(values["contact"])} if values.get("contact") else {}
