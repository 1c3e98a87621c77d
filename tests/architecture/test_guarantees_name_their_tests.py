"""Each guarantee in docs/THREAT_MODEL.md has one number for good, stands in order in its group, and names tests that exist."""

import re
from itertools import pairwise
from pathlib import Path

from tests.architecture.source import ROOT

DOCUMENT = ROOT / "docs" / "THREAT_MODEL.md"
_GUARANTEE = re.compile(r"^- \*\*G(\d+)\*\* (.*?)(?=\n- \*\*G|\n\n)", re.MULTILINE | re.DOTALL)
_GROUP = re.compile(r"^\*\*(.+)\*\*$", re.MULTILINE)
_NAMED = re.compile(r"`((?:[\w*]+/)*(?:test_[\w*]+\.py|tests(?:/[\w*]+)*/?))`")


def _groups() -> dict[str, dict[int, str]]:
    """The guarantees, by number, of each group."""
    text = DOCUMENT.read_text(encoding="utf-8").partition("## Guarantees\n")[2].partition("\n## ")[0] + "\n"
    _, *parts = _GROUP.split(text)
    return {
        name: {int(number): words for number, words in _GUARANTEE.findall(part)}
        for name, part in zip(parts[::2], parts[1::2], strict=True)
    }


def _tests_named_in(text: str) -> list[str]:
    """What a text names as tests, as paths below the project; a bare name is in the folder of the one before."""
    paths: list[str] = []
    for named in _NAMED.findall(text):
        if "/" not in named and paths:
            paths.append(f"{paths[-1].rpartition('/')[0]}/{named}")
        else:
            paths.append(named if named.startswith("tests/") else f"src/daybook/{named}")
    return paths


def _test_files(path: str) -> list[Path]:
    found = [
        one
        for each in ROOT.glob(path.rstrip("/"))
        for one in (each.rglob("*.py") if each.is_dir() else [each])
    ]
    return [one for one in found if "\ndef test_" in one.read_text(encoding="utf-8")]


def test_there_are_guarantees_to_look_at() -> None:
    assert len(_groups()) >= 5
    assert sum(map(len, _groups().values())) >= 40


def test_no_number_stands_twice() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    numbers = re.findall(r"^- \*\*G(\d+)\*\*", text, re.MULTILINE)
    assert sorted(numbers) == sorted(set(numbers))
    # None is lost between the groups either.
    assert len(numbers) == sum(map(len, _groups().values()))


def test_guarantees_stand_in_order_in_their_groups() -> None:
    wrong = [
        f"{name}: G{later} after G{earlier}"
        for name, group in _groups().items()
        for earlier, later in pairwise(group)
        if later < earlier
    ]
    assert wrong == []


def test_each_guarantee_names_tests() -> None:
    silent = [
        f"G{number}"
        for group in _groups().values()
        for number, words in group.items()
        if not _tests_named_in(words)
    ]
    assert silent == []


def test_every_test_that_the_document_names_exists() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    missing = [
        path for words in text.split("\n- ") for path in _tests_named_in(words) if not _test_files(path)
    ]
    assert missing == []
