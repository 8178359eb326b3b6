"""What reports are put together from: sections of plain paragraphs and tables, the same for a page and for Word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from autocode.data import Data

WordKind = Literal["recorded", "declared", "open"]


class Column(Data):
    """A column of a table."""

    name: str
    numeric: bool = False


class Table(Data):
    """A table of words and figures as they are printed. The first column names its row."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    """What a reader has to know of it, below it."""

    def without_empty_columns(self) -> Table:
        """The same table without the columns in which nothing stands."""
        kept = [i for i in range(len(self.columns)) if i == 0 or not self.rows or any(row[i] for row in self.rows)]
        return self.model_copy(
            update={
                "columns": tuple(self.columns[i] for i in kept),
                "rows": tuple(tuple(row[i] for i in kept) for row in self.rows),
            }
        )

    def cells(self) -> Iterator[tuple[str, list[tuple[Column, str]]]]:
        """Each row as its name, and its other cells beside their columns."""
        for row in self.rows:
            yield row[0], list(zip(self.columns[1:], row[1:], strict=True))


class Words(Data):
    """Some words of a methods text, and what they rest on.

    `recorded`: traceable to a file; `declared`: somebody said so; `open`: only the researcher can say it.
    """

    kind: WordKind
    text: str

    def __str__(self) -> str:
        return f"[state here: {self.text}]" if self.kind == "open" else self.text


class Section(Data):
    """A part of a report under its heading."""

    id: str
    """Of the heading on the page."""
    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


def table(title: str, columns: str, rows: Iterable[Sequence[str]], note: str = "") -> Table:
    """A table from its column names, parted by `|`; one that begins with `#` holds numbers. Empty columns drop out.

    >>> table("Counts", "Code|#Ana", [("load", "13")]).columns[1]
    Column(name='Ana', numeric=True)
    """
    names = columns.split("|")
    made = tuple(Column(name=name.removeprefix("#"), numeric=name.startswith("#")) for name in names)
    whole = Table(title=title, columns=made, rows=tuple(tuple(row) for row in rows), note=note)
    return whole.without_empty_columns()


def counted(n: int, one: str, many: str = "") -> str:
    """A number with its word.

    >>> counted(1, "interview"), counted(1200, "turn"), counted(2, "person", "people")
    ('1 interview', '1,200 turns', '2 people')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listed(names: Sequence[str], *, most: int = 0) -> str:
    """Names as a list in a sentence, the rest of a long one counted.

    >>> listed(["ana", "ben", "cleo"]), listed(["a", "b", "c", "d"], most=2)
    ('ana, ben and cleo', 'a, b and 2 more')
    """
    if most and len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
