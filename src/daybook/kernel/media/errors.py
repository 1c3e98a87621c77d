"""What can go wrong while a file is looked into. None of it ever costs the original."""


class MediaError(Exception):
    """The base of this room's errors.

    Args:
        words: one plain sentence for the person. It never holds anything taken from the file.
    """

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class DecodingFailed(MediaError):
    """No facts and no small picture could be made of this file; the file itself is safe."""


class Undecodable(DecodingFailed):
    """The content is damaged, too large, or of a kind that is not decoded. Trying again changes nothing."""


class DecoderTimedOut(DecodingFailed):
    """Decoding took longer than allowed and was stopped."""


class DecoderKilled(DecodingFailed):
    """The decoder died: it hit a limit (memory, processor time) or broke on the content."""


class DecoderBusy(DecodingFailed):
    """Every decoder slot stayed taken for too long. Trying again later can work."""


class DecoderMissing(DecodingFailed):
    """This machine cannot look into such files as it is: something is switched off, not installed, or cannot be confined.

    Trying again can work when that was mended.
    """
