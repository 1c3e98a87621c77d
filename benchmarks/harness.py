"""Measure two things side by side in one run, so that a slow or busy machine slows both.

A promise about speed is a ratio: what we do against what the same machine needs for the bare minimum. Rounds
alternate between the two and swap who goes first; the ratio of a round is taken before the median, so that a
neighbour's burst of work spoils one round and not the result.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

__all__ = ["Paired", "measure_paired", "report", "seconds_taken"]

Work = Callable[[], object]


@dataclass(frozen=True)
class Paired:
    """What a paired measurement found."""

    ours_seconds: float
    """Median time of one call of ours."""
    other_seconds: float
    """Median time of one call of the other."""
    ratio: float
    """Median of ours / other over the rounds; below 1 we are faster."""
    spread: tuple[float, float]
    """The smallest and the largest ratio of any round."""
    rounds: int


def seconds_taken(work: Work, times: int = 1) -> float:
    """Call some work a number of times and give the seconds that one call took."""
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) / times


def measure_paired(ours: Work, other: Work, *, rounds: int = 9, times: int = 1, warm_ups: int = 1) -> Paired:
    """Measure two pieces of work in alternation.

    Args:
        ours: the work that a promise is made about.
        other: what it is compared with.
        rounds: how many pairs are measured.
        times: how many calls make one measurement; more for work that takes microseconds.
        warm_ups: calls of each before the first round, not measured.
    """
    for _ in range(warm_ups):
        ours()
        other()
    pairs: list[tuple[float, float]] = []
    for number in range(rounds):
        if number % 2:
            other_took = seconds_taken(other, times)
            pairs.append((seconds_taken(ours, times), other_took))
        else:
            ours_took = seconds_taken(ours, times)
            pairs.append((ours_took, seconds_taken(other, times)))
    ratios = [ours_took / other_took for ours_took, other_took in pairs]
    return Paired(
        ours_seconds=median(took for took, _ in pairs),
        other_seconds=median(took for _, took in pairs),
        ratio=median(ratios),
        spread=(min(ratios), max(ratios)),
        rounds=rounds,
    )


def report(benchmark: str, *, kept: bool | None = None, **found: object) -> None:
    """Print one JSON line; when ``kept`` is false, a promise is broken and the process ends with code 1."""
    line: dict[str, object] = {"benchmark": benchmark}
    if kept is not None:
        line["kept"] = kept
    print(json.dumps(line | {name: _rounded(value) for name, value in found.items()}), flush=True)
    if kept is False:
        sys.exit(1)


def _rounded(value: object) -> object:
    match value:
        case float():
            return float(f"{value:.4g}")
        case Paired():
            return {name: _rounded(part) for name, part in vars(value).items()}
        case dict():
            return {name: _rounded(part) for name, part in value.items()}
        case list() | tuple():
            return [_rounded(part) for part in value]
        case _:
            return value
