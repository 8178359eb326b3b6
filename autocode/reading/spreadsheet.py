"""Spreadsheets (XLSX, XLS, ODS) as rows of text: each cell as the person who filled it in sees it.

python-calamine reads the cells. Two things it cannot tell come from the XML of an XLSX: the text of a formula that no
program has worked out yet (a tag named `=SUM(1)` is stored so, with 0 or nothing as its value), and how large the
sheet claims to be, for a file of a few bytes may ask for billions of cells.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.errors import InputError
from autocode.reading.old_excel import OLE, cells_in
from autocode.reading.tables import Table, read_table, table_of

if TYPE_CHECKING:
    from lxml import etree
    from python_calamine import CalamineWorkbook

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})

_MOST_BYTES = 400_000_000
"""Of a workbook's parts, unpacked."""
_MOST_CELLS = 8_000_000
_MOST_OLD_CELLS = 4_000_000  # calamine holds all sheets of an XLS, and copies one to give it
_AT_ONCE = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
# Only the places that matter for the size: beyond column Z, or beyond row 99,999.
_FAR = re.compile(rb"""\br=["'](?:([A-Za-z]{2,9})([0-9]{1,20})|[A-Za-z]([0-9]{6,20}))""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^<>]*?\br=["']([0-9]{1,20})""")
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")
_LONGEST_TAG = 256
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

    known = _looked_through(data, path)
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


# --- The workbook, by calamine -----------------------------------------------------------------------------------


@contextmanager
def _calamine(path: Path | str, what: str) -> Iterator[None]:
    """Turns what calamine raises on a file it cannot read into an InputError; a panic of its Rust code too."""
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError as error:
        raise _locked(path) from error
    except (CalamineError, OSError, ValueError) as error:
        raise InputError(f"{what} cannot be read ({error}); save it again as XLSX or CSV", path=path) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # pyo3 gives it no name to import, and no Exception as its parent
            raise
        raise InputError(f"{what} is damaged; save it again as XLSX or CSV", path=path) from error


def _locked(path: Path | str) -> InputError:
    return InputError("is protected by a password; save a copy without one", path=path)


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


# --- The parts of the file, before calamine may unfold them ------------------------------------------------------


def _looked_through(data: bytes, path: Path | str) -> dict[str, dict[tuple[int, int], str]]:
    """The formulas without a result, by sheet. Raises InputError where a part or a sheet is beyond all measure.

    Every part is unpacked once, a piece at a time: what a ZIP says of its size may be a lie, and this tells.
    """
    try:
        if data.startswith(OLE):
            if "EncryptedPackage".encode("utf-16-le") in data:
                raise _locked(path)
            if cells_in(data) > _MOST_OLD_CELLS:
                raise _too_large(path, _MOST_OLD_CELLS)
        if not data.startswith(b"PK"):
            return {}
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            infos = parts.infolist()
            if any(info.flag_bits & 1 for info in infos):
                raise _locked(path)
            if sum(info.file_size for info in infos) > _MOST_BYTES:
                raise InputError(f"unpacks to more than {_MOST_BYTES // 1_000_000} MB; split the table", path=path)
            with_formulas = {info.filename for info in infos if _holds_formulas(parts, info, path)}
            if "content.xml" in parts.namelist() and _ods_cells(parts) > _MOST_CELLS:
                raise _too_large(path)
            return _formulas(parts, with_formulas) if with_formulas else {}
    except (*_BROKEN, EOFError, OSError, RuntimeError, ValueError, SyntaxError) as error:
        # SyntaxError is the parent of lxml's, RuntimeError that of "this compression is not supported".
        raise InputError(f"is damaged ({error}); save it again as XLSX or CSV", path=path) from error


def _too_large(path: Path | str, most: int = _MOST_CELLS) -> InputError:
    what = f"has a sheet of more than {most // 1_000_000} million cells between its first and its last"
    return InputError(f"{what}; copy what is filled to a new sheet", path=path)


