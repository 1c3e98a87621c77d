"""The null twin of the blob store: keeps nothing, and says so."""

from collections.abc import Iterator

from daybook.kernel.sealing.blob_store import (
    BlobMissing,
    BlobRanges,
    BlobWriter,
    StoreUnusable,
    UnfinishedBlob,
    check_key,
)


class NoStore:
    """For commands that must not touch any file."""

    def open_writer(self, key: str) -> BlobWriter:
        """Refuse.

        Raises:
            StoreUnusable: always, so that nobody believes a file was kept.
        """
        check_key(key)
        raise StoreUnusable("Keeping files is switched off here.")

    def begin_unfinished(self, key: str) -> UnfinishedBlob:
        """Refuse.

        Raises:
            StoreUnusable: always, so that nobody believes a file was kept.
        """
        check_key(key)
        raise StoreUnusable("Keeping files is switched off here.")

    def resume(self, key: str) -> UnfinishedBlob:
        """Refuse.

        Raises:
            BlobMissing: always.
        """
        raise BlobMissing(check_key(key))

    def drop_unfinished(self, key: str) -> None:
        """Do nothing: nothing is there."""
        check_key(key)

    def unfinished(self, *, older_than_seconds: float = 0) -> Iterator[str]:
        """Walk nothing."""
        return iter(())

    def ranges(self, key: str) -> BlobRanges:
        """Refuse.

        Raises:
            BlobMissing: always.
        """
        raise BlobMissing(check_key(key))

    def delete(self, key: str) -> None:
        """Do nothing: nothing is there."""
        check_key(key)

    def exists(self, key: str) -> bool:
        """Say no."""
        check_key(key)
        return False

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Walk nothing."""
        return iter(())

    def free_space(self) -> int | None:
        """No room at all."""
        return 0

    def sweep(self, *, older_than_seconds: float = 86_400) -> int:
        """Find nothing."""
        return 0
