"""The turns of a transcript by number and by place, as lines of coding files speak of them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from functools import cached_property

from autocode.data import Grounding, Span, Transcript, Turn
from autocode.errors import InputError
from autocode.grounding import ground
from autocode.reading.coders import Reading, Unseen
from autocode.reading.coding_rows import Row
from autocode.shown import Map, shown

Line = Row | Reading | Unseen
"""A line of one of the files of human coding: it has a path, a line, a transcript and a coder."""

_NUMBER = re.compile(r"(\d{1,18})(?:\.0+)?")  # spreadsheets and pandas write 4 as 4.0 where the column has a gap


def error(line: Line, message: str) -> InputError:
    """The error that a line of a coding file cannot be used."""
    return InputError(message, path=line.path, line=line.line)


def whole_number(written: str) -> int | None:
    """The number that a cell holds, or None.

    >>> [whole_number(cell) for cell in ("12", "12.0", "12.5", "P1", "")]
    [12, 12, None, None, None]
    """
    match = _NUMBER.fullmatch(written)
    return int(match[1]) if match else None


class Turns:
    """The turns of one transcript, to be looked up by number and by place."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.by_number = {turn.number: turn for turn in transcript.turns}
        self._starts = [turn.span.start for turn in transcript.turns]

    @cached_property
    def shown(self) -> tuple[str, Map]:
        """The text as a model is shown it, and the map to go back by."""
        return shown(self.transcript)

    @cached_property
    def lines(self) -> list[Span]:
        """The lines of the text, blank ones too, without their ends."""
        found, start = [], 0
        for line in self.transcript.text.split("\n"):
            found.append(Span(start, start + len(line.rstrip())))
            start += len(line) + 1
        return found

    def ground(self, quote: str, within: Span | None = None) -> Grounding:
        """Where a person's quote stands, whether or not they copied the times that stand between the words."""
        found = ground(quote, self.transcript.text, within=within)
        text, places = self.shown
        if found.match in ("exact", "folded") or text == self.transcript.text:
            return found
        without = ground(quote, text, within=places.onto(within) if within else None)
        if without.match not in ("exact", "folded") or without.span is None:
            return found
        return without.model_copy(update={"span": places.back(without.span)})

    @property
    def whole(self) -> Span:
        """From the first to the last turn."""
        turns = self.transcript.turns
        return Span(turns[0].span.start, turns[-1].span.end) if turns else Span(0, len(self.transcript.text))

    def at(self, place: int) -> Turn | None:
        """The turn in which a place lies, or the one before it; None before the first."""
        above = bisect_right(self._starts, place)
        return self.transcript.turns[above - 1] if above else None

    def touched(self, span: Span) -> Iterator[Turn]:
        """The turns that share a character with a span, in order."""
        turns = self.transcript.turns
        for number in range(max(0, bisect_right(self._starts, span.start) - 1), len(turns)):
            turn = turns[number].span
            if turn.start >= span.end and turn != span:  # a turn without words is a span of nothing
                return
            if turn.end > span.start or turn == span:
                yield turns[number]

    def of_first_character(self, span: Span) -> Turn | None:
        """The turn in which a stretch begins; where it begins with a label, the turn that the label announces."""
        return next(self.touched(span), None)

    def may_be_coded(self, span: Span, *, exclude_speakers: Collection[str], speakers: Collection[str]) -> bool:
        """Whether a character of a stretch lies in a turn that may be coded: by one of `speakers`, if there are any."""
        return any(
            turn.speaker not in exclude_speakers and (not speakers or turn.speaker in speakers)
            for turn in self.touched(span)
        )

    def numbered(self, written: str, line: Line) -> Turn:
        """The turn of a number in a cell. Raises InputError where there is none."""
        number = whole_number(written)
        if number is None:
            raise error(line, f'"{written}" is no number of a turn; turns are counted from 1')
        return self.existing(number, line)

    def existing(self, number: int, line: Line) -> Turn:
        """The turn of a number. Raises InputError where there is none."""
        if number not in self.by_number:
            raise error(
                line,
                f"there is no turn {number}: {self.transcript.id} has {len(self.by_number)}; turns are counted from 1, "
                "excluded speakers included",
            )
        return self.by_number[number]
