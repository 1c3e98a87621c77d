"""The case is the same every time, keeps to its counts and its times, and no two entries have the same words."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from time import perf_counter

import pytest

from daybook.site.demo import DemoCase, DemoEntry, make_case
from daybook.site.demo.arc import ORDER_DAY, story_start
from daybook.site.demo.times import to_london

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def case_of(seed: int = 1, entries: int = 240, exhibits: int = 60, now: datetime = NOW) -> DemoCase:
    return make_case(seed=seed, entries=entries, exhibits=exhibits, now=now)


@pytest.mark.parametrize("seed", [0, 1, 2**63])
def test_the_same_seed_gives_the_same_case(seed: int) -> None:
    first, second = case_of(seed), case_of(seed)
    assert first.entries == second.entries
    assert (first.person, first.suspects, first.witnesses, first.places) == (
        second.person,
        second.suspects,
        second.witnesses,
        second.places,
    )
    assert [(each.key, each.name, each.entries) for each in first.exhibits] == [
        (each.key, each.name, each.entries) for each in second.exhibits
    ]


def test_another_seed_gives_another_case() -> None:
    assert {each.entry["words"] for each in case_of(1).entries}.isdisjoint(
        each.entry["words"] for each in case_of(2).entries if each.scenario != "month-quiet"
    )


def test_the_number_of_exhibits_does_not_change_the_diary() -> None:
    assert [each.entry for each in case_of(exhibits=0).entries] == [each.entry for each in case_of().entries]


@pytest.mark.parametrize("entries", [0, 1, 2, 5, 17, 240, 1500])
@pytest.mark.parametrize("exhibits", [0, 1, 7, 8, 60])
def test_there_are_as_many_as_asked_for(entries: int, exhibits: int) -> None:
    case = case_of(3, entries, exhibits)
    assert len(case.entries) == entries
    assert len(case.exhibits) == exhibits
    assert len({each.key for each in case.entries}) == entries
    assert len({each.key for each in case.exhibits}) == exhibits


def test_counts_below_nothing_and_times_without_an_offset_are_refused() -> None:
    with pytest.raises(ValueError):
        case_of(entries=-1)
    with pytest.raises(ValueError):
        case_of(exhibits=-1)
    with pytest.raises(ValueError):
        case_of(now=datetime(2026, 11, 20, 18, 0))  # noqa: DTZ001  (the point of the test)


@pytest.mark.parametrize(("seed", "entries"), [(1, 240), (2, 240), (9, 5000)])
def test_no_two_entries_have_the_same_words(seed: int, entries: int) -> None:
    words = Counter(each.entry["words"] for each in case_of(seed, entries, 0).entries)
    assert words.most_common(1)[0][1] == 1


def test_no_name_in_braces_is_left_unfilled() -> None:
    for entry in case_of(4, 3000, 0).entries:
        told = repr([entry.entry, *(amendment[1:] for amendment in entry.amendments)])
        assert "{few}" not in told
        assert not any(f"{{{name}" in told for name in ("ex", "when", "day", "mate"))


def test_ten_thousand_entries_take_less_than_five_seconds() -> None:
    start = perf_counter()
    case_of(1, 10_000, 0)
    assert perf_counter() - start < 5


def latest_start(entry: DemoEntry) -> datetime | date | None:
    """The last moment the event can have begun, as the entry tells it."""
    when = entry.entry.get("when")
    if isinstance(when, dict):
        when = when.get("to") or when.get("about") or when.get("since")
    if when is None:
        return None
    assert isinstance(when, str)
    return datetime.fromisoformat(when) if "T" in when else date.fromisoformat(when)


@pytest.mark.parametrize(
    "now", [NOW, datetime(2027, 4, 2, 3, 0, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC)]
)
def test_nothing_is_written_before_it_happened_or_after_now(now: datetime) -> None:
    for entry in case_of(5, 2000, 0, now).entries:
        began = latest_start(entry)
        if isinstance(began, datetime):
            assert began <= entry.written_at, entry
        elif began is not None:
            assert began <= to_london(entry.written_at).date(), entry
        assert story_start(now) <= entry.written_at < now


def test_amendments_come_after_the_version_before_and_say_why() -> None:
    entries = case_of(1, 2000, 0).entries
    for entry in entries:
        last, fields = entry.written_at, dict(entry.entry)
        for written_at, reason, changed in entry.amendments:
            assert last < written_at < NOW
            assert reason
            assert changed
            assert all(
                fields.get(field) != value for field, value in changed.items() if field != "identifiers"
            )
            last = written_at
            fields.update(changed)
    assert 0.05 < sum(1 for entry in entries if entry.amendments) / len(entries) < 0.2
    assert any(len(entry.amendments) > 1 for entry in entries)


def test_the_default_case_has_amendments_and_every_kind_of_time() -> None:
    case = case_of()
    assert sum(len(entry.amendments) for entry in case.entries) >= 10
    kinds: Counter[str] = Counter()
    for entry in case.entries:
        when = entry.entry["when"]
        kinds["/".join(when) if isinstance(when, dict) else "time" if "T" in str(when) else "date"] += 1
    assert set(kinds) == {"time", "date", "about", "from/to", "since", "kind"}


def test_it_goes_quiet_and_gets_worse_and_changes_with_the_order() -> None:
    case = case_of(1, 1000, 0)
    start = story_start(NOW)
    days = Counter((entry.written_at - start).days for entry in case.entries)

    def a_day(first: int, last: int) -> float:
        return sum(days[day] for day in range(first, last)) / (last - first)

    assert a_day(80, 97) < a_day(36, 76) / 2
    assert a_day(100, 170) > a_day(0, 34)
    before = [entry for entry in case.entries if entry.written_at < start + timedelta(days=ORDER_DAY)]
    after = [entry for entry in case.entries if entry.written_at > start + timedelta(days=ORDER_DAY + 15)]
    assert not any("order_breached" in entry.entry for entry in before)
    assert sum("order_breached" in entry.entry for entry in after) > len(after) / 3
    proxies = [
        sum(entry.scenario.startswith("friend-") for entry in part) / len(part) for part in (before, after)
    ]
    assert proxies[1] > 2 * proxies[0]


def test_some_entries_hold_private_feelings_and_most_do_not() -> None:
    entries = case_of(1, 1000, 0).entries
    assert 0.1 < sum("feelings" in entry.entry for entry in entries) / len(entries) < 0.3
