"""The passage that an altered quote is nearest to: how people and models bend what was said.

Words are dropped ("um"), put in, changed, moved; parts are left out, with dots or without. So the quote's words are
matched to the text's, both in order: a word of the text that is passed over costs little, and a quote is near where
enough of its words stand (coverage) close enough together (density). A score only finds the place and decides between
`altered` and `none`; what is called `exact` or `folded` never depends on it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from autocode.data import Grounding, Span
from autocode.grounding.folding import fold
from autocode.grounding.prepared import Prepared, search_words

COVERAGE = 0.65
"""The share of the quote's words that must stand in the passage, in order."""
ELSEWHERE = 0.75
"""The same, asked of a place outside the passage, and of each part of an elision."""
DENSITY = 0.50
"""The share of the passage's words that the quote must use."""
FAR = 0.75
"""A place that differs by more word edits than this share of the quote is not looked at."""
SKIPS = (0.05, 0.25)
"""What a word of the text that is passed over costs, where a matched one earns 1: first lenient, then strict."""
WITH_DOTS = 0.85
"""The coverage asked of a quote whose dots stand for nothing that was left out."""
GAP = 150
"""The most words that dots stand for."""
MOST_ANCHORS, MOST_PLACES = 4, 50
"""How many parts, and how many places of each, are tried before an elision is given up."""
WIDE, RAREST, COMMON, BEST_WINDOWS = 3000, 32, 500, 4
"""In a stretch of more words than this only the places are looked at that the quote's rarest words point to most;
a word that stands there more often than `COMMON` points nowhere."""
LONG, ENDS = 400, 60
"""A quote of more words than this is looked for by so many at its beginning and at its end."""
MOST_CELLS = 50_000
"""Where a few words recur without end, matching them in order is not worth its time; the distance decides."""

# In the folded quote: dots, bare or in brackets; or the end of one quote and the beginning of the next in one field.
_DOTS = re.compile(r"\s*[\[(]?\s*(?:\.\s?){2,}\.?\s*[\])]?\s*|'\s*[,;/|]?\s*'|\s[/|]\s")
_BRACKETED = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Place:
    """A run of words of the text, by their numbers, both included."""

    first: int
    last: int


def nearest(quote: str, text: Prepared, where: Span, *, coverage: float) -> Grounding | None:
    """The place in a stretch of text that a quote is nearest to, as `altered`, or None."""
    parts = _parts(quote)
    within = Place(*text.words_in(where))
    places = _elision(parts, text, within, verbatim=coverage > COVERAGE) if len(parts) > 1 else None
    if places is None:
        wanted = [word for part in parts for word in part]
        # Dots whose parts do not stand in order are no dots of the transcript's own unless nearly all of it is there.
        place = near_place(
            wanted, text, within, coverage=max(coverage, WITH_DOTS) if len(parts) > 1 else coverage, least=3
        )
        places = [place] if place else []
    if not places:
        # Words in square brackets are the writer's own: "[the manager] moved two deadlines".
        bare = _BRACKETED.sub(" ", quote)
        return nearest(bare, text, where, coverage=coverage) if bare != quote else None
    span = _with_edges(quote.strip(), text.text, text.span_of(places[0].first, places[-1].last))
    apart = any(b.first - a.last > 1 for a, b in pairwise(places))  # else the dots are the transcript's own
    spans = tuple(text.span_of(place.first, place.last) for place in places)
    return Grounding(match="altered", span=span, parts=spans if apart else ())


def scattered(quote: str, text: Prepared, where: Span) -> tuple[Span, ...]:
    """Where each part of a quote with dots stands by itself, if all stand somewhere: nobody said them together."""
    parts, within = _parts(quote), Place(*text.words_in(where))
    places = [next(_places(part, text, within, verbatim=False), None) for part in parts] if len(parts) > 1 else []
    return tuple(text.span_of(p.first, p.last) for p in places if p) if all(places) else ()


def _parts(quote: str) -> list[list[str]]:
    """The words of a quote, cut where dots say that something is left out."""
    return [words for part in _DOTS.split(fold(quote).text) if (words := search_words(part))]


# --- one run of words -------------------------------------------------------------------------------------------


