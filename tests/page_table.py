"""Every address of the site: who gets what there, and which methods it takes. A new address belongs into this table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

READ = frozenset({"GET", "HEAD"})
FORM = READ | {"POST"}
ACT = frozenset({"POST"})


class Answers(NamedTuple):
    """The status of a GET, by who asks: a browser nobody knows, one that locked, the neighbour's, the person's own."""

    stranger: int
    locked: int
    neighbour: int
    person: int


OPEN = Answers(200, 200, 200, 200)
OWN = Answers(302, 302, 200, 200)
"""A page that everyone unlocked has, each with her own things."""
HERS = Answers(302, 302, 404, 200)
"""A page about one thing of hers: to the neighbour it is not there."""
ON = Answers(302, 302, 302, 302)
"""No page by GET: on to another one."""
SHUT = Answers(200, 200, 302, 302)
"""Only for someone who is not unlocked."""
HERS_ON = Answers(302, 302, 404, 302)
NEVER = Answers(405, 405, 405, 405)
"""By POST alone."""


@dataclass(frozen=True, slots=True)
class Address:
    """One address: the name it has in the URLconf, its path with places for ids, and what is to be expected."""

    name: str
    path: str
    answers: Answers
    methods: frozenset[str] = READ
    is_page: bool = True
    has_token: bool = True
    """Whether its form is refused without our token. Locking and leaving work always."""


ADDRESSES = [
    # The door.
    Address("front", "/", SHUT),
    Address("help", "/help/", OPEN),
    Address("sheet", "/sheet/", OPEN),
    Address("start", "/start/", OPEN),
    Address("start-safer", "/start/safer/", OPEN),
    Address("start-before", "/start/before/?ready=1", OPEN),
    Address("start-before", "/start/before/", ON),
    Address("start-name", "/start/name/?ready=1", SHUT, FORM),
    Address("start-name", "/start/name/", ON, FORM),
    Address("start-check", "/start/check/", OWN, FORM),
    Address("unlock", "/unlock/", SHUT, FORM),
    Address("recover", "/recover/", OPEN, FORM),
    Address("recovered", "/recover/done/", OWN),
    Address("lock", "/lock/", SHUT, FORM, has_token=False),
    Address("leave", "/leave/", OPEN, FORM, has_token=False),
    # The account.
    Address("account", "/account/", OWN),
    Address("account-lock-others", "/account/browsers/lock/", NEVER, ACT),
    Address("account-passphrase", "/account/passphrase/", OWN, FORM),
    Address("account-code", "/account/code/", OWN, FORM),
    Address("account-tries", "/account/tries/", OWN),
    Address("account-looked", "/account/looked/", OWN),
    Address("account-check", "/account/check/", OWN, FORM),
    Address("account-files", "/account/check/files/", OWN, FORM),
    Address("account-late", "/account/late/", OWN),
    Address("account-late-keep", "/account/late/{late}/keep/", NEVER, ACT),
    Address("account-late-let-go", "/account/late/{late}/let-go/", HERS, FORM),
    Address("account-late-fetch-back", "/account/late/{late}/fetch-back/", NEVER, ACT),
    Address("account-export", "/account/export/", OWN, FORM),
    Address("account-close", "/account/close/", OWN, FORM),
    Address("account-close-undo", "/account/close/undo/", NEVER, ACT),
    Address("account-removed", "/account/removed/", OWN),
    Address("account-remove", "/account/removed/{exhibit}/", HERS, FORM),
    Address("account-fetch-back", "/account/removed/{exhibit}/fetch-back/", NEVER, ACT),
    # The diary.
    Address("diary", "/diary/", OWN),
    Address("diary-mend", "/diary/mend/", ON, FORM),
    Address("diary-find", "/diary/find/", ON, FORM),
    Address("diary-found", "/diary/found/{found}/", Answers(302, 302, 302, 200)),
    Address("diary-found-print", "/diary/found/{found}/print/", Answers(302, 302, 302, 200)),
    Address("diary-print", "/diary/print/", OWN),
    Address("diary-print", "/diary/print/?all=1", OWN),
    Address("diary-new", "/diary/new/", OWN, FORM),
    Address("diary-draft", "/diary/draft/{draft}/", HERS),
    Address("diary-check", "/diary/draft/{draft}/check/", HERS, FORM),
    Address("diary-check", "/diary/draft/{change}/check/", HERS, FORM),
    Address("diary-newer", "/diary/draft/{draft}/newer/", HERS_ON, FORM),
    Address("diary-newer", "/diary/draft/{overtaken}/newer/", HERS, FORM),
    Address("diary-put-away", "/diary/draft/{draft}/put-away/", HERS, FORM),
    Address("diary-aside", "/diary/draft/{draft}/aside/", HERS_ON, FORM),
    *(
        Address("diary-section", f"/diary/draft/{{draft}}/{slug}/", HERS, FORM)
        for slug in (
            "words",
            "when",
            "where",
            "kind",
            "contact",
            "said",
            "names",
            "who",
            "saw",
            "effect",
            "told",
            "order",
            "feelings",
            "files",
        )
    ),
    Address("diary-section", "/diary/draft/{draft}/nothing/", Answers(302, 302, 404, 404), FORM),
    Address("diary-entry", "/diary/{entry}/", HERS),
    Address("diary-amend", "/diary/{entry}/amend/", ON, FORM),
    Address("diary-entry-files", "/diary/{entry}/files/", HERS, FORM),
    Address("diary-version", "/diary/{entry}/version/1/", HERS),
    Address("diary-version", "/diary/{entry}/version/99/", Answers(302, 302, 404, 404)),
    # People and places.
    Address("people", "/people/", OWN),
    *(Address("people-add", f"/people/{kind}/new/", OWN, FORM) for kind in ("who", "saw", "place")),
    Address("people-add", "/people/nothing/new/", Answers(302, 302, 404, 404), FORM),
    *(Address("people-one", f"/people/{kind}/{{{kind}}}/", HERS) for kind in ("who", "saw", "place")),
    Address("people-one", "/people/saw/{who}/", Answers(302, 302, 404, 404)),
    *(
        Address("people-change", f"/people/{kind}/{{{kind}}}/change/", HERS, FORM)
        for kind in ("who", "saw", "place")
    ),
    # Files.
    Address("files", "/files/", OWN),
    Address("files-add", "/files/add/", OWN, FORM),
    Address("files-add", "/files/add/?entry={entry}", HERS, FORM),
    Address("files-added", "/files/added/?kept={exhibit}", HERS),
    Address("files-added", "/files/added/", Answers(302, 302, 404, 404)),
    Address("files-before", "/files/before/", OPEN),
    Address("files-before-one", "/files/before/{checklist}/", OPEN),
    Address("files-before-one", "/files/before/nothing/", Answers(404, 404, 404, 404)),
    Address("files-uploads", "/files/upload/", NEVER, frozenset({"OPTIONS", "POST"}), is_page=False),
    Address("files-upload-find", "/files/upload/find/", NEVER, ACT, is_page=False),
    Address("files-uploads-keep", "/files/upload/keep/", NEVER, ACT, is_page=False),
    Address(
        "files-upload",
        "/files/upload/{upload}/",
        NEVER,
        frozenset({"HEAD", "PATCH", "DELETE", "POST"}),
        is_page=False,
    ),
    Address("files-upload-same", "/files/upload/{upload}/same/", NEVER, ACT, is_page=False),
    Address("files-upload-keep", "/files/upload/{upload}/keep/", NEVER, ACT, is_page=False),
    Address("files-upload-let-go", "/files/upload/{upload}/let-go/", HERS, FORM),
    Address("files-thumb", "/files/thumb/{exhibit}/", HERS, is_page=False),
    Address("files-file", "/files/{exhibit}/", HERS),
    Address("files-file", "/files/{unseen}/", HERS),
    Address("files-who", "/files/{exhibit}/who/", HERS, FORM),
    Address("files-who", "/files/{unseen}/who/", HERS, FORM),
    Address("files-open", "/files/{helped}/open/", HERS, FORM),
    Address("files-open", "/files/{unseen}/open/", HERS_ON, FORM),
    Address("files-file", "/files/{helped}/", HERS),
    Address("files-shows", "/files/{helped}/shows/", HERS, FORM),
    Address("files-screen", "/files/{exhibit}/screen/", NEVER, ACT),
    Address("files-picture", "/files/{exhibit}/picture/", HERS),
    Address("files-look", "/files/{unseen}/look/", NEVER, ACT),
    Address("files-page", "/files/{document}/pages/1/", HERS),
    Address("files-page", "/files/{document}/pages/2/", Answers(302, 302, 404, 404)),
    Address("files-opened", "/files/{document}/page/1/", HERS),
    Address("files-blurred", "/files/{document}/page/1/blurred/", HERS, is_page=False),
    Address("files-blurred", "/files/{exhibit}/page/1/blurred/", Answers(302, 302, 404, 404), is_page=False),
    Address("files-text", "/files/{document}/text/", HERS),
    Address("files-again", "/files/{document}/again/", NEVER, ACT),
    Address("files-original", "/files/{exhibit}/original/", HERS, is_page=False),
    Address("files-play", "/files/{film}/play/", HERS, is_page=False),
    Address("files-play", "/files/{exhibit}/play/", Answers(302, 302, 404, 404), is_page=False),
    Address("files-entries", "/files/{exhibit}/entries/", HERS, FORM),
    Address("files-apart", "/files/{exhibit}/apart/", NEVER, ACT),
    # Packs.
    Address("pack", "/pack/", OWN),
    Address("pack-choose", "/pack/choose/", OWN),
    Address("pack-list", "/pack/list/", ON, FORM),
    Address("pack-preview", "/pack/preview/", ON, FORM),
    Address("pack-make", "/pack/make/", ON, FORM),
    Address("pack-opening", "/pack/opening/", OPEN),
]


def names_in_the_urlconf() -> set[str]:
    """The name of every pattern; one without a name is given by its route, so that it is missed in the table."""
    return {pattern.name or f"nameless: {pattern.pattern}" for pattern in _patterns(get_resolver())}


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _patterns(each)
        else:
            yield each
