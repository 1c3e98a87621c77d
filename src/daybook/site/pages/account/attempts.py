"""From notes of the access chain to lines a person can read: runs of failed tries become one line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from daybook.kernel.custody import EventKind
from daybook.kernel.media.names import display_name
from daybook.ledger.access import NAME, TOO_SOON, AccessNote

SAME_RUN = timedelta(minutes=30)

SIGN_INS = frozenset(
    {
        EventKind.UNLOCKED,
        EventKind.UNLOCK_FAILED,
        EventKind.LOCKED,
        EventKind.RECOVERED,
        EventKind.PASSPHRASE_CHANGED,
        EventKind.RECOVERY_CODE_MADE,
        EventKind.CLOSING_ASKED,
        EventKind.CLOSING_UNDONE,
    }
)

WORDS = {
    EventKind.LOCKED: "Locked",
    EventKind.RECOVERED: "Opened with the recovery code, and a new passphrase was set",
    EventKind.PASSPHRASE_CHANGED: "The passphrase was changed",
    EventKind.RECOVERY_CODE_MADE: "A new recovery code was made",
    EventKind.CLOSING_ASKED: "Someone asked to close this record",
    EventKind.CLOSING_UNDONE: "Closing was undone: the record stays",
    EventKind.EXPORTED: "Took out",
    EventKind.VIEWED: "Looked at",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of "who opened it, and who tried": from ``first`` to ``last`` where it stands for several."""

    words: str
    first: datetime
    last: datetime
    failed: bool = False
    detail: str = ""

    @property
    def spans(self) -> bool:
        """Whether it lasted long enough to give two times."""
        return self.last - self.first >= timedelta(minutes=1)


def lines_of(newest_first: Iterable[AccessNote]) -> list[Line]:
    """The lines for notes of signing in, newest first. Failed tries less than half an hour apart share a line."""
    return list(_lines(newest_first))


def words_of(note: AccessNote) -> str:
    """What a note says, in words."""
    match note.kind:
        case EventKind.UNLOCKED:
            return "Unlocked by a command on this computer" if note.what == "command line" else "Unlocked"
        case EventKind.UNLOCK_FAILED:
            return (
                "A try that did not open it"
                if note.count == 1
                else f"{note.count} tries that did not open it"
            )
        case EventKind.VIEWED | EventKind.EXPORTED:
            by = f", by “{display_name(note.by).short}”" if note.by else ""
            return f"{WORDS[note.kind]}: {note.what} {note.label}".rstrip() + by
        case _:
            return WORDS.get(note.kind, note.kind.value)


def _lines(notes: Iterable[AccessNote]) -> Iterator[Line]:
    run: list[AccessNote] = []
    for note in notes:
        failed = note.kind is EventKind.UNLOCK_FAILED
        if run and not (failed and run[-1].at - note.at <= SAME_RUN):
            yield _run(run)
            run = []
        if failed:
            run.append(note)
        else:
            yield Line(words_of(note), note.at, note.at)
    if run:
        yield _run(run)


def _run(run: list[AccessNote]) -> Line:
    tries = sum(note.count for note in run)
    untried = sum(note.count for note in run if note.label == TOO_SOON)
    with_code = sum(note.count for note in run if note.what == "recovery")
    by_name = sum(note.count for note in run if note.what == NAME)
    details = []
    if untried:
        details.append(f"{untried} of them came too fast and were turned away")
    if with_code:
        details.append(f"{with_code} with a recovery code")
    if by_name:
        details.append(f"{by_name} by starting a new record with your name")
    words = "1 wrong try" if tries == 1 else f"{tries} wrong tries"
    return Line(words, run[-1].at, run[0].at, failed=True, detail=", ".join(details))
