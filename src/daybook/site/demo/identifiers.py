"""Numbers, addresses and plates that cannot belong to anyone.

Telephone numbers come from the ranges Ofcom keeps for television and radio drama, e-mail and web addresses
from the names RFC 2606 reserves (example.org, .com, .net), number plates from combinations the UK format
never issues (the age mark "01" was skipped, and I and Q are not used in the last three letters), post codes
from the area ZZ, which does not exist.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

MAIL_HOSTS = ("example.org", "example.com", "example.net")
_HANDLE_STEMS = (
    "still_here",
    "northlight",
    "quietman",
    "one_more_time",
    "paperboat",
    "old_friend",
    "greyfox",
    "nobody_new",
    "lastbus",
    "seen_it",
    "your_mirror",
    "slowriver",
    "halfpast",
    "two_cups",
    "blackbird",
    "keepsake",
    "no_hard_feelings",
    "corner_table",
    "longwayround",
    "rainy_sunday",
    "just_asking",
    "lostproperty",
    "platform4",
    "the_real_one",
)
_MAIL_STEMS = (
    "afterwords",
    "noreply.friend",
    "k.meadow",
    "hello.again",
    "mr.nobody",
    "reader",
    "fromafar",
    "tellthem",
)


@dataclass(frozen=True, slots=True)
class Traces:
    """The identifiers one case uses, oldest first: later in the case means further along each list."""

    own_number: str
    ex_number: str
    ex_mail: str
    ex_handle: str
    ex_plate: str
    friend_number: str
    friend_plate: str
    numbers: tuple[str, ...]
    handles: tuple[str, ...]
    mails: tuple[str, ...]


def drama_mobile(rng: random.Random) -> str:
    """A mobile number from 07700 900000 to 900999."""
    return f"07700 900{rng.randrange(1000):03d}"


def drama_landline(rng: random.Random) -> str:
    """A number from 01632 960000 to 960999, an area code that is not in use."""
    return f"01632 960{rng.randrange(1000):03d}"


def impossible_plate(rng: random.Random) -> str:
    """A number plate in the look of the current format that was never and will not be issued."""
    area = rng.choice("ABDEFGKLMNPRSVWY") + rng.choice("ABCDEFGHJKLMNOPRSTUVWXY")
    last = rng.choice("ABCDEFGHJKLMNP") + rng.choice("IQ") + rng.choice("RSTUVWXYZ")
    return f"{area}01 {last}"


def _distinct(make: list[str], count: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(make))[:count]


def draw_traces(rng: random.Random) -> Traces:
    """Draw every identifier of one case."""
    mobiles = _distinct([drama_mobile(rng) for _ in range(80)], 20)
    landlines = _distinct([drama_landline(rng) for _ in range(12)], 4)
    stems = list(_HANDLE_STEMS)
    rng.shuffle(stems)
    mail_stems = list(_MAIL_STEMS)
    rng.shuffle(mail_stems)
    hosts = [rng.choice(MAIL_HOSTS) for _ in range(len(mail_stems) + 1)]
    plates = _distinct([impossible_plate(rng) for _ in range(12)], 2)
    burners = [*mobiles[3:], *landlines]
    rng.shuffle(burners)
    return Traces(
        own_number=mobiles[0],
        ex_number=mobiles[1],
        ex_mail=f"d.private@{hosts[-1]}",
        ex_handle=f"@{stems[0]}",
        ex_plate=plates[0],
        friend_number=mobiles[2],
        friend_plate=plates[1],
        numbers=tuple(burners),
        handles=tuple(f"@{stem}{rng.choice(['', '_', '.'])}{rng.randrange(10, 9999)}" for stem in stems[1:]),
        mails=tuple(
            f"{stem}{rng.randrange(10, 99)}@{host}" for stem, host in zip(mail_stems, hosts, strict=False)
        ),
    )


def address_of(handle: str) -> str:
    """The web address of a social media handle."""
    return f"https://social.example.com/{handle.removeprefix('@')}"
