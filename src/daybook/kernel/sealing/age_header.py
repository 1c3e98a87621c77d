"""The header of an age file: its stanzas parsed and written to the letter of the format, and its MAC.

Source: C2SP age.md (age-encryption.org/v1), sections "Version line" and "Header".
"""

import base64
import binascii
import re
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from daybook.kernel.sealing.age_keys import derive_key
from daybook.kernel.sealing.errors import CannotOpen, UnknownEnvelope
from daybook.kernel.sealing.streams import ByteRanges, fetch

_FAMILY: Final = b"age-encryption.org/"
_VERSION_LINE: Final = b"age-encryption.org/v1\n"
_COLUMNS: Final = 64

# Not in the format: a bound on the work an unauthenticated header can cause, about 600 recipients.
_HEADER_LIMIT: Final = 64 * 1024
_FIRST_READ: Final = 4096

_MAC_LINE: Final = re.compile(rb"--- ([A-Za-z0-9+/]{43})\n")
_ARGUMENT_LINE: Final = re.compile(rb"-> ([!-~]+(?: [!-~]+)*)\n")
_BODY_LINE: Final = re.compile(rb"([A-Za-z0-9+/]{0,64})\n")
_VERSION: Final = re.compile(rb"[!-~]+\n")


class Stanza(NamedTuple):
    """A recipient stanza: one way to the file key."""

    arguments: list[bytes]
    body: bytes

    def written(self) -> bytes:
        # The stanzas we write hold a wrapped key: 43 characters, so one line, which is short and so the last.
        return b"-> " + b" ".join(self.arguments) + b"\n" + encode_base64(self.body) + b"\n"


class Header(NamedTuple):
    """A parsed header, not authenticated yet."""

    stanzas: list[Stanza]
    authenticated: bytes
    mac: bytes
    length: int

    def written(self) -> bytes:
        """The very bytes it was parsed from: the format leaves no second way to write it."""
        return self.authenticated + b" " + encode_base64(self.mac) + b"\n"


def find_header(source: ByteRanges, length: int) -> Header:
    """Read no more of the source than its header needs, and parse it."""
    size = min(length, _FIRST_READ)
    while True:
        data = bytes(fetch(source, 0, size))
        _check_version(data)
        # No valid line but the last begins with three dashes, so this cannot be found too early.
        end = data.find(b"\n---")
        stop = data.find(b"\n", end + 1) if end >= 0 else -1
        if stop >= 0:
            return _parse_header(data[: stop + 1])
        if size >= min(length, _HEADER_LIMIT):
            raise CannotOpen("the header does not end")
        size = min(length, _HEADER_LIMIT, size * 4)


def _check_version(data: bytes) -> None:
    """Tell a format or version we do not know from a file that is merely damaged ("Version line")."""
    if data.startswith(_VERSION_LINE):
        return
    if _VERSION_LINE.startswith(data):
        raise CannotOpen("the file is cut short within its first line")
    if not data.startswith(_FAMILY):
        raise UnknownEnvelope("not an age file in binary form")
    if _VERSION.match(data, len(_FAMILY)):
        raise UnknownEnvelope("a version of the age format that is not known here")
    raise CannotOpen("the first line is not well formed")


def _parse_header(data: bytes) -> Header:
    stanzas = []
    place = len(_VERSION_LINE)
    while not data.startswith(b"---", place):
        stanza, place = _parse_stanza(data, place)
        stanzas.append(stanza)
    mac_line = _MAC_LINE.fullmatch(data, place)
    if not mac_line or not stanzas:
        raise CannotOpen("the header is not well formed")
    return Header(stanzas, data[: place + 3], decode_base64(mac_line[1]), len(data))


def _parse_stanza(data: bytes, place: int) -> tuple[Stanza, int]:
    arguments = _ARGUMENT_LINE.match(data, place)
    if not arguments:
        raise CannotOpen("the header is not well formed")
    place = arguments.end()
    body = []
    while True:
        line = _BODY_LINE.match(data, place)
        if not line:
            raise CannotOpen("the header is not well formed")
        place = line.end()
        body.append(line[1])
        if len(line[1]) < _COLUMNS:
            return Stanza(arguments[1].split(b" "), decode_base64(b"".join(body))), place


def encode_base64(data: bytes) -> bytes:
    """Encode as the format does: standard base64 without padding."""
    return base64.b64encode(data).rstrip(b"=")


def decode_base64(text: bytes, length: int | None = None) -> bytes:
    """Decode canonical base64 without padding, of exactly ``length`` bytes where that is given."""
    data: bytes | None
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        data = None
    # Encoding again settles it: spare bits, padding and foreign characters all come out different.
    if data is None or encode_base64(data) != text or (length is not None and len(data) != length):
        raise CannotOpen("the header is not well formed")
    return data


def write_header(file_key: bytes, stanza: Stanza) -> bytes:
    """Give a whole header with one way to the file key, authenticated by that key."""
    authenticated = _VERSION_LINE + stanza.written() + b"---"
    mac = encode_base64(_header_mac(file_key, authenticated).finalize())
    return authenticated + b" " + mac + b"\n"


def verify_header(file_key: bytes, header: Header) -> None:
    """Check the header's MAC; nothing but the file key may be used before."""
    authentic = True
    try:
        _header_mac(file_key, header.authenticated).verify(header.mac)
    except InvalidSignature:
        authentic = False
    if not authentic:
        raise CannotOpen("the header was altered")


def _header_mac(file_key: bytes, authenticated: bytes) -> HMAC:
    mac = HMAC(derive_key(file_key, b"", b"header"), SHA256())
    mac.update(authenticated)
    return mac
