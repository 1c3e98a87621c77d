"""The checker: a process of its own that opens a home and tells what is there and what does not hold together.

It knows nothing of what was promised. Each line it reads is an order as JSON, each line it writes an answer. Between two
orders it holds no connection, so that the server has to recover its database alone.
Run it with ``python -m tests.crash.checker``.
"""

import json
import os
import re
import sys
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from daybook.site.commands.starting import start

start()

from django.conf import settings  # noqa: E402 – all of these after the settings
from django.db import connection, connections  # noqa: E402
from django.db.models import QuerySet  # noqa: E402

from daybook.diary.agreement import compare_with_ledger  # noqa: E402
from daybook.diary.drafts import ReadDraft, drafts_that_open  # noqa: E402
from daybook.diary.entries import page_of_entries  # noqa: E402
from daybook.diary.kept_people import witnesses_for  # noqa: E402
from daybook.diary.models import Attachment, Item  # noqa: E402
from daybook.diary.versions import read_history  # noqa: E402
from daybook.evidence.exhibits import ReadExhibit  # noqa: E402
from daybook.evidence.intake import SWEPT_AFTER  # noqa: E402
from daybook.evidence.models import Blob, PreviewDue, Removal, Upload  # noqa: E402
from daybook.evidence.removing import REMOVING  # noqa: E402
from daybook.kernel.consent import Viewer  # noqa: E402
from daybook.kernel.custody import CustodyError, EventKind  # noqa: E402
from daybook.kernel.delays import Rule  # noqa: E402
from daybook.kernel.sealing.errors import SealingError  # noqa: E402
from daybook.ledger.chains import ACCESS, LEDGER, check_chain, links_for  # noqa: E402
from daybook.ledger.records import unlock_record  # noqa: E402
from daybook.packs.assembly import packs_made_for  # noqa: E402
from daybook.people.accounts import Unlocked, capture_identity, record_found_by  # noqa: E402
from daybook.people.closing import CLOSING, closing_of  # noqa: E402
from daybook.people.errors import CannotUnlock  # noqa: E402
from daybook.people.late_saves import late_words_for  # noqa: E402
from daybook.people.models import Account, Closing, KeySlot, Record, RecordEpoch  # noqa: E402
from tests.crash.files_seen import every_exhibit, faults_of_the_store, see_files, see_uploads  # noqa: E402

MARK = re.compile(r"mark[0-9a-z]+")
_LONG_AGO = SWEPT_AFTER * 2


def main() -> None:
    """Answer orders until there are none."""
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = _ORDERS[order.pop("order")](**order)
        except Exception:  # noqa: BLE001 – whatever it is, it is a fault of the home, and the round that made it is to be named
            answer = {"raised": traceback.format_exc()}
        finally:
            connections.close_all()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def look(*, name: str, passphrase: str) -> dict[str, Any]:
    """Everything that one record holds, and every fault of the home."""
    seen: dict[str, Any] = {
        "things": {}, "ids": {}, "drafts": {}, "references": {}, "pictures": [], "due": [], "given up": {},
        "fingerprints": [], "unlocks": 0, "faults": [*_faults_of_the_database(), *faults_of_the_store()],
    }  # fmt: skip
    try:
        unlocked = unlock_record(
            name=name, passphrase=passphrase, now=datetime.now(UTC), means="command line"
        )
    except CannotUnlock as error:
        seen["faults"].append(f"the record does not unlock: {error}")
        return seen
    for part in (
        _see_chains, _see_agreement, _see_files, _see_writing, _see_people, _see_late_words, _see_closing, _see_another,
    ):  # fmt: skip
        try:
            part(unlocked, seen)
        except (SealingError, CustodyError) as error:
            seen["faults"].append(f"{part.__name__[5:]} cannot be read: {error}")
    return seen


def make_leftovers_old() -> dict[str, Any]:
    """Let everything that never became evidence look as if it had been begun two days ago; says how much there is."""
    rows = _leftover_rows()
    rows.update(begun_at=datetime.now(UTC) - _LONG_AGO)
    files = list(_leftover_files())
    for path in files:
        os.utime(path, (0, 0))
    return {"rows": rows.count(), "files": len(files)}


def old_leftovers() -> dict[str, Any]:
    """How much there is that a sweep should have taken, and what is to be destroyed and is not."""
    limit = datetime.now(UTC) - SWEPT_AFTER
    return {
        "rows": _leftover_rows().filter(begun_at__lt=limit).count(),
        "files": sum(path.stat().st_mtime < limit.timestamp() for path in _leftover_files()),
    }


