"""The checker: a process of its own that opens a home and tells what is there and what does not hold together.

It knows nothing of what was promised. Each line it reads is an order as JSON, each line it writes an answer. Between two
orders it holds no connection, so that the server has to recover its database alone.
Run it with ``python -m tests.crash.checker``.
"""

import io
import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from daybook.site.commands.starting import start

start()

from django.conf import settings  # noqa: E402 – all of these after the settings
from django.db import connection, connections  # noqa: E402
from PIL import Image  # noqa: E402

from daybook import doors  # noqa: E402
from daybook.diary.agreement import compare_with_ledger  # noqa: E402
from daybook.diary.attachments import exhibits_by_entry  # noqa: E402
from daybook.diary.drafts import ReadDraft, drafts_that_open  # noqa: E402
from daybook.diary.entries import page_of_entries  # noqa: E402
from daybook.diary.kept_people import witnesses_for  # noqa: E402
from daybook.diary.models import Item  # noqa: E402
from daybook.diary.versions import read_history  # noqa: E402
from daybook.evidence.derived import copy_for, summary_for  # noqa: E402
from daybook.evidence.errors import BodyDamaged  # noqa: E402
from daybook.evidence.exhibits import ReadExhibit, exhibits_for, thumbnails_for  # noqa: E402
from daybook.evidence.intake import SWEPT_AFTER  # noqa: E402
from daybook.evidence.models import Blob, DerivedCopy, Exhibit, PreviewDue  # noqa: E402
from daybook.evidence.reading import check_body  # noqa: E402
from daybook.kernel.custody import CustodyError, EventKind  # noqa: E402
from daybook.kernel.media.previews import FRAME, PAGE, TEXT, Place  # noqa: E402
from daybook.kernel.sealing.errors import SealingError  # noqa: E402
from daybook.ledger.chains import ACCESS, LEDGER, check_chain, links_for  # noqa: E402
from daybook.ledger.records import unlock_record  # noqa: E402
from daybook.packs.assembly import packs_made_for  # noqa: E402
from daybook.people.accounts import Unlocked, capture_identity  # noqa: E402
from daybook.people.errors import CannotUnlock  # noqa: E402
from daybook.people.late_saves import late_words_for  # noqa: E402
from daybook.people.models import Record  # noqa: E402

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
        "things": {}, "ids": {}, "drafts": {}, "references": {}, "pictures": [], "fingerprints": [], "unlocks": 0,
        "faults": list(_faults_of_the_database()) + list(_faults_of_the_store()),
    }  # fmt: skip
    try:
        unlocked = unlock_record(
            name=name, passphrase=passphrase, now=datetime.now(UTC), means="command line"
        )
    except CannotUnlock as error:
        seen["faults"].append(f"the record does not unlock: {error}")
        return seen
    for part in (_see_chains, _see_agreement, _see_files, _see_writing, _see_people, _see_late_words):
        try:
            part(unlocked, seen)
        except (SealingError, CustodyError) as error:
            seen["faults"].append(f"{part.__name__[5:]} cannot be read: {error}")
    return seen


def make_leftovers_old() -> dict[str, Any]:
    """Let everything that never became evidence look as if it had been begun two days ago; says how much there is."""
    rows = Blob.objects.filter(admitted=False, held=False)
    rows.update(begun_at=datetime.now(UTC) - _LONG_AGO)
    staged = list((settings.HOME.files / "staging").iterdir())
    for path in staged:
        os.utime(path, (0, 0))
    return {"rows": rows.count(), "files": len(staged)}


def old_leftovers() -> dict[str, Any]:
    """How much there is that a sweep should have taken."""
    limit = datetime.now(UTC) - SWEPT_AFTER
    rows = Blob.objects.filter(admitted=False, held=False, begun_at__lt=limit)
    staged = (settings.HOME.files / "staging").iterdir()
    return {
        "rows": rows.count(),
        "files": sum(path.stat().st_mtime < limit.timestamp() for path in staged),
    }


def _faults_of_the_database() -> Iterator[str]:
    with connection.cursor() as cursor:
        for pragma, wanted in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
            cursor.execute(f"PRAGMA {pragma}")
            if (found := cursor.fetchall()) != wanted:
                yield f"{pragma} of the database says {found[:3]}"


