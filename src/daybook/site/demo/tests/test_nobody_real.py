"""Nothing in the case can be a real number, address or plate; and the entry parser takes every entry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import cast
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest

from daybook.kernel.entry import parse_entry
from daybook.site.demo import DemoCase, make_case

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
# Any run that could be dialled: ten or eleven digits from 0 or +44, with the usual gaps.
DIALLED = re.compile(r"(?<![\d/*.:-])(?:\+44|0)[\d ()-]{8,14}\d")
DRAMA = re.compile(r"07700 900\d{3}|01632 960\d{3}|0808 157 0\d{3}")
HOSTS = re.compile(r"(?:@|https?://)([a-z0-9.-]+\.[a-z]{2,})\b")
PLATE = re.compile(r"[A-Z]{2}01 [A-Z][IQ][A-Z]")


def texts_of(case: DemoCase) -> Iterator[str]:
    for entry in case.entries:
        yield json.dumps([entry.entry, *(changed for _, _, changed in entry.amendments)], ensure_ascii=False)
    yield repr((case.person, case.suspects, case.witnesses, case.places))
    for exhibit in case.exhibits:
        if exhibit.name.endswith((".eml", ".csv", ".txt")):
            yield exhibit.make_bytes().decode()
        elif exhibit.name.endswith(".pdf"):
            # What is printed on the page; the table of offsets is full of digits.
            yield "\n".join(re.findall(r"\((.*)\) Tj", exhibit.make_bytes().decode("latin-1")))


@pytest.fixture(scope="module", params=[1, 2, 3])
def case(request: pytest.FixtureRequest) -> DemoCase:
    return make_case(seed=request.param, entries=600, exhibits=60, now=NOW)


def test_every_telephone_number_is_from_the_ranges_kept_for_drama(case: DemoCase) -> None:
    found = [number.strip() for text in texts_of(case) for number in DIALLED.findall(text)]
    assert len(found) > 50
    assert [number for number in found if not DRAMA.fullmatch(number)] == []


def test_every_address_is_at_a_name_kept_for_examples(case: DemoCase) -> None:
    hosts = {host for text in texts_of(case) for host in HOSTS.findall(text)}
    assert hosts
    kept = {"example.org", "example.com", "example.net"}
    assert {".".join(host.split(".")[-2:]) for host in hosts} <= kept


def test_no_number_plate_can_be_real(case: DemoCase) -> None:
    plates = _identifiers(case, "plate")
    assert plates
    # A slip that is put right later has a digit where the letter should be.
    assert all(
        PLATE.fullmatch(plate) or re.fullmatch(r"[A-Z]{2}01 [A-Z][01][A-Z]", plate) for plate in plates
    )


def test_places_lie_in_open_water(case: DemoCase) -> None:
    assert all(52.9 < place.latitude < 53.0 and 0.2 < place.longitude < 0.35 for place in case.places)
    assert all("ZZ" in place.address for place in case.places)


def test_letters_of_other_alphabets_are_there(case: DemoCase) -> None:
    text = "".join(texts_of(case))
    assert "Żółtek" in text
    assert re.search(r"[\u0600-\u06ff]", text)
    assert re.search(r"[\U0001f300-\U0001faff]", text)


def test_the_entry_parser_takes_every_version_of_every_entry(case: DemoCase) -> None:
    for entry in case.entries:
        version = with_ids(entry.entry)
        fields = parse_entry(version, default_zone="Europe/London")
        assert fields.words == version["words"]
        for _, _, changed in entry.amendments:
            version |= with_ids(changed)
            assert parse_entry(version, default_zone="Europe/London").words == version["words"]


def test_people_and_places_are_named_by_keys_that_exist(case: DemoCase) -> None:
    suspects = {each.key for each in case.suspects}
    witnesses = {each.key for each in case.witnesses}
    places = {each.key for each in case.places}
    assert len(suspects) == 2
    named: set[str] = set()
    for entry in case.entries:
        for link in cast("list[dict[str, str]]", entry.entry.get("suspects", [])):
            assert link["suspect"] in suspects
        for link in cast("list[dict[str, str]]", entry.entry.get("witnesses", [])):
            assert link["witness"] in witnesses
            named.add(link["witness"])
        place = cast("dict[str, str]", entry.entry.get("place", {}))
        assert place.get("mine", "home") in places
    assert len(named) >= 5


def with_ids(entry: dict[str, object]) -> dict[str, object]:
    """The entry as the loader gives it to the parser: ids in place of keys."""
    told = deepcopy(entry)
    for field, key in (("suspects", "suspect"), ("witnesses", "witness")):
        for link in cast("list[dict[str, str]]", told.get(field, [])):
            link[key] = str(_id_of(link[key]))
    place = told.get("place")
    if isinstance(place, dict) and "mine" in place:
        place["mine"] = str(_id_of(place["mine"]))
    return told


def _id_of(key: str) -> UUID:
    return uuid5(NAMESPACE_URL, key)


def _identifiers(case: DemoCase, kind: str) -> set[str]:
    return {
        identifier["value"]
        for entry in case.entries
        for identifier in cast("list[dict[str, str]]", entry.entry.get("identifiers", []))
        if identifier["kind"] == kind
    }
