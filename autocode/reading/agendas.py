"""A filled agenda -> its answers: a workbook, a CSV file or a Word file that came back from a meeting.

What is read are the columns `id`, `decision`, `why`, `by`, `date` and `change the codebook?`; the rest was only shown.
A passage without a decision is passed over. In a Word file each passage is a table of its own, and the number that
stands in an error for the line is that of the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from autocode.errors import InputError, nearest
from autocode.reading.codebook_word import cells_of
from autocode.reading.coders import name_of
from autocode.reading.document import Builder
from autocode.reading.document import Table as WordTable
from autocode.reading.source import Source
from autocode.reading.spreadsheet import SUFFIXES, merged_cells, sheets
from autocode.reading.tables import Table, column_key, read_table, table_of
from autocode.reading.word import walked

CHANGE = "change the codebook?"
TO_FILL = ("decision", "why", "by", "date", CHANGE)
"""The columns that a meeting fills in."""
FOR_ALL = "for every passage below that has none of its own"
"""What a Word agenda says above the names and the date that count for all."""
_SHOWN = ("transcript", "turn", "code", "passage")
_DAY_ZERO = date(1899, 12, 30)  # Excel counts days from here
_SERIAL = range(30_000, 80_000)  # 1982 to 2119: what a day looks like where its cell has lost the form of a date


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in a filled agenda about one passage."""

    path: Path
    line: int
    id: str
    decision: str
    why: str
    by: str
    date: str
    codebook_change: str
    transcript: str = ""
    turn: str = ""
    code: str = ""
    passage: str = ""
    """These as the agenda showed them; they only help where the id is not found."""


def read_agenda(path: Path) -> tuple[list[Answer], int]:
    """The answers in a filled agenda, in its order, and how many passages have no decision in it.

    Raises InputError, with path:line, for a file that is no agenda or has lost a column that is needed, for cells
    that were merged, for a decision that is nobody's (`by`), and for a date that may be two days.
    """
    if not path.exists():
        raise InputError("there is no such file; name the filled agenda", path=path)
    kind = path.suffix.casefold()
    if kind == ".docx":
        rows = list(_word(path))
    elif kind in SUFFIXES:
        rows = list(_rows(_workbook(path)))
    elif kind in (".csv", ".tsv"):
        rows = list(_rows(read_table(path)))
    else:
        raise InputError("an agenda is read from XLSX, DOCX or CSV; save it as one of them", path=path)
    answers = [_answer(path, line, row) for line, row in rows if row["decision"]]
    return answers, len(rows) - len(answers)


# --- Tables ------------------------------------------------------------------------------------------------------


def _workbook(path: Path) -> Table:
    """The sheet with the passages. Cells merged over several rows would count for the first of them only."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); check the name and the rights", path=path) from error
    found = None
    for name, cells in sheets(data, path).items():
        records = [(line, row) for line, row in enumerate(cells, start=1) if any(cell.strip() for cell in row)]
        keys = {column_key(cell) for cell in records[0][1]} if records else set()
        if found is None or {"id", "decision"} <= keys:
            found = (name, records)
            if {"id", "decision"} <= keys:
                break
    name, records = found or ("", [])
    for (first, _), (last, _) in merged_cells(data, path, name):
        if last > first:
            raise InputError(
                "cells are merged from here down, so that only the first passage would have what stands in them; undo "
                "that (Merge & Center again) and fill the cells of each row",
                path=path,
                line=first + 1,
            )
    return table_of(records, path)


def _rows(table: Table) -> Iterator[tuple[int, dict[str, str]]]:
    there = ", ".join(table.columns) or "none, the file is empty"
    for column in ("id", "decision", "by"):
        if not table.has(column):
            raise InputError(
                f'this is no agenda, or it has lost the column "{column}" (columns: {there})'
                f"{nearest(column, table.columns)}; fill in the agenda as it was written",
                path=table.path,
                line=1,
            )
    for line, row in table.rows:
        cells = {name: row.get(name, "").strip() for name in ("id", *TO_FILL, *_SHOWN)}
        cells[CHANGE] = cells[CHANGE] or row.get("codebook_change", "").strip()
        if any(cells[name] for name in ("id", *TO_FILL)):
            yield line, cells


# --- Word --------------------------------------------------------------------------------------------------------


def _word(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The passages of a Word agenda: in each table the rows whose first cell names what stands beside it."""
    try:
        source = Source(path, path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); check the name and the rights", path=path) from error
    _, _, walk = walked(source, Builder(), {})
    tables = [block for block in walk.out.blocks if isinstance(block, WordTable)]
    for_all: dict[str, str] = {}
    found = False
    for number, table in enumerate(tables, start=1):
        filled = {column_key(row[0]): row[1].strip() for row in cells_of(table) if len(row) > 1}
        if "id" in filled and "decision" in filled:
            found = True
            own = {name: filled.get(name, "") for name in ("id", *TO_FILL, *_SHOWN)}
            if own["decision"]:
                own |= {name: own[name] or for_all.get(name, "") for name in ("by", "date")}
            yield number, own
        elif "by" in filled and not found:
            for_all = {name: filled.get(name, "") for name in ("by", "date")}
        elif "decision" in filled:
            raise InputError(
                "this passage has lost its row `id`; restore it from the agenda as it was", path=path, line=number
            )
    if not found:
        raise InputError("this is no agenda: no table in it has the rows `id` and `decision`", path=path)


# --- An answer ---------------------------------------------------------------------------------------------------


def _answer(path: Path, line: int, row: Mapping[str, str]) -> Answer:
    for column, why in (("id", "which passage it is about"), ("by", "who decided it")):
        if not row[column]:
            raise InputError(
                f'the decision "{row["decision"]}" does not say {why}; fill in `{column}`', path=path, line=line
            )
    return Answer(
        path=path,
        line=line,
        id=row["id"].casefold(),
        decision=name_of(row["decision"]),
        why=row["why"],
        by=name_of(row["by"]),
        date=day(row["date"], path, line),
        codebook_change=row[CHANGE],
        **{name: row[name] for name in _SHOWN},
    )


def day(written: str, path: Path, line: int) -> str:
    """A day as people and spreadsheets write it, as 2026-11-25; blank stays blank.

    Raises InputError for what is no day, and for 3/4/2026, which is one in March or one in April.

    >>> [day(cell, Path(), 1) for cell in ("2026-11-25", "25.11.2026", "2026-11-25 14:30:00", "46351", "")]
    ['2026-11-25', '2026-11-25', '2026-11-25', '2026-11-25', '']
    """
    try:
        if not written:
            return ""
        if re.fullmatch(r"\d{5}(\.\d+)?", written) and int(float(written)) in _SERIAL:
            return (_DAY_ZERO + timedelta(days=int(float(written)))).isoformat()
        if found := re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", written):
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        return date.fromisoformat(re.split(r"[ T]", written)[0]).isoformat()
    except ValueError:
        raise InputError(
            f'"{written}" is no date that can be read without doubt; write it as 2026-11-25', path=path, line=line
        ) from None
