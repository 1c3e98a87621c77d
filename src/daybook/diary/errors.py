"""What can go wrong in the diary, in words a person can act on."""


class DiaryError(Exception):
    """Base of this room's errors."""


class NotFound(DiaryError):
    """There is no such thing in this record; something of another record looks just the same."""


class AmendedMeanwhile(DiaryError):
    """Someone (perhaps another window) amended the same item first; nothing was overwritten."""
