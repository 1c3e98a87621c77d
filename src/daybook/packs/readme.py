"""README.txt of a pack: in plain words what is in it, what it proves, what it does not, and how to check."""

from __future__ import annotations

from daybook.packs.contents import Audience, Contents
from daybook.packs.wording import fingerprint_groups, recorded_words

_TEXT = """\
NOTES AND EVIDENCE
==================

This folder was made by {name} ({initials}) on {made}.
It holds notes about what has been happening, and the evidence kept with them.
The notes are not a witness statement. If a statement is needed, the police take it.


WHAT IS IN THE FOLDER
---------------------
data/chronology.pdf     Start here. Every incident in order, with the evidence for each.
data/chronology.csv     The same incidents as a table. Opens in Excel.
                        A cell that starts with = + - or @ has a ' put in front of it, so that
                        it cannot run as a formula. The exact words are in chronology.json.
data/chronology.json    The same incidents for computers, with every version of every note.
data/exhibits/          The evidence. Each file is exactly as it was first kept.
                        The folder AB-1 holds exhibit AB/1.
{police}data/ledger/            The list that ties it all together (see "What it proves").
manifest-sha256.txt     The fingerprint of every file.

Some things may have been left out. That is the choice of {name}.
What was left out still has its place in the list, so you can see that something is missing,
but not what it says.


WHAT IT PROVES
--------------
Each time something was written, changed or added, it got a number in a list (the ledger).
Each line of the list depends on all the lines before it. So, as long as the final fingerprint
is the right one:
 * no note was changed, and no exhibit swapped, after it went into the list;
 * a note that was changed later shows the old words, the new words, when and why;
 * nothing was slipped into the middle of the list or taken out of it.

The fingerprint of the list when this folder was begun (after line {length}) was:

    {head}

Making the folder added the last line. The final fingerprint is in data/ledger/head.json.


WHAT IT DOES NOT PROVE
----------------------
 * It does not prove that the words are true.
 * It does not prove who held the phone or the computer.
 * It does not prove the time by itself. The times come from the computer it was written on.
   This folder has no time stamp from outside and no signature yet. If someone rewrote the
   whole list from the start, and everything in it, this folder alone would not show it.
   So compare the fingerprint with one that {name} wrote down before, or can read out to you.
 * The PDF and the table are made for reading. Where they differ from
   data/ledger/disclosures.jsonl, the ledger counts.


HOW TO CHECK THAT THE FILES ARE WHOLE
-------------------------------------
You need no special software. Open a terminal in this folder (where manifest-sha256.txt is).

Linux:
    sha256sum -c manifest-sha256.txt

Mac:
    shasum -a 256 -c manifest-sha256.txt

Windows (PowerShell):
    Get-Content manifest-sha256.txt -Encoding UTF8 | ForEach-Object {{
      $hash, $path = $_ -split '  ', 2
      if ((Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash -eq $hash) {{ "OK   $path" }}
      else {{ "BAD  $path" }}
    }}

That shows whether a file was damaged. It does not show whether someone changed a file and
this list together. For that, check the ledger too, with the zip file as you got it:

    daybook verify FILE.zip

It needs no account and no internet, and it names anything that is wrong.
Get it from the makers of Daybook, never from the person who gave you this folder.
"""

_POLICE = """\
data/police-only/       How to reach witnesses, and private addresses. FOR THE POLICE ONLY.
                        Take this folder out before you pass the rest to anyone else.
                        (The check will then say that these files are missing.)
"""


def write_readme(contents: Contents) -> bytes:
    """The text as UTF-8; only facts about the pack go in, nothing of the person's notes."""
    has_police = any(disclosure.audience is Audience.POLICE for disclosure in contents.disclosures)
    return _TEXT.format(
        name=_one_line(contents.producer.name),
        initials=_one_line(contents.producer.initials),
        made=recorded_words(contents.made_at, contents.zone),
        police=_POLICE if has_police else "",
        length=len(contents.ledger),
        head=fingerprint_groups(contents.head),
    ).encode()


def _one_line(name: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in name).split())
