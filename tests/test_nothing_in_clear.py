"""Nothing a person wrote or kept lies in clear on the disk: not in the home, the log or a temporary folder.

Marks are planted through every way in (the diary, drafts, files by form and by command line, people, forms that fail, forms
that come too late), the server is killed as by a power cut, and then everything it could have written to is searched.
"""

import base64
import io
import secrets
import shutil
import zipfile
import zlib
from pathlib import Path

import pytest

from tests import hostile_files
from tests.plain_browser import PlainBrowser
from tests.plaintext_search import find_marks, hidden_in_every_way
from tests.rig.running import LiveDaybook
from tests.upload_parts import Parts

PASSPHRASE = "plover mosaic candle drift wagon eleven"


def new_mark(where: str) -> str:
    """A text that stands nowhere else."""
    return f"mark{where}{secrets.token_hex(9)}"


def document_with(mark: str) -> bytes:
    """What a word processor saves: text inside a deflated part of a zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:t>{mark}</w:t>" * 40)
    return made.getvalue()


def photo_with(mark: str) -> bytes:
    """A photo whose camera is called by the mark."""
    block = hostile_files.exif_block([hostile_files.text_field(0x010F, mark)])
    return hostile_files.picture(exif=block)


class Planting:
    """Plants marks through a running Daybook and remembers them."""

    def __init__(self, daybook: LiveDaybook, elsewhere: Path) -> None:
        self.daybook, self.elsewhere = daybook, elsewhere
        self.marks: list[str] = []
        self.browser = PlainBrowser(daybook.port)

    def mark(self, where: str) -> str:
        """A new mark."""
        self.marks.append(new_mark(where))
        return self.marks[-1]

    def files(self, where: str) -> list[tuple[str, bytes]]:
        """Files that hold a mark in every way a file may."""
        plain, packed = self.mark(f"{where}plain"), self.mark(f"{where}packed")
        return [
            (f"{self.mark(where + 'name')}.txt", plain.encode() * 500),
            ("b64.txt", base64.b64encode(self.mark(f"{where}base").encode() * 3)),
            ("utf16.txt", self.mark(f"{where}wide").encode("utf-16")),
            ("paper.docx", document_with(packed)),
            ("packed.bin", zlib.compress(self.mark(f"{where}zlib").encode() * 30)),
            ("photo.jpg", photo_with(self.mark(f"{where}exif"))),
        ]

    def by_pages(self) -> None:
        """Through every form there is."""
        browser = self.browser
        assert browser.unlock("demo", PASSPHRASE).status in (302, 303)
        kept = browser.post("/diary/new/", {"words": self.mark("entry"), "go": "keep"})
        assert kept.status == 302
        draft = browser.post("/diary/new/", {"words": self.mark("draft"), "go": "more"}).location
        for section, name in (("where", "text"), ("feelings", "feelings"), ("effect", "effect")):
            browser.post(f"{draft}{section}/", {name: self.mark(section), "go": "list"})
        autosave = {"X-Daybook": "autosave"}
        browser.post("/diary/new/", {"words": self.mark("autosave")}, **autosave)
        browser.post(
            "/people/saw/new/", {"name": self.mark("witness"), "contact": self.mark("contact"), "go": "save"}
        )
        browser.post(
            "/people/who/new/",
            {"name": self.mark("suspect"), "description": self.mark("looks"), "go": "save"},
        )
        browser.post(
            "/people/place/new/", {"label": self.mark("place"), "address": self.mark("home"), "go": "save"}
        )
        browser.post("/diary/find/", {"words": self.mark("search")}, token_from="/diary/")
        assert browser.send_files("/files/add/", self.files("form")).status == 302
        assert (
            browser.send_files(f"/files/add/?draft={draft.split('/')[-2]}", self.files("draft")).status == 302
        )
        assert browser.send_files("/files/add/", self.files("unseen"), {"unseen": "on"}).status == 302

    def by_parts(self) -> None:
        """In parts: a file that arrives whole, one that is cut inside a chunk, and one that is let go of."""
        for where, cut in (("whole", None), ("cutparts", 70_001), ("letgo", 150_000)):
            content = self.mark(f"{where}content").encode() * 9000
            parts = Parts(self.browser, f"{self.mark(where + 'title')}.txt", len(content))
            parts.send(0, content[: cut or len(content)])
            if cut is None:
                parts.keep()
            elif where == "letgo":
                parts.let_go()
            else:
                parts.break_off(cut, content[cut : 2 * cut], length=len(content) - cut)

    def by_command(self) -> None:
        """Through the command line, while the server runs."""
        self.elsewhere.mkdir()
        paths = []
        for name, content in self.files("command"):
            (self.elsewhere / name).write_bytes(content)
            paths.append(str(self.elsewhere / name))
        self.daybook.run("add-exhibit", "--account", "demo", *paths, passphrase=PASSPHRASE)
        entry = self.elsewhere / "entry.json"
        entry.write_text(f'{{"words": "{self.mark("json")}", "feelings": "{self.mark("jsonfeelings")}"}}')
        self.daybook.run("add-entry", "--account", "demo", "--json", str(entry), passphrase=PASSPHRASE)

    def by_failing(self) -> None:
        """Through forms and files that are refused, cut short, a stranger's, or too late."""
        browser = self.browser
        assert browser.send_files("/files/add/", self.files("forged"), token=False).status == 403
        browser.break_off(
            "/files/add/", self.mark("cutname"), self.mark("cut").encode() * 90_000, length=90_000_000
        )
        browser.post("/people/saw/new/", {"contact": self.mark("nameless"), "go": "save"})
        browser.post("/files/add/", {"unseen": self.mark("field")})
        stranger = PlainBrowser(self.daybook.port)
        stranger.unlock(self.mark("wrongname"), self.mark("wrongpassphrase"))
        stranger.unlock("demo", self.mark("wrong passphrase"))
        stranger.send_files("/files/add/", self.files("stranger"), {"name": self.mark("field2")}, token=False)
        stranger.get(f"/diary/?words={self.mark('query')}")
        writing = PlainBrowser(self.daybook.port, dict(browser.cookies))
        token = {"csrfmiddlewaretoken": writing.token("/files/add/")}
        browser.post("/lock/", {}, token_from="/help/")
        words = {"words": self.mark("late"), **token}
        assert writing.send_files("/diary/new/", [], words, token=False).status == 401
        assert writing.send_files("/files/add/", self.files("late"), token, token=False).status == 401

    @property
    def places(self) -> list[Path]:
        """Everything the server may write to."""
        return [self.daybook.home, self.daybook.temporary, self.daybook.log]


