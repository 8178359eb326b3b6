"""Which of the sheets of a workbook, or the tables of a Word document, is the codebook, and where its header stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autocode.errors import CodebookError
from autocode.reading.codebook_checks import Draft
from autocode.reading.codebook_headers import HEADERS, is_header, plain_header
from autocode.reading.codebook_table import read_table_codebook
from autocode.reading.spreadsheet import sheets
from autocode.reading.tables import table_of

_SEARCHED = 20
"""Rows from the top in which a header is looked for: titles and remarks may stand above it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells that may hold a codebook, the first of them row 1."""

    name: str
    """As a note calls it: `the sheet "Codes"`."""
    rows: Sequence[Sequence[str]]

    @property
    def header(self) -> int | None:
        """The number of the first row that names columns of a codebook."""
        rows = enumerate(self.rows[:_SEARCHED], start=1)
        return next((number for number, row in rows if is_header(row)), None)

    @property
    def columns(self) -> list[str]:
        """The names in the header; none where there is no header."""
        return [plain_header(cell) for cell in self.rows[self.header - 1]] if self.header else []

    @property
    def defines(self) -> bool:
        """Whether it has a column of definitions, too: a list of people has names as well."""
        return not set(self.columns).isdisjoint(HEADERS["definition"])


def read_xlsx_codebook(data: bytes, path: Path) -> Draft:
    """The codebook in a workbook: the first sheet with columns of names and definitions, else the first with names.

    Lines in notes and errors are rows of the sheet.
    """
    return read_grids([Grid(f'the sheet "{name}"', rows) for name, rows in sheets(data, path).items()], path, "sheet")


def read_grids(
    grids: Sequence[Grid], path: Path, kind: str, *, joined: bool = False, notes: Sequence[str] = ()
) -> Draft:
    """The codebook in the first grid that has columns of names and definitions, else of names, with what was passed by.

    With `joined`, later ones with the same columns are read as its continuation. `kind` is what they are: `sheet`.
    """
    filled = [grid for grid in grids if any(_filled(row) for row in grid.rows)]
    fitting = [grid for grid in filled if grid.header]
    chosen = next((grid for grid in fitting if grid.defines), fitting[0] if fitting else None)
    if chosen is None or chosen.header is None:
        raise CodebookError(_nothing_fits(filled, kind), path=path)
    more = [grid for grid in fitting if grid is not chosen and joined and grid.columns == chosen.columns]
    others = [grid for grid in filled if grid is not chosen and grid not in more]
    rows = list(chosen.rows)
    for grid in more:
        rows += grid.rows[grid.header or 0 :]
    records = [(at, row) for at, row in enumerate(rows, start=1) if at >= chosen.header and _filled(row)]
    told = [*notes, *_told(chosen, more, others, path)]
    return read_table_codebook(table_of(records, path, told), header=chosen.header)


def _filled(row: Sequence[str]) -> bool:
    return any(cell.strip() for cell in row)


def _told(chosen: Grid, more: Sequence[Grid], others: Sequence[Grid], path: Path) -> Iterator[str]:
    for at, row in enumerate(chosen.rows[: (chosen.header or 1) - 1], start=1):
        if _filled(row):
            words = " ".join(" ".join(row).split())
            yield f'{path}:{at}: above the columns of the codebook, not read: "{words[:60]}"'
    if more:
        yield f"{path}: {_listed(more)} has the columns of {chosen.name} and is read as its continuation"
    if others:
        yield f"{path}: the codebook is read from {chosen.name}, and not from {_listed(others)}"
    for at, row in enumerate(chosen.rows, start=1):
        if formula := next((cell for cell in row if cell.startswith("=")), None):
            yield f'{path}:{at}: cells that begin with "=" are kept as text, such as "{formula[:60]}"'
            return


def _listed(grids: Sequence[Grid]) -> str:
    names = [grid.name for grid in grids]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _nothing_fits(filled: Sequence[Grid], kind: str) -> str:
    if not filled:
        return f"no codes: no {kind} has anything in it; give one the columns id,name,definition"
    first = next(row for row in filled[0].rows if _filled(row))
    shown = ", ".join(f'"{" ".join(cell.split())[:40]}"' for cell in first if cell.strip())
    of = f"{filled[0].name} begins with {shown}"
    return f'no {kind} has a column called "id" or "name" ({of}); name the columns as id,name,definition'
