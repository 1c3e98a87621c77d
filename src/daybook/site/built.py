"""Where the front-end build puts what it made."""

from pathlib import Path

STATIC = Path(__file__).parent / "static"
PDF_FONTS = STATIC / "built" / "fonts" / "pdf"