@pytest.mark.parametrize("way", hidden_in_every_way("x"))
def test_the_search_finds_a_mark_hidden_in_every_way(tmp_path: Path, way: str) -> None:
    mark = new_mark("search")
    (tmp_path / "haystack.bin").write_bytes(hidden_in_every_way(mark)[way])
    assert find_marks([mark], [tmp_path])
    assert find_marks([new_mark("other")], [tmp_path]) == []


def test_the_search_looks_into_packed_documents_and_at_names(tmp_path: Path) -> None:
    inside, outside = new_mark("inside"), new_mark("outside")
    (tmp_path / f"{outside}.docx").write_bytes(b"something before" + document_with(inside))
    found = find_marks([inside, outside], [tmp_path])
    assert any(inside in line and "unzipped" in line for line in found)
    assert any(outside in line and "name" in line for line in found)


def test_nothing_that_was_written_or_kept_lies_in_clear_even_after_a_power_cut(
    live_daybook: LiveDaybook, tmp_path: Path
) -> None:
    live_daybook.run("demo", "--entries", "0", "--exhibits", "0", passphrase=PASSPHRASE)
    planting = Planting(live_daybook, tmp_path / "elsewhere")
    planting.by_pages()
    planting.by_parts()
    planting.by_command()
    assert find_marks(planting.marks, planting.places) == []
    planting.by_failing()
    assert find_marks(planting.marks, planting.places) == []
    live_daybook.kill()
    assert find_marks(planting.marks, planting.places) == []
    live_daybook.start()
    assert find_marks(planting.marks, planting.places) == []
    # The marks did arrive: unlocked, they can all be read again.
    reader = PlainBrowser(live_daybook.port)
    reader.unlock("demo", PASSPHRASE)
    shown = "".join(reader.get(path).text for path in ("/diary/", "/people/", "/files/", "/files/?page=2"))
    for where in (
        "entry",
        "draft",
        "json",
        "witness",
        "suspect",
        "place",
        "formname",
        "draftname",
        "commandname",
        "wholetitle",
    ):
        assert next(mark for mark in planting.marks if mark.startswith(f"mark{where}")) in shown, where
    live_daybook.stop()
    shutil.rmtree(planting.elsewhere)
    assert find_marks(planting.marks, [live_daybook.folder]) == []
