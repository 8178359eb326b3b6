"""From who said what to the canonical text: one line a turn, for every format but plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from autocode.data import Span, Turn


@dataclass(frozen=True, slots=True)
class Piece:
    """What one speaker says in one go: in a cue, a paragraph, a row."""

    speaker: str
    words: str
    start: float | None = None
    end: float | None = None
    spoken: bool = True
    """False for a title and the like: its words stand in the text and belong to no turn."""


def written(pieces: Iterable[Piece], *, merged: bool = True) -> tuple[str, tuple[Turn, ...]]:
    """One line a turn, `Speaker: words`, and where in that text the words of each turn stand.

    Neighbours of one known speaker are one turn if `merged`; where nobody is named, each piece stays by itself. What
    is not spoken has a line too, and no turn.
    """
    lines: list[str] = []
    turns: list[Turn] = []
    at = 0
    for same in _of_one_speaker(pieces) if merged else ([piece] for piece in pieces):
        label = f"{same[0].speaker}: " if same[0].speaker else ""
        words = " ".join(piece.words for piece in same)
        ends = [piece.end for piece in same if piece.end is not None]
        span = Span(at + len(label), at + len(label) + len(words))
        if same[0].spoken:
            turns.append(Turn(len(turns) + 1, same[0].speaker, span, same[0].start, max(ends, default=None)))
        lines.append(f"{label}{words}\n")
        at = span.end + 1
    return "".join(lines), tuple(turns)


def _of_one_speaker(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    for _, group in groupby(enumerate(pieces), key=lambda item: item[1].speaker or item[0]):
        yield [piece for _, piece in group]
