"""A file or folder of human coding -> its rows as written, each with path and line, and what lies beside it.

Long form: a row is one code of one coder (`transcript,coder,code` and where it stands). Wide form: a row is a turn,
with a column for each coder. Nothing is placed in a transcript here; `coding.locating` does that.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from autocode.errors import InputError, nearest
from autocode.reading.coders import Reading, Unseen, read_coders, read_unseen
from autocode.reading.coding_rows import RESERVED, Form, Row, coding_rows, form_of
from autocode.reading.tables import Table, column_key, read_table

_BESIDE = ("coders.csv", "unseen.csv", "decisions.csv")
_COPY = re.compile(
    r"^copy of |\s*\(\d+\)$|[ _-]+(copy|kopie|copie|copia)( \(?\d+\)?)?$"  # file managers
    r"|\s*\([^()]*conflict[^()]*\)$|[._-](sync-)?conflict.*$"  # cloud folders
)


@dataclass(frozen=True)
class HumanFiles:
    """Human coding as it stands in files: rows, who read what, and the cells without a decision."""

    path: Path
    """The file or folder that was asked for."""
    rows: tuple[Row, ...] = ()
    readings: tuple[Reading, ...] = ()
    """The lines of coders.csv that speak of this coding."""
    unseen: tuple[Unseen, ...] = ()
    declared: frozenset[str] = frozenset()
    """All coders that coders.csv names."""
    elsewhere: frozenset[str] = frozenset()
    """Coders whose rows all stand in other files of the folder, where only one file was asked for."""
    notes: tuple[str, ...] = ()


def read_human(path: Path, *, wide: Sequence[str] = (), encoding: str | None = None) -> HumanFiles:
    """The rows of a coding file, or of all coding files in a folder, with its coders.csv and unseen.csv.

    `wide` names columns that are coders, beside those named in coders.csv. Other files of a folder are told in
    `notes`. A line of coders.csv whose rows stand in another file of the folder is left out, so that nobody counts as
    having found nothing. Raises InputError where there is no coding.
    """
    if not path.exists():
        raise InputError("there is no such file or folder; check the name", path=path)
    files = _csv_files(path if path.is_dir() else path.parent)
    readings, unseen, notes = _beside(files, encoding)
    declared = [*dict.fromkeys(reading.coder for reading in readings)]
    coders = [*dict.fromkeys([*declared, *wide])]
    asked = [_Sheet.read(file, coders, encoding) for file in _asked(path, files)]
    sheets = [sheet for sheet in asked if sheet.form]
    _refuse_no_coding(path, asked, declared=bool(readings))
    _refuse_unknown_columns(path, asked, wide)
    rows = [row for sheet in sheets for row in sheet.rows]
    notes += [note for sheet in sheets for note in sheet.notes]
    elsewhere: frozenset[str] = frozenset()
    if path.is_dir():
        notes += _not_read(path, asked)
    else:
        others, told = _other_rows(path, files, coders, encoding)
        readings, elsewhere = _own_readings(rows, others, readings)
        notes += [*told, *_left_out(path, elsewhere)]
    notes += [*_copies(rows), *_spellings(rows, readings, unseen)]
    return HumanFiles(
        path=path,
        rows=tuple(rows),
        readings=tuple(readings),
        unseen=tuple(unseen),
        declared=frozenset(declared),
        elsewhere=elsewhere,
        notes=tuple(notes),
    )


# --- Which files ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sheet:
    """A CSV file that may hold coding."""

    table: Table
    form: Form
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    @classmethod
    def read(cls, file: Path, coders: Collection[str], encoding: str | None) -> _Sheet:
        table = read_table(file, encoding=encoding)
        form = form_of(table, coders)
        rows, told = coding_rows(table, form, coders)
        empty = [f"{file}: no coding in it, only a header"] if form and not rows else []
        return cls(table, form, tuple(rows), (*table.notes, *told, *empty))


def _csv_files(folder: Path) -> list[Path]:
    files = (file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    return sorted(file for file in files if file.suffix.casefold() in (".csv", ".tsv"))


def _beside(files: list[Path], encoding: str | None) -> tuple[list[Reading], list[Unseen], list[str]]:
    readings: list[Reading] = []
    unseen: list[Unseen] = []
    notes: list[str] = []
    for file in files:
        if file.name.casefold() == "coders.csv":
            readings, told = read_coders(file, encoding=encoding)
            notes += told
        elif file.name.casefold() == "unseen.csv":
            unseen, told = read_unseen(file, encoding=encoding)
            notes += told
    return readings, unseen, notes


def _asked(path: Path, files: list[Path]) -> list[Path]:
    if path.is_dir():
        return [file for file in files if file.name.casefold() not in _BESIDE]
    if path.name.casefold() in _BESIDE:
        raise InputError("this file is no coding; give the coding file or the folder", path=path)
    if path.suffix.casefold() in (".xlsx", ".xls", ".ods", ".docx", ".doc", ".qdpx", ".qda"):
        raise InputError("only CSV is read as human coding so far; save it as CSV", path=path)
    return [path]


def _refuse_no_coding(path: Path, asked: list[_Sheet], *, declared: bool) -> None:
    if any(sheet.form for sheet in asked) or (path.is_dir() and declared):
        return
    if path.is_dir():
        raise InputError(
            "no coding in this folder: looked for coders.csv, and for CSV files with a column `code` and no "
            "`definition`, or with `transcript,turn` and a column named by --wide",
            path=path,
        )
    columns = asked[0].table.columns
    there = ", ".join(columns) or "none, the file is empty"
    raise InputError(
        "this is no coding: it needs a column `code` and no `definition`, or `transcript,turn` and a column named in "
        f"coders.csv or by --wide (columns: {there}){nearest('code', columns)}",
        path=path,
    )


def _refuse_unknown_columns(path: Path, asked: list[_Sheet], wide: Sequence[str]) -> None:
    for name in wide:
        if column_key(name) in RESERVED:
            raise InputError(f'--wide "{name}": a column of this name is no coder; rename the column', path=path)
        if not any(sheet.form == "wide" and sheet.table.has(name) for sheet in asked):
            there = [column for sheet in asked for column in sheet.table.columns]
            raise InputError(f'--wide "{name}": no file has this column{nearest(name, there)}', path=path)


def _not_read(folder: Path, asked: list[_Sheet]) -> list[str]:
    """What else lies in the folder, so that a coding file that was not known as one is missed by a person."""
    others = [sheet.table for sheet in asked if not sheet.form]
    turns = [table for table in others if table.has("transcript", "turn")]
    notes = [
        f"{table.path}: not read as coding: none of its columns is named in coders.csv or by --wide" for table in turns
    ]
    names = [table.path.name for table in others if table not in turns]
    names += sorted(file.name for file in folder.iterdir() if file.suffix.casefold() in (".xlsx", ".xls", ".ods"))
    below = sorted(place.name for place in folder.iterdir() if place.is_dir() and any(place.glob("*.csv")))
    if names:
        notes.append(f"{folder}: no coding in {', '.join(names)}; not read")
    if below:
        notes.append(f"{folder}: the folders in it are not searched: {', '.join(below)}")
    return notes


# --- Whose coding this is ---------------------------------------------------------------------------------------


def _other_rows(
    path: Path, files: list[Path], coders: Collection[str], encoding: str | None
) -> tuple[list[Row], list[str]]:
    """The rows of the other coding files of the folder, looked at only for whose they are."""
    rows: list[Row] = []
    notes: list[str] = []
    for file in files:
        if file.name == path.name or file.name.casefold() in _BESIDE:
            continue
        try:
            rows += _Sheet.read(file, coders, encoding).rows
        except InputError as error:
            notes.append(f"{error} (not asked for; only looked at for the coders in it)")
    return rows, notes


def _own_readings(
    rows: Sequence[Row], others: Sequence[Row], readings: list[Reading]
) -> tuple[list[Reading], frozenset[str]]:
    """The lines of coders.csv that speak of this file, and the coders who stand only in others.

    Without that, reading one of two files would make empty codings of the coders of the other.
    """
    here = {(row.coder, column_key(row.transcript)) for row in rows}
    there = {(row.coder, column_key(row.transcript)) for row in others}
    elsewhere = frozenset({coder for coder, _ in there} - {coder for coder, _ in here})

    def speaks_of_this(reading: Reading) -> bool:
        place = (reading.coder, column_key(reading.transcript))
        return place in here or (reading.coder not in elsewhere and place not in there)

    return [reading for reading in readings if speaks_of_this(reading)], elsewhere


def _left_out(path: Path, elsewhere: frozenset[str]) -> list[str]:
    coders = ", ".join(sorted(elsewhere))
    return [f"{path}: not read: {coders}, whose coding stands in other files of the folder"] if elsewhere else []


def _copies(rows: list[Row]) -> list[str]:
    """One sentence for each two files of one coding, as cloud folders leave them: `ana.csv`, `ana (1).csv`."""
    coders: dict[Path, set[str]] = defaultdict(set)
    for row in rows:
        coders[row.path].add(row.coder)
    files: dict[str, list[Path]] = defaultdict(list)
    for path in coders:
        files[_original(path.stem)].append(path)
    notes = []
    for twins in files.values():
        times = Counter(name for path in twins for name in {_original(coder) for coder in coders[path]})
        if max(times.values()) > 1:
            listed = " and ".join(str(path) for path in twins)
            notes.append(f"{listed} look like two copies of one coding; keep one of them")
    return notes


def _original(name: str) -> str:
    """A name without what a program adds to it when it copies a file.

    >>> [_original(n) for n in ("Ana (1)", "ana (Ben's conflicted copy 2026-11-20)", "Copy of ana", "ana - Kopie")]
    ['ana', 'ana', 'ana', 'ana']
    """
    return column_key(_COPY.sub("", column_key(name)))


def _spellings(rows: Sequence[Row], readings: Sequence[Reading], unseen: Sequence[Unseen]) -> list[str]:
    """One sentence for each two spellings of what looks like one coder."""
    first: dict[str, str] = {}
    named: list[Reading | Row | Unseen] = [*readings, *rows, *unseen]
    for item in named:
        if item.coder not in first:
            first[item.coder] = f"{item.path}:{item.line}"
    spelt: dict[str, list[str]] = defaultdict(list)
    for coder in first:
        spelt["".join(column_key(coder).split())].append(coder)
    return [
        " and ".join(f'"{coder}" ({first[coder]})' for coder in twins)
        + " are read as different coders; if they are one, write the name in one way"
        for twins in spelt.values()
        if len(twins) > 1
    ]
