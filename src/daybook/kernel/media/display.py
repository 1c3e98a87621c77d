"""What a browser may be given to show, and what it may only be given to keep."""

from typing import Final

SAFE_INLINE: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
"""The only types our origin ever shows in a page, and only for small pictures Daybook itself made.

A list of what is allowed, never of what is forbidden: HTML, SVG, XML and PDF can carry scripts and must
never run where the person's record is unlocked, and neither may the next such format.
"""

DOWNLOAD_TYPE: Final = "application/octet-stream"
"""The type every original is sent with, always as an attachment."""


def safe_to_show_inline(content_type: str) -> bool:
    """Say whether a derived copy of this type may be shown inside a page.

    Args:
        content_type: a bare media type; anything with parameters or unusual spelling is refused.
    """
    return content_type in SAFE_INLINE
