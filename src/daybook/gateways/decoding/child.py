"""The decoding child: confines itself, and only then hears what it is to read.

It never prints, logs or raises outward: its standard error goes nowhere, because an error message could hold what the file
holds.
"""

import importlib
import json
import os
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Final

from daybook.gateways.decoding import frames
from daybook.gateways.decoding.confinement import Layer, confine_child
from daybook.gateways.decoding.conversation import Refusal, hear, say
from daybook.gateways.decoding.limits import DOCUMENTS, LIMITS, PICTURES, RECORDINGS
from daybook.gateways.decoding.program import Work

Look = Callable[[str, int | None], None]
"""Reads one file, given its media type and its size in bytes (None: unknown), and says what it finds."""

_READERS: Final[Mapping[str, tuple[str, ...]]] = {
    PICTURES: ("pictures", "probes"),
    DOCUMENTS: ("documents", "office", "plain_text", "probes"),
    RECORDINGS: ("recordings", "probes"),
}

OURS: Final = (MemoryError, ImportError, BrokenPipeError)
"""What is never blamed on the file: a limit of ours, a module that should have been loaded before, the end of the talk."""


def load(program: str) -> Work:
    """Import and try out the readers of one program; gives what each of its children does."""
    looks: dict[str, Look | None] = {}
    for name in _READERS[program]:
        reader = importlib.import_module(f"daybook.gateways.decoding.{name}")
        ready = _is_ready(reader)
        without: Look | None = getattr(reader, "look_without_library", None)
        looks |= dict.fromkeys(reader.TYPES, reader.look if ready else without)

    def work(layers: list[Layer], process: int) -> None:
        _read_one(layers, process, looks)

    return work


def _is_ready(reader: ModuleType) -> bool:
    """Whether the libraries of a reader are on this machine."""
    try:
        reader.warm_up()
    except ImportError:
        return False
    return True


def _read_one(layers: list[Layer], process: int, looks: Mapping[str, Look | None]) -> None:
    """Answer one request and leave."""
    status = 1
    try:
        # Nothing of this is the file's: Daybook says what kind it found, and how long it is.
        request = json.loads(hear())
        kind = str(request["content_type"])
        say(layers=confine_child(layers, LIMITS[kind], program=process))
        _look(looks[kind], kind, request["size"])
        status = 0
    except BrokenPipeError:
        pass
    finally:
        # No interpreter shutdown: nothing is left to do that confinement would allow.
        os._exit(status)


def _look(look: Look | None, kind: str, size: int | None) -> None:
    if look is None:
        say(failure=frames.MISSING)
        return
    if size == 0:
        say(failure=frames.EMPTY)
        return
    try:
        look(kind, size)
    except Refusal as refusal:
        say(failure=refusal.code)
    except MemoryError:
        # The traceback still holds what took it all; nothing more is tried.
        say(failure=frames.MEMORY)
    except OURS:
        raise
    except Exception:  # noqa: BLE001 - decoders raise whatever hostile content leads them into
        say(failure=frames.UNREADABLE)
    else:
        say(done=True)
