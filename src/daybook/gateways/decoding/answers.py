"""Judging what a decoding child says. It may be in the hands of the author of a file: nothing is taken as it comes."""

from collections.abc import Callable
from typing import Final, TypeVar

from daybook.gateways.decoding import frames
from daybook.gateways.decoding.limits import BARS, MOST_FRAMES, MOST_PAGES, MOST_TEXT
from daybook.gateways.decoding.programs import NONSENSE
from daybook.kernel.media.claims import kind_of
from daybook.kernel.media.decoder import Decoded, Extract, Measure, Recording, Thumbnail
from daybook.kernel.media.errors import (
    DecoderKilled,
    DecoderMissing,
    DecoderTimedOut,
    DecodingFailed,
    Undecodable,
)
from daybook.kernel.media.image_facts import ImageFacts, own_picture_differs, read_facts
from daybook.kernel.media.media_facts import MediaFacts, read_media_facts
from daybook.kernel.media.names import visible_text
from daybook.kernel.media.thumbnail import (
    MAX_BYTES,
    MAX_PAGE_BYTES,
    MAX_PAGE_SIDE,
    MAX_SIDE,
    measure_plain_jpeg,
)

_FAILURES: Final[dict[str, tuple[type[DecodingFailed], str]]] = {
    frames.UNREADABLE: (Undecodable, "The {kind} is damaged, or it is not really a {kind}."),
    frames.CUT_SHORT: (Undecodable, "The {kind} is cut short: a part of it is missing."),
    frames.EMPTY: (Undecodable, "The file is empty."),
    frames.TOO_LARGE: (Undecodable, "The file is too large to look into."),
    frames.TOO_MANY_PIXELS: (Undecodable, "The {kind} says it has more pixels than can be opened safely."),
    frames.TOO_MUCH_INSIDE: (Undecodable, "The {kind} holds more than can be unpacked safely."),
    frames.LOCKED: (Undecodable, "The {kind} has a password of its own. Only who knows it can see inside."),
    frames.NOTHING_TO_SHOW: (Undecodable, "There is nothing in the {kind} that can be shown here."),
    frames.UNKNOWN_CODEC: (Undecodable, "The {kind} is made in a way that cannot be shown here."),
    frames.MEMORY: (DecoderKilled, "The {kind} needs more memory than is allowed."),
    frames.MISSING: (
        DecoderMissing,
        "There is no preview of a {kind} on this machine: the part that reads it is not installed.",
    ),
}
_LONGEST_SECONDS: Final = 60 * 60 * 24 * 100
_MOST_PAGES_SAID: Final = 10_000_000
_MOST_TEXT_BYTES: Final = 4 * MOST_TEXT

T = TypeVar("T")

Receive = Callable[[int], bytes]
"""Receives one frame, given the most bytes it may have."""


def measures_of(answer: dict[str, object]) -> list[Measure]:
    """In which ways a child says it is confined. Raises DecoderKilled when it says something else."""
    layers = answer.get("layers")
    if not isinstance(layers, list):
        raise DecoderKilled(NONSENSE)
    measures = []
    for layer in layers:
        if not (isinstance(layer, list) and len(layer) == 3):
            raise DecoderKilled(NONSENSE)
        name, held, detail = layer
        measures.append(Measure(str(name), held is True, str(detail)))
    return measures


