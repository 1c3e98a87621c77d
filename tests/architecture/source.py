"""Where the code lies and how its rooms are stacked, read from the one place that says so."""

import tomllib
from pathlib import Path
from typing import Any, cast

__all__ = ["ROOT", "python_files", "rooms_from_the_top"]

ROOT = Path(__file__).parents[2]


def python_files(*folders: str) -> list[Path]:
    """Every Python file in some folders of the project that a person wrote."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts and "node_modules" not in path.parts]


def rooms_from_the_top() -> list[str]:
    """The rooms as the import contract in pyproject.toml stacks them."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = cast(list[dict[str, Any]], tomllib.load(file)["tool"]["importlinter"]["contracts"])
    [rooms] = [contract["layers"] for contract in contracts if contract["id"] == "rooms"]
    return cast(list[str], rooms)
