"""Which blob store a URL means."""

from urllib.parse import unquote, urlsplit

from daybook.gateways.blobs.folder import FolderStore
from daybook.kernel.sealing.blob_store import BlobStore, StoreUnusable


def open_store(url: str) -> BlobStore:
    """Open the store that `DAYBOOK_BLOBS` names.

    Args:
        url: `file:///absolute/path`, or the absolute path itself.

    Raises:
        StoreUnusable: the URL names something this release cannot use, or the folder cannot be made.
    """
    if url.startswith("/"):
        return FolderStore(url)
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path.startswith("/"):
        return FolderStore(unquote(parts.path))
    if parts.scheme == "s3":
        raise StoreUnusable("This release keeps files in a folder only. S3 comes with a later one.")
    raise StoreUnusable("The place for files must be given as file:///path.")
