"""What can go wrong with an account, in words a person can act on."""


class PeopleError(Exception):
    """Base of this room's errors; the message is shown as it is."""


class CannotUnlock(PeopleError):
    """Name and passphrase (or code) do not open a record. It never says which of them is wrong."""

    def __init__(
        self, message: str = "That name and passphrase do not go together. Check both and try again."
    ) -> None:
        super().__init__(message)


class TooManyTries(CannotUnlock):
    """Too many tries at a name wait already; this one was not tried. ``wait_seconds`` says when the next is worth it.

    ``to_note`` is how many that were turned away are to be noted now; 0 when they are only counted so far.
    """

    def __init__(self, wait_seconds: int, *, to_note: int = 1) -> None:
        super().__init__(
            f"That was tried many times. Wait {wait_seconds} seconds, then try again. Nothing is lost."
        )
        self.wait_seconds = wait_seconds
        self.to_note = to_note


class NameTaken(PeopleError):
    """The chosen name cannot be used on this machine."""

    def __init__(self) -> None:
        super().__init__("Choose another name: this one cannot be used here.")


class WeakPassphrase(PeopleError):
    """The passphrase is too easy to guess; the message says what to do."""


class WrongRecoveryCode(PeopleError):
    """The code typed back is not the one that was shown."""


class RecordAltered(PeopleError):
    """The record's own keys were changed from outside; nothing is sealed to them."""

    def __init__(self) -> None:
        super().__init__(
            "Something changed this record's keys from outside. Nothing is kept until that is put right: keep your words and "
            "files where they are, and put the home folder back from a copy."
        )
