"""The decoding child: imports what one file needs, confines itself, and only then reads it.

Started by child_process.py and by nothing else. It never prints, logs or raises outward: its standard error
goes nowhere, because an error message could hold what the file holds.
"""

import io
import json
import os
import sys

from PIL import ImageFile

from daybook.gateways.decoding import credentials, frames, pictures, recording_facts, written_inside
from daybook.gateways.decoding.confinement import Layers, confine

_READ = 1024 * 1024


def main() -> None:
    """Answer one request and leave."""
    status = 1
    try:
        answers = os.dup(1)
        # A library that prints must not be able to write into the conversation.
        os.dup2(2, 1)
        _answer(answers)
        status = 0
    except BrokenPipeError:
        pass
    finally:
        # No interpreter shutdown: nothing is left to do that confinement would allow.
        os._exit(status)


def _answer(answers: int) -> None:
    request = json.loads(_read_exactly(frames.LENGTH.unpack(_read_exactly(frames.LENGTH.size))[0]))
    kind = str(request["content_type"])
    reader = None if kind in recording_facts.TYPES else pictures.load_reader(kind)
    credentials.warm_up()
    layers: Layers = confine(threads=reader is not None and pictures.needs_threads(reader))
    send(answers, {"layers": layers})
    try:
        _decode(answers, reader, kind, int(request["limit"]))
    except MemoryError:
        # The traceback still holds the picture; nothing more is tried.
        send(answers, {"failure": frames.MEMORY})


def _decode(answers: int, reader: type[ImageFile.ImageFile] | None, kind: str, limit: int) -> None:
    content = io.BytesIO()
    while chunk := os.read(0, _READ):
        if content.tell() + len(chunk) > limit:
            send(answers, {"failure": frames.TOO_LARGE})
            return
        content.write(chunk)
    if content.tell() == 0:
        send(answers, {"failure": frames.EMPTY})
        return
    size = content.tell()
    content.seek(0)
    if reader is None:
        send(answers, {"recording": recording_facts.raw_recording(content, size, kind)})
        send(answers, {"failure": frames.NO_PICTURE})
        return
    try:
        picture = pictures.open_picture(reader, content)
    except pictures.OURS:
        raise
    except pictures.TooManyPixels:
        send(answers, {"failure": frames.TOO_MANY_PIXELS})
        return
    except Exception:  # noqa: BLE001 - decoders raise whatever hostile content leads them into
        send(answers, {"failure": frames.UNREADABLE})
        return
    facts = pictures.raw_facts(picture) | written_inside.raw_extras(picture, content, kind)
    # Sent before any pixel is decoded: what follows may kill this process, and the facts are worth having.
    send(answers, {"facts": facts})
    try:
        small = pictures.make_thumbnail(picture, facts.get("orientation"))
    except pictures.OURS:
        raise
    except Exception as failure:  # noqa: BLE001 - as above
        cut = isinstance(failure, OSError) and "truncated" in str(failure)
        send(answers, {"failure": frames.CUT_SHORT if cut else frames.UNREADABLE})
        return
    own = written_inside.own_picture(picture)
    send(
        answers, {"thumbnail": len(small), "another": bool(own) and written_inside.shows_another(own, small)}
    )
    _write(answers, frames.frame(small))


def send(answers: int, value: object) -> None:
    """Send one JSON frame."""
    _write(answers, frames.frame(json.dumps(value).encode("ascii")))


def _read_exactly(length: int) -> bytes:
    gathered = b""
    while len(gathered) < length:
        chunk = os.read(0, length - len(gathered))
        if not chunk:
            raise BrokenPipeError
        gathered += chunk
    return gathered


def _write(answers: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(answers, view) :]


if __name__ == "__main__":
    sys.exit("started by the decoder only")
