"""coders.csv -> who read what, under which codebook, having seen whose work; unseen.csv -> cells without a decision.

Both lie in the folder of the coding files. Names of transcripts and codes are kept as written: they are matched where
the transcripts and the codebook are at hand.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from autocode.data import Kind, Stage
from autocode.errors import InputError, nearest
from autocode.reading.tables import Table, column_key, read_table

CODERS_COLUMNS = ("coder", "transcript", "kind", "turns", "pass", "stage", "codebook", "saw", "date", "codes")
UNSEEN_COLUMNS = ("transcript", "turn", "coder", "code")

_RANGE = re.compile(r"(\d+)(?:\s*[-–—]\s*(\d+))?")


@dataclass(frozen=True, slots=True)
class Reading:
    """A line of coders.csv: someone read (these turns of) a transcript, in this way."""

    path: Path
    line: int
    coder: str
    transcript: str
    kind: Kind = "human"
    turns: tuple[tuple[int, int], ...] = ()
    """First and last turn of each stretch; empty: all."""
    pass_: str = ""
    stage: Stage = "undeclared"
    codebook: str = ""
    saw: str = ""
    date: str = ""
    codes: tuple[str, ...] = ()
    """Only these codes were decided on; empty: all."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """A line of unseen.csv: a coder gave no decision here."""

    path: Path
    line: int
    transcript: str
    turn: str
    """Blank: all turns."""
    coder: str
    code: str
    """Blank: all codes."""


def read_coders(path: Path, *, encoding: str | None = None) -> tuple[list[Reading], list[str]]:
    """The lines of coders.csv, and what a person should know about the file."""
    table = read_table(path, encoding=encoding)
    require(table, "coder", "transcript")
    readings = [_reading(path, line, row) for line, row in table.rows]
    first: dict[str, Reading] = {}
    for reading in readings:
        before = first.setdefault(reading.coder, reading)
        if before.kind != reading.kind:
            raise InputError(
                f'"{reading.coder}" is a {_CALLED[reading.kind]} here and a {_CALLED[before.kind]} on line '
                f"{before.line}; give a coder one kind",
                path=path,
                line=reading.line,
            )
    return readings, [*table.notes, *unread(table, CODERS_COLUMNS)]


def read_unseen(path: Path, *, encoding: str | None = None) -> tuple[list[Unseen], list[str]]:
    """The lines of unseen.csv, and what a person should know about the file."""
    table = read_table(path, encoding=encoding)
    require(table, "transcript", "coder")
    cells = [
        Unseen(
            path=path,
            line=line,
            transcript=named(row, "transcript", path, line),
            turn=row.get("turn", "").strip(),
            coder=named(row, "coder", path, line),
            code=name_of(row.get("code", "")),
        )
        for line, row in table.rows
    ]
    return cells, [*table.notes, *unread(table, UNSEEN_COLUMNS)]


_CALLED: dict[Kind, str] = {"human": "person", "model": "model"}


def _reading(path: Path, line: int, row: dict[str, str]) -> Reading:
    saw = row.get("saw", "").strip()
    return Reading(
        path=path,
        line=line,
        coder=named(row, "coder", path, line),
        transcript=named(row, "transcript", path, line),
        kind="model" if row.get("kind", "").strip().casefold() in ("machine", "model") else "human",
        turns=_turns(row.get("turns", ""), path, line),
        pass_=name_of(row.get("pass", "")),
        stage=_stage(row.get("stage", ""), path, line),
        codebook=row.get("codebook", "").strip(),
        saw="nothing" if saw.casefold() == "nothing" else saw,
        date=row.get("date", "").strip(),
        codes=tuple(code for code in map(name_of, row.get("codes", "").split(";")) if code),
    )


def _turns(cell: str, path: Path, line: int) -> tuple[tuple[int, int], ...]:
    found = []
    for piece in filter(None, (part.strip() for part in re.split("[;,]", cell))):
        match = _RANGE.fullmatch(piece)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            raise InputError(f'"{piece}" is no stretch of turns; write turns as 1-40;55', path=path, line=line)
        found.append((first, last))
    return tuple(found)


def _stage(cell: str, path: Path, line: int) -> Stage:
    stage = cell.strip().casefold() or "undeclared"
    if stage not in get_args(Stage):
        known = ", ".join(get_args(Stage))
        hint = nearest(stage, get_args(Stage))
        raise InputError(f'"{cell.strip()}" is no stage (those are {known}){hint}', path=path, line=line)
    return cast(Stage, stage)


def name_of(cell: str) -> str:
    """A name in a cell, composed and without outer blanks, so that how it was typed makes no second coder of one."""
    return unicodedata.normalize("NFC", cell).strip()


def named(row: dict[str, str], column: str, path: Path, line: int) -> str:
    """The name in a cell that may not be blank."""
    name = name_of(row.get(column, ""))
    if not name:
        raise InputError(f"the {column} is blank; fill it in or remove the row", path=path, line=line)
    return name


def require(table: Table, *columns: str) -> None:
    """Raises InputError, with the nearest column there is, if a table lacks one of these."""
    for column in columns:
        if not table.has(column):
            there = ", ".join(table.columns) or "none"
            raise InputError(
                f'there is no column "{column}" (columns: {there}){nearest(column, table.columns)}', path=table.path
            )


def unread(table: Table, known: tuple[str, ...]) -> list[str]:
    """One sentence that names the columns nobody reads, so that a mistyped name is seen; or nothing."""
    keys = {column_key(name) for name in known}
    others = [column for column in table.columns if column_key(column) not in keys]
    if not others:
        return []
    shown = ", ".join(f'"{column}"' for column in others)
    hint = next(filter(None, (nearest(column, known) for column in others)), "")
    return [f"{table.path}: not read: the column{'s' * (len(others) > 1)} {shown}{hint}"]
