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
