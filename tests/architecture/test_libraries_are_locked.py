"""Every library that the code imports is named in requirements/run.in or media.in: a fresh machine has nothing else."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

from tests.architecture.source import ROOT, python_files


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _named(lock_source: str) -> set[str]:
    lines = (ROOT / "requirements" / lock_source).read_text(encoding="utf-8").splitlines()
    words = (re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line) for line in lines)
    return {_plain(word.group()) for word in words if word}


def _imported(*folders: str, tests: bool) -> set[str]:
    found: set[str] = set()
    for path in python_files(*folders):
        if not tests and "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"daybook", "tests", "benchmarks"}


def _not_named(imported: set[str], named: set[str]) -> list[str]:
    owners = packages_distributions()
    return sorted(name for name in imported if named.isdisjoint(map(_plain, owners.get(name, []))))


def test_what_runs_is_in_the_lock_for_running() -> None:
    imported = _imported("src", "frontend", tests=False)
    assert "django" in imported
    assert _not_named(imported, _named("run.in") | _named("media.in")) == []


def test_what_tests_and_measures_is_in_the_lock_for_developing() -> None:
    imported = _imported("src", "tests", "benchmarks", tests=True)
    assert "pytest" in imported
    assert _not_named(imported, _named("run.in") | _named("media.in") | _named("dev.in")) == []
