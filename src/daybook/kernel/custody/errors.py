"""What can be wrong with a chain of custody."""


class CustodyError(Exception):
    """Base of everything this package raises."""


class NotAnEvent(CustodyError):
    """A value is not an event this version knows how to read; the message says which part."""


class BrokenChain(CustodyError):
    """The chain does not follow from its events; the message names the first place that is wrong."""
