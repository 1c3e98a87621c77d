"""Someone else's look at a file: shown once, to whoever the person named, and kept in no preview."""

from daybook import doors
from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.reading import open_body
from daybook.kernel.consent import Viewer
from daybook.kernel.media.decoder import Thumbnail, can_decode
from daybook.kernel.media.errors import DecodingFailed


def show_once(viewer: Viewer, exhibit: ReadExhibit) -> Thumbnail | None:
    """The small picture of an exhibit for one look by someone else, or None where none can be made.

    Nothing of it is kept, so no list can ever show it. Raises BodyDamaged when the body is missing or was altered.
    """
    if not can_decode(exhibit.type):
        return None
    try:
        return doors.decoder().decode(open_body(viewer, exhibit), content_type=exhibit.type).thumbnail
    except DecodingFailed:
        return None  # the page says that there is no picture; the file itself can still be saved
