"""Keeping one blob, and what then lies in the folder."""

from pathlib import Path

from daybook.kernel.sealing.blob_store import BlobStore

MIB = 1024 * 1024


def keep(store: BlobStore, key: str, content: bytes) -> None:
    with store.open_writer(key) as writer:
        assert writer.write(content) == len(content)
        writer.commit()


def files_in(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
