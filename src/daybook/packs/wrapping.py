"""Sealing a pack as it streams: to a passphrase or to an age recipient, so that the public ``age`` program opens it."""

from collections.abc import Iterable, Iterator

from daybook.kernel.sealing.age import AgeWriter


def sealed_with_passphrase(pieces: Iterable[bytes], passphrase: str) -> Iterator[bytes]:
    """``pieces`` as an age file that opens with ``passphrase``. Raises NotAKey for an empty one, before the first piece.

    Takes about a second and 256 MiB for a moment: that is what each guess at the passphrase costs too.
    """
    ready: list[bytes] = []
    return _sealed(pieces, AgeWriter(lambda data: ready.append(bytes(data)), passphrase=passphrase), ready)


def sealed_for_recipient(pieces: Iterable[bytes], recipient: str) -> Iterator[bytes]:
    """``pieces`` as an age file for ``recipient`` (``age1…``). Raises NotAKey when it is malformed, before the first piece."""
    ready: list[bytes] = []
    return _sealed(pieces, AgeWriter(lambda data: ready.append(bytes(data)), recipient=recipient), ready)


def check_recipient(recipient: str) -> None:
    """Raise NotAKey when ``recipient`` is not a well-formed age recipient; a key that means nothing opens for nobody."""
    AgeWriter(lambda data: None, recipient=recipient)


def _sealed(pieces: Iterable[bytes], writer: AgeWriter, ready: list[bytes]) -> Iterator[bytes]:
    # Nothing is closed when ``pieces`` breaks off: without its last chunk the file opens for no age program.
    for piece in pieces:
        writer.write(piece)
        yield from ready
        ready.clear()
    writer.close()
    yield from ready