class Learned:
    """What one file's child has told so far."""

    def __init__(self, content_type: str) -> None:
        self._kind = kind_of(content_type)
        self.facts: ImageFacts | MediaFacts | None = None
        self._shows_another = False
        self._thumbnail: Thumbnail | None = None
        self._pages: list[Thumbnail] = []
        self._pages_in_all = 0
        self._frames: list[Thumbnail] = []
        self._recording: Recording | None = None
        self._extract: Extract | None = None

    def hear(self, answer: dict[str, object], receive: Receive) -> bool:
        """Take one answer in; False when it was the last. Raises DecodingFailed as the child says, or for nonsense."""
        match answer:
            case {"done": True}:
                return False
            case {"failure": str(code)}:
                raise self._failure(code)
            case {"facts": dict(raw)}:
                self.facts = _checked(lambda: read_facts(raw))
            case {"recording": dict(raw)}:
                self.facts = _checked(lambda: read_media_facts(raw))
            case {"another": True} if isinstance(self.facts, ImageFacts) and not self._shows_another:
                self.facts, self._shows_another = own_picture_differs(self.facts), True
            case {"picture": str(what), "number": int(number)}:
                self._hear_picture(what, number, receive)
            case {"pages": int(pages)} if 0 <= pages <= _MOST_PAGES_SAID:
                self._pages_in_all = pages
            case {"playing": {"seconds": seconds, "sound": bool(has_sound)}}:
                self._recording = Recording(_seconds(seconds), has_sound)
            case {"waveform": list(bars), "seconds": seconds, "whole": bool(whole)}:
                self._hear_loudness(bars, seconds, whole=whole)
            case {"text": bool(cut)}:
                text = receive(_MOST_TEXT_BYTES).decode("utf-8", "replace")
                self._extract = Extract(visible_text(text[:MOST_TEXT]), cut or len(text) > MOST_TEXT)
            case _:
                raise DecoderKilled(NONSENSE)
        return True

    def decoded(self, failure: DecodingFailed | None = None) -> Decoded:
        """All that was learned. Raises the failure when that is nothing."""
        shown = (self._facts_beside(failure), self._thumbnail, self._pages, self._frames, self._extract)
        heard = self._recording is not None and (failure is None or self._recording.seconds is not None)
        if failure is not None and not any(shown) and not heard:
            raise failure
        return Decoded(
            facts=self.facts,
            thumbnail=self._thumbnail,
            no_thumbnail=failure.words if failure is not None else "",
            broken_off=isinstance(failure, DecoderKilled | DecoderTimedOut),
            pages=tuple(self._pages),
            pages_in_all=max(self._pages_in_all, len(self._pages)),
            frames=tuple(self._frames),
            recording=self._recording,
            extract=self._extract,
        )

    def _facts_beside(self, failure: DecodingFailed | None) -> ImageFacts | MediaFacts | None:
        """The facts, where they are worth having although the rest failed."""
        if failure is None or not isinstance(self.facts, MediaFacts):
            return self.facts
        # A recording says it again at no cost. Where it may be shown another time, or says nothing, the failure counts.
        worth = isinstance(failure, Undecodable) and set(self.facts.as_metadata()) - {"doubts"}
        return self.facts if worth else None

    def _failure(self, code: str) -> DecodingFailed:
        failure, words = _FAILURES.get(code, (DecoderKilled, NONSENSE))
        return failure(words.format(kind=self._kind))

    def _hear_picture(self, what: str, number: int, receive: Receive) -> None:
        match what:
            case "thumbnail" if self._thumbnail is None:
                self._thumbnail = _picture(receive(MAX_BYTES), MAX_SIDE)
            case "page" if number == len(self._pages) + 1 <= MOST_PAGES:
                self._pages.append(_picture(receive(MAX_PAGE_BYTES), MAX_PAGE_SIDE))
            case "frame" if number == len(self._frames) + 1 <= MOST_FRAMES:
                self._frames.append(_picture(receive(MAX_BYTES), MAX_SIDE))
            case _:
                raise DecoderKilled(NONSENSE)

    def _hear_loudness(self, bars: list[object], seconds: object, *, whole: bool) -> None:
        heights = tuple(bar for bar in bars if isinstance(bar, int) and 0 <= bar <= 255)
        if len(heights) != len(bars) or len(bars) > BARS:
            raise DecoderKilled(NONSENSE)
        self._recording = Recording(_seconds(seconds), True, heights, whole)


def _picture(content: bytes, most_side: int) -> Thumbnail:
    width, height = _checked(
        lambda: measure_plain_jpeg(content, most_side=most_side, most_bytes=MAX_PAGE_BYTES)
    )
    return Thumbnail(content, width, height)


def _seconds(said: object) -> float | None:
    if isinstance(said, int | float) and not isinstance(said, bool) and 0 < said < _LONGEST_SECONDS:
        return float(said)
    return None


def _checked(judge: Callable[[], T]) -> T:
    try:
        return judge()
    except ValueError:
        raise DecoderKilled(NONSENSE) from None
