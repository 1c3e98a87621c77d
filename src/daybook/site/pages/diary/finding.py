"""The filter panel: what may be looked for, and what that means."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from daybook.diary.attachments import exhibits_by_entry
from daybook.diary.filtering import Wanted
from daybook.kernel.facts import behaviours, contact_means, label_of
from daybook.site.forms.days import optional_day
from daybook.site.pages.diary.sections.around import Around

ANY = ("", "Any")


class FindForm(forms.Form):
    """The filter panel. Everything may be left as it is."""

    words = forms.CharField(
        required=False, max_length=200, label="Words", help_text="Looks in everything you wrote.", strip=True
    )
    first_day = optional_day("From")
    last_day = optional_day("To")
    behaviour = forms.ChoiceField(required=False, label="What kind of thing")
    contact = forms.ChoiceField(required=False, label="How they made contact")
    suspect = forms.ChoiceField(required=False, label="Who did it")
    witness = forms.ChoiceField(required=False, label="Who saw it")
    with_files = forms.BooleanField(required=False, label="Has files")
    breached = forms.BooleanField(required=False, label="May have broken an order")

    def __init__(self, data: Mapping[str, Any] | None, around: Around) -> None:
        super().__init__(data)
        self.around = around
        self._offer("behaviour", [(row.code, row.label) for row in behaviours()])
        self._offer("contact", [(row.code, row.label) for row in contact_means()])
        self._offer("suspect", [(str(one.id), one.label) for one in around.suspects])
        self._offer("witness", [(str(one.id), one.name) for one in around.witnesses])
        for name in ("suspect", "witness"):
            if not getattr(around, f"{name}es" if name == "witness" else f"{name}s"):
                del self.fields[name]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [ANY, *choices]  # type: ignore[attr-defined]  # each is a ChoiceField

    def clean(self) -> None:
        """The days must be in order."""
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        if first and last and first > last:
            self.add_error("last_day", "This day is before the first one. Swap them, or clear one.")

    def wanted(self) -> Wanted:
        """What is asked for. The form has to be valid."""
        data = self.cleaned_data
        with_files = frozenset(exhibits_by_entry(self.around.viewer)) if data["with_files"] else None
        return Wanted(
            first_day=data["first_day"],
            last_day=data["last_day"],
            behaviours=frozenset(filter(None, [data["behaviour"]])),
            contact=frozenset(filter(None, [data["contact"]])),
            suspect=_uuid(data.get("suspect")),
            witness=_uuid(data.get("witness")),
            breached=data["breached"],
            with_files=with_files,
            words=data["words"],
        )

    def chosen(self) -> list[str]:
        """What is asked for, in words."""
        data = self.cleaned_data
        said = [f"“{data['words']}”" if data.get("words") else ""]
        said += [_from_to(data.get("first_day"), data.get("last_day"))]
        said += [label_of(behaviours(), data["behaviour"]) if data.get("behaviour") else ""]
        said += [label_of(contact_means(), data["contact"]) if data.get("contact") else ""]
        said += [next((one.label for one in self.around.suspects if str(one.id) == data.get("suspect")), "")]
        said += [next((one.name for one in self.around.witnesses if str(one.id) == data.get("witness")), "")]
        said += [
            "Has files" if data.get("with_files") else "",
            "May have broken an order" if data.get("breached") else "",
        ]
        return [words for words in said if words]

    def sent(self) -> list[tuple[str, str]]:
        """What was sent, to be remembered."""
        return [(name, str(self.data.get(name))) for name in self.fields if self.data.get(name)]


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _from_to(first: date | None, last: date | None) -> str:
    parts = (("from", first), ("to", last))
    said = " ".join(f"{word} {day.day} {day:%B %Y}" for word, day in parts if day)
    return said[:1].upper() + said[1:]
