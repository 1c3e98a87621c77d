"""The one error a command ends with."""


class CommandError(Exception):
    """A command cannot go on; the message says why and what to do. ``status`` is the exit status."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status
