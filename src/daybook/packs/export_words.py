"""The words in an export: what is in it, how to read it without Daybook, and what does not agree."""

from collections.abc import Sequence
from datetime import datetime

from daybook.packs.wording import recorded_words
from daybook.people.accounts import Unlocked

_OPEN = """\
EVERYTHING FROM ONE RECORD
==========================

Made on {made}, from the record “{name}”.
It holds everything that was written and kept: private feelings, addresses, how to reach
witnesses, and who opened the record and when. ANYONE WHO FINDS IT CAN READ ALL OF IT.
Keep it where nobody else can get at it. It is not a pack for the police: make a pack for that.

You do not need Daybook to read it.

"""
_SEALED = """\
SEALED FILES
============

Made on {made}.
Every file here whose name ends in .age is sealed with “age”, a free and public program
(age-encryption.org). To open them you need that program, and the passphrase that was chosen
when this was made. Whoever has both can read all of it.

To open one file, in a terminal in this folder:

    age -d -i {key} -o contents.json contents.json.age

It asks for the passphrase of {key}. To be asked only once, open the key first, and delete
the opened key afterwards:

    age -d -o key.txt {key}
    age -d -i key.txt -o contents.json contents.json.age
    age -d -i key.txt -o 01.json words/01.age

contents.json says what each of the other files is, and what to call it.
THE KEY OPENS EVERY FILE OF THE RECORD, those kept later too. Keep it as safe as the record.

"""
_CONTENTS = """\
WHAT IS IN HERE
---------------
checks.txt              Look here first: what is missing, and what does not agree.
record.json             The name of the record, and when it was begun.
entry-versions.json     Every version of every entry, with all its answers. The same in entries.csv.
suspect-versions.json   Who may be doing this (suspects.csv).
witness-versions.json   Witnesses, and how to reach them (witnesses.csv).
place-versions.json     Places of one's own (places.csv).
drafts.json             What was begun and not kept.
late-words.json         What came while the record was locked. Files that came along are in late-files.
files.json              Every file, with its SHA-256 and what it says of itself (files.csv).
                        “unseen” means that it was kept without looking. Think before you open it.
files                   The files, byte for byte as they came.
notes.json              What was noted about files later: what they show, and who may look at them.
attachments.json        Which file belongs to which entry, since when, and until when.
removed-files.json      Files that were removed. They are not in here. One that is not destroyed yet
                        can be fetched back in Daybook.
ledger.jsonl            Every step of the record, with the salts that open its commitments.
access.jsonl            Who opened the record, who tried, and what was looked at.
sha256sums.txt          The SHA-256 of every file in here. To check them: sha256sum -c sha256sums.txt

JSON files are text: any editor opens them. Times end in +00:00 or Z: they are in UTC.
A cell of a table that begins with = + - or @ has a ' put in front, so that it cannot run.
Small preview pictures are left out: they can be made again from the files.
"""


def readme_text(unlocked: Unlocked, now: datetime, *, sealed: bool) -> bytes:
    """README.txt. In the sealed form it is the one file in clear, and says nothing of whom or what it is about."""
    made = recorded_words(now, unlocked.profile.zone)
    name = "".join(char for char in unlocked.name if char.isprintable())
    head = _SEALED.format(made=made, key="key.txt.age") if sealed else _OPEN.format(made=made, name=name)
    return (head + (_CONTENTS if not sealed else _CONTENTS_SEALED)).encode()


_CONTENTS_SEALED = """\
Among them is checks.txt: it says what is missing, and what does not agree. Look there first.
sha256sums.txt has the SHA-256 of every file as it lies here. To check them:

    sha256sum -c sha256sums.txt
"""


def checks_text(faults: Sequence[str]) -> bytes:
    """checks.txt: nothing, or each thing that does not agree or could not be read."""
    if not faults:
        return (
            b"Every entry, person, place and file was compared with the steps of the record.\n"
            b"Nothing is missing, and nothing differs.\n"
        )
    lines = "".join(f"- {fault}\n" for fault in faults)
    return f"Not everything agrees. What is not named here is whole.\n\n{lines}".encode()
