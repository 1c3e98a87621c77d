"""What a file's page says of its player, and of how what is stored of the file was found."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from daybook.evidence.errors import BodyDamaged
from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.fixity import Found, last_look_at, note_damage
from daybook.evidence.reading import check_opening
from daybook.kernel.consent import Viewer
from daybook.kernel.media.playing import player_of, plays_elsewhere


def player_context(viewer: Viewer, read: ReadExhibit, *, now: datetime) -> dict[str, Any]:
    """What ``files/player.html``, ``whole.html`` and ``damage.html`` need: which player there is, if it may be opened.

    Looks at the beginning and the end of what is stored; damage that shows there is noted, and named in the player's place.
    """
    kind = player_of(read.type)
    elsewhere = read.type.partition("/")[0] if plays_elsewhere(read.type) else ""
    damage = read.damage
    if not damage:
        try:
            check_opening(viewer, read)
        except BodyDamaged as error:
            note_damage(read.blob_key, error, now=now)
            damage = Found.MISSING if error.missing else Found.ALTERED
    look = last_look_at(read.blob_key)
    return {
        "player": kind,
        "player_url": reverse("files-play", args=[read.id]) if kind else "",
        "plays_elsewhere": elsewhere,
        "damage": damage,
        "damage_since": look.found_since if look and damage else None,
        "last_opened": look.opened_at if look else None,
        "last_read": look.read_at if look and look.found == Found.WHOLE else None,
    }
