"""The turning points every case has, on fixed days: the first report, the tracker, the order, the return."""

from __future__ import annotations

from daybook.site.demo import codes
from daybook.site.demo.milestones import Milestone
from daybook.site.demo.scenario import (
    AT_HOME,
    AT_WORK,
    BOTH,
    EX_KNOWN,
    EX_THINK,
    NOBODY,
    Blame,
    Scenario,
    Sighting,
)

_ELSEWHERE = ("place", "", "Police station")


def _once(
    name: str,
    hour: int,
    words: str,
    *,
    behaviours: tuple[str, ...] = (),
    contact: tuple[str, ...] = (),
    places: tuple[tuple[str, str, str], ...] = (),
    blame: tuple[Blame, ...],
    said: tuple[str, ...] = (),
    reach: str = "none",
    sightings: tuple[Sighting, ...] = (),
    exhibits: tuple[str, ...] = (),
) -> Scenario:
    """A scenario with one telling, which is never drawn by weight."""
    return Scenario(
        name=name,
        weights=(0, 0, 0, 0, 0, 0, 0, 0),
        hours=(hour,),
        timing="stamped",
        opening=(words,),
        behaviours=behaviours,
        contact=contact,
        places=places,
        blame=blame,
        said=said,
        reach=reach,
        sightings=sightings,
        exhibits=exhibits,
    )


