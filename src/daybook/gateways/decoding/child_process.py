"""The decoder: one confined child for each file, started by a program that never reads one."""

import contextlib
import threading
import weakref
from collections.abc import Iterator
from typing import Final

from daybook.gateways.decoding.answers import Learned, measures_of
from daybook.gateways.decoding.confinement import REQUIRED
from daybook.gateways.decoding.limits import LIMITS, PROBES, PROGRAMS, Limits
from daybook.gateways.decoding.programs import NONSENSE, NOT_STARTED, Child, Gone, Program
from daybook.gateways.decoding.sources import Supply
from daybook.kernel.media.decoder import Confinement, Decoded, Measure, Source, can_preview
from daybook.kernel.media.errors import (
    DecoderBusy,
    DecoderKilled,
    DecoderMissing,
    DecodingFailed,
    Undecodable,
)

SLOTS: Final = 3
"""Two for what is done in the background, and one for what somebody waits for."""

WAIT_SECONDS: Final = 60.0


class ChildDecoder:
    """Reads each file in a process of its own that is confined before it hears of the file.

    Safe to use from any number of threads; no thread is started, no file is written, no child outlives its
    call. The programs that start the children stay until nobody has wanted them for some minutes, or `close`.

    Args:
        wall_seconds: the longest a child may keep us waiting; None for what `limits` says of each kind. Time that
            `source` itself takes is not counted.
        input_limit: bytes after which a file is given up; None for what `limits` says of each kind.
        slots: how many children run at once in this process; the rest wait.
        wait_seconds: the longest wait for a slot.
    """

    def __init__(
        self,
        *,
        wall_seconds: float | None = None,
        input_limit: int | None = None,
        slots: int = SLOTS,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._wall_seconds = wall_seconds
        self._input_limit = input_limit
        self._slots = threading.BoundedSemaphore(slots)
        self._wait_seconds = wait_seconds
        self._programs = {name: Program(name) for name in PROGRAMS}
        weakref.finalize(self, _close, list(self._programs.values()))

    def close(self) -> None:
        """End the programs. They are started again when they are needed."""
        _close(list(self._programs.values()))

    def decode(self, source: Source, *, content_type: str, only_facts: bool = False) -> Decoded:
        """Read one file; see `kernel.media.decoder.Decoder`."""
        if not can_preview(content_type):
            raise Undecodable("Daybook does not look into files of this kind.")
        limits = LIMITS[content_type]
        supply = Supply(source, limits, self._input_limit)
        request: dict[str, object] = {"content_type": content_type, "size": supply.size}
        with self._slot(), self._child(limits.program, request, limits) as (child, layers):
            if not {layer.name for layer in layers if layer.in_force}.issuperset(REQUIRED):
                raise DecoderMissing(
                    "This machine cannot confine the part that looks into files, so none is looked into."
                )
            learned = Learned(content_type)
            try:
                while learned.hear(_next(child, supply), child.receive):
                    if only_facts and learned.facts is not None:
                        break
            except DecodingFailed as failure:
                # What was learned before it went wrong is not lost.
                return learned.decoded(failure)
            return learned.decoded()

    def confinement(self) -> Confinement:
        """Start a child of each program that tries to break out, and report what holds in all of them."""
        found: dict[str, Measure] = {}
        for name in PROGRAMS:
            for measure in self._probe(name):
                known = found.get(measure.name)
                if known is None or (known.in_force and not measure.in_force):
                    found[measure.name] = measure
        return Confinement(tuple(found.values()))

    def _probe(self, name: str) -> list[Measure]:
        request: dict[str, object] = {"content_type": PROBES, "size": None}
        with self._slot(), self._child(name, request, LIMITS[PROBES]) as (child, layers):
            tried = child.hear().get("probes")
        if not isinstance(tried, dict):
            raise DecoderKilled(NONSENSE)
        return [
            *layers,
            *(
                Measure(
                    f"cannot {act}", held is True, "tried: refused" if held is True else "tried: it could"
                )
                for act, held in tried.items()
            ),
        ]

    @contextlib.contextmanager
    def _child(
        self, program: str, request: dict[str, object], limits: Limits
    ) -> Iterator[tuple[Child, list[Measure]]]:
        """A child that has confined itself, and in which ways. Once more, where the program was just about to end."""
        seconds = self._wall_seconds or limits.wall_seconds
        for last_try in (False, True):
            with self._programs[program].child(seconds) as child:
                try:
                    child.ask(request)
                    layers = measures_of(child.hear())
                except Gone:
                    if last_try:
                        raise DecoderMissing(NOT_STARTED) from None
                    continue
                yield child, layers
                return

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


def _next(child: Child, supply: Supply) -> dict[str, object]:
    """The next thing the child has to tell, having given it whatever of the file it asks for."""
    while "read" in (answer := child.hear()):
        child.send(supply.give(answer["read"]))
    return answer


def _close(programs: list[Program]) -> None:
    for program in programs:
        program.close()
