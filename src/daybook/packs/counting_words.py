"""Numbers in words: how many of something, and which incidents."""

from __future__ import annotations


def count_words(number: int, unit: str) -> str:
    """Like "1 exhibit" or "2,000 exhibits"."""
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"


def incident_numbers(numbers: list[int]) -> str:
    """Like "incident 3" or "incidents 3, 7 to 9"."""
    return ("incident " if len(numbers) == 1 else "incidents ") + number_runs(numbers)


def number_runs(numbers: list[int]) -> str:
    """Like "3, 7 to 9"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}, {b}" if b == a + 1 else f"{a} to {b}" for a, b in runs)
