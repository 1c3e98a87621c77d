"""The decoder: one short-lived, confined child process for each file."""

import contextlib
import importlib.util
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self, cast

import daybook
from daybook.gateways.decoding import frames
from daybook.gateways.decoding.confinement import REQUIRED
from daybook.kernel.media.decoder import Confinement, Decoded, Measure, Thumbnail, can_decode
from daybook.kernel.media.errors import (
    DecoderBusy,
    DecoderKilled,
    DecoderTimedOut,
    DecodingFailed,
    Undecodable,
)
from daybook.kernel.media.image_facts import ImageFacts, own_picture_differs, read_facts
from daybook.kernel.media.media_facts import MediaFacts, read_media_facts
from daybook.kernel.media.thumbnail import MAX_BYTES, measure_plain_jpeg

INPUT_LIMIT: Final = 200 * 1024 * 1024
WALL_SECONDS: Final = 30.0
SLOTS: Final = 2
WAIT_SECONDS: Final = 60.0

_FAILURES: Final[dict[str, tuple[type[DecodingFailed], str]]] = {
    frames.UNREADABLE: (Undecodable, "The picture is damaged, or it is not really a picture."),
    frames.CUT_SHORT: (Undecodable, "The picture is cut short: its end is missing."),
    frames.EMPTY: (Undecodable, "The file is empty."),
    frames.TOO_LARGE: (Undecodable, "The file is too large to look into."),
    frames.TOO_MANY_PIXELS: (Undecodable, "The picture says it has more pixels than can be opened safely."),
    frames.MEMORY: (DecoderKilled, "The picture needs more memory than is allowed."),
    frames.NO_PICTURE: (Undecodable, "No small picture is made of this kind of file."),
}
_TOOK_TOO_LONG: Final = "Looking into the file took too long and was stopped."
_BROKE: Final = "Looking into the file broke the part that was doing it. Nothing else was touched."
_NONSENSE: Final = "What came back from looking into the file made no sense, so it was not used."

_PIECE: Final = 1024 * 1024


