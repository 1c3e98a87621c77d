"""Someone else's look at a file: shown once, to whoever the person named, and kept in no preview."""

from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.previews import look_into
from daybook.kernel.consent import Viewer
from daybook.kernel.media.decoder import Decoded, Thumbnail, can_preview


def show_once(viewer: Viewer, exhibit: ReadExhibit) -> Thumbnail | None:
    """The small picture of an exhibit for one look by someone else, or None where none can be made.

    Nothing of it is kept, so no list can ever show it. Raises BodyDamaged when the body is missing or was altered.
    """
    if not can_preview(exhibit.type):
        return None
    outcome = look_into(viewer, exhibit)
    # Where it failed, the page says that there is no picture; the file itself can still be saved.
    return outcome.thumbnail if isinstance(outcome, Decoded) else None
