"""What a section of an entry is: a question, the controls to answer it, and what the answer means.

A section never checks with Django's fields: the kernel's reading of an entry is the only judge, and what was typed is shown
again however wrong it is. So every control here is a plain field that takes anything.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.html import escape

from daybook.diary.drafts import Typed
from daybook.kernel.entry import InvalidEntry, parse_entry
from daybook.site.pages.diary.sections.around import Around

Values = Mapping[str, Any]
ONLY_TO_CHECK_THE_REST = "-"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right: the control it is about, and what to do."""

    field: str
    words: str


@dataclass(slots=True)
class Reading:
    """What was typed, as a part of an entry's JSON.

    ``controls`` says which control a JSON pointer came from; ``faults`` what is wrong before the kernel looks.
    """

    values: dict[str, Any] = field(default_factory=dict)
    controls: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """Controls that stand together. ``fold`` hides them behind these words until they are opened."""

    fields: dict[str, forms.Field]
    legend: str = ""
    hint: str = ""
    fold: str = ""
    open: bool = False
    side_by_side: bool = False


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group with its controls bound to what was typed."""

    group: Group
    fields: list[BoundField]

    @property
    def open(self) -> bool:
        """Whether a folded group stands open: it holds something, or something is wrong in it."""
        return self.group.open or any(bound.errors or bound.value() for bound in self.fields)


class SectionForm(forms.Form):
    """The controls of a section, showing what was typed. Errors are put in from outside."""

    def __init__(self, groups: Sequence[Group], typed: Typed | None) -> None:
        data = (
            None if typed is None else MultiValueDict({name: list(values) for name, values in typed.items()})
        )
        super().__init__(data)
        self._groups = groups
        for group in groups:
            self.fields.update(group.fields)

    @property
    def groups(self) -> list[ShownGroup]:
        """The groups in order, for the template."""
        return [ShownGroup(group, [self[name] for name in group.fields]) for group in self._groups]

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Put errors beside their controls, or above all of them where a control is not shown."""
        if not self.is_bound:
            return
        for fault in faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.words)


class Section(ABC):
    """One question about an entry."""

    slug: ClassVar[str]
    title: ClassVar[str]
    question: ClassVar[str]
    why: ClassVar[str]
    note: ClassVar[str] = ""
    adds_rows: ClassVar[str] = ""
    template: ClassVar[str] = "diary/section.html"

    @abstractmethod
    def groups(self, typed: Typed, around: Around) -> list[Group]:
        """The controls; ``typed`` says how many rows are needed."""

    @abstractmethod
    def read(self, typed: Typed, around: Around) -> Reading:
        """What was typed, as a part of an entry's JSON. Nothing is dropped: what cannot be used is a fault."""

    @abstractmethod
    def typed(self, values: Values) -> dict[str, list[str]]:
        """What one would have typed to get the kept ``values`` of an entry: for an amendment."""

    def form(self, typed: Typed | None, around: Around) -> SectionForm:
        """The controls, filled with what was typed."""
        return SectionForm(self.groups(typed or {}, around), typed)

    def faults(self, typed: Typed, around: Around) -> list[Fault]:
        """All that is to be put right in this section."""
        reading = self.read(typed, around)
        found = list(reading.faults)
        try:
            parse_entry({"words": ONLY_TO_CHECK_THE_REST, **reading.values}, default_zone=around.zone)
        except InvalidEntry as invalid:
            said = {fault.field for fault in found}
            for problem in invalid.problems:
                control = _control(reading.controls, problem.path)
                if control not in said:
                    found.append(Fault(control, problem.words))
        return found

    def quick(self, answer: str, around: Around) -> Typed | None:
        """What a one-tap answer types, where the section has one of that name."""
        return None


def _control(controls: Mapping[str, str], pointer: str) -> str:
    """The control a JSON pointer belongs to: its own, or that of the nearest part around it."""
    while pointer and pointer not in controls:
        pointer = pointer.rpartition("/")[0]
    return controls.get(pointer, "")


# Hints may hold HTML in the templates of forms, and some here hold words of hers: they are escaped here.


def text_of(typed: Typed, name: str) -> str:
    """The text in one control; empty where there is none."""
    values = typed.get(name) or [""]
    return values[0]


def said(text: str) -> bool:
    """Whether a text holds more than blanks."""
    return bool(text.strip())


def line(label: str, hint: str = "", *, width: str = "", kind: str = "text", **attrs: str) -> forms.Field:
    """A control of one line. ``width`` is a GOV.UK width class."""
    widget = forms.TextInput(attrs={"type": kind, **({"class": width} if width else {}), **attrs})
    return forms.Field(required=False, label=label, help_text=escape(hint), widget=widget)


def lines(label: str, hint: str = "", *, rows: int = 4, css: str = "") -> forms.Field:
    """A control of several lines."""
    attrs = {"rows": rows, **({"class": css} if css else {}), "dir": "auto"}
    return forms.Field(
        required=False, label=label, help_text=escape(hint), widget=forms.Textarea(attrs=attrs)
    )


def choice(label: str, choices: Sequence[tuple[str, str]], hint: str = "") -> forms.Field:
    """A list to choose one from."""
    return forms.Field(
        required=False, label=label, help_text=escape(hint), widget=forms.Select(choices=list(choices))
    )


def radios(label: str, choices: Sequence[tuple[str, str]], hint: str = "") -> forms.Field:
    """Buttons to choose one from."""
    return forms.Field(
        required=False, label=label, help_text=escape(hint), widget=forms.RadioSelect(choices=list(choices))
    )


def tick(label: str, hint: str = "") -> forms.Field:
    """One box to tick."""
    return forms.Field(required=False, label=label, help_text=escape(hint), widget=forms.CheckboxInput())
