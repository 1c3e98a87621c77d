"""What someone does who was handed a pack: open the sealed file, check it, read it."""

import io
import json
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
from playwright.sync_api import Page

from tests.rig.running import LiveDaybook
from tests.stories.walking import press


def download_pack(page: Page) -> tuple[str, bytes]:
    """Press the button of the last page, and give the name and the bytes of what the browser saved."""
    with page.expect_download() as waiting:
        press(page, "Make the pack")
    download = waiting.value
    return download.suggested_filename, Path(download.path()).read_bytes()


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """Open a sealed pack with age, as its reader does."""
    return bytes(pyrage.passphrase.decrypt(sealed, passphrase))


@dataclass(frozen=True)
class ReceivedPack:
    """A pack on the reader's own disk: the zip, and the folder it was unpacked to."""

    zip_file: Path
    folder: Path

    @classmethod
    def unpack(cls, content: bytes, into: Path) -> "ReceivedPack":
        """Save and unpack it; there is one folder at its top."""
        zip_file = into / "received.zip"
        zip_file.write_bytes(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(into / "unpacked")
        (folder,) = (into / "unpacked").iterdir()
        return cls(zip_file, folder)

    @property
    def chronology(self) -> dict[str, Any]:
        """``chronology.json``."""
        read: dict[str, Any] = json.loads((self.folder / "data/chronology.json").read_text(encoding="utf-8"))
        return read

    def files_that_say(self, words: str) -> set[str]:
        """The paths, below ``data``, of all files whose bytes hold these words."""
        data = self.folder / "data"
        return {
            str(path.relative_to(data))
            for path in data.rglob("*")
            if path.is_file() and words.encode() in path.read_bytes()
        }

    def check_with_sha256sum(self) -> list[str]:
        """The lines ``sha256sum -c`` prints for the manifest, as the pack's README says to do."""
        done = subprocess.run(
            ["sha256sum", "-c", "--strict", "manifest-sha256.txt"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.splitlines() + done.stderr.splitlines()

    def verify(self, daybook: LiveDaybook) -> tuple[int, dict[str, Any]]:
        """What ``daybook verify --json`` answers: its exit status and the report."""
        done = daybook.run("verify", str(self.zip_file), "--json", check=False)
        report: dict[str, Any] = json.loads(done.stdout)
        return done.returncode, report