def near_place(
    wanted: Sequence[str], text: Prepared, within: Place, *, coverage: float, least: int = 1
) -> Place | None:
    """The words of the text, between two numbers (half-open), that the wanted ones are nearest to, if they are near."""
    if len(wanted) < least or _there(wanted, text, within) < (1 - FAR) * len(wanted):
        return None
    if len(wanted) > LONG:
        return _long_place(wanted, text, within, coverage=coverage)
    found = [(nearest_end(wanted, text.words[w.first : w.last]), w) for w in _windows(wanted, text, within)]
    (end, distance), where = min(found, key=lambda each: each[0][1])
    if distance > FAR * len(wanted):
        return None
    begin = max(0, end - 2 * len(wanted) - 16)
    window = text.words[where.first + begin : min(where.last, where.first + end + min(len(wanted), 60) + 16)]
    offset = where.first + begin
    if cells(wanted, window) > MOST_CELLS:
        return Place(offset + max(0, end - begin - len(wanted)), offset + end - begin - 1)
    for skip in SKIPS:
        pairs = in_order(wanted, window, skip=skip)
        if not pairs:
            return None
        length = pairs[-1][1] - pairs[0][1] + 1
        if len(pairs) >= coverage * len(wanted) and len(pairs) >= DENSITY * length and _has_neighbours(pairs):
            return Place(offset + pairs[0][1], offset + pairs[-1][1])
    return None


def _there(wanted: Iterable[str], text: Prepared, within: Place) -> int:
    """How many of the wanted words stand in a stretch, in whatever order."""
    return sum(min(n, len(text.places_of(word, within.first, within.last))) for word, n in Counter(wanted).items())


