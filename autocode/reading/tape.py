"""Times on the tape as tables and caption files write them, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median

from autocode.reading.turns import time_of

_NUMBER = re.compile(r"\s*(\d{1,12}(?:[.,]\d{1,12})?)\s*s?\s*\Z")
_SECONDS_A_DAY = 86_400
_SLOWEST = 20
"""Units of time a word, from which they must be milliseconds: in seconds nobody speaks so slowly."""


def backwards(starts: Iterable[tuple[int, float | None]], path: Path | str, what: str) -> list[str]:
    """What to tell where a start lies before the one above it. `starts` are lines and seconds; `what`: "cue"."""
    found: list[int] = []
    above = 0.0
    for line, start in starts:
        if start is not None:
            if start < above:
                found.append(line)
            above = start
    if not found:
        return []
    more = f" (so do {len(found) - 1} more)" if found[1:] else ""
    return [f"{path}:{found[0]}: the {what} starts before the one above it{more}; the order of the file is kept"]


class Clock:
    """How the times in the columns of one table are meant, and their reading."""

    def __init__(self, columns: Sequence[Sequence[str]], words: Sequence[int], *, milliseconds: bool = False) -> None:
        """`columns` are the cells with starts, then those with ends; `words` how many each row has."""
        numbers = [[_number(cell) for cell in column] for column in columns]
        known = [number for column in numbers for number in column if number is not None]
        self.unit = 1.0
        self.told = ""
        if known and 0 < max(known) < 1:
            # Excel keeps 0:01:00 as 0.000694 of a day, to six places, so near to a whole second is that second.
            self.unit, self.told = _SECONDS_A_DAY, "parts of a day, as Excel keeps them"
        elif milliseconds or (known and all(n == int(n) for n in known) and _pace(numbers[0], words) > _SLOWEST):
            self.unit, self.told = 0.001, "milliseconds"

    def read(self, cell: str) -> tuple[float | None, float | None]:
        """The seconds that a cell gives: of a start, and of an end where it holds both. Nothing for no time."""
        number = _number(cell)
        if number is None:
            return time_of(cell) or (None, None)
        seconds = number * self.unit
        if self.unit == _SECONDS_A_DAY and abs(seconds - round(seconds)) < 0.05:
            seconds = round(seconds)
        return round(float(seconds), 3), None


def _number(cell: str) -> float | None:
    match = _NUMBER.match(cell)
    return float(match[1].replace(",", ".")) if match else None


def _pace(starts: Sequence[float | None], words: Sequence[int]) -> float:
    """The usual time from the start of a row to the next, for a word of it."""
    known = [(start, count) for start, count in zip(starts, words, strict=True) if start is not None]
    paces = [(later - start) / count for (start, count), (later, _) in pairwise(known) if count and later > start]
    return median(paces) if paces else 0.0
