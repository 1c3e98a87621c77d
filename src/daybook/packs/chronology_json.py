"""chronology.json: the disclosed record for machines. Its JSON Schema is docs/chronology.schema.json.

The parts named in ITEM_LISTS follow from the ledger alone (``items_json``), so a verifier builds them again
and compares; ``reading`` and ``path`` are added by the maker for readers, and are bound by the
``pack.made`` event like every file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from daybook.kernel.media.known import what_is_known
from daybook.packs.contents import Contents
from daybook.packs.disclosed import Disclosed, Item, Version
from daybook.packs.wording import in_event_order, read_when, read_written

JSON = Any
FORMAT = "daybook/chronology/1"
NOTICE = "Notes made by the person, in her or his own words. Not a witness statement."
ITEM_LISTS = ("entries", "exhibits", "suspects", "witnesses", "places")


def items_json(disclosed: Disclosed) -> dict[str, dict[str, JSON]]:
    """What the ledger discloses, as JSON objects by item id under each name of ITEM_LISTS."""
    lists: dict[str, dict[str, JSON]] = {
        name: {key: _item_json(item) for key, item in getattr(disclosed, name).items()} for name in ITEM_LISTS
    }
    for key, entry in lists["entries"].items():
        entry["attachments"] = [asdict(attachment) for attachment in disclosed.attachments.get(key, ())]
    for key, told in disclosed.descriptions.items():
        if key in lists["exhibits"]:
            lists["exhibits"][key]["descriptions"] = [_version_json(version) for version in told]
    return lists


def removed_json(disclosed: Disclosed) -> list[JSON]:
    """Exhibits that the person removed from her record, as the ledger discloses it, in the order they were removed."""
    return [
        {
            "id": one.exhibit,
            "event": one.seq,
            "removed_at": one.removed_at,
            "fields": dict(sorted(one.fields.items())),
            "withheld": list(one.withheld),
        }
        for one in sorted(disclosed.removed.values(), key=lambda one: one.seq)
    ]


def chronology_json(contents: Contents, paths: Mapping[str, str]) -> JSON:
    """The whole document; ``paths`` gives the place of each exhibit's file under ``data/``."""
    disclosed = contents.disclosed
    lists = items_json(disclosed)
    for key, entry in lists["entries"].items():
        item = disclosed.entries[key]
        entry["reading"] = {"written": read_written(item, contents.zone)}
        for version, made in zip(item.versions, entry["versions"], strict=True):
            made["reading"] = {"when": asdict(read_when(version, contents.zone))}
    for key, exhibit in lists["exhibits"].items():
        exhibit["path"] = paths.get(key)
        exhibit["reading"] = {"says": _says(disclosed.exhibits[key].current.fields)}
    ordered = in_event_order(list(disclosed.entries.values()), contents.zone)
    first, last = contents.period.first, contents.period.last
    return {
        "format": FORMAT,
        "notice": NOTICE,
        "record": str(contents.record),
        "pack": {
            "made_at": contents.made_at.astimezone(UTC)
            .isoformat(timespec="microseconds")
            .replace("+00:00", "Z"),
            "producer": {"name": contents.producer.name, "initials": contents.producer.initials},
            "period": {
                "first": first.isoformat() if first else None,
                "last": last.isoformat() if last else None,
            },
            "zone": contents.zone,
            "ledger_at_start": {"length": len(contents.ledger), "head": contents.head},
        },
        "labels": dict(sorted(contents.labels.items())),
        "entries": [lists["entries"][item.id] for item in ordered],
        **{name: list(lists[name].values()) for name in ITEM_LISTS if name != "entries"},
        # Only where there are some: packs without it are older, or of records that nothing was removed from.
        **({"removed": removed_json(disclosed)} if disclosed.removed else {}),
    }


def write_json(document: JSON) -> bytes:
    """UTF-8 bytes of the document, laid out for people too."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def only_from_ledger(name: str, items: Iterable[JSON]) -> list[JSON]:
    """Items of a read document without what the maker added; raises KeyError or TypeError when they are not
    objects.
    """
    stripped = []
    for item in items:
        left = {key: value for key, value in item.items() if key not in ("reading", "path")}
        if name == "entries":
            left["versions"] = [
                {key: value for key, value in version.items() if key != "reading"}
                for version in left["versions"]
            ]
        stripped.append(left)
    return stripped


def _item_json(item: Item) -> JSON:
    return {
        "id": item.id,
        "versions": [_version_json(version) for version in item.versions],
    }


def _version_json(version: Version) -> JSON:
    return {
        "version": version.number,
        "event": version.seq,
        "recorded_at": version.recorded_at,
        "fields": dict(sorted(version.fields.items())),
        "police_only": sorted(version.police_fields),
        "withheld": list(version.withheld),
    }


def _says(fields: Mapping[str, JSON]) -> list[str]:
    """What the file says of itself, as parts of one sentence, and what of that is not trusted."""
    received = fields.get("received_at")
    received_at = datetime.fromisoformat(received) if received else None
    return what_is_known(fields.get("metadata") or {}, received_at=received_at).in_short