class ChildDecoder:
    """Decodes each file in a new process that is confined before it reads a byte.

    Safe to use from any number of threads; no thread is started, no file is written, no child outlives its
    call.

    Args:
        wall_seconds: the longest a child may keep us waiting. Time that `source` itself takes is not counted.
        input_limit: bytes after which a file is given up.
        slots: how many children run at once in this process; the rest wait.
        wait_seconds: the longest wait for a slot.
    """

    def __init__(
        self,
        *,
        wall_seconds: float = WALL_SECONDS,
        input_limit: int = INPUT_LIMIT,
        slots: int = SLOTS,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._wall_seconds = wall_seconds
        self._input_limit = input_limit
        self._slots = threading.BoundedSemaphore(slots)
        self._wait_seconds = wait_seconds

    def decode(self, source: Iterable[bytes], *, content_type: str) -> Decoded:
        """Read one file; see `kernel.media.decoder.Decoder`."""
        if not can_decode(content_type):
            raise Undecodable("Daybook does not look into files of this kind.")
        with self._slot(), _Child("child", self._wall_seconds) as child:
            child.ask({"content_type": content_type, "limit": self._input_limit})
            _check_layers(child.hear())
            child.feed(source)
            facts = _facts(child.hear())
            # From here on nothing is lost any more: whatever goes wrong costs only the small picture.
            try:
                outcome, small = child.hear(), _thumbnail(child)
                if outcome.get("another") is True and isinstance(facts, ImageFacts):
                    facts = own_picture_differs(facts)
                return Decoded(facts, small)
            except DecodingFailed as failure:
                return Decoded(facts, None, failure.words)

    def confinement(self) -> Confinement:
        """Start one child that tries to break out, and report."""
        with self._slot(), _Child("probes", self._wall_seconds) as child:
            measures = _measures(child.hear())
            tried = child.hear().get("probes")
        if not isinstance(tried, dict):
            raise DecoderKilled(_NONSENSE)
        attempts = tuple(
            Measure(
                f"cannot {act}", refused is True, "tried: refused" if refused is True else "tried: it could"
            )
            for act, refused in tried.items()
        )
        return Confinement(measures + attempts)

    @contextlib.contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._slots.acquire(timeout=self._wait_seconds):
            raise DecoderBusy(
                "Many files are being looked into at the moment. This one can be tried again later."
            )
        try:
            yield
        finally:
            self._slots.release()


class _Child:
    """One child process and the conversation with it. Leaving the block always kills and reaps it."""

    def __init__(self, module: str, seconds: float) -> None:
        self._module = module
        self._left = seconds

    def __enter__(self) -> Self:
        try:
            self._process = subprocess.Popen(
                _command(self._module),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                cwd="/",
                env={},
                close_fds=True,
                start_new_session=True,
            )
        except OSError as refused:
            raise DecoderBusy("The part that looks into files could not be started.") from refused
        self._in = cast(IO[bytes], self._process.stdin)
        self._out = cast(IO[bytes], self._process.stdout)
        os.set_blocking(self._in.fileno(), False)
        os.set_blocking(self._out.fileno(), False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def ask(self, request: dict[str, object]) -> None:
        self._send(frames.frame(json.dumps(request).encode("ascii")))

    def feed(self, source: Iterable[bytes]) -> None:
        """Send the whole file, or as much as the child wants of it."""
        for chunk in source:
            if not self._send(chunk):
                break
        with contextlib.suppress(BrokenPipeError):
            self._in.close()

    def hear(self) -> dict[str, object]:
        """Receive one JSON object."""
        try:
            answer = json.loads(self.receive(frames.MAX_JSON))
        except (ValueError, RecursionError):
            raise DecoderKilled(_NONSENSE) from None
        if not isinstance(answer, dict):
            raise DecoderKilled(_NONSENSE)
        code = answer.get("failure")
        if code is not None:
            failure, words = _FAILURES.get(str(code), (DecoderKilled, _NONSENSE))
            raise failure(words)
        return answer

    def receive(self, longest: int) -> bytes:
        """Receive one frame.

        Raises:
            DecoderTimedOut: it did not come in time.
            DecoderKilled: the child is gone, or the frame is longer than `longest` bytes.
        """
        length = frames.LENGTH.unpack(self._read(frames.LENGTH.size))[0]
        if length > longest:
            raise DecoderKilled(_NONSENSE)
        return self._read(length)

    def _send(self, content: bytes) -> bool:
        """Write all of it; False where the child has stopped listening."""
        view = memoryview(content)
        while view:
            self._wait(self._in.fileno(), select.POLLOUT)
            try:
                sent = os.write(self._in.fileno(), view[:_PIECE])
            except BlockingIOError:
                continue
            except BrokenPipeError:
                return False
            view = view[sent:]
        return True

    def _read(self, length: int) -> bytes:
        gathered = bytearray()
        while len(gathered) < length:
            self._wait(self._out.fileno(), select.POLLIN)
            try:
                piece = os.read(self._out.fileno(), length - len(gathered))
            except BlockingIOError:
                continue
            if not piece:
                raise self._cause_of_death()
            gathered += piece
        return bytes(gathered)

    def _wait(self, descriptor: int, event: int) -> None:
        """Wait for the pipe, against the time that is left."""
        # select() would end at descriptor 1023.
        watch = select.poll()
        watch.register(descriptor, event)
        before = time.monotonic()
        ready = watch.poll(max(0.0, self._left) * 1000)
        self._left -= time.monotonic() - before
        if not ready:
            raise DecoderTimedOut(_TOOK_TOO_LONG)

    def _cause_of_death(self) -> DecodingFailed:
        # The pipe closes a moment before the exit status is there.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        if self._end() == -signal.SIGXCPU:
            return DecoderTimedOut(_TOOK_TOO_LONG)
        return DecoderKilled(_BROKE)

    def _end(self) -> int:
        """Kill the child's group if it still runs, reap it, close the pipes. May be called twice."""
        if self._process.poll() is None:
            # Not yet reaped, so its number cannot belong to anyone else.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        status = self._process.wait()
        for pipe in (self._in, self._out):
            with contextlib.suppress(OSError):
                pipe.close()
        return status


def _command(module: str) -> list[str]:
    """Build the child's command line: isolated, no site module, no bytecode, only the folders it needs."""
    folders = [str(Path(daybook.__file__).parents[1])]
    for package in ("PIL", "pi_heif"):
        found = importlib.util.find_spec(package)
        if found is not None and found.origin is not None:
            folder = str(Path(found.origin).parents[1])
            if folder not in folders:
                folders.append(folder)
    start = (
        "import sys; sys.path[:0] = sys.argv[1:]; "
        f"from daybook.gateways.decoding.{module} import main; main()"
    )
    return [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", start, *folders]


def _measures(answer: dict[str, object]) -> tuple[Measure, ...]:
    layers = answer.get("layers")
    if not isinstance(layers, list):
        raise DecoderKilled(_NONSENSE)
    return tuple(Measure(str(name), held is True, str(detail)) for name, held, detail in layers)


def _check_layers(answer: dict[str, object]) -> None:
    """Refuse to send a hostile file to a child that could not confine itself."""
    held = {measure.name for measure in _measures(answer) if measure.in_force}
    if not held.issuperset(REQUIRED):
        raise Undecodable(
            "This machine cannot confine the part that looks into files, so none is looked into."
        )


def _facts(answer: dict[str, object]) -> ImageFacts | MediaFacts:
    raw, recording = answer.get("facts"), answer.get("recording")
    try:
        if isinstance(recording, dict):
            return read_media_facts(recording)
        if isinstance(raw, dict):
            return read_facts(raw)
    except ValueError:
        pass
    raise DecoderKilled(_NONSENSE)


def _thumbnail(child: _Child) -> Thumbnail:
    content = child.receive(MAX_BYTES)
    try:
        width, height = measure_plain_jpeg(content)
    except ValueError:
        raise DecoderKilled(_NONSENSE) from None
    return Thumbnail(content, width, height)
