"""Cards of files: what a list shows of each, always blurred, and nothing of one that was kept without looking."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.text import capfirst

from daybook.diary.entries import ReadEntry, get_entry_for
from daybook.diary.errors import NotFound
from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.notes import May, Noted, noted_about
from daybook.kernel.chronology import describe
from daybook.kernel.consent import Viewer
from daybook.kernel.media.claims import kind_of
from daybook.kernel.media.comparing import Taken, beside_event
from daybook.kernel.media.decoder import can_preview
from daybook.kernel.media.names import display_name
from daybook.kernel.sealing.errors import SealingError
from daybook.site.pages.files.file_words import kept_on, kind_in_words, size_in_words

UNSEEN = "Kept without looking"


@dataclass(frozen=True, slots=True)
class EntryLink:
    """An entry by when it happened; ``beside`` says how the time of a file lies to it."""

    id: UUID
    when: str
    beginning: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Badge:
    """A short note on a card."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A file in a list."""

    ref: str
    url: str
    title: str = ""
    thumb: str = ""
    full: str = ""
    meta: str = ""
    none_text: str = ""
    badges: Sequence[Badge] = ()
    entries: Sequence[EntryLink] = ()

    @property
    def alt(self) -> str:
        """What the picture is called when it is opened."""
        return f"Picture {self.ref}"


def card_of(exhibit: ReadExhibit, entries: Sequence[EntryLink], noted: Noted | None = None) -> Card:
    """The card of one file."""
    url = reverse("files-file", args=[exhibit.id])
    size = size_in_words(exhibit.size)
    if exhibit.unseen:
        return Card(
            ref=exhibit.reference,
            url=url,
            meta=f"{size}. Kept {kept_on(exhibit)}.",
            none_text=f"{UNSEEN}. Nothing of it is shown.",
            badges=[Badge((kept_for(noted) if noted else "") or UNSEEN, "grey"), *_damage(exhibit)],
            entries=entries,
        )
    thumb, full = picture_urls(exhibit)
    return Card(
        ref=exhibit.reference,
        url=url,
        title=display_name(exhibit.name).short,
        thumb=thumb,
        full=full,
        meta=f"{kind_in_words(exhibit)}, {size}. Kept {kept_on(exhibit)}.",
        none_text=why_no_picture(exhibit),
        badges=list(_badges(exhibit)),
        entries=entries,
    )


def noted_or_hidden(viewer: Viewer, exhibit: UUID) -> Noted:
    """What is noted about a file; where a note was altered, what hides most, so that nothing is shown by surprise."""
    try:
        return noted_about(viewer, exhibit)
    except SealingError:
        return Noted(may=May.NEVER)


def kept_for(noted: Noted) -> str:
    """Who a file waits for, in words; "" for nobody."""
    match noted.may:
        case May.HELPER:
            who = display_name(noted.who).short if noted.who else "someone who helps you"
            return f"Kept for {who} to look at"
        case May.NEVER:
            return "Never to be shown to you"
        case May.NOBODY:
            return ""


def altered_card(exhibit: UUID, reference: str, entries: Sequence[EntryLink]) -> Card:
    """The card of a file whose row does not open: it is named, and nothing is made up."""
    return Card(
        ref=reference,
        url=reverse("files-file", args=[exhibit]),
        none_text="What is stored of this file was altered, and is not shown.",
        badges=[Badge("Altered", "red")],
        entries=entries,
    )


def picture_urls(exhibit: ReadExhibit) -> tuple[str, str]:
    """The addresses of the small picture: blurred in a page, and opened. Empty where there is none to show."""
    if exhibit.unseen or not exhibit.has_thumbnail:
        return "", ""
    return reverse("files-thumb", args=[exhibit.id]), reverse("files-picture", args=[exhibit.id])


def why_no_picture(exhibit: ReadExhibit) -> str:
    """Why there is no small picture of a file."""
    if not exhibit.size:
        return "This file is empty."
    if can_preview(exhibit.type) and "no_preview" not in exhibit.metadata:
        kind = kind_of(exhibit.type)
        if kind == "sound recording":
            return "It is sound: there is nothing to see."
        if kind not in ("picture", "video", "PDF document"):
            return "It is text: there is no small picture."
        return "No small picture yet." if exhibit.preview_due else "No small picture could be made."
    return str(exhibit.metadata.get("no_preview") or "No small picture is made of this kind of file.")


def entry_links(
    viewer: Viewer, wanted: Iterable[UUID], zone: str, taken: Taken | None = None
) -> dict[UUID, EntryLink]:
    """Entries by when they happened, and how ``taken`` lies to that; opens only those asked for."""
    return {entry: _link(viewer, entry, zone, taken) for entry in set(wanted)}


def links_in_order(entries: Iterable[UUID], links: Mapping[UUID, EntryLink]) -> list[EntryLink]:
    """The links of these entries, in their order."""
    return [links[entry] for entry in entries if entry in links]


def link_to(entry: ReadEntry, zone: str, taken: Taken | None = None) -> EntryLink:
    """The link to one entry."""
    beginning = " ".join(str(entry.values.get("words", "")).split())
    short = beginning if len(beginning) <= 120 else f"{beginning[:119]}…"
    beside = beside_event(taken, entry.when) if taken is not None else ""
    return EntryLink(entry.id, capfirst(describe(entry.when, home_zone=zone)), short, beside)


def _link(viewer: Viewer, entry: UUID, zone: str, taken: Taken | None) -> EntryLink:
    try:
        return link_to(get_entry_for(viewer, entry), zone, taken)
    except (NotFound, SealingError):
        return EntryLink(entry, "An entry that cannot be opened", "")


def _damage(exhibit: ReadExhibit) -> Iterator[Badge]:
    if exhibit.damage:
        yield Badge("Missing" if exhibit.damage == "missing" else "Damaged", "red")


def _badges(exhibit: ReadExhibit) -> Iterator[Badge]:
    yield from _damage(exhibit)
    # Of an empty file the card says already that it is empty.
    if exhibit.metadata.get("mismatch") and exhibit.size:
        yield Badge("Name and content differ")
    if exhibit.parent is not None:
        yield Badge("Edited copy", "grey")
