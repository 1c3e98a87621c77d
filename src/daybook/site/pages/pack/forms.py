"""What is asked before a pack is made: what goes in, what stays out, and how it is saved."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms

from daybook.kernel.sealing.passphrases import normalise_passphrase, weakness_of
from daybook.packs.selection import Selection
from daybook.site.forms.days import optional_day
from daybook.site.pages.pack.readers import READERS

EVERYTHING, BY_DATES, BY_HAND = "everything", "dates", "hand"
SEALED, PLAIN = "sealed", "plain"
PLACES_IN, PLACES_OUT, PLACES_TICKED = "in", "out", "ticked"
MOST_IDS = 200_000


class IdsField(forms.CharField):
    """A set of ids in one hidden control: a form may carry thousands of ticks, a browser's form may not.

    Empty means nobody has chosen yet; ``-`` that nothing is chosen.
    """

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, max_length=MOST_IDS * 22)

    def clean(self, value: Any) -> frozenset[UUID] | None:
        """The ids, or None. Raises ValidationError for what was not written by `pack_ids`."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_ids(text)
        except ValueError as error:
            raise forms.ValidationError("Your choice could not be read. Begin again.") from error


def pack_ids(ids: Iterable[UUID] | None) -> str:
    """A set of ids as text, the same set always as the same text."""
    if ids is None:
        return ""
    joined = b"".join(sorted(one.bytes for one in ids))
    return base64.urlsafe_b64encode(joined).decode() or "-"


def read_ids(text: str) -> frozenset[UUID]:
    """What `pack_ids` wrote. Raises ValueError."""
    if text == "-":
        return frozenset()
    try:
        joined = base64.b64decode(text, altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not a set of ids") from error
    if len(joined) % 16:
        raise ValueError("not a whole number of ids")
    return frozenset(UUID(bytes=joined[place : place + 16]) for place in range(0, len(joined), 16))


class ChooseForm(forms.Form):
    """What goes in. Everything but private feelings, unless she says otherwise."""

    what = forms.ChoiceField(
        label="What goes in?",
        choices=[
            (EVERYTHING, "Everything I wrote and kept"),
            (BY_DATES, "What happened between two days"),
            (BY_HAND, "Only what I tick in a list"),
        ],
        widget=forms.RadioSelect,
        initial=EVERYTHING,
        error_messages={"required": "Choose what goes in."},
    )
    first_day = optional_day(
        "From",
        help_text="The first day. Leave it empty to start at the beginning.",
        invalid="Type the first day like 20/3/2026.",
    )
    last_day = optional_day(
        "To",
        help_text="The last day. Leave it empty to go up to today.",
        invalid="Type the last day like 20/3/2026.",
    )
    police_part = forms.BooleanField(
        required=False,
        initial=True,
        label="Put in the part for the police",
        help_text=(
            "A folder of its own with how to reach your witnesses, and your addresses. Police need it to ask "
            "witnesses. It says on it that it is for the police only. Take the tick away if the pack goes to anyone else."
        ),
    )
    feelings = forms.BooleanField(
        required=False,
        label="Put in my private feelings",
        help_text=(
            "We leave them out, because a pack can be shown in court and to the other person’s lawyers. "
            "Police do not need them to start."
        ),
    )
    reader = forms.ChoiceField(
        label="Who is it for?",
        help_text="This only changes the advice we show you next. It is not written into the pack. You can leave it as it is.",
        choices=[(reader.code, reader.label) for reader in READERS],
        widget=forms.RadioSelect,
        initial=READERS[0].code,
        required=False,
    )

    def clean(self) -> None:
        """The days must be in order, and there must be one where they are to choose by."""
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        if first and last and first > last:
            self.add_error("last_day", "This day is before the first one. Swap them, or clear one.")
        days_are_wrong = "first_day" in self.errors or "last_day" in self.errors
        if self.cleaned_data.get("what") == BY_DATES and not first and not last and not days_are_wrong:
            self.add_error("first_day", "Type the first day, the last day, or both.")


class ChosenForm(ChooseForm):
    """The same, carried from page to page, with what was ticked by hand and what is to be left out."""

    entries = IdsField()
    exhibits = IdsField()
    asked = IdsField()
    left_out = IdsField()

    def chosen(self) -> "Chosen":
        """What was chosen. The form has to be valid."""
        data = self.cleaned_data
        what = data["what"]
        days = {"first_day": data["first_day"], "last_day": data["last_day"]} if what != EVERYTHING else {}
        by_hand = what == BY_HAND
        selection = Selection(
            **days,
            entries=(data["entries"] or frozenset()) if by_hand else None,
            exhibits=(data["exhibits"] or frozenset()) if by_hand else None,
            left_out=data["left_out"] or frozenset(),
            feelings=data["feelings"],
            police_part=data["police_part"],
        )
        return Chosen(
            selection,
            data["reader"],
            by_hand=by_hand,
            ticked=data["entries"],
            asked=data["asked"] or frozenset(),
        )


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice on its way to a pack. ``ticked`` is None until entries were ticked by hand; ``asked`` are the entries whose
    files were offered already.
    """

    selection: Selection
    reader: str
    by_hand: bool
    ticked: frozenset[UUID] | None = None
    asked: frozenset[UUID] = frozenset()

    def carried(self) -> list[tuple[str, str]]:
        """The hidden controls that carry it to the next page."""
        selection = self.selection
        days = (selection.first_day, selection.last_day)
        what = BY_HAND if self.by_hand else BY_DATES if any(days) else EVERYTHING
        pairs = [
            ("what", what),
            ("first_day", days[0].isoformat() if days[0] else ""),
            ("last_day", days[1].isoformat() if days[1] else ""),
            ("police_part", "on" if selection.police_part else ""),
            ("feelings", "on" if selection.feelings else ""),
            ("reader", self.reader),
            ("entries", pack_ids(self.ticked) if self.by_hand else ""),
            ("exhibits", pack_ids(selection.exhibits) if self.by_hand else ""),
            ("asked", pack_ids(self.asked) if self.asked else ""),
            ("left_out", pack_ids(selection.left_out) if selection.left_out else ""),
        ]
        return [(name, value) for name, value in pairs if value]


class MakeForm(forms.Form):
    """The last questions: files that show a place of hers, and how the pack is saved."""

    places = forms.ChoiceField(
        label="What shall we do with these files?",
        choices=[
            (PLACES_OUT, "Leave all of them out"),
            (PLACES_TICKED, "Leave out only those I ticked"),
            (PLACES_IN, "Put them all in"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Some files show a place of yours. Choose what to do with them."},
    )
    saved_as = forms.ChoiceField(
        label="How do you want to save it?",
        choices=[
            (SEALED, "Sealed with a pack passphrase (we suggest this)"),
            (PLAIN, "Open: anyone who finds the file can read it"),
        ],
        widget=forms.RadioSelect,
        initial=SEALED,
        error_messages={"required": "Choose how to save it."},
    )
    pack_passphrase = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, ask_places: bool) -> None:
        super().__init__(data)
        if not ask_places:
            del self.fields["places"]

    def clean_pack_passphrase(self) -> str:
        """The words that were shown, as they were shown."""
        return normalise_passphrase(self.cleaned_data["pack_passphrase"])

    def clean(self) -> None:
        """A pack is never sealed with something easily guessed, whatever came back."""
        if self.cleaned_data.get("saved_as") == SEALED and weakness_of(
            self.cleaned_data.get("pack_passphrase", "")
        ):
            self.add_error(
                "saved_as", "The pack passphrase was not sent along. Here is a new one: write it down."
            )
