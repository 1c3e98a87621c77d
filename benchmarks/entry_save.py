"""Saving an entry – form post to durable, sealed row and ledger event – against a bare view that writes one durable row.

Promise: at least 0.6 times the bare view's rate, on the same server and database, in the same run.
"""

from itertools import count

from benchmarks.harness import measure_paired, report
from benchmarks.served import home_with_case, served

LEAST_RATE = 0.6


def main() -> None:
    """Measure and print one JSON line."""
    with home_with_case(entries=240) as home, served(home) as browser:
        number = count()

        def save() -> None:
            words = f"He stood across the road for an hour again, number {next(number)}. " * 4
            assert browser.post("/diary/new/", {"words": words, "go": "keep"}) == 302

        found = measure_paired(save, lambda: browser.post("/bare/", {}), rounds=15, times=20, warm_ups=10)
        report(
            "entry_save",
            kept=1 / found.ratio >= LEAST_RATE,
            rate_against_bare=1 / found.ratio,
            promised=LEAST_RATE,
            save_ms=found.ours_seconds * 1000,
            bare_ms=found.other_seconds * 1000,
            spread=[1 / ratio for ratio in reversed(found.spread)],
        )


if __name__ == "__main__":
    main()