MILESTONES: tuple[Milestone, ...] = (
    Milestone(
        0, 0,
        _once(
            "beginning", 20,
            (
                "I ended things with {ex} three weeks ago, after six years. He has not accepted it. "
                "{friend} said to start writing things "
                "down, so this is the first page. He knows I work at {work} and where Mum lives. {When}, "
                "he rang eleven times."
            ),
            behaviours=(codes.CONTACTING,), contact=(codes.CALL,), places=(AT_HOME,), blame=(EX_KNOWN,),
            exhibits=("call-log",),
        ),
    ),
    Milestone(
        3, 6,
        _once(
            "asked-to-stop", 18,
            (
                "{When}, I wrote to {ex} once, by text to {ex_number}: please do not contact me again, in "
                "any way, and do not come to my home "
                "or my work. I kept it short. I have not written to him since."
            ),
            contact=(codes.TEXT,), blame=(EX_KNOWN,), exhibits=("screenshot",),
        ),
    ),
    Milestone(
        1, 66,
        _once(
            "first-report", 11,
            (
                "Reported it for the first time, {day}, by 101 and then at the station. {officer} took "
                "notes for an hour and said to keep "
                "everything, also the small things. I was told to ring 999 if he is there. The reference "
                "is in my purse."
            ),
            places=(_ELSEWHERE,), blame=(EX_KNOWN,), exhibits=("email",),
        ),
        reported=True,
    ),
    Milestone(
        6, 84,
        _once(
            "month-quiet", 19,
            (
                "Nearly a week with hardly anything from {ex}. I went to {shop} and did not look round until "
                "I was home. {mate} says he has "
                "“moved on”. I hope so."
            ),
            blame=(NOBODY,),
        ),
    ),
    Milestone(
        1, 118,
        _once(
            "tracker", 17,
            (
                "The garage found a small black box with a magnet behind the back bumper {day}, while "
                "they were changing a tyre. The mechanic "
                "put it on the bench and did not switch it off. That explains {street}, and the dentist, "
                "and {friend}'s."
            ),
            behaviours=(codes.TRACKING, codes.INTERFERING),
            places=(("place", "", "The garage on {road}"),), blame=(EX_THINK,),
            exhibits=("photo-tracker",),
            sightings=(
                Sighting("passer-by", "The mechanic will say where it was.", "Found the box under the car"),
            ),
        ),
        reported=True,
    ),
    Milestone(
        4, 121,
        _once(
            "tracker-collected", 10,
            (
                "{officer} collected the box in a bag {day} and gave me a slip for it. I was asked not to "
                "talk about it with anyone who talks "
                "to {ex}. They showed me what to look for on my phone as well."
            ),
            places=(AT_HOME,), blame=(NOBODY,), exhibits=("pdf-letter",),
        ),
        reported=True,
    ),
    Milestone(
        5, 129,
        _once(
            "statement", 13,
            (
                "Gave my statement at the station, {day}. It took nearly four hours with "
                "{second_officer}. This record helped, because I could "
                "give days and times. {sibling} waited in the corridor."
            ),
            places=(_ELSEWHERE,), blame=(NOBODY,),
        ),
        reported=True,
    ),
    Milestone(
        5, 141,
        _once(
            "interviewed", 15,
            (
                "{officer} rang {day}: {ex} has been interviewed and has gone home. They can't tell me "
                "what he said. I was offered a "
                "camera for the door."
            ),
            places=(AT_WORK,), blame=(NOBODY,),
        ),
        reported=True,
    ),
    Milestone(
        4, 158,
        _once(
            "order-asked-for", 12,
            (
                "The police are asking the court for a Stalking Protection Order. {second_officer} went "
                "through what it could say: no contact, "
                "also not through others, and to stay away from my home and {work}. I said what matters "
                "most to me is the mornings."
            ),
            places=(AT_HOME,), blame=(NOBODY,), exhibits=("email",),
        ),
        reported=True,
    ),
    Milestone(
        0, 171,
        _once(
            "order-served", 16,
            (
                "The order was made and {officer} rang {day} to say it has been served on {ex} by hand. "
                "It runs for two years. He must not "
                "contact me by any means, directly or through others, must not follow or watch me, must "
                "stay 100 metres away from my home and "
                "{work}, and must not post about me. I have a copy in the blue folder."
            ),
            places=(AT_HOME,), blame=(NOBODY,), exhibits=("pdf-order",),
        ),
        reported=True,
    ),
    Milestone(
        2, 190,
        _once(
            "first-after-order", 19,
            (
                "It had been close to quiet since the order, and then {day} {mate} was at the street door with a carrier bag: "
                "“from a friend”. In it was {gift}. "
                "I did not take it. He left it on the step."
            ),
            said=("From a friend. He said you would know.",),
            behaviours=(codes.THROUGH_OTHERS, codes.GIFTS), contact=(codes.THROUGH_SOMEONE,),
            places=(AT_HOME,), blame=(BOTH,), reach="indirect", exhibits=("photo-gift",),
            sightings=(
                Sighting(
                    "neighbour", "Gosia held the door and heard it.", "Heard what he said at the street door"
                ),
            ),
        ),
        reported=True,
    ),
    Milestone(
        5, 203,
        _once(
            "new-officer", 14,
            (
                "My case is now with {second_officer}. I had to tell some of it again, but not all, "
                "because the pages were there. I asked for "
                "calls before six only."
            ),
            places=(AT_HOME,), blame=(NOBODY,),
        ),
        reported=True,
    ),
    Milestone(
        2, 237,
        _once(
            "return", 7,
            (
                "He is back. {When}, {ex} was {spot}, on my way to {work}, and walked beside me as far as "
                "the bridge. He said he had been "
                "“giving me room”. I did not speak. I went into {shop} and rang."
            ),
            said=("I've been giving you room. That's over now.",),
            behaviours=(codes.FOLLOWING, codes.CONTACTING), contact=(codes.IN_PERSON,),
            places=(("place", "", "{street}"),), blame=(EX_KNOWN,), reach="contact",
            exhibits=("photo-street",),
        ),
        reported=True,
    ),
    Milestone(
        3, 253,
        _once(
            "arrest", 22,
            (
                "{second_officer} rang late {day}: {ex} has been arrested for breaking the order and will "
                "be kept until the court opens. "
                "I am to ring if anybody contacts me for him."
            ),
            places=(AT_HOME,), blame=(NOBODY,), exhibits=("email",),
        ),
        reported=True,
    ),
    Milestone(
        6, 266,
        _once(
            "court-date", 10,
            (
                "Letter with a court date. He is out until then. I may ask for a screen, and {second_officer} will send the "
                "form. I read it standing up."
            ),
            places=(AT_HOME,), blame=(NOBODY,), exhibits=("pdf-letter",),
        ),
        reported=True,
    ),
)  # fmt: skip
