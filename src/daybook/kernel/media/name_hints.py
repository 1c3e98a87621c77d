"""What a file's name hints at: the program that usually gives such names. Only ever a hint, as anyone can name a file."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

_DAY: Final = r"(?P<y>20\d\d)[-_.]?(?P<m>\d\d)[-_.]?(?P<d>\d\d)"
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class NameHint:
    """A hint: which program gives such names, the day in the name, and whether it looks like a picture of a screen."""

    words: str
    day: date | None = None
    screen: bool = False


_PATTERNS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE | re.ASCII), words, screen)
    for pattern, words, screen in (
        (rf"(?:IMG|VID|AUD|PTT|DOC|STK|GIF)-{_DAY}-WA\d+\b.*", "WhatsApp gives names like this one", False),
        (rf"WhatsApp (?:Image|Video|Audio|Ptt) {_DAY} at .*", "WhatsApp gives names like this one", False),
        (rf"signal-{_DAY}.*", "Signal gives names like this one", False),
        (
            rf"(?:photo|video|file|audio)_{_DAY}[_-]\d\d-\d\d-\d\d.*",
            "Telegram gives names like this one",
            False,
        ),
        (r"(?:FB_IMG|received)_\d{9,20}\b.*", "Facebook and Messenger give names like this one", False),
        (r"Snapchat-\d+\b.*", "Snapchat gives names like this one", False),
        (
            rf"(?:screenshot|screen[ _]shot|bildschirmfoto|screen[ _]?recording)[ _-]?(?:{_DAY})?.*",
            "Phones and computers name pictures of their screen like this",
            True,
        ),
    )
)


def hint_from(name: str) -> NameHint | None:
    """The hint in a file's name, or None."""
    last = re.split(r"[/\\]", name)[-1][:_LONGEST]
    for pattern, words, screen in _PATTERNS:
        if found := pattern.fullmatch(last):
            return NameHint(words, _day(found.groupdict()), screen)
    return None


def _day(parts: dict[str, str | None]) -> date | None:
    if not parts.get("y"):
        return None
    try:
        return date(int(parts["y"] or 0), int(parts["m"] or 0), int(parts["d"] or 0))
    except ValueError:
        return None
