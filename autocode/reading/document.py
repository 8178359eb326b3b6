"""What a word processor's file holds once its own markup is read: paragraphs and tables, in the order of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

_LINE_ENDS = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029\r]")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with words or without."""

    number: int
    """Counted from 1 through the whole document, tables and blank ones included."""
    text: str
    """Its characters; a line break within it is `\\n`."""
    bold: int = 0
    """How many of them, from the first on, are bold."""
    starts_at: float | None = None
    """When it was said, where the table that it stands in has a time for it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, with what stands in it."""

    blocks: tuple[Block, ...]
    column: int
    """Its first column, counted from 0 along the grid, so that merged cells do not shift their neighbours."""
    width: int = 1
    continued: bool = False
    """Whether it goes on the cell above it."""
    words: str = field(init=False, repr=False, compare=False)
    """What stands in it, its lines joined by a blank."""

    def __post_init__(self) -> None:
        lines = [line for paragraph in paragraphs(self.blocks) for line in lines_of(paragraph.text)]
        object.__setattr__(self, "words", " ".join(lines).replace("\t", " "))


@dataclass(frozen=True, slots=True)
class Table:
    """A table, row by row."""

    rows: tuple[tuple[Cell, ...], ...]


Block: TypeAlias = Paragraph | Table


def paragraphs(blocks: Sequence[Block]) -> Iterator[Paragraph]:
    """All paragraphs in order, those in tables row by row."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                for cell in row:
                    yield from paragraphs(cell.blocks)


def lines_of(text: str) -> list[str]:
    """The lines of a paragraph that are not blank, without the white space around them."""
    return [line for line in (line.strip() for line in text.split("\n")) if line]


def first_number(cells: Sequence[Cell]) -> int:
    """The number of the first paragraph in some cells: where a person finds them."""
    return next((paragraph.number for cell in cells for paragraph in paragraphs(cell.blocks)), 0)


class Builder:
    """A document as a reader puts it together: text into paragraphs, paragraphs into cells, cells into rows."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._number = count(1)
        self._parts: list[str] = []
        self._length = 0
        self._bold: int | None = None
        """Where the bold beginning of this paragraph ends; None while it is still going on."""

    def add(self, text: str, *, bold: bool = False) -> None:
        """Puts some text at the end of the paragraph."""
        if not text:
            return
        text = _LINE_ENDS.sub("\n", text)
        if self._bold is None and not bold and text.strip():
            self._bold = self._length
        self._parts.append(text)
        self._length += len(text)

    def ends_with_blank(self) -> bool:
        """Whether the paragraph is empty so far, or its last character is a blank."""
        return not self._parts or self._parts[-1].endswith((" ", "\n", "\t"))

    def end_paragraph(self) -> None:
        """The text since the last end is a paragraph."""
        text = "".join(self._parts)
        self.blocks.append(Paragraph(next(self._number), text, self._length if self._bold is None else self._bold))
        self._parts, self._length, self._bold = [], 0, None

    def end_if_begun(self) -> None:
        """Ends the paragraph if it has text."""
        if self._parts:
            self.end_paragraph()
