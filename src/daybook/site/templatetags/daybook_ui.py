"""Template tags of the pages: navigation, headings of errors, and the shapes components want.

A tag here only turns values a view already has into what a component needs; none reads the
database, the session or a key.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.utils.text import capfirst

register = template.Library()


@dataclass(frozen=True, slots=True)
class Place:
    """One link of the main navigation; `current` is the value of aria-current, or empty."""

    name: str
    url: str
    current: str


PLACES = (
    ("Diary", "/diary/"),
    ("Files", "/files/"),
    ("People", "/people/"),
    ("Make a pack", "/pack/"),
    ("Account", "/account/"),
)
"""The main navigation: names and paths, in order. A path is also the prefix of the pages below it."""


@register.simple_tag(takes_context=True)
def navigation(context: Mapping[str, Any]) -> list[Place]:
    """The main navigation with the place of the current request marked ("page" itself, "true" below it)."""
    request = context.get("request")
    here = request.path if request is not None else ""
    return [Place(name, url, _current(here, url)) for name, url in PLACES]


def _current(here: str, url: str) -> str:
    if here == url:
        return "page"
    return "true" if here.startswith(url) else ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of an error summary: the message and the id of the control it is about (empty: none)."""

    message: str
    target: str


@register.simple_tag
def faults(form: BaseForm | None, extra: str = "") -> list[Fault]:
    """Every error of a bound form in the order of its fields, for an error summary.

    `extra` is a message of the page itself, put first.
    """
    return list(_faults(form, extra))


def _faults(form: BaseForm | None, extra: str) -> Iterator[Fault]:
    if extra:
        yield Fault(extra, "")
    if form is None or not form.is_bound:
        return
    for message in form.non_field_errors():
        yield Fault(str(message), "")
    for field in form:
        for message in field.errors:
            yield Fault(str(message), first_control(field))


@register.filter
def first_control(field: BoundField) -> str:
    """The id of the control that a link to this field should focus: of a group, its first control."""
    if field.id_for_label:
        return field.id_for_label
    for option in field.subwidgets:
        return str(option.id_for_label)
    return str(field.auto_id)


@register.filter
def label_of(field: BoundField) -> str:
    """The label of a field with a capital first letter, as Django shows it."""
    return capfirst(str(field.label))


@register.simple_tag
def steps(now: int, total: int) -> list[bool]:
    """For a row of steps: True for each one reached, `now` counted from 1."""
    return [number <= now for number in range(1, total + 1)]


@register.filter
def elided(page: "Page[Any]") -> Iterator[int | str]:
    """The page numbers worth a link around a page: the ends, its neighbours, and an ellipsis between."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
