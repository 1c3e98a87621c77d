"""The ``daybook`` command. ``verify`` needs no home, no database and no settings, so Django is loaded for the others alone."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from daybook.site import verify_command
from daybook.site.arguments import COMMANDS, Command
from daybook.site.command_error import CommandError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="daybook",
        description="A sealed diary and evidence record. Passphrases come from a prompt or DAYBOOK_PASSPHRASE.",
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        subparser = subparsers.add_parser(command.name, help=command.words, description=command.words)
        command.add_arguments(subparser)
        subparser.set_defaults(command=command)
    verify_command.add_parser(subparsers)
    chosen = parser.parse_args(arguments)
    try:
        return _run(chosen)
    except CommandError as error:
        sys.stderr.write(f"daybook: {error}\n")
        return error.status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Nobody reads what we print; let the interpreter's own flush fail quietly too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _run(chosen: argparse.Namespace) -> int:
    command: Command | None = getattr(chosen, "command", None)
    if command is None:
        return verify_command.run(chosen)
    # Models can be imported only after Django is set up, and verify must work without it: so these come by name.
    import_module("daybook.site.commands.starting").start()
    import_module("daybook.site.erasing").erase_at_start()
    return int(import_module(f"daybook.site.commands.{command.module}").run(chosen))


if __name__ == "__main__":
    sys.exit(main())
