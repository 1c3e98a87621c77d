"""Sets a laid-out document as a tagged PDF/A-3a and PDF/UA-1 by Typst, in a child process that holds
nothing else.

The text goes in as JSON data, never as Typst markup. Thumbnails go in memory as SVG files that carry the
picture as a data URI, because the compiler's in-memory files must be UTF-8. Nothing is ever written to
disk.
"""

from __future__ import annotations

import base64
import json
import subprocess  # nosec: one fixed program, no shell
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from daybook.packs.contents import PackFault, Thumbnail
from daybook.packs.lettering import Lettering
from daybook.packs.typeset_confinement import required_walls

JSON = Any
LayOut = Callable[[Lettering, bool], JSON]
"""Lays a document out for a lettering; the flag says whether pictures may go in. It must hold "timestamp"
(UNIX seconds).
"""

STANDARDS = ("a-3a", "ua-1")
MEMORY_BYTES = 6 << 30
"""Address space, of which Typst reserves far more than it uses; 3,000 entries with 1,500 pictures use 0.8
GB.
"""
CPU_SECONDS = 300
WALL_SECONDS = 300.0
_PIPE_BYTES = 1 << 20  # the default of 64 KiB costs a switch between processes for every piece
_CHILD = Path(__file__).with_name("typeset_child.py")


@dataclass(frozen=True, slots=True)
class Typeset:
    """A finished PDF, and the standards it keeps (none when even plain letters could not be set to
    standard).
    """

    pdf: bytes
    standards: tuple[str, ...]


def typeset(lay_out: LayOut, thumbnails: Mapping[str, Thumbnail], *, fonts: Path) -> Typeset:
    """Set a document with the fonts in ``fonts`` (with coverage.json). Raises PackFault when no way of
    setting it works.

    When the document cannot be set as it is (a shape no font can draw after all, a broken picture) it is
    tried again with plain letters, then without pictures, then without claiming a standard: an ugly PDF
    beats none.
    """
    lettering = Lettering.of_folder(fonts)
    tries = (
        (lettering, True, STANDARDS),
        (lettering.plain(), True, STANDARDS),
        (lettering.plain(), False, STANDARDS),
        (lettering.plain(), False, ()),
    )
    for letters, with_pictures, standards in tries:
        pictures = thumbnails if with_pictures else {}
        pdf = _run(lay_out(letters, with_pictures), pictures, standards, fonts)
        if pdf is not None:
            return Typeset(pdf, standards)
    raise PackFault("the chronology could not be printed as a PDF")


def document_parts(document: JSON, thumbnails: Mapping[str, Thumbnail]) -> dict[str, bytes]:
    """The files Typst is given: the template, the words as inert data, and each picture."""
    return {
        "main.typ": files("daybook.packs").joinpath("typst/chronology.typ").read_bytes(),
        "data.json": json.dumps(document, ensure_ascii=False).encode(),
        **{f"{key}.svg": _as_svg(thumbnail) for key, thumbnail in thumbnails.items()},
    }


def _run(
    document: JSON, thumbnails: Mapping[str, Thumbnail], standards: tuple[str, ...], fonts: Path
) -> bytes | None:
    """One run of the child: the PDF, or None when the document could not be set. Raises PackFault after WALL_SECONDS."""
    parts = document_parts(document, thumbnails)
    order = {"fonts": str(fonts.absolute()), "memory_bytes": MEMORY_BYTES, "cpu_seconds": CPU_SECONDS}
    header = {
        "files": [(name, len(data)) for name, data in parts.items()],
        "standards": standards,
        "timestamp": document["timestamp"],
    }
    # An empty environment and -I: no path, proxy, or secret of ours is anything the child could see or use.
    with subprocess.Popen(
        [sys.executable, "-I", str(_CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        close_fds=True,
        bufsize=0,
        pipesize=_PIPE_BYTES,
    ) as child:
        too_late = threading.Event()
        clock = threading.Timer(WALL_SECONDS, _end, (child, too_late))
        clock.daemon = True
        clock.start()
        try:
            pdf = None
            if _is_confined(child, order):
                told, _ = child.communicate(b"".join((_line(header), *parts.values())))
                status, _, pdf = told.partition(b"\n")
                pdf = pdf if child.returncode == 0 and status == b"ok" else None
        finally:
            clock.cancel()
            child.kill()
    if too_late.is_set():
        raise PackFault("printing the chronology takes too long; choose fewer entries")
    return pdf


def _is_confined(child: subprocess.Popen[bytes], order: JSON) -> bool:
    """Whether the child stands ready behind its walls. Raises PackFault when one is missing that could stand.

    It has been given no word yet.
    """
    if child.stdin is None or child.stdout is None:
        return False
    try:
        child.stdin.write(_line(order))
    except BrokenPipeError:
        return False
    told = child.stdout.readline()
    if not told:
        return False
    standing = {name for name, stands, _ in json.loads(told) if stands}
    missing = [name for name in required_walls() if name not in standing]
    if missing:
        raise PackFault(f"the process that prints could not be closed off: {', '.join(missing)}")
    return True


def _end(child: subprocess.Popen[bytes], too_late: threading.Event) -> None:
    too_late.set()
    child.kill()


def _line(value: JSON) -> bytes:
    return json.dumps(value).encode() + b"\n"


def _as_svg(thumbnail: Thumbnail) -> bytes:
    size = f'width="{thumbnail.width:d}" height="{thumbnail.height:d}"'
    return (
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size}>'
            f'<image {size} xlink:href="data:image/{thumbnail.kind};base64,'
        ).encode()
        + base64.b64encode(thumbnail.image)
        + b'"/></svg>'
    )
