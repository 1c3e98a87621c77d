"""Reading an XMP packet (ISO 16684-1): what an editing program wrote into a file about itself and its work.

Runs in the decoding child on bytes chosen by the person's enemy. A packet with a document type or an entity, with
too many bytes, parts or levels is given up; nothing outside it is ever asked for. Values are handed on unjudged:
see `xmp_facts.judge_xmp`.
"""

from typing import Final
from xml.parsers import expat

MOST_BYTES: Final = 512 * 1024
"""Longer packets exist (they hold a picture or the work of years), and say nothing more about when and with what."""

MOST_STEPS: Final = 12
"""The most steps of an edit history that are kept, the newest."""

_MOST_PARTS: Final = 20_000
_MOST_LEVELS: Final = 32
_TEXT: Final = 800

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns# "
_XMP: Final = "http://ns.adobe.com/xap/1.0/ "
_PHOTOSHOP: Final = "http://ns.adobe.com/photoshop/1.0/ "
_EXIF: Final = "http://ns.adobe.com/exif/1.0/ "
_TIFF: Final = "http://ns.adobe.com/tiff/1.0/ "
_STEP: Final = "http://ns.adobe.com/xap/1.0/sType/ResourceEvent# "
_HISTORY: Final = "http://ns.adobe.com/xap/1.0/mm/ History"
_IPTC: Final = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/ "

# The first of several names for one fact is the stronger one.
_WANTED: Final = {
    f"{_EXIF}DateTimeOriginal": ("taken_at", 0),
    f"{_PHOTOSHOP}DateCreated": ("taken_at", 1),
    f"{_XMP}CreateDate": ("created_at", 0),
    f"{_XMP}ModifyDate": ("modified_at", 0),
    f"{_XMP}CreatorTool": ("tool", 0),
    f"{_TIFF}Make": ("make", 0),
    f"{_TIFF}Model": ("model", 0),
    f"{_EXIF}GPSLatitude": ("latitude", 0),
    f"{_EXIF}GPSLongitude": ("longitude", 0),
    f"{_IPTC}DigitalSourceType": ("source_type", 0),
    "http://purl.org/dc/terms/ provenance": ("elsewhere", 0),
}
_OF_A_STEP: Final = {f"{_STEP}action": "action", f"{_STEP}when": "at", f"{_STEP}softwareAgent": "tool"}


class _GivenUp(Exception):
    """The packet is not read any further."""


def parse_xmp(packet: bytes) -> dict[str, object]:
    """Read the few properties that are wanted out of a packet.

    Returns:
        Any of `taken_at`, `created_at`, `modified_at`, `tool`, `make`, `model`, `latitude`, `longitude`,
        `source_type`, `elsewhere` (str, as written), `history` (the newest `MOST_STEPS` steps, oldest first, each
        with any of `action`, `at`, `tool`), `steps` (how many there are), and `refused` ("too large", "entities"
        or "damaged") where reading ended early. Never raises for what the packet holds.
    """
    if len(packet) > MOST_BYTES:
        return {"refused": "too large"}
    reader = _Packet()
    # The encoding is fixed, as the standard fixes it for every file we read: a packet cannot choose a decoder.
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    parser.ProcessingInstructionHandler = None
    try:
        parser.Parse(packet.rstrip(b"\x00"), True)
    except _GivenUp as reason:
        reader.found["refused"] = str(reason)
    except (expat.ExpatError, ValueError, LookupError):
        reader.found["refused"] = "damaged"
    return reader.outcome()


class _Packet:
    """What was met so far."""

    def __init__(self) -> None:
        self.found: dict[str, object] = {}
        self._rank: dict[str, int] = {}
        self._path: list[str] = []
        self._words: list[str] = []
        self._steps: list[dict[str, object]] = []
        self._count = self._parts = 0

    def outcome(self) -> dict[str, object]:
        if self._steps:
            self.found["history"] = [step for step in self._steps if step]
            self.found["steps"] = self._count
        return self.found

    def refuse(self, *_: object) -> None:
        raise _GivenUp("entities")

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._parts += 1 + len(attributes)
        self._path.append(name)
        if self._parts > _MOST_PARTS or len(self._path) > _MOST_LEVELS:
            raise _GivenUp("too large")
        self._words.clear()
        if name == f"{_RDF}li" and len(self._path) > 2 and self._path[-3] == _HISTORY:
            self._count += 1
            self._steps.append({})
            del self._steps[:-MOST_STEPS]
        for key, value in attributes.items():
            self._keep(key, value)

    def text(self, words: str) -> None:
        if sum(map(len, self._words)) < _TEXT:
            self._words.append(words)

    def end(self, name: str) -> None:
        self._keep(name, "".join(self._words))
        self._words.clear()
        self._path.pop()

    def _keep(self, name: str, words: str) -> None:
        value = words.strip()[:_TEXT]
        if not value:
            return
        if _HISTORY in self._path:
            field = _OF_A_STEP.get(name)
            if field is not None and self._steps:
                self._steps[-1][field] = value
            return
        # A property of something else inside, such as a picture this one was made from, is not this file's.
        inside = sum(1 for one in self._path if one == f"{_RDF}Description")
        if name not in _WANTED or inside > 1:
            return
        field, rank = _WANTED[name]
        if rank <= self._rank.get(field, rank):
            self._rank[field] = rank
            self.found[field] = value
