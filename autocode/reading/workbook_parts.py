"""The parts of a workbook (XLSX, XLS, ODS), looked through before python-calamine may unfold them.

Two things calamine cannot tell come from here: the text of a formula that no program has worked out yet (a tag named
`=SUM(1)` is stored so, with 0 or nothing as its value), and how large a sheet claims to be, for a file of a few bytes
may ask for billions of cells, and calamine takes the process with it.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.errors import InputError
from autocode.reading.archives import MOST_SWELLING, in_one_line, swells
from autocode.reading.old_excel import OLE, cells_in

if TYPE_CHECKING:
    from lxml import etree

_MOST_BYTES = 400_000_000
"""Of a workbook's parts, unpacked."""
_MOST_CELLS = 8_000_000
_FEW_TEXTS = 100_000  # so few that a wrong number of them does no harm
_MOST_BLANKS = 1_000_000  # that an ODS writes as a number
_MOST_OLD_CELLS = 4_000_000  # calamine holds all sheets of an XLS, and copies one to give it
_AT_ONCE = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
# A row or a cell with the place it claims; without one it stands behind the one before it.
_PLACE = re.compile(rb"""<(?:\w+:)?(row|c)(?=[\s/>])(?:[^<>]*?\sr\s*=\s*["']([A-Za-z]*)([0-9]*))?""")
_TEXTS = re.compile(rb"""\buniqueCount\s*=\s*["']([0-9]{1,20})""")  # for which calamine makes room at once
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384  # of Excel: XFD
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")
_NEEDED = frozenset(
    {
        *("workbook.xml", "sharedstrings.xml", "styles.xml", "[content_types].xml"),  # XLSX, and every .rels
        *("mimetype", "manifest.xml", "content.xml"),  # ODS
    }
)
"""The parts that are read beside the sheets; a picture or a file's properties may be what they like."""


def formulas_in(data: bytes, path: Path | str) -> dict[str, dict[tuple[int, int], str]]:
    """The formulas without a result, by sheet. Raises InputError where a part or a sheet is beyond all measure.

    Every part is unpacked once, a piece at a time: what a ZIP says of its size may be a lie, and this tells.
    """
    try:
        if data.startswith(OLE):
            if "EncryptedPackage".encode("utf-16-le") in data:
                raise locked(path)
            if cells_in(data) > _MOST_OLD_CELLS:
                raise _too_large(path, _MOST_OLD_CELLS)
        # calamine finds a ZIP behind other bytes as well, so it is looked for in the same way.
        if not data.startswith(b"PK") and not zipfile.is_zipfile(io.BytesIO(data)):
            return {}
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            infos = _needed(parts, path)
            with_formulas = {info.filename for info in infos if _holds_formulas(parts, info, path)}
            if "content.xml" in parts.namelist() and _ods_cells(parts) > _MOST_CELLS:
                raise _too_large(path)
            return _formulas(parts, with_formulas) if with_formulas else {}
    except (*_BROKEN, EOFError, OSError, RuntimeError, ValueError, SyntaxError) as error:
        # SyntaxError is the parent of lxml's, RuntimeError that of "this compression is not supported".
        raise InputError(f"is damaged ({in_one_line(error)}); save it again as XLSX or CSV", path=path) from error


def locked(path: Path | str) -> InputError:
    """The error that a workbook has a password."""
    return InputError("is protected by a password; save a copy without one", path=path)


def _too_large(path: Path | str, most: int = _MOST_CELLS) -> InputError:
    what = f"has a sheet of more than {most // 1_000_000} million cells between its first and its last"
    return InputError(f"{what}; copy what is filled to a new sheet", path=path)


def _needed(parts: zipfile.ZipFile, path: Path | str) -> list[zipfile.ZipInfo]:
    """The parts that are read: by the end of their names, as calamine does not care for capitals.

    Raises InputError where they are locked, swell as no table does, or are too large.
    """
    infos = parts.infolist()
    if any(info.flag_bits & 1 for info in infos):
        raise locked(path)
    if any(_last_name(info.filename) == "workbook.bin" for info in infos):
        raise InputError("is an XLSB, which is not read; save it as XLSX", path=path)
    first = [info for info in infos if _last_name(info.filename) in _NEEDED or _is_rels(info)]
    _check_size(first, path)  # before the links of the workbook are read
    links = [_last_name(link.get("Target", "")) for info in first for link in _links(parts, info)]
    needed = [info for info in infos if _last_name(info.filename) in _NEEDED.union(links) or _is_rels(info)]
    _check_size(needed, path)
    return needed


