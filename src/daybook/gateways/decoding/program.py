"""A decoding program: started once, it loads its readers, confines itself, and from then on only starts children.

It never reads a byte of a file, nor a word about one: each order is a single byte with two sockets beside it. A child gets the
conversation and nothing else, reads one file and dies, so no file can touch the reading of the next one. The program ends when
Daybook does, or when nobody has wanted it for a while; it is started again when it is needed.
"""

import contextlib
import gc
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from daybook.gateways.decoding import frames
from daybook.gateways.decoding.confinement import Layer, confine_program

IDLE_SECONDS: Final = 300
_ORDERS: Final = 0
_LIFE: Final = 3
"""In a child: the end of a pipe that closes when it dies."""

Work = Callable[[list[Layer], int], None]
"""What a child does, given what the program gave up and the program's process number."""


@dataclass(frozen=True, slots=True)
class _Child:
    process: int
    leash: socket.socket
    life: int


def run(load: Callable[[], Work], *, idle_seconds: float = IDLE_SECONDS) -> None:
    """Load, confine, start children as ordered, and leave without a trace. Never returns.

    Args:
        load: imports and tries out every reader; gives what a child is to do.
        idle_seconds: how long to wait for the next order when no child is at work.
    """
    status = 1
    try:
        work = load()
        orders = socket.socket(fileno=_ORDERS)
        # Nothing that was loaded is ever collected: a child would otherwise copy pages only to look at them.
        gc.collect()
        gc.freeze()
        _serve(orders, work, confine_program(), idle_seconds)
        status = 0
    finally:
        os._exit(status)


def _serve(orders: socket.socket, work: Work, layers: list[Layer], idle_seconds: float) -> None:
    watch = select.poll()
    watch.register(orders, select.POLLIN)
    by_leash: dict[int, _Child] = {}
    by_life: dict[int, _Child] = {}
    while True:
        events = watch.poll(None if by_life else idle_seconds * 1000)
        if not events:
            return
        for descriptor, _ in events:
            if descriptor == orders.fileno():
                order = _receive(orders)
                if order is None:
                    return
                child = _start(*order, work, layers)
                by_leash[child.leash.fileno()] = by_life[child.life] = child
                watch.register(child.leash, select.POLLIN)
                watch.register(child.life, select.POLLIN)
            elif descriptor in by_life:
                child = by_life.pop(descriptor)
                watch.unregister(descriptor)
                if by_leash.pop(child.leash.fileno(), None) is not None:
                    watch.unregister(child.leash)
                _bury(child)
            elif descriptor in by_leash:
                child = by_leash.pop(descriptor)
                watch.unregister(descriptor)
                # Not yet waited for, so its number cannot belong to anyone else.
                os.kill(child.process, signal.SIGKILL)


def _receive(orders: socket.socket) -> tuple[int, int] | None:
    """The two sockets of the next order; None when nobody is left to give one."""
    while True:
        try:
            content, descriptors, _, _ = socket.recv_fds(orders, 1, 2)
        except ConnectionError:
            return None
        if not content:
            return None
        if len(descriptors) == 2:
            return descriptors[0], descriptors[1]
        for descriptor in descriptors:
            os.close(descriptor)


def _start(conversation: int, leash: int, work: Work, layers: list[Layer]) -> _Child:
    program = os.getpid()
    life, end = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            # What a child holds: the conversation, nowhere to print to, and the sign that it lives.
            os.dup2(conversation, _ORDERS)
            if end != _LIFE:
                os.dup2(end, _LIFE)
            os.closerange(_LIFE + 1, 1024)
            work(layers, program)
        finally:
            os._exit(1)
    os.close(conversation)
    os.close(end)
    return _Child(process, socket.socket(fileno=leash), life)


def _bury(child: _Child) -> None:
    """Take leave of a dead child, and say how it died."""
    os.close(child.life)
    # It may have closed its sign of life and live on. What is dead already keeps the cause it died of.
    os.kill(child.process, signal.SIGKILL)
    _, status = os.waitpid(child.process, 0)
    with contextlib.suppress(OSError):  # perhaps nobody wants to know
        child.leash.send(frames.STATUS.pack(os.waitstatus_to_exitcode(status)))
    child.leash.close()


def main(name: str) -> None:
    """Run the program of one family of readers."""
    from daybook.gateways.decoding import child

    run(lambda: child.load(name))


if __name__ == "__main__":
    sys.exit("started by the decoder only")
