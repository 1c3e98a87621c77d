"""docs/EVIDENCE.md: what it tells police to type works on a real pack, and notices a forged one."""

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from daybook.packs.tests.packed_again import list_again, repack, unpack
from daybook.packs.tests.sample import sample_pack
from daybook.packs.verify import CHECKS, verify_open_pack

PAGE = (Path(__file__).parents[4] / "docs/EVIDENCE.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found.group(1)


def unzip(pack: bytes, into: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        opened.extractall(into)
    return into / "notes-2026-11-20"


def test_the_python_lines_reach_the_fingerprint(tmp_path: Path) -> None:
    folder = unzip(sample_pack(), tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", "-c", block("python")], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["fingerprint", verify_open_pack(io.BytesIO(sample_pack())).fingerprint]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("data/ledger/disclosures.jsonl", b"Gosia saw it too.", b"Nobody saw it."),
        ("data/ledger/events.jsonl", b"2026-02-03", b"2025-02-03"),
        ("data/exhibits/WT-3/voicemail.mp3", b"three", b"Three"),
        ("data/police-only/disclosures.jsonl", b"14 Larch", b"15 Larch"),
    ],
)
def test_the_python_lines_notice_what_a_forger_changed(
    tmp_path: Path, path: str, old: bytes, new: bytes
) -> None:
    files = unpack(sample_pack())
    files[path] = files[path].replace(old, new)
    folder = unzip(repack(list_again(files)).getvalue(), tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", "-c", block("python")], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "AssertionError" in done.stderr


def test_the_shell_lines_show_the_digests_that_the_last_event_holds(tmp_path: Path) -> None:
    folder = unzip(sample_pack(), tmp_path)
    shown = subprocess.run(
        ["bash", "-c", block("sh")], cwd=folder, capture_output=True, text=True, check=True
    ).stdout
    *sums, last = shown.splitlines()
    assert json.loads(last)["event"]["details"] == dict(
        zip(("contents", "ledger", "disclosures"), (line.split()[0] for line in sums), strict=True)
    )


def test_every_check_the_page_names_exists() -> None:
    table = PAGE.split("## How each file is bound")[1].split("## Checking")[0]
    last_columns = [
        row.rsplit("|", 2)[1] for row in table.splitlines() if row.startswith("| ") and row.count("|") == 4
    ]
    named = {name for column in last_columns for name in re.findall(r"`(\w+)`", column)}
    assert named == {"exhibits", "contents", "entries", "csv", "commitments", "chain", "bag"}
    assert named <= set(CHECKS)
