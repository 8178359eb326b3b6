"""transcripts.csv -> the transcripts in the order of a column, or in the two parts that it makes of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from autocode.errors import InputError, nearest
from autocode.reading.tables import Table, column_key, read_table


@dataclass(frozen=True)
class TranscriptOrder:
    """Transcripts in order, and what the column says of each."""

    transcripts: tuple[str, ...]
    """Those with a value, in its order; equal ones by id."""
    values: dict[str, str]
    after: frozenset[str] | None
    """Where the column has two values: the transcripts with the second. None: it is an order."""
    notes: tuple[str, ...] = ()


def read_transcript_order(
    path: Path | str, column: str, ids: Iterable[str], *, encoding: str | None = None
) -> TranscriptOrder:
    """The transcripts of a study in the order of a column of its transcripts.csv.

    Dates and numbers stand in their order, words in that of the alphabet. A column other than `date` and `order` that
    has two values parts the transcripts in two. Those without a value are left out, and named.

    Raises InputError, with path and line, for a column that is not there, a date that is none, or a transcript given
    twice.
    """
    table, known = read_table(Path(path), encoding=encoding), sorted(ids)
    for name in ("transcript", column):
        if not table.has(name):
            message = f'there is no column "{name}"{nearest(name, table.columns)}; its columns are '
            raise InputError(message + ", ".join(table.columns), path=path, line=1)
    found = _cells(table, column)
    values = {id: found[id][1] for id in known if id in found and found[id][1]}
    without = [id for id in known if id not in values]
    notes = [*table.notes]
    if without:
        some = ", ".join(without[:5]) + (f" and {len(without) - 5} more" if len(without) > 5 else "")
        notes.append(f"{path}: no {column} for {some}: left out of what is looked at over time")
    if not values:
        raise InputError(f'no transcript here has a value in "{column}"; fill the column', path=path, line=1)
    keys = {id: _key(value, column, path, found[id][0]) for id, value in values.items()}
    if len({type(key) for key in keys.values()}) > 1:
        keys = dict(values)  # words among numbers: all are words
    order = tuple(sorted(values, key=lambda id: (keys[id], id)))
    distinct = sorted(set(keys.values()))
    two = len(distinct) == 2 and column_key(column) not in ("date", "order")
    after = frozenset(id for id in order if keys[id] == distinct[1]) if two else None
    return TranscriptOrder(order, values, after, tuple(notes))


def _cells(table: Table, column: str) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for line, cells in table.rows:
        id = unicodedata.normalize("NFC", cells["transcript"].strip())
        if id in found:
            message = f'the transcript "{id}" stands here and in line {found[id][0]}; keep one of the two'
            raise InputError(message, path=table.path, line=line)
        found[id] = (line, cells[column_key(column)].strip())
    return found


def _key(value: str, column: str, path: Path | str, line: int) -> date | float | str:
    """A value as it is ordered: a date, a number, else words."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        if column_key(column) == "date":
            raise InputError(f'"{value}" is no date; write it as 2026-11-20', path=path, line=line) from None
    try:
        number = float(value)
    except ValueError:
        return value
    return number if number == number else value
