"""A CSV file -> its rows by name of column, each with the line it begins on.

Spreadsheet programs write `,`, `;` or tab between cells, with or without a byte order mark, and fill up short rows or
leave them short. All of that is read. What would shift cells into the wrong column in silence is an error.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autocode.errors import InputError
from autocode.reading.decoding import decode


@dataclass(frozen=True)
class Table:
    """A table as it stands in a file. Columns are found by name, whatever their order, case or outer blanks."""

    path: Path
    columns: tuple[str, ...]
    """As the file writes them, without outer blanks."""
    rows: tuple[tuple[int, dict[str, str]], ...]
    """The line a row begins on, and its cells as written, by `column_key`."""
    notes: tuple[str, ...] = ()

    def has(self, *names: str) -> bool:
        """Whether the table has all of these columns."""
        keys = {column_key(column) for column in self.columns}
        return all(column_key(name) in keys for name in names)


def column_key(name: str) -> str:
    """The name by which a column is found: composed, without outer blanks, case-folded.

    >>> column_key(" Transcript ")
    'transcript'
    """
    return unicodedata.normalize("NFC", name).strip().casefold()


def read_table(path: Path, *, encoding: str | None = None) -> Table:
    """The rows of a CSV file; blank lines are passed over.

    Raises InputError, with path:line, where two columns have one name, a row has more cells than the header, or a
    quote mark is opened and never closed.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); check the name and the rights", path=path) from error
    text, notes = decode(data, path=path, encoding=encoding)
    return table_of(_records(text, path), path, notes)


def table_of(records: Sequence[tuple[int, Sequence[str]]], path: Path, notes: Sequence[str] = ()) -> Table:
    """The table that some records make, the first of them the header, each with the line it begins on.

    Raises InputError, with path:line, where two columns have one name or a row has more cells than the header.
    """
    if not records:
        return Table(path=path, columns=(), rows=(), notes=tuple(notes))
    line, header = records[0]
    columns = [unicodedata.normalize("NFC", name).strip() for name in header]
    _refuse_doubled(columns, path, line)
    keys = [column_key(name) for name in columns]
    rows, unnamed = [], None
    for line, cells in records[1:]:
        if any(cell.strip() for cell in cells[len(keys) :]):
            raise InputError(
                f"the row has {len(cells)} cells and the header {len(keys)}; "
                "put quote marks around a cell that holds the sign between cells",
                path=path,
                line=line,
            )
        if unnamed is None and any(cell.strip() for key, cell in zip(keys, cells, strict=False) if not key):
            unnamed = line
        row = dict.fromkeys(keys, "") | dict(zip(keys, cells, strict=False))
        row.pop("", None)
        rows.append((line, row))
    if unnamed:
        notes = [*notes, f"{path}:{unnamed}: a column without a name holds values, which are not read"]
    return Table(path=path, columns=tuple(name for name in columns if name), rows=tuple(rows), notes=tuple(notes))


def _records(text: str, path: Path) -> list[tuple[int, list[str]]]:
    """The rows that hold anything, with the line each begins on. Strict: else one stray quote mark eats the file."""
    found, line = [], 1
    try:
        delimiter, told = delimiter_of(text)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
        for cells in reader:
            if any(cell.strip() for cell in cells) and not (told and line == 1):
                found.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"the row that begins here is no CSV ({error}); close its quote marks, and double those within a cell",
            path=path,
            line=line,
        ) from error
    return found


def delimiter_of(text: str) -> tuple[str, bool]:
    """What stands between cells: what cuts the header into most names; and whether a line `sep=;` says so."""
    first = text.lstrip("\n").split("\n", 1)[0]
    if text.startswith(first) and first.casefold().startswith("sep=") and len(first) == 5:
        return first[4], True  # Excel's own way to say it
    names = {delimiter: len(next(csv.reader([first], delimiter=delimiter), [])) for delimiter in ",;\t"}
    return max(names, key=lambda delimiter: names[delimiter]), False


def _refuse_doubled(columns: list[str], path: Path, line: int) -> None:
    seen: dict[str, str] = {}
    for name in filter(None, columns):
        key = column_key(name)
        if key in seen:
            twins = f'"{name}"' if seen[key] == name else f'"{seen[key]}" and "{name}"'
            raise InputError(f"two columns have one name, {twins}; rename or remove one", path=path, line=line)
        seen[key] = name
