"""The tables of an RTF, where they are only marks at the ends of cells and rows, and edges of cells in twips."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from autocode.reading.document import Block, Builder, Cell, Table


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a cell is drawn: its right edge, and whether it goes on the one above or the one before."""

    edge: int
    goes_on_above: bool
    goes_on_before: bool


@dataclass(frozen=True, slots=True)
class _Row:
    cells: list[tuple[Block, ...]]
    shapes: list[_Shape]


class RtfTables:
    """Puts what was built since the last mark into cells, rows and tables."""

    def __init__(self, out: Builder) -> None:
        self._out = out
        self._in_table = False
        self._shapes: list[_Shape] = []
        self._merges: set[str] = set()
        self._cells: list[tuple[Block, ...]] = []
        self._rows: list[_Row] = []
        self._begin = 0
        """Where among the blocks the cell that is being filled begins."""

    def control(self, word: str, number: str | None) -> None:
        """Takes a control word that has to do with tables; passes over any other."""
        if word == "trowd":
            self._shapes, self._merges = [], set()
        elif word in ("clvmrg", "clmrg"):
            self._merges.add(word)
        elif word == "cellx":
            self._shapes.append(_Shape(int(number or 0), "clvmrg" in self._merges, "clmrg" in self._merges))
            self._merges = set()
        elif word == "intbl":
            self._in_table = True
        elif word == "pard":
            self._in_table = False
        elif word == "nestcell":  # of a table in a cell: its text belongs to the outer cell
            self._out.end_paragraph()
        elif word == "cell":
            self._out.end_paragraph()
            self._cells.append(tuple(self._out.blocks[self._begin :]))
            del self._out.blocks[self._begin :]
        elif word == "row":
            self._end_row()

    def end_paragraph(self) -> None:
        """Ends a paragraph; one outside of tables ends the table above it."""
        if not self._in_table:
            self._end_table()
        self._out.end_paragraph()
        if not self._in_table:
            self._begin = len(self._out.blocks)

    def finish(self) -> None:
        """Ends what is still open."""
        self._end_row()
        self._end_table()
        self._out.end_if_begun()

    def _end_row(self) -> None:
        if self._cells:
            self._rows.append(_Row(self._cells, self._shapes))
            self._cells = []

    def _end_table(self) -> None:
        self._end_row()
        if self._rows:
            self._out.blocks.insert(self._begin, _table(self._rows))
            self._rows = []
        self._begin = len(self._out.blocks)


def _table(rows: list[_Row]) -> Table:
    """The table, its cells on one grid: an edge that any row has is a border between columns."""
    edges = sorted({shape.edge for row in rows if _is_drawn(row) for shape in row.shapes})
    return Table(tuple(tuple(_cells(row, edges)) for row in rows))


def _is_drawn(row: _Row) -> bool:
    """Whether each of its cells has an edge of its own, from left to right."""
    drawn = [shape.edge for shape in row.shapes]
    return len(drawn) >= len(row.cells) and all(left < right for left, right in pairwise(drawn))


def _cells(row: _Row, edges: list[int]) -> list[Cell]:
    drawn = _is_drawn(row)
    cells: list[Cell] = []
    column = 0
    for at, blocks in enumerate(row.cells):
        shape = row.shapes[at] if drawn else None
        until = bisect_left(edges, shape.edge) + 1 if shape else column + 1
        cell = Cell(blocks, column, until - column, shape is not None and shape.goes_on_above)
        if shape and shape.goes_on_before and cells and not cell.words:
            before = cells.pop()
            cell = Cell(before.blocks, before.column, until - before.column, before.continued)
        cells.append(cell)
        column = until
    return cells
