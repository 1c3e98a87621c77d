"""The one source of chance of the demo: from a text, always the same."""

from __future__ import annotations

import random


def chance_from(text: str) -> random.Random:
    """A source of chance that gives the same run for the same text. Nothing secret is ever drawn from it."""
    return random.Random(text)  # noqa: S311  (made-up content)