def _faults_of_the_store() -> Iterator[str]:
    # Rows first, then files, then rows again: the server may be at work, and what it makes meanwhile is no fault.
    rows = dict(Blob.objects.values_list("key", "admitted"))
    files = set(doors.blobs().keys())
    later = set(Blob.objects.values_list("key", flat=True))
    exhibits = dict(Exhibit.objects.values_list("blob_id", "number"))
    for key, admitted in rows.items():
        if admitted and key not in exhibits:
            yield f"the blob {key} is admitted, and no exhibit has it"
        if admitted and key not in files:
            yield f"the body of an exhibit is missing: {key}"
        if not admitted and key in exhibits:
            yield f"exhibit {exhibits[key]} has a blob that was never admitted"
    yield from (f"the file {key} belongs to nothing" for key in sorted(files - rows.keys() - later))
    for record in Record.objects.all():
        numbers = list(
            Exhibit.objects.filter(record=record).order_by("number").values_list("number", flat=True)
        )
        if numbers and numbers[-1] > record.exhibits_numbered:
            yield f"exhibit {numbers[-1]} has a number that was never given"


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


def _see_files(unlocked: Unlocked, seen: dict[str, Any]) -> None:
    exhibits = exhibits_for(unlocked.viewer)
    for one in exhibits:
        try:
            check_body(unlocked.viewer, one)
        except BodyDamaged as damage:
            seen["faults"].append(str(damage))
        if one.sha256 in seen["references"]:
            seen["faults"].append(f"{one.reference} has the bytes of {seen['references'][one.sha256]}")
        seen["references"][one.sha256] = one.reference
        seen["things"][f"file/{one.sha256}"] = {"name": one.name, "size": one.size, "unseen": one.unseen}
        seen["ids"][f"file/{one.sha256}"] = str(one.id)
    by_id = {one.id: one for one in exhibits}
    for small in thumbnails_for(unlocked.viewer, by_id):
        with Image.open(io.BytesIO(small.content)) as picture:
            picture.load()
            if picture.size != (small.width, small.height):
                seen["faults"].append(f"the small picture of {by_id[small.exhibit].reference} is half there")
        seen["pictures"].append(by_id[small.exhibit].sha256)
    _see_previews(unlocked, by_id, seen)


def _see_previews(unlocked: Unlocked, exhibits: dict[UUID, ReadExhibit], seen: dict[str, Any]) -> None:
    """What is made later is made wholly or is still due, and nothing is made of what she does not want to see."""
    due = set(PreviewDue.objects.filter(exhibit__in=exhibits).values_list("exhibit_id", flat=True))
    made = set(DerivedCopy.objects.filter(exhibit__in=exhibits).values_list("exhibit_id", flat=True))
    # A picture that is still to be made, because the decoder was busy or stopped, is not lost.
    seen["pictures"] += [exhibits[one].sha256 for one in due - made]
    for exhibit, one in exhibits.items():
        if one.unseen and exhibit in due | made:
            seen["faults"].append(f"{one.reference} was kept without looking, and there is a copy to show")
        if exhibit in due & made:
            seen["faults"].append(f"the preview of {one.reference} is made and still to be made")
        summary = summary_for(unlocked.viewer, exhibit)
        if summary is None:
            continue
        places = [Place(PAGE, number) for number in range(1, summary.pages + 1)]
        places += [Place(FRAME, number) for number in range(1, summary.frames + 1)]
        places += [Place(TEXT)] if summary.text else []
        if any(copy_for(unlocked.viewer, exhibit, place) is None for place in places):
            seen["faults"].append(f"the preview of {one.reference} is half there")


def _see_writing(unlocked: Unlocked, seen: dict[str, Any]) -> None:
    viewer = unlocked.viewer
    files = {one.id: one for one in exhibits_for(viewer)}
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
    for entry, attached in exhibits_by_entry(viewer).items():
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


def _mark_in(text: str) -> str:
    found = MARK.match(text)
    return found[0] if found else f"no mark: {text[:40]}"


_ORDERS: dict[str, Callable[..., dict[str, Any]]] = {
    "look": look,
    "make leftovers old": make_leftovers_old,
    "old leftovers": old_leftovers,
}

if __name__ == "__main__":
    main()
