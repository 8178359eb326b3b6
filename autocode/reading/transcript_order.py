"""transcripts.csv -> the transcripts in the order of a column, or in the two parts that it makes of them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from autocode.errors import InputError, nearest
from autocode.reading.tables import Table, column_key, read_table

Key = date | float | str
"""A value as it is ordered."""


@dataclass(frozen=True)
class TranscriptOrder:
    """Transcripts in order, and what the column says of each."""

    transcripts: tuple[str, ...]
    """Those with a value, in its order; equal ones by id."""
    values: dict[str, str]
    after: frozenset[str] | None
    """Where the column has two values: the transcripts with the later one. None: it is an order."""
    sides: tuple[str, str] = ("", "")
    """The two values then, the earlier first."""
    notes: tuple[str, ...] = ()


def read_transcript_order(
    path: Path | str, column: str, ids: Iterable[str], *, encoding: str | None = None
) -> TranscriptOrder:
    """The transcripts of a study in the order of a column of its transcripts.csv.

    Dates and numbers stand in their order, words in that of the alphabet. A column other than `date` and `order` that
    has two values parts the transcripts in two; which of them came first the column `date` or `order` says, if it is
    there, else the alphabet. Transcripts without a value are left out, and named; so are rows of unknown transcripts.

    Raises InputError, with path and line, for a column that is not there, a date that is none, a place in the order
    that is no number, a transcript given twice, or a column that says the same of all.
    """
    table, known = read_table(Path(path), encoding=encoding), sorted(ids)
    for name in ("transcript", column):
        if not table.has(name):
            columns = ", ".join(table.columns)
            hint = nearest(name, table.columns) or "; add it, or name one of these"
            raise InputError(f'there is no column "{name}" among {columns}{hint}', path=path, line=1)
    found = _cells(table, column)
    values = {id: found[id][1] for id in known if id in found and found[id][1]}
    unknown = list(_unknown(found, known, table.path))
    if not values:
        if unknown and not any(id in found for id in known):
            raise InputError(f"none of these transcripts is here; {unknown[0]}")
        raise InputError(f'no transcript here has a value in "{column}"; fill the column', path=path, line=1)
    keys = {id: _key(value, column, path, found[id][0]) for id, value in values.items()}
    if len({type(key) for key in keys.values()}) > 1:
        keys = dict(values)  # words among numbers: all are words
    distinct = sorted(set(keys.values()))
    if len(distinct) == 1 and len(values) > 1:
        value = next(iter(values.values()))
        message = f'every transcript here has "{value}" in "{column}", so it is no order; correct it, or name another'
        raise InputError(f"{message} column", path=path, line=1)
    notes = [*table.notes, *unknown, *_without([id for id in known if id not in values], column, path)]
    if len(distinct) == 2 and column_key(column) not in ("date", "order"):
        early, late = sorted(distinct, key=lambda key: (_mean_place(table, [i for i in keys if keys[i] == key]), key))
        after = frozenset(id for id, key in keys.items() if key == late)
        order = tuple(sorted(values, key=lambda id: (id in after, id)))
        sides = (values[next(i for i in order if keys[i] == early)], values[order[-1]])
        return TranscriptOrder(order, values, after, sides, tuple(notes))
    order = tuple(sorted(values, key=lambda id: (keys[id], id)))
    notes += _ties(keys, column, path)
    return TranscriptOrder(order, values, None, notes=tuple(notes))


def _cells(table: Table, column: str) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for line, cells in table.rows:
        id = _id(cells)
        if id in found:
            message = f'the transcript "{id}" stands here and in line {found[id][0]}; keep one of the two'
            raise InputError(message, path=table.path, line=line)
        found[id] = (line, cells[column_key(column)].strip())
    return found


def _id(cells: Mapping[str, str]) -> str:
    return unicodedata.normalize("NFC", cells["transcript"].strip())


def _unknown(found: Mapping[str, tuple[int, str]], known: list[str], path: Path) -> Iterator[str]:
    """A sentence for the rows of transcripts that are not here: the first five by line."""
    rows = [(line, id) for id, (line, _) in found.items() if id not in known]
    for line, id in rows[:5]:
        what = f'no transcript is called "{id}"' if id else "no transcript is named in this row"
        yield f"{path}:{line}: {what}{nearest(id, known) or '; correct the row, or take it out'}"
    if len(rows) > 5:
        yield f"{path}: {len(rows) - 5} more rows name a transcript that is not here"


def _without(ids: list[str], column: str, path: Path | str) -> Iterator[str]:
    if ids:
        yield f"{path}: no {column} for {_some(ids)}: left out of what is looked at over time"


def _ties(keys: Mapping[str, Key], column: str, path: Path | str) -> Iterator[str]:
    """That some have one value, so that their order among themselves is not known."""
    counts = Counter(keys.values())
    tied = sorted(id for id, key in keys.items() if counts[key] > 1)
    if tied:
        yield f"{path}: {_some(tied)} share their {column} with another: such transcripts stand in the order of ids"


def _some(ids: list[str]) -> str:
    return ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")


def _key(value: str, column: str, path: Path | str, line: int) -> Key:
    """A value as it is ordered: a date, a number, else words."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        if column_key(column) == "date":
            raise InputError(f'"{value}" is no date; write it as 2026-11-20', path=path, line=line) from None
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if number == number:
        return number
    if column_key(column) == "order":
        raise InputError(f'"{value}" is no place in an order; write a number', path=path, line=line)
    return value


def _mean_place(table: Table, ids: Iterable[str]) -> float:
    """When some transcripts were on average, by `date`, else by `order`; 0 where neither is there and readable."""
    some = set(ids)
    for column in ("date", "order"):
        places = []
        for _, cells in table.rows:
            if _id(cells) in some and (place := _place(cells.get(column, "").strip(), column)) is not None:
                places.append(place)
        if places:
            return sum(places) / len(places)
    return 0.0


def _place(value: str, column: str) -> float | None:
    try:
        return float(date.fromisoformat(value).toordinal()) if column == "date" else float(value)
    except ValueError:
        return None
