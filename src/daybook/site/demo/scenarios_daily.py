"""Scenarios of the days between: quiet spells, calls with the police, and what it does to a life."""

from __future__ import annotations

from daybook.site.demo.codes import WATCHING
from daybook.site.demo.people import FRIEND, NEIGHBOUR
from daybook.site.demo.scenario import (
    AT_HOME,
    AT_WORK,
    DAYTIME,
    EVENING,
    EX_THINK,
    NOBODY,
    Scenario,
    Sighting,
)

SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        name="quiet", weights=(0.2, 0.2, 9, 0.1, 9, 0.3, 9, 0.1), hours=EVENING, timing="spell",
        opening=(
            "{When}, nothing.",
            "No calls, no messages, nobody in the street. {When}.",
            "A quiet stretch. {When}.",
            "I keep checking and there is nothing to write.",
            "It has gone quiet again. {When}.",
            "Nothing has happened. I am writing that down because they said to.",
        ),
        more=(
            "I still take the long way by {street}.", "I slept {few} hours, which is good for me.",
            "I jumped at a delivery to the flat below.",
            "{friend} says I look better.", "I saw a {ex_car} near {shop}, but it was not his.",
            "I keep waiting for it to start.",
            "I went to {shop} on my own for the first time in weeks.",
            "I had a whole meal without looking at the phone.",
            "Gosia brought soup and we talked about her garden.", "I went to choir and sat near the door.",
        ),
        ending=(
            "I don't trust it.", "Last time it went quiet it came back worse.",
            "Perhaps it is over. I don't know.", "I am trying to enjoy it.",
            "I will write again if anything changes.",
        ),
        places=(), blame=(NOBODY,),
    ),
    Scenario(
        name="police-call", weights=(0, 1, 2, 2.2, 4, 1.6, 3, 2), hours=DAYTIME, timing="seen",
        opening=(
            "{officer} rang {day}.",
            "{When}, a call from {force}. It lasted {minutes} minutes.",
            "I rang 101 to add what happened and waited {minutes} minutes.",
            "{second_officer} e-mailed {day} with a list of questions.",
            "Went to the station {day} with my folder. {few} pages copied.",
            "{officer} came to the flat, in plain clothes as I had asked.",
        ),
        more=(
            "I gave the new number and the plate.",
            "They asked me to keep the original messages on the phone.",
            "They are trying to get the camera from {shop}.",
            "They said to ring 999 if he is there, even if I am not sure.",
            "I asked whether the friend counts. They said to keep telling them.",
            "They have spoken to Gosia.", "I was told the file is with a different officer now.",
            "They asked how it affects my sleep and my work.",
            "They read back what I said and I corrected {few} things.",
        ),
        ending=(
            "They will ring again next week.", "I felt listened to.", "I felt I was a nuisance.",
            "I have the reference written inside the cover.",
            "Nothing more for now.", "I asked for it in writing.",
        ),
        places=(AT_HOME, ("place", "", "Police station"), AT_WORK), blame=(NOBODY,), exhibits=("pdf-letter",
            "email"),
    ),
    Scenario(
        name="effects", weights=(1.6, 2.2, 3, 3, 2.5, 2, 3, 2.6), hours=EVENING, timing="spell",
        opening=(
            "I want to write down what has changed.",
            "{When}, I have not gone out after dark.",
            "I was late for {work} because I waited for the street to be empty.",
            "I have been to the doctor about sleep.",
            "I have had my phone number changed.",
            "I did not go to {friend}'s birthday.",
            "I have moved my bed to the other room.",
            "{manager} has changed my shifts.",
        ),
        more=(
            "I go by {street} now, which adds {minutes} minutes.", "I check the back seat before I get in.",
            "I have bought a camera for the door, £{many}.",
            "I have given up the running club.", "I ask {colleague} to answer the phone at {desk}.",
            "I sleep with the hall light on.",
            "I have had {few} headaches this fortnight.", "I no longer wear the blue coat.",
            "I keep the curtains shut all day.",
            "{sibling} takes me to the shops on Saturdays.", "I can't follow a film to the end.",
        ),
        ending=(
            "None of this is what I would have chosen.", "I did not notice it happening bit by bit.",
            "I hope it is not for ever.", "It costs money too.",
            "{friend} says I should write this part as well, so I have.",
        ),
        places=(AT_HOME,), blame=(NOBODY,),
    ),
    Scenario(
        name="neighbour-tells", weights=(1, 2, 0.6, 2.5, 0.6, 1.2, 0.8, 2), hours=(*DAYTIME, 19, 20),
        timing="heard",
        opening=(
            "Gosia told me a man had been trying the street door {day}.",
            "Pani Żółtek from flat 2 said somebody asked her which bell was mine.",
            "Gosia's son saw someone taking pictures of the front of our building.",
            "{When}, Gosia saw a man {spot}, while I was at {work}.",
            "Gosia wrote me a note in Polish, “Uważaj, znowu tu był” – be careful, he was here again.",
        ),
        more=(
            "She said he wore {wearing}.", "She thinks it was about {minutes} minutes.",
            "She did not like his manner.", "She has seen him {few} times altogether.",
            "She asked him what he wanted and he said “a friend”.", "He got into a {ex_car}.",
            "She is not sure it was the same man.",
        ),
        ending=(
            "She will tell the police if there is an interpreter.", "I was out and saw none of it.",
            "I showed her a photo and she said perhaps.",
            "She has my number now.", "I have asked her to write it down herself.",
        ),
        behaviours=(WATCHING,), places=(AT_HOME,), blame=(EX_THINK, EX_THINK, NOBODY), reach="place",
        sightings=(Sighting(NEIGHBOUR, "She is happy to be named.",
            "Saw the man herself and described him to me"),),
        exhibits=("photo-letter", "statement"),
    ),
    Scenario(
        name="support", weights=(0.3, 1.2, 2, 1.2, 2.4, 1.4, 2.4, 1.4), hours=DAYTIME, timing="seen",
        opening=(
            "Spoke to the stalking helpline {day}, {minutes} minutes.",
            "{When}, first meeting with the support worker.",
            "{manager} and I wrote a plan for {work} {day}.",
            "{friend} and I went through the flat together {day}.",
            "I rang the phone company's care team.",
        ),
        more=(
            "She asked what I wanted, which nobody had.",
            "We made a list of {few} things that are safe to change and {few} to leave for now.",
            "She said to keep the old number going for a while.",
            "We agreed a word I can text if I need somebody.",
            "I can use the side door and nobody gives out my hours.",
            "She told me what to keep and how.", "I was told not to go looking for more.",
        ),
        ending=(
            "I came out lighter.", "I cried on the bus.", "Next time is in a fortnight.",
            "I would have liked this months ago.", "I have it all on one sheet of paper.",
        ),
        places=(AT_WORK, ("place", "", "The advice centre"), AT_HOME), blame=(NOBODY,),
        sightings=(Sighting(FRIEND, "{friend} came with me.", "Was there and helped me"),),
    ),
)  # fmt: skip
