"""The rows of tables that are conversations, among the other paragraphs of a document: a row is a turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autocode.reading.conversation_tables import Columns, cell_at, columns_of, speaker_in
from autocode.reading.document import Block, Cell, Paragraph, Table, first_number, paragraphs
from autocode.reading.pieces import Piece
from autocode.reading.turns import time_of, without_times

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a conversation: a turn, or a heading over all columns, which is not spoken."""

    number: int
    """Of the first paragraph in it."""
    piece: Piece


class Flat:
    """A document as one list: rows of conversations, and every other paragraph, wherever it stands."""

    def __init__(self, blocks: Sequence[Block], path: Path) -> None:
        self.items: list[Paragraph | Row] = []
        self.notes: list[str] = []
        self._path = path
        self._columns: Columns | None = None
        self._names: set[str] = set()
        self._walk(blocks)
        rows = [item for item in self.items if isinstance(item, Row) and item.piece.spoken]
        nameless = [row.number for row in rows if not row.piece.speaker]
        if nameless:
            what = "rows of a table name no speaker" if nameless[1:] else "row of a table names no speaker"
            self.notes.append(f"{path}:{nameless[0]}: {len(nameless)} {what}; the words are kept, the speaker is blank")

    def _walk(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            if isinstance(block, Paragraph):
                self.items.append(block)
                continue
            columns, header = columns_of(block, self._columns, self._names)
            if columns is None:
                for row in block.rows:
                    for cell in row:
                        self._walk(cell.blocks)
                continue
            rows = list(_rows(block, columns, header))
            self._columns = columns
            self._names.update(row.piece.speaker for row in rows if isinstance(row, Row) and row.piece.speaker)
            self.items.extend(rows)
            self.notes.extend(_left_out(block, columns, header, self._path))


def _rows(table: Table, columns: Columns, header: bool) -> Iterator[Paragraph | Row]:
    """The rows of a conversation. Without a column of speakers: the paragraphs of its words, with their times."""
    titles = [cell.words for cell in table.rows[0]] if header else None
    name = ""
    for row in table.rows:
        texts = [cell.words for cell in row]
        if texts == titles:  # long tables repeat it on every page
            continue
        number, said = first_number(row), cell_at(row, columns.words)
        speaker, time = cell_at(row, columns.speaker), cell_at(row, columns.start)
        if said is None or said in (speaker, time):
            heading = " ".join(filter(None, texts))
            if heading:
                yield Row(number, Piece("", heading, spoken=False))
            continue
        start, end = _times(row, columns)
        if columns.speaker is None:
            inside = list(paragraphs(said.blocks))
            yield from [replace(paragraph, starts_at=start) for paragraph in inside[:1]] + inside[1:]
            continue
        written, beside = speaker_in(speaker)
        name = written or (name if speaker and speaker.continued else "")
        words, first, last = without_times(said.words)
        start = next((time for time in (start, beside, first) if time is not None), None)
        if words:
            yield Row(number, Piece(name, words, start, last if end is None else end))


def _times(row: Sequence[Cell], columns: Columns) -> tuple[float | None, float | None]:
    start, end = cell_at(row, columns.start), cell_at(row, columns.end)
    first = (time_of(start.words) if start else None) or (None, None)
    last = (time_of(end.words) if end else None) or (None, None)
    return first[0], first[1] if last[0] is None else last[0]


def _left_out(table: Table, columns: Columns, header: bool, path: Path) -> Iterator[str]:
    """A sentence for each column of words that is no part of the conversation, and one on rows that are mute."""
    beside: dict[int, list[tuple[int, str]]] = {}
    mute = []
    for row in table.rows[1 if header else 0 :]:
        number = first_number(row)
        said, speaker = cell_at(row, columns.words), cell_at(row, columns.speaker)
        if said and speaker and speaker.words and not said.words:
            mute.append(number)
        for cell in row:
            if cell.width == 1 and cell.column not in columns.all() and any(map(str.isalpha, cell.words)):
                beside.setdefault(cell.column, []).append((number, cell.words))
    for column, cells in sorted(beside.items()):
        title = cell_at(table.rows[0], column) if header else None
        called = f' ("{shown(title.words)}")' if title and title.words else ""
        what = f"column {column + 1} of a table{called} is not read as speech"
        yield f"{path}:{cells[0][0]}: {what} (cells with words: {len(cells)}, the first: {shown(cells[0][1])})"
    if mute:
        also = f" (so are those at {', '.join(map(str, mute[1:]))})" if mute[1:] else ""
        yield f"{path}:{mute[0]}: a row with a speaker and without words is no turn{also}"


def shown(words: str) -> str:
    """The beginning of some words, for a note."""
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN].rstrip()} …"
