"""Who a pack may be for, and what to think of for each: words on a page, nothing else."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone who may get a pack. ``advice`` are sentences; ``needs_police_part`` says whether the folder is for them."""

    code: str
    label: str
    advice: tuple[str, ...]
    needs_police_part: bool = False


READERS = (
    Reader(
        "police",
        "The police",
        (
            "Ask the officer how they want to get it. Many have a safe link for evidence; a memory stick works too.",
            "Give your crime reference number with it, if you have one.",
            "You do not have to wait until the pack is complete. You can report now and hand over more later.",
        ),
        needs_police_part=True,
    ),
    Reader(
        "solicitor",
        "A solicitor or a court",
        (
            "Ask the solicitor what they need. Often it is only some of it.",
            "They do not need the part for the police. You can leave it out.",
        ),
    ),
    Reader(
        "supporter",
        "Someone who supports me",
        (
            "An advisor or a friend needs less than police do. You can choose a few entries by hand.",
            "They do not need the part for the police. You can leave it out.",
        ),
    ),
    Reader(
        "self",
        "Me: a copy to keep",
        (
            "Keep it where the other person cannot get at it: not on a shared computer, and not in a shared account.",
            "It is a copy of what is written up to now. Your diary here stays as it is.",
        ),
        needs_police_part=True,
    ),
)


def reader_of(code: str) -> Reader:
    """The reader with this code; the first one for any other text."""
    return next((reader for reader in READERS if reader.code == code), READERS[0])
