"""Transcripts as plain text and Markdown: the text stays as it is, the turns are found in it.

A labelled line starts a turn and unlabelled lines below belong to it; without labels each block between blank lines
is a turn. Times in brackets or `#` at either end of a turn are its times and lie outside its words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from autocode.data import Span, Turn
from autocode.reading.decoding import line_of
from autocode.reading.pastes import end_of_speech, named_in_brackets, named_under_times
from autocode.reading.source import Reading, Source
from autocode.reading.tape import backwards
from autocode.reading.turns import Label, Line, counting, label_of, leading_time, name_and_time, trailing_time

_CUE_TIME = re.compile(r"^[ \t]*\d{1,3}:\d{2}[\d:.,]*[ \t]*-->", re.MULTILINE)


def read_plain(source: Source) -> list[Reading]:
    """The turns of a plain text, by its labels or else by its blank lines. The text itself is not touched."""
    path = source.path
    text, told = source.decoded()
    end = end_of_speech(text)
    lines, starts = [], []
    for line, start in _lines(text[:end]):
        lines.append(line)
        starts.append(start)
    pasted = named_under_times(lines, starts, text)
    if pasted:
        lines, starts = pasted
    elif not any(line.label for line in lines):
        lines = named_in_brackets(lines, source.speakers)
    counts, notes = counting(lines, source.speakers, path)
    if counts:
        turns, more = _by_label(text[:end], lines, starts, counts, path)
    else:
        turns, more = _by_block(text[:end], lines, starts), _without_blank(lines, path)
    captions = _CUE_TIME.search(text)
    if captions and not pasted:
        where = f"{path}:{line_of(text, captions.start())}"
        more.append(f"{where}: times of captions stand in the text and are read as words; export it as .vtt instead")
    if end < len(text):
        line_at = line_of(text, len(text.rstrip()) - 1)
        more.append(f"{path}:{line_at}: the line in which Otter names itself is no speech and belongs to no turn")
    numbers = [lines[bisect_right(starts, turn.span.start) - 1].number for turn in turns]
    more += backwards([(at, turn.starts_at) for at, turn in zip(numbers, turns, strict=True)], path, "turn")
    return [Reading(text, turns, told + notes + more)]


_TIGHT = re.compile(r"\s*([^\W\d][\w .]{0,38}):(?=[^\s\d/:])")


def _without_blank(lines: list[Line], path: Path) -> list[str]:
    """What is to be told where names recur at the start of lines and no blank stands after their colon."""
    names = Counter(match[1] for line in lines if (match := _TIGHT.match(line.text)))
    return [
        f'{path}: "{name}:" begins {n} lines without a blank after the colon, so it is no speaker label; put one there'
        for name, n in names.items()
        if n > 1
    ]


def _lines(text: str) -> Iterator[tuple[Line, int]]:
    """The lines that are not blank, and where in the text each begins."""
    start, after_blank = 0, True
    for number, line in enumerate(text.split("\n"), 1):
        blank = not line.strip()
        if not blank:
            yield Line(number, line, opens=after_blank, label=label_of(line) or name_and_time(line)), start
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
        turn = _turn(len(turns) + 1, label, text, start + label.words_at, end)
        if turn is None:
            silent.append(line.number)
        else:
            turns.append(turn)
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
        turn = _turn(len(turns) + 1, time, text, start + time.words_at, end)
        if turn is not None:
            turns.append(turn)
    return tuple(turns)


def _turn(number: int, label: Label, text: str, start: int, end: int) -> Turn | None:
    """The turn of the words in a stretch, without white space and times around them; None if there are no words."""
    span = _stripped(text, start, end)
    leading = leading_time(text[span.start : span.end])
    span = _stripped(text, span.start + leading.words_at, span.end)
    ends_at = label.ends_at if label.ends_at is not None else leading.ends_at
    while span.end > span.start:
        words, time = trailing_time(text[span.start : span.end])
        if words == len(span):
            break
        ends_at = time if ends_at is None else ends_at
        span = _stripped(text, span.start, span.start + words)
    if span.end == span.start:
        return None
    starts_at = label.starts_at if label.starts_at is not None else leading.starts_at
    return Turn(number, label.name, span, starts_at, ends_at)


def _stripped(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    inner = words.strip()
    first = start + (len(words) - len(words.lstrip()) if inner else 0)
    return Span(first, first + len(inner))


def _numbered(lines: list[int]) -> str:
    return ("line " if len(lines) == 1 else "lines ") + ", ".join(map(str, lines))
