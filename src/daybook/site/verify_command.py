"""``daybook verify FILE.zip``: checks a pack on any machine. Needs no home, no database and no settings.

Trust never comes from inside a pack: whose signature and which stamps count is said by ``--signer`` and
``--trust-tsa``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from daybook.packs.verify import CHECKS, PackUnreadable, Report, State, verify_pack

NOTHING_INVALID, INVALID, UNREADABLE = 0, 1, 2
_MARKS = {State.VALID: "ok", State.ABSENT: "absent", State.UNKNOWN: "unknown", State.INVALID: "INVALID"}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the ``verify`` command to the parsers of ``daybook``; its ``func`` default is ``run``."""
    parser = subparsers.add_parser(
        "verify",
        help="check a pack",
        description="Check a pack. Exit status: 0 nothing is invalid, 1 something is, 2 it cannot be read.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.zip", help="the pack as you got it")
    parser.add_argument("--json", action="store_true", help="print the result for programs")
    parser.add_argument(
        "--require",
        type=_check_names,
        default=(),
        metavar="CHECKS",
        help="checks that must be valid, such as stamp,signature: absent and unknown then count as invalid",
    )
    parser.add_argument("--signer", type=Path, metavar="FILE", help="the public key of the service you trust")
    parser.add_argument(
        "--trust-tsa", type=Path, metavar="FILE", help="certificates of the time stamp authorities you trust"
    )
    parser.set_defaults(func=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Check ``args.file`` and print what was found; returns the exit status."""
    try:
        for trusted in (args.signer, args.trust_tsa):
            if trusted is not None and not trusted.is_file():
                raise PackUnreadable(f"There is no file {trusted}.")
        report = verify_pack(args.file)
    except PackUnreadable as error:
        if args.json:
            _say(json.dumps({
                "valid": False,
                "checks": [{"name": "structure", "state": "unknown", "detail": str(error)}],
                "fingerprint": "",
                "printed_fingerprint": "",
            }, indent=1))  # fmt: skip
        else:
            sys.stderr.write(f"{error}\n")
        return UNREADABLE
    if args.json:
        _say(json.dumps(report.to_json(args.require), indent=1, ensure_ascii=False))
    else:
        _say(_in_words(report, args.require))
    return NOTHING_INVALID if report.is_valid(args.require) else INVALID


def _in_words(report: Report, require: tuple[str, ...]) -> str:
    lines = [f"{_MARKS[check.state]:<8} {check.name:<12} {check.detail}" for check in report.checks]
    missing = [
        check.name for check in report.checks if check.name in require and check.state is not State.VALID
    ]
    if any(check.state is State.INVALID for check in report.checks):
        lines += ["", "SOMETHING IS WRONG WITH THIS PACK. The lines marked INVALID say what."]
    elif missing:
        lines += ["", f"Nothing is wrong, but you asked for what is not there: {', '.join(missing)}."]
    else:
        lines += ["", "Nothing is wrong with this pack: its files, its words and its ledger fit together."]
    if report.fingerprint:
        lines += ["", f"Fingerprint now:                  {_grouped(report.fingerprint)}"]
    if report.printed_fingerprint:
        lines.append(f"Fingerprint the PDF should print: {_grouped(report.printed_fingerprint)}")
    lines += [
        "",
        "This does not prove that the words are true, nor who wrote them. Without a stamp or signature",
        "it does not prove when: compare a fingerprint with one that was noted before, or ask the person",
        "to read hers out.",
    ]
    return "\n".join(lines)


def _grouped(fingerprint: str) -> str:
    return " ".join(fingerprint[place : place + 4] for place in range(0, len(fingerprint), 4))


def _check_names(given: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in given.split(",") if name.strip())
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"there is no check called {', '.join(unknown)}; there are {', '.join(CHECKS)}"
        )
    return names


def _say(text: str) -> None:
    # A terminal that cannot show a character must not stop a check.
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")
