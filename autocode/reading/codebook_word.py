"""A codebook as a table in a Word document, as it stands in the appendix of a thesis or is handed round in a team."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autocode.reading.codebook_checks import Draft
from autocode.reading.codebook_grids import Grid, read_grids
from autocode.reading.document import Builder, Cell, Table, paragraphs
from autocode.reading.source import Source
from autocode.reading.word import walked


def read_docx_codebook(data: bytes, path: Path) -> Draft:
    """The codebook in a Word document: its first table with columns of names and definitions, else with names.

    Later tables with the same columns are read as its continuation. Lines in notes and errors are rows of the table;
    tracked changes are read as if accepted.
    """
    _, _, walk = walked(Source(path, data), Builder(), {})
    tables = [block for block in walk.out.blocks if isinstance(block, Table)]
    grids = [Grid(f"table {number}", list(cells_of(table))) for number, table in enumerate(tables, start=1)]
    told = [f"{path}: {sentence}" for sentence in walk.told()]
    return read_grids(grids, path, "table", joined=True, notes=told)


def cells_of(table: Table) -> Iterator[list[str]]:
    """The cells of each row in their columns; one that goes on the cell above it says what that one says."""
    above: dict[int, str] = {}
    for row in table.rows:
        texts = {cell.column: above.get(cell.column, "") if cell.continued else _text(cell) for cell in row}
        above = texts
        yield [texts.get(column, "") for column in range(max(texts, default=-1) + 1)]


def _text(cell: Cell) -> str:
    """What stands in a cell, a line a paragraph; blank lines stay, for the codebook's own form counts them."""
    return "\n".join(paragraph.text for paragraph in paragraphs(cell.blocks))
