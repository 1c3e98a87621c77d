"""The people of a round: each with a browser of her own, writing and keeping files until the server is gone."""

import hashlib
import http.client
import random
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests import hostile_files
from tests.crash.journal import Journal, State, Unexpected
from tests.form_bodies import Sent
from tests.plain_browser import Answer, PlainBrowser

NAME = "demo"
PASSPHRASE = "plover mosaic candle drift wagon eleven"
CHANGING = frozenset({"POST", "PATCH", "DELETE"})
_PIECE = 16 * 1024
_LENGTHS = (40, 65_535, 65_536, 65_537, 131_072, 300_000, 300_000, 2_000_000)
_URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(slots=True)
class Coming:
    """A file on its way in parts: what she sends, and how many bytes of it left her browser at the most."""

    name: str
    content: bytes
    furthest: int = 0
    broken_off: bool = False


class Gone(Exception):
    """The server did not answer, or not to the end."""


@dataclass(slots=True)
class Browser(PlainBrowser):
    """A browser that says when a form has left it and when an answer begins, and notices that the server is gone."""

    on_sent: Callable[[], None] = lambda: None
    on_answer: Callable[[], None] = lambda: None

    def page(self, path: str) -> str:
        """A page that must be there."""
        answer = self.get(path)
        if answer.status != 200:
            raise Unexpected(f"{path} answers {answer.status}")
        return answer.text

    def send(self, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
        """Send a form whose hidden fields are known already."""
        return self._ask("POST", path, urlencode(fields).encode(), _URLENCODED | headers)

    def download(self, path: str, fields: Mapping[str, str], into: Path) -> int:
        """Send a form and write what comes back into a file as it comes; returns the status."""
        with into.open("wb") as file:
            return self._talk("POST", path, urlencode(fields).encode(), _URLENCODED, file.write)[0]

    def ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """A request such as a page's script makes."""
        return self._ask(method, path, body or None, headers)

    def leave(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> None:
        """Begin to send what the headers say, and stop for good after this much of it; wait until the server noticed."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        try:
            connection.putrequest(method, path)
            for name, value in (self._headers() | dict(headers)).items():
                connection.putheader(name, value)
            connection.endheaders(content)
            self.on_sent()
        except OSError as error:
            connection.close()
            raise Gone from error
        # Whether it still says something or not: when it ends the connection, too, it has done with what it was sent.
        with suppress(OSError, http.client.HTTPException):
            connection.sock.shutdown(socket.SHUT_WR)
            connection.getresponse().read()
        connection.close()

    def go_away(self, path: str, name: str, content: bytes) -> None:
        """Begin to send a file, and go away in the middle of it."""
        try:
            self.break_off(path, name, content, length=len(content) * 2 + 1)
            self.on_sent()
        except OSError as error:
            raise Gone from error

    def _ask(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        pieces: list[bytes] = []
        status, told = self._talk(method, path, body, headers, pieces.append)
        return Answer(status, told, b"".join(pieces))

    def _talk(
        self, method: str, path: str, body: Any, headers: Mapping[str, str], take: Callable[[bytes], Any]
    ) -> tuple[int, dict[str, str]]:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=120)
        try:
            connection.request(method, path, body, self._headers() | dict(headers))
            if method in CHANGING:
                self.on_sent()
            answer = connection.getresponse()
            if method in CHANGING:
                self.on_answer()
            while piece := answer.read(_PIECE):
                take(piece)
            if answer.length and method != "HEAD":
                raise http.client.IncompleteRead(b"", answer.length)
            self._remember_cookies(answer.headers)
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}
        except (OSError, http.client.HTTPException) as error:
            raise Gone from error
        finally:
            connection.close()


@dataclass(slots=True)
class Person:
    """One person with the record of this home: what she knows of it is in the journal, ``tag`` (a letter) marks what is hers.

    ``secret`` begins every word, name and content that is hers: nothing of it may lie in clear anywhere. ``most_files`` is
    how many she sends in one form. ``coming`` are the uploads that she began.
    """

    tag: str
    secret: str
    journal: Journal
    browser: Browser
    chance: random.Random
    packs: Path
    most_files: int = 3
    session: str = ""
    token: str = ""
    coming: dict[str, Coming] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)

    def mark(self) -> str:
        """A word that stands nowhere else."""
        return f"mark{self.secret}{self.tag}{self.chance.getrandbits(64):016x}"

    def hers(self, kind: str) -> list[str]:
        """The things of a kind that she made and that are there for certain."""
        mine = f"mark{self.secret}{self.tag}"
        return [
            thing
            for thing in self.journal.certain(kind)
            if mine in thing or self.journal.ids.get(f"owner/{thing}") == self.tag
        ]

    def some_writing(
        self, wanted: Callable[[State], bool], addresses: Mapping[str, str] | None = None
    ) -> tuple[str, State] | None:
        """Something she wrote that is as wanted and has one of the addresses; None when there is nothing."""
        known = self.journal.ids if addresses is None else addresses
        found = [
            (thing, state)
            for thing in self.hers("writing")
            if thing in known and wanted(state := self.journal.is_now(thing))
        ]
        return self.chance.choice(found) if found else None

    def some_file(self) -> tuple[str, State] | None:
        """A file she kept, has not removed, and knows the address of; None when there is none. Newer ones more often."""
        found = [thing for thing in self.kept_files() if thing in self.journal.ids]
        if not found:
            return None
        thing = self.chance.choice(found[-8:])
        return thing, self.journal.is_now(thing)

    def kept_files(self) -> list[str]:
        """The files she kept and has not removed."""
        return [thing for thing in self.hers("file") if "removed" not in self.journal.is_now(thing)]

    def unlock(self) -> None:
        """Unlock, if this browser is not unlocked still."""
        if self.session and self.journal.is_now(self.session) == "unlocked":
            return
        self.browser.cookies.clear()
        self.token = ""
        self.session = f"session/{self.tag}{self.chance.getrandbits(64):016x}"
        with self.journal.sending({self.session: ["unlocked"]}) as sent:
            self.journal.unlocks.begun += 1
            answer = self.browser.unlock(NAME, PASSPHRASE)
            sent.acknowledge(answer.status == 302, answer.status)
            self.journal.unlocks.done += 1
            self.journal.ids[self.session] = self.browser.cookies["daybook-visit"]

    def file(self) -> Sent:
        """A new file: its name and content hold her mark."""
        mark = self.mark()
        kind = self.chance.choices(["bytes", "picture", "text"], [5, 3, 2])[0]
        match kind:
            case "picture":
                exif = hostile_files.exif_block([hostile_files.text_field(0x010F, mark)])
                sides = self.chance.randint(64, 1200), self.chance.randint(64, 900)
                return f"{mark}.jpg", hostile_files.picture(size=sides, exif=exif)
            case "text":
                return f"{mark}.txt", f"{mark} ".encode() * self.chance.randint(1, 4000)
            case _:
                length = self.chance.choice(_LENGTHS)
                return f"{mark}.bin", (mark.encode() + self.chance.randbytes(length))[: max(length, 40)]

    def remember(self, content: bytes) -> str:
        """Know a file's content again; returns the thing."""
        sha256 = hashlib.sha256(content).hexdigest()
        if len(content) < 500_000:
            self.contents[sha256] = content
        self.journal.ids[f"owner/file/{sha256}"] = self.tag
        return f"file/{sha256}"
