"""The words of the letters and e-mails in the case."""

from __future__ import annotations

LETTER_WORDS = (
    "You will say that I should not write. I have thought about that and I do not agree.",
    "There are several things you have not considered and I put them down here in order.",
    "Nobody else is going to explain this to you so it has to be me.",
    "I have kept the tickets. I have kept everything. You have kept nothing.",
    "You always said you wanted the truth, and now that it comes you hide from it.",
    "I was near the river on Sunday and I remembered what you said there.",
    "I am calm. I want you to know that I am calm as I write this.",
    "If you had come down when I asked, none of this would be needed.",
    "I will not mention it again after this, if I hear from you by Friday.",
    "Your friends are not your friends. One day you will see who was.",
    "I have been to all the places. I wanted to see them without you.",
    "You think it is you who ended it. I think it has not ended.",
    "I know what time you get in and I have never once knocked.",
    "There is a right way to end things and you did not choose it.",
)
"""Sentences of letters nobody asked for, written by one man."""