def let_the_time_be_up(*, files: list[str], name: str) -> dict[str, Any]:
    """Put back when these files were removed, and when any other record than this person's was asked to be erased."""
    removals = Removal.objects.filter(pk__in=[UUID(one) for one in files], begun_at=None)
    hers = record_found_by(name)
    assert hers is not None
    closings = Closing.objects.filter(begun_at=None).exclude(record_id=hers)
    return {"files": _is_over(removals, REMOVING), "records": _is_over(closings, CLOSING)}


def still_to_be_destroyed() -> dict[str, Any]:
    """How many files and records there are whose time is up, or whose destruction was begun."""
    now = datetime.now(UTC)
    removals = Removal.objects.filter(over_at__lt=now, shredded_at=None).count()
    return {"files": removals, "records": Closing.objects.filter(over_at__lt=now).count()}


def let_tries_be_long_ago() -> dict[str, Any]:
    """Previews that were tried without success are due again now; says how many there are."""
    return {"tried": PreviewDue.objects.exclude(tried_at=None).update(tried_at=datetime.now(UTC) - _LONG_AGO)}


def _is_over(rows: "QuerySet[Any]", rule: Rule) -> int:
    now = datetime.now(UTC)
    ago = now - rule.length - timedelta(days=1)
    over = now - timedelta(hours=12)
    return rows.update(asked_at=ago, over_at=over, seen_at=over, waited=rule.length)


def _leftover_rows() -> "QuerySet[Blob]":
    left = Blob.objects.filter(admitted=False, held=False)
    return left.exclude(key__in=Upload.objects.values("blob_key"))


def _leftover_files() -> Iterator[Path]:
    """What is staged, and unfinished bodies of no upload."""
    yield from (settings.HOME.files / "staging").iterdir()
    coming = {key.replace("/", "+") for key in Upload.objects.values_list("blob_key", flat=True)}
    unfinished = settings.HOME.files / "unfinished"
    yield from (path for path in unfinished.glob("*") if path.name not in coming)


def _faults_of_the_database() -> Iterator[str]:
    with connection.cursor() as cursor:
        for pragma, wanted in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
            cursor.execute(f"PRAGMA {pragma}")
            if (found := cursor.fetchall()) != wanted:
                yield f"{pragma} of the database says {found[:3]}"


def _see_chains(unlocked: Unlocked, seen: dict[str, Any]) -> None:
    identity = capture_identity(unlocked.viewer)
    for chain in (LEDGER, ACCESS):
        try:
            check_chain(unlocked.viewer, chain=chain, capture_identity=identity)
        except (CustodyError, SealingError) as error:
            seen["faults"].append(f"the {chain.value} chain does not hold: {error}")
    notes = links_for(unlocked.viewer, chain=ACCESS, capture_identity=identity)
    seen["unlocks"] = sum(
        link.event.kind == EventKind.UNLOCKED and link.event.details["what"] == "browser" for link in notes
    )
    seen["fingerprints"] = [pack.fingerprint for pack in packs_made_for(unlocked.viewer)]


def _see_agreement(unlocked: Unlocked, seen: dict[str, Any]) -> None:
    agreement = compare_with_ledger(unlocked.viewer)
    seen["faults"] += [f"rows against the ledger: {fault.words}" for fault in agreement.faults]
    page = page_of_entries(unlocked.viewer, 1)
    if not page.whole or page.altered:
        seen["faults"].append("the list of entries is not whole")


def _see_writing(unlocked: Unlocked, seen: dict[str, Any]) -> None:
    viewer = unlocked.viewer
    files = every_exhibit(viewer)
    writings: dict[str, dict[str, Any]] = {}
    marks: dict[UUID, str] = {}

    def writing(words: str) -> dict[str, Any]:
        mark = _mark_in(words)
        return writings.setdefault(f"writing/{mark}", {"versions": [], "files": [], "drafts": []})

    for version in sorted(read_history(viewer, Item.Kind.ENTRY), key=lambda one: one.version):
        values = version.values
        kept = writing(values["words"])["versions"]
        if version.version != len(kept) + 1:
            seen["faults"].append(
                f"version {version.version} of an entry comes after {len(kept)}, or it is there twice"
            )
        kept.append([values["words"], values.get("feelings", ""), version.reason])
        marks[version.item] = _mark_in(values["words"])
        seen["ids"][f"writing/{marks[version.item]}"] = str(version.item)
    for entry, attached in _attached(viewer).items():
        if entry not in marks:
            seen["faults"].append(f"files are put with an entry that is not there: {entry}")
            continue
        writings[f"writing/{marks[entry]}"]["files"] = _names_of(files, attached)
    drafts, altered = drafts_that_open(viewer)
    if altered:
        seen["faults"].append(f"{altered} drafts do not open")
    for draft in drafts:
        there = writing(draft.beginning)
        there["drafts"].append(_draft(draft, files))
        seen["drafts"][f"writing/{_mark_in(draft.beginning)}"] = str(draft.id)
    seen["things"] |= writings


