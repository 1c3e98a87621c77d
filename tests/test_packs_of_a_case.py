"""Packs of the invented case, taken from the pages of a real server and checked by tools that never heard of Daybook."""

import http.client
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import bagit
import psutil
import pypdfium2
import pyrage
import pytest
from lxml import html

from daybook.packs.tests.packed_again import list_again, repack, unpack
from daybook.packs.verify import verify_open_pack
from tests.rig.running import LiveDaybook

PASSPHRASE = "plover mosaic candle drift wagon eleven"
MEBIBYTE = 1 << 20
EVERYTHING = {"what": "everything", "police_part": "on", "reader": "police"}


class Browser:
    """Speaks HTTP to a running Daybook as a browser without scripts does."""

    def __init__(self, daybook: LiveDaybook) -> None:
        self.port = daybook.port
        self.cookies: dict[str, str] = {}
        self.page = html.document_fromstring("<html></html>")
        self.connections: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        """Hang up."""
        for connection in self.connections:
            connection.close()

    def unlock(self) -> None:
        self.get("/unlock/?open=1")
        answer = self.post("/unlock/", {"name": "demo", "passphrase": PASSPHRASE})
        answer.read()
        assert answer.status in {302, 303}

    def get(self, path: str) -> str:
        answer = self._send("GET", path)
        text = answer.read().decode()
        self.page = html.document_fromstring(text)
        return " ".join(self.page.text_content().split())

    def post(self, path: str, fields: Mapping[str, str] | list[tuple[str, str]]) -> http.client.HTTPResponse:
        token = self.page.xpath("//input[@name='csrfmiddlewaretoken']/@value")[0]
        pairs = [*(fields.items() if isinstance(fields, Mapping) else fields), ("csrfmiddlewaretoken", token)]
        return self._send("POST", path, urlencode(pairs))

    def preview(self, **more: str) -> str:
        self.get("/pack/choose/")
        self.page = html.document_fromstring(
            self.post("/pack/preview/", {**EVERYTHING, **more}).read().decode()
        )
        return " ".join(self.page.text_content().split())

    def make(self, **answers: str) -> http.client.HTTPResponse:
        """Press "Make the pack" on the page that was looked over."""
        fields = [
            (control.get("name"), control.get("value"))
            for control in self.page.xpath("//form[@action='/pack/make/']//input")
            if control.get("type") == "hidden" or control.get("checked") is not None
        ]
        kept = [(name, value) for name, value in fields if name not in {*answers, "csrfmiddlewaretoken"}]
        return self.post("/pack/make/", [*kept, *answers.items()])

    def _send(self, method: str, path: str, body: str | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=120)
        self.connections.append(connection)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://localhost:{self.port}",
            }
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, value = cookie.partition(";")[0].split("=", 1)
            self.cookies[name] = value.strip('"')
        return answer


