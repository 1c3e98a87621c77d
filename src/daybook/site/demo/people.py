"""The cast of a demo case: the person, two suspects, six witnesses and three places of her or his own.

Names are invented. The places lie in the open water of the Wash, where nobody lives, so that no real house
can be mistaken for the one in the case.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from daybook.site.demo.identifiers import Traces, drama_landline, drama_mobile, draw_traces

Identifier = dict[str, str]

EX = "ex"
FRIEND_OF_EX = "friend-of-ex"
NEIGHBOUR, COLLEAGUE, MANAGER, SIBLING, FRIEND, PASSER_BY = (
    "neighbour",
    "colleague",
    "manager",
    "sibling",
    "friend",
    "passer-by",
)
HOME, WORK, FAMILY_HOME = "home", "work", "family-home"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """The person whose record it is. `initials` begin every exhibit reference."""

    pseudonym: str
    initials: str


@dataclass(frozen=True, slots=True)
class DemoSuspect:
    """Somebody the person knows or thinks is doing it."""

    key: str
    name: str
    relationship: str
    description: str
    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class DemoWitness:
    """Somebody who can confirm something. `contact` is for the police only."""

    key: str
    name: str
    contact: str
    notes: str


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A place of the person's own, in degrees (WGS 84) and metres. `address` is for the police only."""

    key: str
    label: str
    address: str
    latitude: float
    longitude: float
    radius_m: int