def _windows(wanted: Sequence[str], text: Prepared, within: Place) -> list[Place]:
    """Where to look: all of a short stretch; of a long one the places that the quote's rarest words point to."""
    if within.last - within.first <= WIDE:
        return [within]
    numbers = {word: text.places_of(word, within.first, within.last) for word in set(wanted)}
    rare = set(
        sorted((w for w in numbers if 0 < len(numbers[w]) <= COMMON), key=lambda w: (len(numbers[w]), w))[:RAREST]
    )
    if not rare:
        return [within]
    step = max(64, len(wanted))
    votes = Counter((number - at) // step for at, word in enumerate(wanted) if word in rare for number in numbers[word])
    return [
        Place(max(within.first, (at - 1) * step), min(within.last, (at + 2) * step + 2 * len(wanted)))
        for at in sorted(at for at, _ in votes.most_common(BEST_WINDOWS))
    ]


def _long_place(wanted: Sequence[str], text: Prepared, within: Place, *, coverage: float) -> Place | None:
    """The place of a quote of many words: from where it begins to where it ends, if most of it lies between."""
    head = near_place(wanted[:ENDS], text, within, coverage=coverage)
    if head is None:
        return None
    rest = Place(head.last + 1, min(within.last, head.last + 1 + 2 * len(wanted)))
    tail = near_place(wanted[-ENDS:], text, rest, coverage=coverage)
    if tail is None:
        return None
    shared = _there(wanted, text, Place(head.first, tail.last + 1))
    dense = shared >= DENSITY * (tail.last + 1 - head.first)
    return Place(head.first, tail.last) if dense and shared >= coverage * len(wanted) else None


def cells(a: Iterable[str], b: Iterable[str]) -> int:
    """How many pairs of equal words there are: what matching them in order costs."""
    counts = Counter(a)
    return sum(counts[word] for word in b)


def _has_neighbours(pairs: Sequence[tuple[int, int]]) -> bool:
    """Whether two matched words stand side by side in the quote and in the text: strewn words are no passage."""
    return len(pairs) < 2 or any((b[0] - a[0], b[1] - a[1]) == (1, 1) for a, b in pairwise(pairs))


def nearest_end(wanted: Sequence[str], words: Sequence[str]) -> tuple[int, int]:
    """Where the run of words ends that is nearest to the wanted ones, and by how many word edits it differs.

    Myers' bit-vector algorithm (Journal of the ACM 46(3), 1999) over words: one step a word of the text, the whole
    quote in one integer.

    >>> nearest_end(["b", "x", "c"], ["a", "b", "c", "d"])
    (3, 1)
    """
    length = len(wanted)
    mask, top = (1 << length) - 1, 1 << (length - 1)
    places: dict[str, int] = {}
    for at, word in enumerate(wanted):
        places[word] = places.get(word, 0) | 1 << at
    plus, minus, distance = mask, 0, length
    best_end, best = 0, length
    for at, word in enumerate(words):
        equal = places.get(word, 0)
        vertical = equal | minus
        horizontal = (((equal & plus) + plus) ^ plus) | equal
        up = (minus | ~(horizontal | plus)) & mask
        down = plus & horizontal
        distance += (up & top != 0) - (down & top != 0)
        up, down = (up << 1) & mask, (down << 1) & mask
        plus = (down | ~(vertical | up)) & mask
        minus = up & vertical
        if distance < best:
            best_end, best = at + 1, distance
    return best_end, best


def in_order(wanted: Sequence[str], words: Sequence[str], *, skip: float) -> list[tuple[int, int]]:
    """The best matching of wanted words to words of the text, both in order: (place wanted, place in the text).

    A match earns 1, and each word of the text passed over between two matches costs `skip`.

    >>> in_order(["i", "know", "you"], ["i", "um", "know", "you"], skip=0.05)
    [(0, 0), (1, 2), (2, 3)]
    """
    places: dict[str, list[int]] = {}
    for place, word in enumerate(wanted):
        places.setdefault(word, []).append(place)
    best = _Best(len(wanted))
    before: dict[tuple[int, int], tuple[int, int] | None] = {}
    top: tuple[float, tuple[int, int] | None] = (0.0, None)
    for at, word in enumerate(words):
        # Scores are kept as if all words up to here had been paid for, so that none has to be lowered step by step.
        paid = skip * at
        found = []
        for place in places.get(word, ()):
            value, pair = best.below(place)
            score = value - paid
            if pair is None or score <= 0:
                score, pair = 0.0, None
            before[place, at] = pair
            found.append((place, score + 1))
            top = max(top, (score + 1, (place, at)), key=lambda entry: entry[0])
        for place, score in found:
            best.put(place, score + paid + skip, (place, at))
    pairs = []
    pair = top[1]
    while pair is not None:
        pairs.append(pair)
        pair = before[pair]
    return pairs[::-1]


class _Best:
    """The best matching that ends before a wanted word: a Fenwick tree of maxima."""

    def __init__(self, size: int) -> None:
        self._tree: list[tuple[float, tuple[int, int] | None]] = [(0.0, None)] * (size + 1)

    def below(self, place: int) -> tuple[float, tuple[int, int] | None]:
        best: tuple[float, tuple[int, int] | None] = (0.0, None)
        while place > 0:
            if self._tree[place][0] > best[0]:
                best = self._tree[place]
            place -= place & -place
        return best

    def put(self, place: int, value: float, pair: tuple[int, int]) -> None:
        place += 1
        while place < len(self._tree):
            if value > self._tree[place][0]:
                self._tree[place] = (value, pair)
            place += place & -place


# --- parts with dots between them -------------------------------------------------------------------------------


def _elision(parts: Sequence[Sequence[str]], text: Prepared, within: Place, *, verbatim: bool) -> list[Place] | None:
    """The places of the parts of a quote, where all stand in order and not too far apart.

    Each part in turn is the anchor, the longest first, since a short one stands in many places. With `verbatim` every
    part has to stand word for word, as is asked outside the passage.
    """
    for anchor in sorted(range(len(parts)), key=lambda n: -len(parts[n]))[:MOST_ANCHORS]:
        for place in islice(_places(parts[anchor], text, within, verbatim), MOST_PLACES):
            found = _around(anchor, place, parts, text, within, verbatim)
            if found:
                return found
    return None


def _around(
    anchor: int,
    place: Place,
    parts: Sequence[Sequence[str]],
    text: Prepared,
    within: Place,
    verbatim: bool,
) -> list[Place] | None:
    """The nearest places of the other parts, left and right of the anchor; None where one is not there."""
    found = [place]
    for part in reversed(parts[:anchor]):
        left = Place(max(within.first, found[0].first - GAP - len(part)), found[0].first)
        *_, nearest_left = [None, *_places(part, text, left, verbatim)]
        if nearest_left is None:
            return None
        found.insert(0, nearest_left)
    for part in parts[anchor + 1 :]:
        right = Place(found[-1].last + 1, min(within.last, found[-1].last + 1 + GAP + len(part)))
        nearest_right = next(_places(part, text, right, verbatim), None)
        if nearest_right is None:
            return None
        found.append(nearest_right)
    return found


def _places(part: Sequence[str], text: Prepared, within: Place, verbatim: bool) -> Iterator[Place]:
    """The places where a part stands word for word, in order; failing those, the one it is nearest to."""
    found = False
    size = len(part)
    for at in text.places_of(part[0], within.first, within.last - size + 1):
        if text.words[at : at + size] == part:
            found = True
            yield Place(at, at + size - 1)
    if not found and size > 2 and not verbatim:
        place = near_place(part, text, within, coverage=ELSEWHERE)
        if place is not None:
            yield place


# --- the edges --------------------------------------------------------------------------------------------------

_EDGES = re.compile(r"^(\W*).*?(\W*)$", re.DOTALL)


def _with_edges(quote: str, text: str, span: Span) -> Span:
    """The span, widened by the marks (a question mark, an emoji) at the quote's edges that the text has there too."""
    match = _EDGES.match(quote)
    head, tail = match.groups() if match else ("", "")
    start = span.start - len(head) if head and text.endswith(head, 0, span.start) else span.start
    return Span(start, span.end + len(tail) if tail and text.startswith(tail, span.end) else span.end)
