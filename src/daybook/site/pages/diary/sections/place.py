"""Where it happened."""

from daybook.diary.drafts import Typed
from daybook.site.pages.diary.sections.around import Around
from daybook.site.pages.diary.sections.section import (
    Fault,
    Group,
    Reading,
    Section,
    Values,
    choice,
    line,
    radios,
    said,
    text_of,
)

KINDS = (
    ("place", "At a place"),
    ("online", "Online, or on my phone"),
    ("mine", "At a place of mine, such as home or work"),
)
ONLINE = "Online"


class Place(Section):
    """Where it happened: a place in words, online, or one of her own places."""

    slug = "where"
    title = "Where it happened"
    question = "Where did it happen?"
    why = "A place can show a pattern. It may also tell police where a camera was."
    note = (
        "Do not type your own address here: this page goes into every pack. Places of yours are kept on the page "
        "“People”, and their addresses go only into the part for police."
    )

    def groups(self, typed: Typed, around: Around) -> list[Group]:
        """The kind of place, the place in words, and her own places."""
        hint = "Such as “bus stop in Mill Lane”, or the app and the group it was in."
        # Without a place of hers to choose, the third answer would lead nowhere.
        offered = KINDS if around.places or text_of(typed, "kind") == "mine" else KINDS[:2]
        groups = [
            Group({"kind": radios("What kind of place?", offered)}),
            Group({"text": line("The place, in your words", hint, dir="auto")}),
        ]
        if around.places:
            own = [("", "None of them"), *((str(place.id), place.label) for place in around.places)]
            groups.append(
                Group({"mine": choice("Which place of yours?", own, "Only for “a place of mine”.")})
            )
        return groups

    def read(self, typed: Typed, around: Around) -> Reading:
        """The kernel's place; words without a kind are a place."""
        kind, text, mine = (text_of(typed, name) for name in ("kind", "text", "mine"))
        mine = mine if mine in {str(place.id) for place in around.places} else ""
        which = "mine" if around.places else "kind"
        reading = Reading(controls={"/place": "text", "/place/kind": "kind", "/place/mine": which})
        if not kind and not said(text) and not mine:
            return reading
        kind = kind or ("mine" if mine else "place")
        if kind == "online" and not said(text):
            text = ONLINE
        value = {"kind": kind, "text": text}
        if kind == "mine" and not mine:
            words = "Choose which place of yours, or choose “At a place” and write it in words."
            reading.faults.append(Fault(which, words))
        elif kind == "mine":
            value["mine"] = mine
        elif mine:
            words = "You chose a place of yours too. Choose “a place of mine”, or “None of them”."
            reading.faults.append(Fault("kind", words))
        elif not said(text):
            reading.faults.append(Fault("text", "Say where it was, or clear the choice above."))
        reading.values = {"place": value}
        return reading

    def typed(self, values: Values) -> dict[str, list[str]]:
        """The kind, the words and the own place."""
        return {name: [text] for name, text in values.get("place", {}).items()}
