"""What can go wrong with evidence, in words a person can act on."""


class EvidenceError(Exception):
    """Base of this room's errors; the message is shown as it is."""


class NoSuchExhibit(EvidenceError):
    """There is no such exhibit in this record; one of another record looks just the same."""


class NotKept(EvidenceError):
    """A file could not be kept; the message says why and what to do. Nothing of it remains."""


class NotForHer(EvidenceError):
    """The person does not want to see this exhibit herself, so no preview of it is made; the message says so."""


class BodyDamaged(EvidenceError):
    """The sealed body of an exhibit is missing or was altered; the message names the exhibit.

    Args:
        words: the message.
        missing: whether nothing at all is there, as far as that is known.
    """

    def __init__(self, words: str, *, missing: bool = False) -> None:
        super().__init__(words)
        self.missing = missing


class NoSuchUpload(EvidenceError):
    """There is no such file on its way into this record; one of another record looks just the same."""


class UploadBusy(EvidenceError):
    """Another request is adding to this file."""


class WrongPlace(EvidenceError):
    """The bytes that were sent do not begin where those that arrived before end."""


class AllArrived(EvidenceError):
    """Nothing more is to come of this file: all of it has arrived."""


class AnotherFile(EvidenceError):
    """What was sent does not go with what arrived before: another file was chosen."""


class TooLong(NotKept):
    """The file is longer than can be kept, or than was said at its beginning."""


class NoRoom(NotKept):
    """The disk has no room for it now. What arrived before is still there."""


class UploadLost(EvidenceError):
    """What arrived before is damaged or gone; the file has to be sent from its beginning."""
