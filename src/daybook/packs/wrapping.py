"""Sealing a pack as it streams: to a passphrase or to an age recipient, so that the public ``age`` program opens it."""

from collections.abc import Iterable, Iterator

from daybook.kernel.sealing.age import AgeWriter


def sealed_with_passphrase(pieces: Iterable[bytes], passphrase: str) -> Iterator[bytes]:
    """``pieces`` as an age file that opens with ``passphrase``. Raises NotAKey for an empty one."""
    yield from _sealed(pieces, passphrase=passphrase)


def sealed_for_recipient(pieces: Iterable[bytes], recipient: str) -> Iterator[bytes]:
    """``pieces`` as an age file for ``recipient`` (``age1…``). Raises NotAKey when it is malformed."""
    yield from _sealed(pieces, recipient=recipient)


def _sealed(
    pieces: Iterable[bytes], *, passphrase: str | None = None, recipient: str | None = None
) -> Iterator[bytes]:
    ready: list[bytes] = []
    writer = AgeWriter(lambda data: ready.append(bytes(data)), passphrase=passphrase, recipient=recipient)
    for piece in pieces:
        writer.write(piece)
        yield from ready
        ready.clear()
    writer.close()
    yield from ready
