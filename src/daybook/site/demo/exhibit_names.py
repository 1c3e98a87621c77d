"""File names as phones, scanners and mail programs give them."""

from __future__ import annotations

import random
import unicodedata

from daybook.site.demo.evidence_source import EvidenceSource

LONG_NAME = unicodedata.normalize(
    "NFD",
    "Zrzut ekranu – wiadomość od Gosi (ważne!!) „znowu tu był” صورة من الجيران 👀🌹 kopia kopia – "
    "ĝis la fino, très long nom "
    "d’été & co; 'quoted' %2e%2e #1 ‏",
)
"""Combining accents, Arabic, a right-to-left mark, emoji, quotes and a percent code; no separators."""

_ENDINGS = {"JPEG": "jpg", "WEBP": "webp", "PNG": "png"}


def name_exhibit(rng: random.Random, source: EvidenceSource, number: int) -> str:
    """A file name for the exhibit; `number` is its place in the plan and keeps camera names apart."""
    at, ending = source.at, _ENDINGS[source.encoding]
    match source.kind:
        case "screenshot" | "screenshot-calls" | "web-page":
            return rng.choice(
                (f"Screenshot_{at:%Y%m%d-%H%M%S}.{ending}", f"Screenshot {at:%Y-%m-%d at %H.%M}.{ending}")
            )
        case "email":
            return rng.choice((f"message {number + 1}.eml", f"{at:%Y-%m-%d} mail.eml", "Re_ talk.eml"))
        case "text":
            return f"texts {at.day} {at:%B}.txt"
        case "statement":
            return f"what they saw {at:%d-%m-%Y}.txt"
        case "call-log":
            return f"calls-{at:%Y-%m}.csv"
        case "bank-csv":
            return f"statement_{at:%Y%m%d}.csv"
        case "voicemail":
            return f"voicemail-{at:%Y%m%d-%H%M}.wav"
        case "pdf-order":
            return f"Order copy {at:%d %b %Y}.pdf"
        case "pdf-letter":
            return rng.choice((f"letter {at:%d-%m-%y}.pdf", f"scan{number:04d}.pdf"))
        case _:
            return rng.choice(
                (
                    f"IMG_{at:%Y%m%d_%H%M%S}.{ending}",
                    f"IMG-{2000 + number * 7}.{ending}",
                    f"{at:%d%m%y}_{number:03d}.{ending}",
                )
            )
