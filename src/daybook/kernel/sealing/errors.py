"""Everything that sealing and opening may raise.

Errors of the libraries underneath are translated where they happen and are never chained, so that neither
their text nor the values in their frames travel with ours. No message here ever holds a key, a passphrase or
plaintext.
"""


class SealingError(Exception):
    """Base of every error of sealing."""


class CannotOpen(SealingError):
    """The envelope does not open: wrong key, altered, moved to another place, or cut short.

    Which of these it was cannot always be known, and nothing may be decided by the message.
    """


class UnknownEnvelope(SealingError):
    """The envelope is of a format or version this release does not know; a later release may."""


class NotAKey(SealingError):
    """The text given as a key, recipient or passphrase is not one. The message does not repeat it."""
