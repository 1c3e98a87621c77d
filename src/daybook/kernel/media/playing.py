"""Which originals a browser may play inside a page of ours: sound and moving pictures, which run nothing.

A list of what is allowed, as in ``display``. A player reads them with the browser's decoders, in the browser's confinement;
none of these forms can carry a script, load anything or draw outside its frame.
"""

from typing import Final, Literal

Player = Literal["video", "audio", ""]

_VIDEO: Final = frozenset({"video/mp4", "video/webm", "video/quicktime"})
_AUDIO: Final = frozenset(
    {
        "audio/mpeg",
        "audio/mp4",
        "audio/aac",
        "audio/ogg",
        "audio/opus",
        "audio/webm",
        "audio/wav",
        "audio/flac",
    }
)
_SOUND_OR_FILM: Final = ("audio/", "video/")


def player_of(content_type: str) -> Player:
    """Which player shows an original of this type (as found by content); empty where none does.

    Args:
        content_type: a bare media type; anything with parameters or unusual spelling gets no player.
    """
    if content_type in _VIDEO:
        return "video"
    return "audio" if content_type in _AUDIO else ""


def plays_elsewhere(content_type: str) -> bool:
    """Whether it is sound or film that no common browser plays, such as the voice notes of older phones (AMR)."""
    return content_type.startswith(_SOUND_OR_FILM) and not player_of(content_type)