@dataclass(frozen=True, slots=True)
class Job:
    """Where the person works, in the words the diary uses."""

    place: str
    desk: str
    parking: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody and everything one case needs to be told."""

    person: DemoPerson
    suspects: tuple[DemoSuspect, ...]
    witnesses: tuple[DemoWitness, ...]
    places: tuple[DemoPlace, ...]
    traces: Traces
    job: Job
    ex: str
    mate: str
    neighbour: str
    colleague: str
    manager: str
    sibling: str
    friend: str
    ex_car: str
    mate_car: str
    officer: str
    second_officer: str
    town: str
    force: str
    crime_number: str

    def place(self, key: str) -> DemoPlace:
        """The own place called `key`."""
        return next(place for place in self.places if place.key == key)


_PERSONS = (
    ("Wren Tallowby", "WT"),
    ("Maren Foxholt", "MF"),
    ("Robin Ashquill", "RA"),
    ("Linnet Orrow", "LO"),
)
_EXES = (("Dane", "Orrickby"), ("Marlo", "Thexton-Pyle"), ("Corin", "Haverdash"), ("Saul", "Brackenwell"))
_MATES = (
    ("Lewin", "Stokesby-Rudd"),
    ("Tarrick", "Moule-Hendy"),
    ("Gaz", "Pelliford"),
    ("Benno", "Wraxworth"),
)
_COLLEAGUES = (("Yusuf", "Harrowmere"), ("Carys", "Pentwistle"), ("Davit", "Larkabyan"))
_MANAGERS = (("Noreen", "Ockleton"), ("Imelda", "Quarmsby"), ("Olu", "Feathersby"))
_SIBLINGS = (("Nell", "my sister"), ("Isolde", "my sister"), ("Perrin", "my brother"))
_FRIENDS = (("Tess", "Winterholm"), ("Imani", "Kelderwick"), ("Joss", "Applegarth-Finn"))
_JOBS = (
    Job("the library", "the front desk", "the staff car park"),
    Job("the dental practice", "reception", "the car park behind work"),
    Job("the garden centre", "the tills", "the staff spaces by the gate"),
)
_CARS = (
    "silver hatchback",
    "dark blue estate",
    "white van",
    "grey pick-up",
    "black saloon",
    "green three-door",
)
_OFFICERS = ("PC Thackwell", "PC Lund-Barrow", "PC Odhiambo-Crale", "PC Merrifold")
_DETECTIVES = ("DC Imrie-Oakes", "DC Vashti Colebarrow", "DC Pryderth")
_TOWNS = ("Marrowby", "Sallowford", "Nether Quill", "Oxmere")


def draw_cast(rng: random.Random) -> Cast:
    """Draw the people of one case from `rng`."""
    traces = draw_traces(rng)
    name, initials = rng.choice(_PERSONS)
    ex, ex_surname = rng.choice(_EXES)
    mate, mate_surname = rng.choice(_MATES)
    colleague, colleague_surname = rng.choice(_COLLEAGUES)
    manager, manager_surname = rng.choice(_MANAGERS)
    sibling, sibling_is = rng.choice(_SIBLINGS)
    friend, friend_surname = rng.choice(_FRIENDS)
    ex_car, mate_car = rng.sample(_CARS, 2)
    town, job = rng.choice(_TOWNS), rng.choice(_JOBS)
    witnesses = (
        DemoWitness(
            NEIGHBOUR,
            "Małgorzata Żółtek-Śliwa",
            f"{drama_mobile(rng)}, flat 2 downstairs",
            "Calls herself Gosia. Home most days. Would rather speak Polish to the police.",
        ),
        DemoWitness(
            COLLEAGUE,
            f"{colleague} {colleague_surname}",
            f"{colleague.lower()}@example.org",
            "Works with me Tuesday to Saturday.",
        ),
        DemoWitness(
            MANAGER,
            f"{manager} {manager_surname}",
            f"{drama_landline(rng)} (work)",
            "My manager. Keeps the camera recordings for 28 days.",
        ),
        DemoWitness(
            SIBLING,
            sibling,
            drama_mobile(rng),
            f"{sibling_is[0].upper()}{sibling_is[1:]}. Lives in the family home.",
        ),
        DemoWitness(
            FRIEND,
            f"{friend} {friend_surname}",
            f"{drama_mobile(rng)}, {friend.lower()}.w@example.com",
            "Has known us both for six years.",
        ),
        DemoWitness(
            PASSER_BY,
            "Name not known – driver of the 14 bus",
            f"through the bus company, {drama_landline(rng)}",
            "Said he would be happy to talk to police.",
        ),
    )
    return Cast(
        person=DemoPerson(name, initials),
        suspects=(
            DemoSuspect(
                EX,
                f"{ex} {ex_surname}",
                "former partner",
                _EX_LOOK.format(car=ex_car),
                (
                    {"kind": "phone", "value": traces.ex_number},
                    {"kind": "email", "value": traces.ex_mail},
                    {"kind": "handle", "value": traces.ex_handle},
                    {"kind": "plate", "value": traces.ex_plate},
                ),
            ),
            DemoSuspect(
                FRIEND_OF_EX,
                f"{mate} {mate_surname}",
                f"friend of {ex}",
                _MATE_LOOK.format(car=mate_car),
                (
                    {"kind": "phone", "value": traces.friend_number},
                    {"kind": "plate", "value": traces.friend_plate},
                ),
            ),
        ),
        witnesses=witnesses,
        places=(
            DemoPlace(HOME, "Home", f"Flat 5, 18 Pinfold Walk, {town}, ZZ1 4QQ", 52.9311, 0.2247, 150),
            DemoPlace(WORK, "Work", f"2 Tannery Lane, {town}, ZZ1 1QA", 52.9386, 0.2415, 200),
            DemoPlace(
                FAMILY_HOME,
                f"Mum's and {sibling}'s",
                "7 Orchard Rise, Little Quoyle, ZZ7 2QB",
                52.9702,
                0.3121,
                150,
            ),
        ),
        traces=traces,
        job=job,
        ex=ex,
        mate=mate,
        neighbour="Gosia",
        colleague=colleague,
        manager=manager,
        sibling=sibling,
        friend=friend,
        ex_car=ex_car,
        mate_car=mate_car,
        officer=rng.choice(_OFFICERS),
        second_officer=rng.choice(_DETECTIVES),
        town=town,
        force="Wolds and Fen Police",
        crime_number=f"WF-{rng.randint(10000, 99999)}-S",
    )


_EX_LOOK = "About 6 ft, thin, short brown hair, sometimes a beard. Wears a green parka. Drives a {car}."
_MATE_LOOK = "Not tall, stocky, red beanie most of the year. Works nights. Drives a {car}."