def _holds_formulas(parts: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path | str) -> bool:
    """Whether there are formulas in a part of a workbook. Raises InputError where its cells are too far apart."""
    rows, columns, found, above = 1, 1, False, b""
    with parts.open(info) as part:
        while piece := part.read(_AT_ONCE):
            seen = above + piece
            found = found or _FORMULA.search(seen) is not None
            far = _FAR.findall(seen)
            rows = max(rows, *map(int, _ROW.findall(seen)), *(int(wide or tall) for _, wide, tall in far), 0)
            columns = max(columns, *(_column(letters.decode()) + 1 for letters, _, _ in far), _near(seen, columns))
            above = seen[-_LONGEST_TAG:]
    if rows * columns > _MOST_CELLS:
        raise _too_large(path)
    return found


def _near(seen: bytes, known: int) -> int:
    """The last of the columns A to Z that is written somewhere, if it lies behind those already known."""
    for column in range(26, known, -1):
        letter = b"%c" % (ord("A") + column - 1)
        if b'r="' + letter in seen or b"r='" + letter in seen or b'r="' + letter.lower() in seen:
            return column
    return known


def _ods_cells(parts: zipfile.ZipFile) -> int:
    """How many cells lie between the first and the last filled one of an ODS, where one tag may stand for millions."""
    rows = width = filled_to = 0
    for row in _walk(parts, "content.xml", "{*}table-row"):
        cells = filled = 0
        for cell in row.iter("{*}table-cell", "{*}covered-table-cell"):
            cells += _repeats(cell, "columns")
            filled = cells if len(cell) else filled
        rows += _repeats(row, "rows")
        if filled:
            width, filled_to = max(width, filled), rows
    return width * filled_to


def _repeats(element: etree._Element, of: str) -> int:
    counts = [int(value) for name, value in element.items() if str(name).endswith(f"}}number-{of}-repeated")]
    return counts[0] if counts else 1


def _formulas(parts: zipfile.ZipFile, names: set[str]) -> dict[str, dict[tuple[int, int], str]]:
    """By sheet and place: the formulas that no program has worked out, as `=SUM(1)`.

    Libraries leave the result out, or write 0 and ask for everything to be worked out at opening (`fullCalcOnLoad`).
    """
    found: dict[str, dict[tuple[int, int], str]] = {}
    sheets, to_do = _sheet_parts(parts)
    for name, part in sheets.items():
        for cell in _walk(parts, part, "{*}c") if part in names else ():
            formula, result = cell.findtext("{*}f"), cell.findtext("{*}v")
            place = _CELL.match(cell.get("r", ""))
            # Of a formula shared by many cells only the first has the text.
            if place and formula and (not result or cell.get("t") == "e" or (to_do and result == "0")):
                found.setdefault(name, {})[int(place[2]) - 1, _column(place[1])] = f"={formula}"
    return found


def _sheet_parts(parts: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    """The part of each sheet by its name, and whether the workbook asks to be worked out when it is opened."""
    target = {
        link.get("Id"): posixpath.normpath(posixpath.join("/xl", link.get("Target", ""))).lstrip("/")
        for link in _walk(parts, "xl/_rels/workbook.xml.rels", "{*}Relationship")
    }
    found, to_do = {}, False
    for element in _walk(parts, "xl/workbook.xml", "{*}sheet", "{*}calcPr"):
        to_do = to_do or element.get("fullCalcOnLoad") in {"1", "true"}
        links = [target.get(str(value), "") for name, value in element.items() if str(name).endswith("}id")]
        if links:
            found[element.get("name", "")] = links[0]
    return found, to_do


def _walk(parts: zipfile.ZipFile, name: str, *tags: str) -> Iterator[etree._Element]:
    """The elements of a part, one at a time and let go again; no DTD, no entities, no network."""
    from lxml import etree

    if name not in parts.namelist():
        return
    safe = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    with parts.open(name) as part:
        for _, element in etree.iterparse(part, events=("end",), tag=tags, **safe):
            yield element
            element.clear()


def _column(letters: str) -> int:
    """The place of a column, from 0.

    >>> _column("A"), _column("AA")
    (0, 26)
    """
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
