"""Which tables of a document are conversations, and which of their columns holds the time, the speaker, the words.

The header tells it, in the languages that researchers write; without a header the content does: a column of times, a
column of names that come again, and the column of what they say. A table in which no such columns are found is no
conversation: what stands in its cells is read like any other paragraph.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from autocode.reading.document import Cell, Table
from autocode.reading.table_headers import role_of
from autocode.reading.turns import LONGEST_LABEL, label_of, name_and_time, time_of


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a conversation holds what, counted from 0."""

    words: int
    speaker: int | None = None
    start: int | None = None
    end: int | None = None

    def all(self) -> set[int | None]:
        """Those that are read."""
        return {self.words, self.speaker, self.start, self.end}


def cell_at(row: Sequence[Cell], column: int | None) -> Cell | None:
    """The cell of a row that covers a column, if there is one."""
    if column is None:
        return None
    return next((cell for cell in row if cell.column <= column < cell.column + cell.width), None)


def columns_of(table: Table, above: Columns | None, names: Collection[str]) -> tuple[Columns | None, bool]:
    """The columns of a table that is a conversation, and whether its first row is a header.

    `above`: the columns of the conversation before it, which goes on where a long table was cut in two; `names`: who
    speaks in it.
    """
    rows = [row for row in table.rows if any(cell.words for cell in row)]
    if not rows:
        return None, False
    columns = _by_header(rows[0])
    if columns:
        return columns, True
    columns = _by_content(rows)
    if columns is None and above and _fits(rows, above, names):
        columns = above
    return columns, False


def _by_header(row: Sequence[Cell]) -> Columns | None:
    found: dict[str, int] = {}
    for cell in row:
        role = role_of(cell.words)
        if role and role not in found and cell.width == 1:
            found[role] = cell.column
    if "words" not in found and "speaker" in found and len(row) == len(found) + 1:
        # "Speaker | Interview 3": what the words are called is anybody's choice.
        found["words"] = next(cell.column for cell in row if cell.column not in found.values())
    if "words" not in found or not {"speaker", "start"} & found.keys():
        return None
    return Columns(found["words"], found.get("speaker"), found.get("start"), found.get("end"))


def _by_content(rows: Sequence[Sequence[Cell]]) -> Columns | None:
    filled: dict[int, list[str]] = {}
    for row in rows:
        for cell in row:
            if cell.width == 1 and cell.words:
                filled.setdefault(cell.column, []).append(cell.words)
    times = [column for column, cells in sorted(filled.items()) if _are_times(cells)]
    numbers = [column for column, cells in filled.items() if _are_row_numbers(cells)]
    rest = {column: cells for column, cells in filled.items() if column not in (*times, *numbers)}
    if not rest:
        return None
    names = [column for column, cells in sorted(rest.items()) if _are_names(cells)]
    long = [column for column in rest if column not in names] or list(rest)
    words = max(long, key=lambda column: (sum(map(len, rest[column])) / len(rest[column]), column))
    names = [column for column in names if column != words]
    if not _are_sentences(rest[words]) or not (names or times or numbers):
        return None
    if not names and len(rest) > 1:
        return None
    start, end = [*times, None, None][:2]
    return Columns(words, names[0] if names else None, start, end)


def _are_times(cells: Sequence[str]) -> bool:
    return sum(time_of(cell) is not None for cell in cells) >= max(0.8 * len(cells), 2)


def _are_row_numbers(cells: Sequence[str]) -> bool:
    """Whether they count the rows; other numbers may be answers."""
    numbers = [int(cell.rstrip(".)")) for cell in cells if cell.rstrip(".)").isdecimal() and len(cell) < 9]
    return len(numbers) == len(cells) > 1 and all(below - above == 1 for above, below in pairwise(numbers))


def _are_names(cells: Sequence[str]) -> bool:
    """Whether they are short, hold letters, and come again; or all end with a colon."""
    names = [_named(cell)[0] for cell in cells]
    if any(len(name) > LONGEST_LABEL or not any(sign.isalpha() for sign in name) for name in names) or len(names) < 2:
        return False
    different = len(set(names))
    return all(label_of(cell) for cell in cells) or (different < len(cells) and different <= max(2, 0.67 * len(cells)))


def _are_sentences(cells: Sequence[str]) -> bool:
    """Whether most hold more than one word, in a script that parts words, or a sentence in one that does not."""
    return sum(len(cell.split()) > 1 or len(cell) > LONGEST_LABEL / 4 for cell in cells) * 2 >= len(cells)


def _fits(rows: Sequence[Sequence[Cell]], columns: Columns, names: Collection[str]) -> bool:
    """Whether a table without a header can be the rest of a conversation with these columns."""
    speakers = {speaker_in(cell)[0] for row in rows if (cell := cell_at(row, columns.speaker))} - {""}
    times = [cell.words for row in rows if (cell := cell_at(row, columns.start))]
    width = max(cell.column + cell.width for row in rows for cell in row)
    return (
        width > columns.words
        and (columns.speaker is None or not speakers.isdisjoint(names))
        and all(time_of(time) is not None for time in times if time)
    )


def speaker_in(cell: Cell | None) -> tuple[str, float | None]:
    """The name in a speaker's cell without the colon behind it, and the time that may stand beside it."""
    return _named(cell.words if cell else "")


def _named(written: str) -> tuple[str, float | None]:
    label = name_and_time(written) or label_of(written) or label_of(f"{written}:")
    return (label.name, label.starts_at) if label else (" ".join(written.split()), None)
