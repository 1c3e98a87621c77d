"""The rounds: each at its time, none kept from its turn by another, and an idle record locked though nobody asks."""

import logging
import threading
import time
from datetime import datetime, timedelta

import pytest
from django.conf import settings

from daybook.people.models import Unlock
from daybook.people.unlocks import begin_unlock
from daybook.site import rounds
from daybook.site.rounds import ROUNDS, Round, Rounds
from tests.cast import NOW, Member


def test_each_round_is_made_at_its_time_and_a_failing_one_stops_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[tuple[str, datetime]] = []

    def fails(now: datetime) -> int:
        seen.append(("fails", now))
        raise ValueError("her words")

    def works(now: datetime) -> int:
        seen.append(("works", now))
        return 1

    rounds = Rounds(
        [Round("fails", timedelta(minutes=1), fails), Round("works", timedelta(minutes=10), works)]
    )
    with caplog.at_level(logging.ERROR):
        assert rounds.make(NOW) == ["fails", "works"]
    assert rounds.make(NOW + timedelta(seconds=59)) == []
    assert rounds.make(NOW + timedelta(minutes=1)) == ["fails"]
    assert rounds.make(NOW + timedelta(minutes=10)) == ["fails", "works"]
    assert rounds.make(NOW) == ["fails", "works"], "a clock set back"
    assert "fails (ValueError)" in caplog.text
    assert "her words" not in caplog.text


def test_the_server_locks_an_idle_record_though_nobody_asks(person: Member) -> None:
    begin_unlock(person.unlocked, now=NOW)
    rounds = Rounds(ROUNDS)
    rounds.make(NOW + timedelta(seconds=settings.IDLE_LOCK_SECONDS))
    assert Unlock.objects.filter(sealed_key__isnull=False).count() == 1
    rounds.make(NOW + timedelta(seconds=settings.IDLE_LOCK_SECONDS + 31))
    assert Unlock.objects.filter(sealed_key__isnull=False).count() == 0


def test_the_thread_makes_rounds_until_it_is_told_to_stop() -> None:
    times: list[datetime] = []

    def note(now: datetime) -> int:
        times.append(now)
        return 0

    with Rounds([Round("note", timedelta(0), note)], look_every=timedelta(milliseconds=5)):
        deadline = time.monotonic() + 20
        while len(times) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
    made = len(times)
    assert made >= 3
    time.sleep(0.05)
    assert len(times) == made


def test_a_round_that_does_not_end_keeps_nobody_from_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "_STOP_SECONDS", 0.1)
    begun, go_on = threading.Event(), threading.Event()

    def waits(_now: datetime) -> int:
        begun.set()
        go_on.wait(60)
        return 0

    with Rounds([Round("waits", timedelta(hours=1), waits)]) as under_way:
        assert begun.wait(10)
    assert not under_way.ended
    go_on.set()
    under_way._thread.join(10)
    assert under_way.ended