def _last_name(name: str) -> str:
    return re.split(r"[/\\]", name.lower())[-1]


def _is_rels(info: zipfile.ZipInfo) -> bool:
    return info.filename.lower().endswith(".rels")


def _links(parts: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[etree._Element]:
    return _walk(parts, info, "{*}Relationship") if _last_name(info.filename) == "workbook.xml.rels" else iter(())


def _check_size(infos: list[zipfile.ZipInfo], path: Path | str) -> None:
    for info in infos:
        if swells(info):
            what = f"{in_one_line(info.filename)} in it swells more than {MOST_SWELLING} times, as no table does"
            raise InputError(f"{what}; copy what is filled to a new workbook", path=path)
    if sum(info.file_size for info in infos) > _MOST_BYTES:
        raise InputError(f"unpacks to more than {_MOST_BYTES // 1_000_000} MB; split the table", path=path)


def _holds_formulas(parts: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path | str) -> bool:
    """Whether there are formulas in a part of a workbook. Raises InputError where its cells are too far apart."""
    area, found, above, texts = _Area(), False, b"", 0
    with parts.open(info) as part:
        while piece := part.read(_AT_ONCE):
            seen = above + piece
            cut = max(seen.rfind(b"<"), 0)  # the tag that begins there may be cut off
            seen, above = seen[:cut], seen[cut:]
            if len(above) > _AT_ONCE:
                raise ValueError(f"a tag without an end in {info.filename}")
            found = found or _FORMULA.search(seen) is not None
            area.add(_PLACE.findall(seen))
            texts = max(texts, *map(int, _TEXTS.findall(seen)), 0)
    if texts > max(info.file_size, _FEW_TEXTS):
        what = f"says that {in_one_line(info.filename)} in it holds {texts} texts, more than there is room for"
        raise InputError(f"{what}, so it is damaged; save it again as XLSX or CSV", path=path)
    if area.rows > _LAST_ROW or area.columns > _LAST_COLUMN:
        what = "has a cell beyond the last that there is in Excel, XFD1048576, so it is damaged"
        raise InputError(f"{what}; save it again as XLSX or CSV", path=path)
    if area.rows * area.columns > _MOST_CELLS:
        raise _too_large(path)
    return found


class _Area:
    """How far the rows and cells of a sheet reach, by what they claim, and by their order where they claim nothing."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = 0

    def add(self, places: list[tuple[bytes, bytes, bytes]]) -> None:
        if all(digits for _, _, digits in places):  # so mostly: the order does not matter, and one of each is enough
            firsts = {letters: (b"c", letters, digits) for _, letters, digits in places}
            firsts |= {digits: (b"row", b"", digits) for _, _, digits in places}
            places = [*firsts.values(), *places[-1:]]
        for tag, letters, digits in places:
            # Far is far, and nobody works out a number of a million digits.
            self._row = int(digits.lstrip(b"0")[:9] or 0) if digits else self._row + (tag == b"row")
            self._column = _column(letters[:9].decode()) + 1 if letters else self._column + 1 if tag == b"c" else 0
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)


def _ods_cells(parts: zipfile.ZipFile) -> int:
    """How many cells lie between the first and the last filled one of an ODS, where one tag may stand for millions."""
    rows = width = filled_to = blanks = 0
    for row in _walk(parts, "content.xml", "{*}table-row"):
        cells = filled = 0
        for cell in row.iter("{*}table-cell", "{*}covered-table-cell"):
            cells += _repeats(cell, "columns")
            filled = cells if len(cell) or _has_value(cell) else filled
        blanks += sum(
            int(count) for blank in row.iter("{*}s") for count in map(str, blank.values()) if count.isdecimal()
        )
        rows += _repeats(row, "rows")
        if filled:
            width, filled_to = max(width, filled), rows
    if blanks > _MOST_BLANKS:
        raise ValueError(f"a text of {blanks} blanks")
    return width * filled_to


def _has_value(cell: etree._Element) -> bool:
    """Whether a cell without words holds something: a number, a date or a formula."""
    return any("value" in str(name) or str(name).endswith("}formula") for name, _ in cell.items())


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


def _walk(parts: zipfile.ZipFile, part: str | zipfile.ZipInfo, *tags: str) -> Iterator[etree._Element]:
    """The elements of a part, one at a time and let go again; no DTD, no entities, no network."""
    from lxml import etree

    if isinstance(part, str) and part not in parts.namelist():
        return
    safe = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    with parts.open(part) as opened:
        for _, element in etree.iterparse(opened, events=("end",), tag=tags, **safe):
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
