"""Errors of the object store library, turned into ours once, here at the edge."""

import errno
import re
from typing import Final

import obstore.exceptions

from daybook.kernel.sealing.blob_store import BlobError, BlobMissing, StoreFull, StoreUnusable

FOREIGN: Final = (obstore.exceptions.BaseError, OSError)
"""All that the library and the calls beside it raise."""

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# The library keeps no errno, but Rust's own wording of an operating system error ends in its number.
_NUMBER: Final = re.compile(r"os error (\d+)")


def translate(error: Exception, key: str) -> BlobError:
    """Name what happened to one blob. The foreign text names paths, so none of it is kept."""
    if isinstance(error, FileNotFoundError | obstore.exceptions.NotFoundError):
        return BlobMissing(key)
    numbers = {int(number) for number in _NUMBER.findall(str(error))}
    if isinstance(error, OSError) and error.errno is not None:
        numbers.add(error.errno)
    if numbers & _NO_ROOM:
        return StoreFull()
    if numbers & {errno.EACCES, errno.EPERM, errno.EROFS}:
        return StoreUnusable("The place where files are kept does not let Daybook read or write.")
    return StoreUnusable("The place where files are kept cannot be used at the moment.")


def not_missing(error: Exception) -> BlobError:
    """Translate an error of writing, where a missing file is a missing store, not a missing blob."""
    if isinstance(error, FileNotFoundError):
        return StoreUnusable("The place where files are kept is gone.")
    return translate(error, "")
