"""Reading a PDF: its first pages as pictures, and their text. Runs in a confined child only.

PDFium is built without a script engine and finds no font of the system's, so a page looks the same on every machine.
"""

from typing import Final

from daybook.gateways.decoding import frames
from daybook.gateways.decoding.conversation import Refusal, buffered, say, say_picture, say_text
from daybook.gateways.decoding.limits import MOST_PAGES, MOST_TEXT, PAGE_SIDE, SMALL_SIDE
from daybook.gateways.decoding.pictures import as_jpeg, warm_up_pillow

TYPES: Final = ("application/pdf",)

_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F<</Type/Font"
    b"/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Length 27>>stream\nBT /F 5 Tf (abc) Tj ET\nendstream endobj\n"
    b"trailer<</Root 1 0 R>>\n"
)
_WRONG_PASSWORD: Final = 4
_OWN_SIDE: Final = 100_000
_AHEAD: Final = 32 * 1024


def warm_up() -> None:
    """Import, and read a page of our own: callbacks and tables are in place then."""
    import io

    import pypdfium2

    warm_up_pillow()
    document = pypdfium2.PdfDocument(io.BytesIO(_PAGE))
    page = document[0]
    as_jpeg(page.render(scale=2).to_pil(), SMALL_SIDE)
    page.get_textpage().get_text_range()
    document.close()


def look(_kind: str, size: int | None) -> None:
    """Show the pages one by one, so that what one of them does costs none of those before it."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(buffered(size, _AHEAD))
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _WRONG_PASSWORD or "password" in str(error)
        raise Refusal(frames.LOCKED if locked else frames.UNREADABLE) from error
    pages = len(document)
    say(pages=pages)
    texts: list[str] = []
    room = MOST_TEXT
    for number in range(min(pages, MOST_PAGES)):
        page = document[number]
        width, height = page.get_size()
        if not (0 < width < _OWN_SIDE and 0 < height < _OWN_SIDE):
            raise Refusal(frames.UNREADABLE)
        picture = page.render(scale=PAGE_SIDE / max(width, height)).to_pil()
        if number == 0:
            say_picture("thumbnail", 1, as_jpeg(picture, SMALL_SIDE))
        say_picture("page", number + 1, as_jpeg(picture, PAGE_SIDE))
        if room > 0:
            text = page.get_textpage().get_text_range(0, -1)[:room]
            room -= len(text)
            texts.append(text)
        page.close()
    if any(text.strip() for text in texts):
        say_text("\n\n".join(texts), cut=pages > MOST_PAGES or room <= 0)
