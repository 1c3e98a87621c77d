"""The command line's words: every command with its arguments, and the module that runs it.

Kept apart from the commands, because those load Django, which `verify` and a mistyped word must not need.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

DEFAULT_PORT = 8440


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, what it does in one line, where it is and what it takes."""

    name: str
    words: str
    module: str
    add_arguments: Callable[[argparse.ArgumentParser], None]


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help=f"port to listen on (default {DEFAULT_PORT})"
    )
    parser.add_argument("--open", action="store_true", help="open it in the browser")


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, help="another number gives another case (default 1)")
    parser.add_argument("--entries", type=int, default=240, help="how many entries (default 240)")
    parser.add_argument("--exhibits", type=int, default=60, help="how many files (default 60)")


def _account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--account", required=True, metavar="A", help="the record's name")


def _add_entry(parser: argparse.ArgumentParser) -> None:
    _account(parser)
    parser.add_argument("--json", required=True, metavar="FILE", help="the entry; - reads standard input")


def _add_exhibit(parser: argparse.ArgumentParser) -> None:
    _account(parser)
    parser.add_argument(
        "files", nargs="+", metavar="FILE", type=Path, help="the files; each stays where it is"
    )
    parser.add_argument("--entry", type=UUID, metavar="ID", help="attach them to this entry")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day, such as 2026-03-01") from None


def _pack(parser: argparse.ArgumentParser) -> None:
    _account(parser)
    parser.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="FILE.zip",
        help="the file to write; nothing is overwritten",
    )
    parser.add_argument("--from", dest="first_day", type=_day, metavar="D", help="first day, as 2026-03-01")
    parser.add_argument("--to", dest="last_day", type=_day, metavar="D", help="last day, as 2026-03-31")
    parser.add_argument(
        "--age-recipient",
        metavar="R",
        help="seal the zip for one reader, by the public key (age1…) that the age program gave them; "
        "without it the zip is not sealed",
    )
    parser.add_argument("--with-feelings", action="store_true", help="put the private feelings in too")
    parser.add_argument(
        "--with-places", action="store_true", help="leave in originals that show a place marked as yours"
    )
    parser.add_argument("--without-police-part", action="store_true", help="leave out contacts and addresses")


def _export(parser: argparse.ArgumentParser) -> None:
    _account(parser)
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="an empty or new folder")
    parser.add_argument(
        "--sealed", action="store_true", help="as age files, with their key sealed to words of your choice"
    )


def _close(parser: argparse.ArgumentParser) -> None:
    _account(parser)
    parser.add_argument("--undo", action="store_true", help="keep the record after all")


def _nothing(parser: argparse.ArgumentParser) -> None:
    """The command takes no arguments."""


COMMANDS = (
    Command("serve", "start Daybook on this machine and print its address", "serve", _serve),
    Command("demo", "fill an empty home with an invented case", "demo", _demo),
    Command("add-entry", "keep a diary entry from JSON (docs/entry.schema.json)", "add_entry", _add_entry),
    Command("add-exhibit", "keep files as evidence, byte for byte", "add_exhibit", _add_exhibit),
    Command("pack", "make a pack for the police: a zip that anyone can verify", "pack", _pack),
    Command("export", "write everything of a record into an empty folder", "export", _export),
    Command("close", "let a record be erased after seven days, or undo that", "close", _close),
    Command("doctor", "check this home and machine", "doctor", _nothing),
)
