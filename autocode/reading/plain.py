"""Transcripts as plain text and Markdown: the text stays as it is, the turns are found in it.

A labelled line starts a turn and unlabelled lines below belong to it; without labels each block between blank lines
is a turn. Pastes of other programs (Otter, Teams, f4 with times at the end) are not known here yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from autocode.data import Span, Turn
from autocode.reading.decoding import line_of
from autocode.reading.source import Reading, Source
from autocode.reading.turns import Label, Line, counting, label_of, leading_time

_CUE_TIME = re.compile(r"^[ \t]*\d{1,3}:\d{2}[\d:.,]*[ \t]*-->", re.MULTILINE)


def read_plain(source: Source) -> list[Reading]:
    """The turns of a plain text, by its labels or else by its blank lines. The text itself is not touched."""
    path = source.path
    text, told = source.decoded()
    lines, starts = [], []
    for line, start in _lines(text):
        lines.append(line)
        starts.append(start)
    counts, notes = counting(lines, source.speakers, path)
    if counts:
        turns, more = _by_label(text, lines, starts, counts, path)
    else:
        turns, more = _by_block(text, lines, starts), []
    captions = _CUE_TIME.search(text)
    if captions:
        where = f"{path}:{line_of(text, captions.start())}"
        more.append(f"{where}: times of captions stand in the text and are read as words; export it as .vtt instead")
    return [Reading(text, turns, told + notes + more)]


def _lines(text: str) -> Iterator[tuple[Line, int]]:
    """The lines that are not blank, and where in the text each begins."""
    start, after_blank = 0, True
    for number, line in enumerate(text.split("\n"), 1):
        blank = not line.strip()
        if not blank:
            yield Line(number, line, opens=after_blank, label=label_of(line)), start
        start, after_blank = start + len(line) + 1, blank


def _by_label(
    text: str, lines: list[Line], starts: list[int], counts: set[str], path: Path | str
) -> tuple[tuple[Turn, ...], list[str]]:
    """A turn from each label that counts to the next one, and what belongs to no turn."""
    labelled = [(line, line.label, start) for line, start in zip(lines, starts, strict=True) if line.label]
    opening = [(line, label, start) for line, label, start in labelled if label.name in counts]
    turns: list[Turn] = []
    silent: list[int] = []
    ends = [*(start for _, _, start in opening), len(text)][1:]
    for (line, label, start), end in zip(opening, ends, strict=True):
        span = _spoken(text, start + label.words_at, end)
        if span is None:
            silent.append(line.number)
        else:
            turns.append(_turn(turns, label, span))
    notes = []
    above = [line.number for line in lines if line.number < opening[0][0].number]
    if above:
        which = f"lines {above[0]}-{above[-1]} stand" if len(above) > 1 else f"line {above[0]} stands"
        notes.append(f"{path}:{above[0]}: {which} above the first speaker label and belong to no turn")
    if silent:
        notes.append(f"{path}:{silent[0]}: a label without words is no turn ({_numbered(silent)})")
    return tuple(turns), notes


def _by_block(text: str, lines: list[Line], starts: list[int]) -> tuple[Turn, ...]:
    """A turn, without speaker, for each block between blank lines."""
    opening = [(line, start) for line, start in zip(lines, starts, strict=True) if line.opens]
    turns: list[Turn] = []
    ends = [*(start for _, start in opening), len(text)][1:]
    for (line, start), end in zip(opening, ends, strict=True):
        time = leading_time(line.text)
        span = _spoken(text, start + time.words_at, end)
        if span is not None:
            turns.append(_turn(turns, time, span))
    return tuple(turns)


def _spoken(text: str, start: int, end: int) -> Span | None:
    """The stretch without white space around it, or None if there is nothing else."""
    words = text[start:end]
    inner = words.strip()
    first = start + len(words) - len(words.lstrip())
    return Span(first, first + len(inner)) if inner else None


def _turn(turns: list[Turn], label: Label, span: Span) -> Turn:
    return Turn(len(turns) + 1, label.name, span, label.starts_at, label.ends_at)


def _numbered(lines: list[int]) -> str:
    return ("line " if len(lines) == 1 else "lines ") + ", ".join(map(str, lines))
