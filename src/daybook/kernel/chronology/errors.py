"""What can be wrong with a time somebody gave."""


class InvalidTime(ValueError):
    """A time that cannot be kept as given. The message is for the person: it says what to do.

    `pointer` says which part of the value is wrong, as a JSON pointer inside it ("" is the whole value).
    """

    def __init__(self, words: str, pointer: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.pointer = pointer
