"""What an event did to the person, what she or he felt, and who was told."""

from __future__ import annotations

from daybook.site.demo.arc import FIRST_REPORT_DAY
from daybook.site.demo.scene import Scene

# Each effect with the codes of the changes it shows.
EFFECTS: dict[str, tuple[str, ...]] = {
    "I lay awake until about {few}.": ("sleep",),
    "I slept with the light on and woke {few} times.": ("sleep",),
    "I have changed my way to {work}; it now goes by {street}.": ("route",),
    "It takes me {minutes} minutes longer to get anywhere, because I look first.": ("route",),
    "I left {work} early.": ("work-or-study",),
    "I gave the wrong change {few} times that day.": ("work-or-study",),
    "I asked {manager} to take me off the late shift.": ("job-or-hours",),
    "I have dropped my Thursday hours.": ("job-or-hours",),
    "I bought a second bolt for the door, £{many}.": ("home-security",),
    "I put film on the lower half of the windows.": ("home-security",),
    "I stayed at {friend}'s for {few} nights.": ("moved-or-stayed-away",),
    "I went to Mum's for the weekend and left after dark.": ("moved-or-stayed-away",),
    "I did not go to choir.": ("hobbies", "friends"),
    "I have stopped running by the river.": ("hobbies",),
    "I said no to {friend} again.": ("friends",),
    "I only go to {shop} with {sibling} now.": ("going-out",),
    "I no longer go out after {few} in the evening.": ("going-out",),
    "I was sick before work.": ("body-health",),
    "My stomach hurt all day and I could not eat.": ("body-health",),
    "I had a headache for {few} days after.": ("body-health",),
    "I cried at {desk} and had to go into the back.": ("mind-health", "work-or-study"),
    "I jump when the phone goes.": ("mind-health",),
    "I am frightened of my own front door.": ("mind-health",),
    "I check the window {few} times before bed.": ("mind-health", "sleep"),
    "I have a second phone now and keep the old one in a drawer.": ("phone-or-accounts",),
    "I have closed my account on {site}.": ("phone-or-accounts", "online"),
    "I took my photos down from {site}.": ("online",),
    "I spent £{many} on taxis this week.": ("money", "going-out"),
    "I took a day off without pay.": ("money", "job-or-hours"),
    "I could not think straight for the rest of the day.": ("mind-health",),
    "I look behind me all the time on {street}.": ("mind-health", "route"),
    "I keep my keys in my hand from {street} on.": ("going-out",),
    "I forgot {sibling}'s birthday, I have never done that.": ("mind-health", "friends"),
    "I park in a different street every day.": ("route",),
}
_LATER = (
    "nights",
    "days after",
    "weekend",
    "all day",
    "times that day",
    "rest of the day",
    "this week",
    "lay awake",
    "woke",
)
_AT_ONCE = tuple(effect for effect in EFFECTS if not any(part in effect for part in _LATER))
_BY_THEN = tuple(EFFECTS)

FEELINGS = (
    "I am so tired of being careful.",
    "I keep asking what I did to start it. I know that is not how it works.",
    "I was angry more than scared this time.",
    "I miss who I was last year.",
    "I feel stupid writing about {flowers}.",
    "I nearly answered, just to make it stop.",
    "Part of me still feels sorry for him and I hate that.",
    "I felt watched all day, even at {shop}.",
    "I laughed about it with {friend} and then I couldn't stop shaking.",
    "I don't want Mum to know how bad it is.",
    "I was proud that I did not answer.",
    "I feel as if my home belongs to him.",
    "Nobody at {work} says anything, but they look.",
    "I am frightened and I am fed up with being frightened.",
    "I thought about moving to the other end of the country.",
    "I wonder if anyone will believe all this in one go.",
    "It helps to write it down.",
    "I dreamed about {street} again.",
    "I felt safe with {friend} here, for once.",
    "I am ashamed, and I don't know why I should be.",
    "I wanted to shout at him in the street.",
    "I was calm until I had locked the door, and then I wasn't.",
    "I don't feel like a person, more like a diary.",
    "I felt guilty for asking {colleague} for help again.",
    "I keep thinking it will be my fault if I miss something.",
    "For {minutes} minutes I forgot about it, and that was lovely.",
    "Hope is the hardest part.",
    "Some days I think it is only me making it big. Then I read back.",
    "I hate the sound of that phone now.",
    "I don't want to be brave any more.",
)

_TOLD_AT_ONCE = ("straight away", "the same day", "as soon as I could", "before I wrote this")
_TOLD_LATER = ("the same day", "the next morning", "straight away", "the day after", "that evening")
_TOLD_WHO = {
    "friend": 9,
    "family": 9,
    "neighbour": 5,
    "work": 5,
    "helpline": 2,
    "advisor": 2,
    "doctor": 1,
    "housing": 1,
    "phone-company": 1,
    "platform": 1,
}


def effects_by_now(scene: Scene) -> tuple[str, ...]:
    """What can be said of the effect when the entry is written: a sleepless night only after the night."""
    return _BY_THEN if _hours_since(scene) > 14 else _AT_ONCE


def _hours_since(scene: Scene) -> float:
    return (scene.written_at - scene.moment).total_seconds() / 3600


def _told_when(scene: Scene) -> str:
    return scene.deck.deal(_TOLD_LATER if _hours_since(scene) > 30 else _TOLD_AT_ONCE)


def tell_somebody(scene: Scene) -> dict[str, object]:
    """Somebody other than the police who was told."""
    who = scene.rng.choices(list(_TOLD_WHO), list(_TOLD_WHO.values()))[0]
    return {"who": who, "when": _told_when(scene)}


def tell_police(scene: Scene) -> dict[str, object]:
    """A report to the police, with the number they gave."""
    officer = scene.cast.officer if scene.day < 200 else scene.cast.second_officer
    number = scene.rng.randint(12, 1890)
    if scene.rng.random() < 0.35:
        officer = ""
    told: dict[str, object] = {"who": "police", "force": scene.cast.force, "when": _told_when(scene)}
    if officer:
        told["officer"] = officer
    told["reference"] = f"Log {number:04d} of {scene.moment:%d/%m/%Y}"
    return told


def police_know(day: float) -> bool:
    """Whether the police have been told by this day of the story."""
    return day >= FIRST_REPORT_DAY
