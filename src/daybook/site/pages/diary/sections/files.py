"""Files that belong to an entry, and why an entry is amended: kept with the entry, but not among its fields."""

from daybook.diary.drafts import Typed
from daybook.evidence.exhibits import ReadExhibit
from daybook.site.pages.diary.sections.around import Around
from daybook.site.pages.diary.sections.section import (
    Fault,
    Group,
    Reading,
    Section,
    Values,
    lines,
    radios,
    text_of,
)

SHOWN = 40
REASONS = (
    ("remembered", "I remembered more"),
    ("mistake", "I got something wrong"),
    ("learned", "I found out more"),
    ("happened", "Something more came of it"),
)


class Files(Section):
    """Which files of the record belong to the entry."""

    slug = "files"
    title = "Files"
    question = "Which files belong to this?"
    why = (
        "A picture, a message or a recording can stand beside your words. Pictures stay blurred: you do not have "
        "to look at them."
    )
    template = "diary/section_files.html"

    def groups(self, typed: Typed, around: Around) -> list[Group]:
        """None: the template draws cards."""
        return []

    def read(self, typed: Typed, around: Around) -> Reading:
        """Nothing of the entry's fields."""
        return Reading()

    def typed(self, values: Values) -> dict[str, list[str]]:
        """Nothing: what is attached already stays so."""
        return {}

    def chosen(self, typed: Typed, around: Around) -> list[ReadExhibit]:
        """The files of this record that were chosen, in the order of their numbers; anything else is not there."""
        wanted = set(typed.get("exhibit", ()))
        if not wanted:
            return []
        return [
            one
            for one in reversed(around.exhibits)
            if str(one.id) in wanted and one.id not in around.attached
        ]

    def offered(self, typed: Typed, around: Around, *, everything: bool) -> tuple[list[ReadExhibit], int]:
        """The files to show: the chosen ones, then the newest; and how many more there are."""
        chosen = self.chosen(typed, around)
        taken = {one.id for one in chosen} | set(around.attached)
        rest = [one for one in around.exhibits if one.id not in taken]
        shown = rest if everything else rest[:SHOWN]
        return [*chosen, *shown], len(rest) - len(shown)


class Reason(Section):
    """Why an entry is amended; asked when it is kept."""

    slug = "reason"
    title = "Why you change it"
    question = "Why are you changing this?"
    why = (
        "People may ask later why an entry changed. One short reason is enough. The old words stay readable."
    )

    def groups(self, typed: Typed, around: Around) -> list[Group]:
        """Quick answers, and a box."""
        return [
            Group({"because": radios("Why are you changing this?", REASONS, self.why)}),
            Group({"reason": lines("Or in your own words", rows=3)}),
        ]

    def read(self, typed: Typed, around: Around) -> Reading:
        """Nothing of the entry's own fields."""
        return Reading()

    def typed(self, values: Values) -> dict[str, list[str]]:
        """Nothing: every amendment has its own reason."""
        return {}

    def faults(self, typed: Typed, around: Around) -> list[Fault]:
        """A reason is needed, and a short one is enough."""
        if not self.words(typed):
            return [Fault("because", "Choose a reason, or write one.")]
        if len(text_of(typed, "reason")) > 1500:
            return [Fault("reason", "Make the reason shorter: a few sentences are enough.")]
        return []

    def words(self, typed: Typed) -> str:
        """The reason in words."""
        quick = dict(REASONS).get(text_of(typed, "because"), "")
        own = text_of(typed, "reason").strip()
        return f"{quick}: {own}" if quick and own else quick or own
