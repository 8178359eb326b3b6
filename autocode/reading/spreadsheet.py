"""Spreadsheets (XLSX, XLS, ODS) as rows of text: each cell as the person who filled it in sees it.

python-calamine reads the cells, once workbook_parts has looked at what the file claims to be.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.errors import InputError
from autocode.reading.archives import in_one_line
from autocode.reading.tables import Table, read_table, table_of
from autocode.reading.workbook_parts import formulas_in, locked

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})

# A length of time over a day, in cells formatted as a time of day, comes as a date after Excel's day 0.
_DAY_ZERO = datetime(1899, 12, 31)
_FIRST_DATES = datetime(1900, 2, 1)


def sheets(data: bytes, path: Path | str) -> dict[str, list[list[str]]]:
    """The cells of each visible sheet as text, by the sheet's name, from its first row on; blank cells are `""`.

    Whole numbers have no `.0`, times are `0:01:02`, dates `2026-11-24`, formulas are their result, and where nothing
    has worked them out their text. Raises InputError: no workbook, protected by a password, or beyond all measure.
    """
    return {name: rows for name, rows, _ in _sheets(data, path)}


def table_at(path: Path, *, encoding: str | None = None) -> Table:
    """The rows of a table by name of column, from a CSV or TSV file or from a workbook."""
    return read_workbook(path) if path.suffix.lower() in SUFFIXES else read_table(path, encoding=encoding)


def read_workbook(path: Path, *, sheet: str = "") -> Table:
    """The rows of a workbook by name of column, each with its row number: of the sheet named, else the first filled.

    Raises InputError as `sheets` and `read_table` do.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); check the name and the rights", path=path) from error
    return table_in(data, path, sheet=sheet)


def table_in(data: bytes, path: Path, *, sheet: str = "") -> Table:
    """The rows of a workbook's bytes by name of column; see `read_workbook`."""
    filled = [(name, rows, notes) for name, rows, notes in _sheets(data, path) if any(map(_filled, rows))]
    chosen = [each for each in filled if each[0] == sheet or not sheet]
    if sheet and not chosen:
        raise InputError(f'has no sheet "{sheet}" with cells; it has {_quoted(filled)}', path=path)
    if not chosen:
        return Table(path=path, columns=(), rows=())
    name, rows, notes = chosen[0]
    others = [each for each in filled if each[0] != name]
    if others and not sheet:
        notes = [*notes, f'{path}: read the sheet "{name}" and not {_quoted(others)}; put what is wanted there first']
    return table_of([(at, row) for at, row in enumerate(rows, start=1) if _filled(row)], path, notes)


def _filled(row: Iterable[str]) -> bool:
    return any(cell.strip() for cell in row)


def _quoted(named: Iterable[tuple[str, list[list[str]], list[str]]]) -> str:
    return ", ".join(f'"{name}"' for name, _, _ in named) or "none"


def _sheets(data: bytes, path: Path | str) -> Iterator[tuple[str, list[list[str]], list[str]]]:
    """Name, rows and notes of each visible sheet."""
    from python_calamine import CalamineWorkbook

    known = formulas_in(data, path)
    with _calamine(path, "the workbook"):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        listed = _listed(workbook)
    for name, hidden in listed:
        if not hidden:
            with _calamine(path, f'the sheet "{name}"'):
                cells = workbook.get_sheet_by_name(name)
                left = [""] * (cells.start or (0, 0))[1]
                rows = [[*left, *map(_text, row)] for row in cells.iter_rows()]
            formulas, notes = known.get(name, {}), []
            for (row, column), text in formulas.items():
                _put(rows, row, column, text)
            if formulas:
                first = min(formulas)
                what = "a formula without a result is read as its text"
                notes.append(f'{path}:{first[0] + 1}: {what}, "{formulas[first]}" ({len(formulas)} in the sheet)')
            yield name, rows, notes


def merged_cells(data: bytes, path: Path | str, sheet: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The first and the last cell (row and column, from 0) of each block of cells merged into one."""
    from python_calamine import CalamineWorkbook

    with _calamine(path, f'the sheet "{sheet}"'):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return list(workbook.get_sheet_by_name(sheet).merged_cell_ranges or ()) if sheet else []


# --- The workbook, by calamine -----------------------------------------------------------------------------------


@contextmanager
def _calamine(path: Path | str, what: str) -> Iterator[None]:
    """Turns what calamine raises on a file it cannot read into an InputError; a panic of its Rust code too."""
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError as error:
        raise locked(path) from error
    except (CalamineError, OSError, ValueError) as error:
        message = f"{in_one_line(what)} cannot be read ({in_one_line(error)}); save it again as XLSX or CSV"
        raise InputError(message, path=path) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # pyo3 gives it no name to import, and no Exception as its parent
            raise
        raise InputError(f"{in_one_line(what)} is damaged; save it again as XLSX or CSV", path=path) from error


def _listed(workbook: CalamineWorkbook) -> list[tuple[str, bool]]:
    """The sheets with cells in them (charts have none), and whether each is hidden."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    found = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    seen = any(sheet.visible == SheetVisibleEnum.Visible for sheet in found)
    return [(sheet.name, seen and sheet.visible != SheetVisibleEnum.Visible) for sheet in found]


def _put(rows: list[list[str]], row: int, column: int, text: str) -> None:
    """Writes a cell, beyond the edge of what is filled if need be."""
    rows.extend([] for _ in range(row + 1 - len(rows)))
    rows[row].extend([""] * (column + 1 - len(rows[row])))
    rows[row][column] = text


# --- A cell as a person sees it ----------------------------------------------------------------------------------


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return str(int(cell)) if cell == int(cell) and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, datetime):
        if cell < _FIRST_DATES:
            return _clock((cell - _DAY_ZERO).total_seconds())
        return cell.isoformat(" ", "seconds") if cell.time() != time.min else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return _clock(cell.hour * 3600 + cell.minute * 60 + cell.second + cell.microsecond / 1e6)
    if isinstance(cell, timedelta):
        return _clock(cell.total_seconds())
    return "" if cell is None else str(cell)


def _clock(seconds: float) -> str:
    """A length of time as Excel shows it. Excel keeps it as a part of a day, so near to a whole second is that second.

    >>> _clock(0.000694 * 86400), _clock(90062.25)
    ('0:01:00', '25:01:02.250')
    """
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    if abs(seconds - round(seconds)) < 0.05:
        seconds = round(seconds)
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    part = f".{thousandths:03d}" if thousandths else ""
    return f"{sign}{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}{part}"
