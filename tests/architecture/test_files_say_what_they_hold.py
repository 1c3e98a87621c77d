"""A file is named for what it holds, says so in its first line, and holds one thing."""

import ast

from tests.architecture.source import ROOT, python_files

_NAMES_THAT_SAY_NOTHING = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "mixins",
    "mixin",
    "manager",
    "managers",
    "misc",
}
_MOST_LINES = 400


def test_there_are_files_to_look_at() -> None:
    assert len(python_files("src")) > 50


def test_every_file_says_what_it_holds() -> None:
    silent = []
    for path in python_files("src", "tests", "benchmarks"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if tree.body and ast.get_docstring(tree) is None:
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []


def test_no_name_says_nothing() -> None:
    empty = [
        str(path.relative_to(ROOT))
        for path in python_files("src", "tests", "benchmarks")
        if _NAMES_THAT_SAY_NOTHING & {path.stem, *path.relative_to(ROOT).parts}
    ]
    assert empty == []


def test_no_file_is_too_long_to_hold_one_thing() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path in python_files("src")
        if (lines := path.read_text(encoding="utf-8").count("\n")) > _MOST_LINES
    ]
    assert long == []