@pytest.fixture(scope="module")
def case_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the invented case, made once; copies of it are used."""
    first = LiveDaybook(tmp_path_factory.mktemp("case"))
    first.run("demo", "--entries", "40", "--exhibits", "24", passphrase=PASSPHRASE)
    return first.home


@pytest.fixture
def daybook(case_home: Path, tmp_path: Path) -> LiveDaybook:
    """A Daybook of its own with the case in it; not serving."""
    own = LiveDaybook(tmp_path / "own")
    own.folder.mkdir()
    shutil.copytree(case_home, own.home)
    return own


@contextmanager
def unlocked(daybook: LiveDaybook) -> Iterator[Browser]:
    """A browser that has unlocked the case on a server that runs meanwhile."""
    daybook.start()
    found = Browser(daybook)
    try:
        found.unlock()
        yield found
    finally:
        found.close()
        daybook.kill()


def readable(files: Mapping[str, bytes]) -> str:
    """Every byte of a pack as text, its file names and the words of the PDF."""
    texts = [name + "\n" + data.decode("utf-8", "replace") for name, data in files.items()]
    with pypdfium2.PdfDocument(files["data/chronology.pdf"]) as pdf:
        texts += [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]
    return "\n".join(texts)


def test_a_download_from_the_pages_is_sealed_whole_and_valid_everywhere(
    daybook: LiveDaybook, tmp_path: Path
) -> None:
    with unlocked(daybook) as browser:
        browser.preview()
        (words,) = browser.page.xpath("//main//*[@class='db-code']/text()")
        answer = browser.make(places="in")
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].endswith('.zip.age"')
        pack = pyrage.passphrase.decrypt(answer.read(), words)
        browser.get("/pack/")
        shown = "".join(browser.page.xpath("//main//ol[1]//span/text()"))

    report = verify_open_pack(io.BytesIO(pack))
    assert report.is_valid(
        ("structure", "bag", "chain", "commitments", "entries", "csv", "exhibits", "contents")
    )
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "bag")
    (bag,) = (tmp_path / "bag").iterdir()
    assert bagit.Bag(str(bag)).validate(processes=1)
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "manifest-sha256.txt"], cwd=bag, capture_output=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr

    assert shown == report.fingerprint


def test_every_file_of_a_pack_rewritten_with_its_lists_is_caught(
    daybook: LiveDaybook, tmp_path: Path
) -> None:
    out = tmp_path / "p.zip"
    daybook.run("pack", "--account", "demo", "--out", str(out), passphrase=PASSPHRASE)
    files = unpack(out.read_bytes())
    assert len(files) > 30
    assert verify_open_pack(repack(list_again(files))).is_valid()
    slipped = []
    for path in files:
        changed = list_again({**files, path: files[path] + b"\n"})
        removed = list_again(
            {name: data for name, data in files.items() if name != path} | _kept_lists(files, path)
        )
        for what, forged in (("changed", changed), ("removed", removed)):
            same = dict(forged) == dict(files)
            if not same and verify_open_pack(repack(forged)).is_valid():
                slipped.append((what, path))
    assert slipped == []


def _kept_lists(files: Mapping[str, bytes], removed: str) -> dict[str, bytes]:
    # Without bag-info there is nothing to write the new length into.
    return {"bag-info.txt": files["bag-info.txt"]} if removed == "bag-info.txt" else {}


def test_days_of_a_case_hold_nothing_of_other_days(daybook: LiveDaybook, tmp_path: Path) -> None:
    run = daybook.run
    run("pack", "--account", "demo", "--out", str(tmp_path / "all.zip"), passphrase=PASSPHRASE)
    run(
        "pack", "--account", "demo", "--out", str(tmp_path / "some.zip"), "--to", "2026-05-31",
        "--without-police-part", passphrase=PASSPHRASE,
    )  # fmt: skip
    whole = json.loads(unpack((tmp_path / "all.zip").read_bytes())["data/chronology.json"])
    files = unpack((tmp_path / "some.zip").read_bytes())
    part, text = json.loads(files["data/chronology.json"]), readable(files)
    assert 0 < len(part["entries"]) < len(whole["entries"])
    assert verify_open_pack(io.BytesIO((tmp_path / "some.zip").read_bytes())).is_valid()
    assert not [name for name in files if "police-only" in name]

    leaked = []
    for kind in ("entries", "exhibits", "witnesses", "suspects", "places"):
        inside = {item["id"] for item in part[kind]}
        for item in whole[kind]:
            if item["id"] in inside:
                continue
            fields = item["versions"][-1]["fields"]
            said = [
                item["id"],
                fields.get("words"),
                fields.get("sha256"),
                fields.get("name"),
                fields.get("label"),
            ]
            if kind == "exhibits":
                # Names of files repeat; their folder and reference do not.
                said = [item["id"], fields["sha256"], f"{fields['reference'].replace('/', '-')}/"]
            leaked += [one for one in said if one and one in text]
    assert leaked == []
    contacts = unpack((tmp_path / "all.zip").read_bytes())["data/police-only/witnesses.csv"].decode()
    numbers = re.findall(r"07\d{3} ?\d{6}|[\w.]+@[\w.]+", contacts)
    assert numbers
    assert [number for number in numbers if number in text] == []


def test_what_breaks_in_the_middle_cuts_the_download_and_the_page_says_so(
    daybook: LiveDaybook, tmp_path: Path
) -> None:
    (tmp_path / "long.bin").write_bytes(os.urandom(3 * MEBIBYTE))
    done = daybook.run("add-exhibit", "--account", "demo", str(tmp_path / "long.bin"), passphrase=PASSPHRASE)
    reference = json.loads(done.stdout)[0]["ref"]
    bodies = [path for path in (daybook.home / "files" / "kept").rglob("*") if path.is_file()]
    body = max(bodies, key=lambda path: path.stat().st_mtime_ns)
    content = bytearray(body.read_bytes())
    content[2 * MEBIBYTE] ^= 1
    body.chmod(0o600)
    body.write_bytes(content)
    with unlocked(daybook) as browser:
        browser.preview()
        answer = browser.make(places="in", saved_as="plain")
        with pytest.raises(http.client.IncompleteRead) as broken:
            answer.read()
        with pytest.raises(zipfile.BadZipFile):
            zipfile.ZipFile(io.BytesIO(broken.value.partial))
        said = browser.get("/pack/")
    assert "A pack is not finished" in said
    assert reference in said
    assert "The fingerprint of your newest pack" not in said


def test_a_browser_that_hangs_up_ends_the_pack_and_frees_the_server(
    daybook: LiveDaybook, tmp_path: Path
) -> None:
    for number in range(3):
        (tmp_path / f"{number}.bin").write_bytes(os.urandom(20 * MEBIBYTE))
    paths = [str(tmp_path / f"{number}.bin") for number in range(3)]
    daybook.run("add-exhibit", "--account", "demo", *paths, passphrase=PASSPHRASE)
    with unlocked(daybook) as browser:
        browser.preview()
        answer = browser.make(places="in", saved_as="plain")
        assert len(answer.read(MEBIBYTE)) == MEBIBYTE
        answer.close()
        browser.connections[-1].close()
        said = browser.get("/pack/")
        assert "A pack is not finished" in said
        browser.preview()
        whole = browser.make(places="in", saved_as="plain").read()
        assert verify_open_pack(io.BytesIO(whole)).is_valid()
        assert "A pack is not finished" not in browser.get("/pack/")
        log = daybook.log.read_text()
    assert "Traceback" not in log


def _most_resident(daybook: LiveDaybook) -> int:
    """The most bytes the server ever held, as Linux counts them; moments between two looks included."""
    status = Path(f"/proc/{daybook.process_id}/status").read_text()
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", status)
    return int(kilobytes) * 1024


@pytest.mark.slow
def test_a_gigabyte_goes_through_the_pages_in_constant_memory(daybook: LiveDaybook, tmp_path: Path) -> None:
    """At most 300 MiB more than before, of which sealing to a passphrase takes 256 MiB for a moment by design."""
    paths = []
    for number in range(6):
        path = tmp_path / f"film-{number}.bin"
        with path.open("wb") as file:
            for _ in range(175):
                file.write(os.urandom(MEBIBYTE))
        paths.append(path)
        daybook.run("add-exhibit", "--account", "demo", str(path), passphrase=PASSPHRASE)
    with unlocked(daybook) as browser:
        browser.preview()
        server = psutil.Process(daybook.process_id)
        before = server.memory_info().rss
        answer = browser.make(places="in")
        received = 0
        while piece := answer.read(4 * MEBIBYTE):
            received += len(piece)
        peak = _most_resident(daybook)
        said = browser.get("/pack/")
    grown = (peak - before) / MEBIBYTE
    print(json.dumps({"received_mib": received // MEBIBYTE, "grown_mib": round(grown, 1)}))  # noqa: T201
    assert received > 1000 * MEBIBYTE
    assert "The fingerprint of your newest pack" in said
    assert grown <= 300
