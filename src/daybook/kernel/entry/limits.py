"""How much one entry may hold, and which characters."""

from __future__ import annotations

LONG_TEXT = 100_000
"""Characters of a long text: words, said, effect, feelings."""
SHORT_TEXT = 4_000
"""Characters of any other text. Web addresses are the longest of these."""
LONGEST_LIST = 200
"""Items of any list."""

# The patterns docs/entry.schema.json publishes. Both read the same in Python and in ECMAScript.
CLEAN = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ud800-\udfff]*$"
"""No control character but tab and line ends, and no half of a surrogate pair."""
SAYS_SOMETHING = r"[^\s\ufeff]"
"""At least one character that is not blank."""
UUID_FORM = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
"""An id as text."""
