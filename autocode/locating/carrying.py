"""A place in another program's text of an interview -> the place of the same words in the transcript.

Programs keep their own copy of a text: without labels, with other blank lines, as paragraphs of a web page. Where the
two differ in white space only, a place is carried over character by character; where they differ in more, to the place
whose surroundings are the most alike. Words are never changed on the way: what is not there is not carried.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from autocode.data import Span

_AROUND = 200  # characters before and after that decide between several places
_ENOUGH = 30  # of them alike, and the place is sure
_MOST_PLACES = 5_000  # of one quote: a single letter stands everywhere
_ENDS = (40, 20, 10)  # characters of the first and the last words of a stretch: as many as stand in both texts
_MOST_BETWEEN = 400  # characters that one text has within a stretch and the other has not
_UNSEEN = frozenset("\ufeff\u200b\u2060\xad")


@dataclass(frozen=True, slots=True)
class _Squeezed:
    """A text without its white space, and where each of its characters stands in the text."""

    text: str
    places: tuple[int, ...]

    def at(self, place: int) -> int:
        """How many characters stand before a place of the text."""
        return bisect_left(self.places, place)


@dataclass(frozen=True, slots=True)
class Carried:
    """Where a stretch of one text stands in another."""

    span: Span
    ambiguous: bool = False
    """Several places have the same surroundings; the first is given."""


def squeezed(text: str) -> str:
    """A text without white space and signs that nobody sees.

    >>> squeezed("So, we  stay")
    'So,westay'
    """
    return "".join(sign for sign in "".join(text.split()) if sign not in _UNSEEN)


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ in white space at most."""
    return one == other or squeezed(one) == squeezed(other)


@lru_cache(maxsize=8)
def _with_places(text: str) -> _Squeezed:
    places = tuple(at for at, sign in enumerate(text) if not sign.isspace() and sign not in _UNSEEN)
    return _Squeezed("".join(text[at] for at in places), places)


def carry(span: Span, theirs: str, ours: str) -> Carried | None:
    """Where a stretch of their text stands in ours, without outer blanks; None where its words are not there.

    >>> carry(Span(5, 11), "Ana: I stay.", "I  stay.")
    Carried(span=Span(start=0, end=7), ambiguous=False)
    """
    a, b = _with_places(theirs), _with_places(ours)
    start, end = a.at(span.start), a.at(span.end)
    if start >= end:
        return None
    if a.text == b.text:
        return Carried(Span(b.places[start], b.places[end - 1] + 1))
    found = _place(a, start, end, b)
    if found is None:
        return _by_its_ends(a, start, end, b)
    place, ambiguous = found
    return Carried(Span(b.places[place], b.places[place + end - start - 1] + 1), ambiguous)


def _by_its_ends(a: _Squeezed, start: int, end: int, b: _Squeezed) -> Carried | None:
    """A stretch within which the texts differ (a label, a time on the tape), found by its first and last words."""
    sizes = [size for size in _ENDS if 2 * size <= end - start]
    first = next((at for size in sizes if (at := _place(a, start, start + size, b))), None)
    last = next(((at[0] + size, at[1]) for size in sizes if (at := _place(a, end - size, end, b))), None)
    if first is None or last is None or first[1] or last[1]:
        return None
    if not 0 < last[0] - first[0] <= (end - start) + _MOST_BETWEEN:
        return None
    return Carried(Span(b.places[first[0]], b.places[last[0] - 1] + 1))


def _place(a: _Squeezed, start: int, end: int, b: _Squeezed) -> tuple[int, bool] | None:
    """Where the same characters stand in another text, and whether several places are as likely.

    Of several, the one whose surroundings are alike for long enough; else, where both texts have them equally often,
    the one that is as many'th (labels and times are written in many ways, but people speak in one order).
    """
    found = _places(a.text[start:end], b.text)
    if not found:
        return None
    if len(found) == 1:
        return found[0], False
    alike = [_alike(a.text, start, end, b.text, place) for place in found]
    best = max(alike)
    if best < _ENOUGH or alike.count(best) > 1:
        theirs = _places(a.text[start:end], a.text)
        if len(theirs) == len(found) < _MOST_PLACES:
            return found[theirs.index(start)], False
    return found[alike.index(best)], alike.count(best) > 1


def _places(words: str, text: str) -> list[int]:
    found: list[int] = []
    at = text.find(words)
    while at >= 0 and len(found) < _MOST_PLACES:
        found.append(at)
        at = text.find(words, at + 1)
    return found


def _alike(theirs: str, start: int, end: int, ours: str, place: int) -> int:
    """How many characters before and after a stretch are the same in both texts, as far as they go."""
    after = place + end - start
    before = _shared(theirs[max(0, start - _AROUND) : start][::-1], ours[max(0, place - _AROUND) : place][::-1])
    return before + _shared(theirs[end : end + _AROUND], ours[after : after + _AROUND])


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
