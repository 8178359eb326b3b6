"""A transcript as a model is shown it, and the way back: today without the times that stand between words.

`[00:01:02]`, `(00:01)` and `#00:01:02-3#` are part of a plain text and of nobody's speech. A model that saw them would
copy them, or leave them out, and its quotes would differ from the transcript for no reason. What is shown has a map, so
that every place found in it is a place of the transcript. Without times in it a text is shown as it is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from autocode.data import Span, Transcript

_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
# In round brackets only with two digits: "(3:16)" is a verse, and nobody writes a time on the tape so.
_STAMP = rf"(?:\[{_CLOCK}\]|\((?:\d{{1,3}}:)?\d{{2}}:\d{{2}}(?:[.,]\d{{1,3}})?\)|\#{_CLOCK}(?:-\d)?\#)"
_STAMPS = re.compile(rf"{_STAMP}(?:[ \t]*{_STAMP})*")
_BLANKS = " \t\u00a0"
_NO_BLANK_BEFORE = ".,;:!?…)"
_FAR_ENOUGH = 40
_EAST_ASIAN = "\u2e80"
"""From here on scripts have no blanks between words."""


@dataclass(frozen=True, slots=True)
class Map:
    """Where the characters of what is shown stand in the transcript: stretch by stretch."""

    shown: tuple[int, ...]
    """Where in what is shown each stretch begins."""
    source: tuple[int, ...]
    """Where in the transcript it begins."""
    lengths: tuple[int, ...]

    def back(self, span: Span) -> Span:
        """The stretch of the transcript that a stretch of what is shown stands for, with the times inside it."""
        if not span:
            place = self._source(span.start)
            return Span(place, place)
        return Span(self._source(span.start), self._source(span.end - 1) + 1)

    def onto(self, span: Span) -> Span:
        """The stretch of what is shown that shows a stretch of the transcript."""
        return Span(self._shown(span.start), self._shown(span.end))

    def _source(self, place: int) -> int:
        at = max(0, bisect_right(self.shown, place) - 1)
        return self.source[at] + place - self.shown[at]

    def _shown(self, place: int) -> int:
        at = max(0, bisect_right(self.source, place) - 1)
        return self.shown[at] + min(max(0, place - self.source[at]), self.lengths[at])


def shown(transcript: Transcript, span: Span | None = None) -> tuple[str, Map]:
    """The words of a stretch of a transcript (or of all of it) as a model is shown them, and the map to go back by.

    >>> text = "P1: I left [00:01:02] early."
    >>> words, places = shown(Transcript(id="p1", text=text, turns=()))
    >>> words, text[places.back(Span(6, 18)).start : places.back(Span(6, 18)).end]
    ('P1: I left early.', 'left [00:01:02] early.')
    """
    text = transcript.text
    span = Span(0, len(text)) if span is None else span  # an empty span is false
    kept = [(words, at) for words, at in _kept(text, span) if words] or [("", span.start)]
    starts, length = [], 0
    for words, _ in kept:
        starts.append(length)
        length += len(words)
    places = Map(tuple(starts), tuple(at for _, at in kept), tuple(len(words) for words, _ in kept))
    return "".join(words for words, _ in kept), places


def _kept(text: str, span: Span) -> list[tuple[str, int]]:
    """What is shown of a stretch, with the place of each piece in the text."""
    pieces: list[tuple[str, int]] = []
    start = span.start
    for stamp in _STAMPS.finditer(text, span.start, span.end):
        first, last = stamp.span()
        before, after = text[start:first], text[last : min(last + _FAR_ENOUGH, span.end)]
        if before[-1:] in _BLANKS and before and (not after or after[0].isspace() or after[0] in _NO_BLANK_BEFORE):
            before = before.rstrip(_BLANKS)
        elif not before or before[-1] == "\n":
            last += len(after) - len(after.lstrip(_BLANKS))
        pieces.append((before, start))
        if _joined(before, after):
            pieces.append((" ", first))
        start = last
    return [*pieces, (text[start : span.end], start)]


def _joined(before: str, after: str) -> bool:
    """Whether two words would become one without the time between them."""
    return before[-1:].strip() != "" and after[:1].isalnum() and max(before[-1], after[0]) < _EAST_ASIAN