def _attached(viewer: Viewer) -> dict[UUID, list[UUID]]:
    """Which files stand with each entry; also those that were removed: fetched back, they stand where they were."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    rows = Attachment.objects.filter(record_id=viewer.record, detached_at=None)
    for entry, exhibit in rows.values_list("entry_id", "exhibit_id"):
        found[entry].append(exhibit)
    return found


def _draft(draft: ReadDraft, files: dict[UUID, ReadExhibit]) -> dict[str, Any]:
    def typed(section: str, name: str) -> str:
        return "\n".join(draft.sections.get(section, {}).get(name, [""]))

    chosen = draft.sections.get("files", {}).get("exhibit", ())
    return {
        "amends": draft.amends is not None,
        "words": typed("words", "words"),
        "feelings": typed("feelings", "feelings"),
        "reason": typed("reason", "reason"),
        "files": _names_of(files, map(UUID, chosen)),
    }


def _names_of(files: dict[UUID, ReadExhibit], ids: Any) -> list[str]:
    """The files by their content. One that is not there is named so, and will not be what was promised."""
    return sorted(files[one].sha256 if one in files else f"missing: {one}" for one in ids)


def _see_files(unlocked: Unlocked, seen: dict[str, Any]) -> None:
    see_files(unlocked.viewer, seen)
    see_uploads(unlocked.viewer, seen)


def _see_people(unlocked: Unlocked, seen: dict[str, Any]) -> None:
    for witness in witnesses_for(unlocked.viewer):
        seen["things"][f"witness/{_mark_in(witness.name)}"] = [witness.name, witness.contact]


def _see_late_words(unlocked: Unlocked, seen: dict[str, Any]) -> None:
    for late in late_words_for(unlocked):
        if late.damaged:
            seen["faults"].append("words that came too late do not open")
            continue
        words = late.fields.get("words", [""])[0]
        seen["things"][f"late/{_mark_in(words)}"] = words


def _see_closing(unlocked: Unlocked, seen: dict[str, Any]) -> None:
    """Whether the record is to be erased, and whether that was noted where she can see it."""
    waits = closing_of(unlocked.record_id, now=datetime.now(UTC)) is not None
    if waits:
        seen["things"]["closing/record"] = "waits"
    identity = capture_identity(unlocked.viewer)
    kinds = Counter(
        link.event.kind for link in links_for(unlocked.viewer, chain=ACCESS, capture_identity=identity)
    )
    asked, undone = kinds[EventKind.CLOSING_ASKED], kinds[EventKind.CLOSING_UNDONE]
    if asked - undone != waits:
        seen["faults"].append(f"closing was noted as asked {asked} times, as undone {undone} times: {waits}")


def _see_another(unlocked: Unlocked, seen: dict[str, Any]) -> None:
    """Another record in the same home: it is whole, or being erased and opens for nobody, or nothing of it is there."""
    accounts = Account.objects.exclude(record=unlocked.record_id)
    if accounts.count() != Record.objects.exclude(pk=unlocked.record_id).count():
        seen["faults"].append("an account has no record")
    for account in accounts:
        keys = [KeySlot.objects.filter(account=account), RecordEpoch.objects.filter(record__account=account)]
        left = [rows.exists() for rows in keys] + [bool(account.sealed_name)]
        closing = Closing.objects.filter(record__account=account).first()
        begun = closing is not None and closing.begun_at is not None
        if any(left) == begun or any(left) != all(left):
            seen["faults"].append(
                f"another record is being erased: {begun}; of its keys and its name are left: {left}"
            )
        seen["things"]["record/another"] = "being erased" if begun else "whole"


def _mark_in(text: str) -> str:
    found = MARK.match(text)
    return found[0] if found else f"no mark: {text[:40]}"


_ORDERS: dict[str, Callable[..., dict[str, Any]]] = {
    "look": look,
    "make leftovers old": make_leftovers_old,
    "old leftovers": old_leftovers,
    "let the time be up": let_the_time_be_up,
    "still to be destroyed": still_to_be_destroyed,
    "let tries be long ago": let_tries_be_long_ago,
}

if __name__ == "__main__":
    main()
