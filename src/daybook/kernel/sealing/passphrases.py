"""Passphrases: suggesting six words, normalising what is typed, and refusing what is easily guessed."""

import secrets
import unicodedata
from functools import cache

from xkcdpass import xkcd_password
from zxcvbn import zxcvbn

SUGGESTED_WORDS = 6
# zxcvbn counts guesses; 10^10 is what someone who copied a whole home could try in years, at Argon2's 256 MiB each.
LEAST_GUESSES = 10**10
MOST_CHARACTERS = 200


@cache
def word_list() -> tuple[str, ...]:
    """The EFF long word list (7,776 words) as the xkcdpass library ships it."""
    path = xkcd_password.locate_wordfile("eff-long")
    return tuple(sorted(set(xkcd_password.generate_wordlist(wordfile=path, min_length=3, max_length=9))))


def suggest_passphrase() -> str:
    """Six random words: about 77 bits."""
    words = word_list()
    return " ".join(secrets.choice(words) for _ in range(SUGGESTED_WORDS))


def normalise_passphrase(typed: str) -> str:
    """One form for what looks the same: NFKC, single spaces, none at the ends. Capitals count."""
    return " ".join(unicodedata.normalize("NFKC", typed).split())


def weakness_of(passphrase: str, *, about: tuple[str, ...] = ()) -> str | None:
    """Why a passphrase is too easy to guess, in words to act on; None when it will do.

    ``about`` holds words someone close would try first, such as the record's name.
    """
    if len(passphrase) > MOST_CHARACTERS:
        return f"Use at most {MOST_CHARACTERS} characters."
    if len(passphrase) < 10:
        return "This is too short. Use six words, or at least 10 characters."
    # zxcvbn refuses more than 72 characters and slows down on long ones; the first 60 tell enough.
    found = zxcvbn(passphrase[:60], user_inputs=[word for word in about if word])
    if found["guesses"] < LEAST_GUESSES:
        return (
            "Someone could guess this. Use the six words we suggest, or something longer that nobody knows."
        )
    return None
