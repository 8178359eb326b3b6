"""Where one run of words stands, or a run near to it: most of its words, in order, close together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from autocode.grounding.folding import is_unspaced
from autocode.grounding.matching import MOST_CELLS, cells, in_order, nearest_end
from autocode.grounding.prepared import Prepared, search_words
from autocode.grounding.word_lists import fillers

COVERAGE = 0.65
"""The share of the quote's words that must stand in the passage, in order."""
ELSEWHERE = 0.75
"""The same, asked of a place outside the passage, and of each part of an elision."""
DENSITY = 0.50
"""The share of the passage's words that the quote must use."""
FAR = 0.75
"""A place that differs by more word edits than this share of the quote is not looked at."""
LENIENT, STRICT = 0.05, 0.25
"""What a word of the text that is passed over costs, where a matched one earns 1."""
FEW = 2
"""So many words are not worth a long leap: the strict matching is taken if it has no fewer less than the lenient one.
And so many words at either edge of a quote may stand in the place of others."""
SIGNS = 2
"""How many signs of a script without blanks make a word, by and large."""
WIDE, RAREST, COMMON, BEST_WINDOWS = 3000, 32, 500, 4
"""In a stretch of more words than this only the places are looked at that the quote's rarest words point to most;
a word that stands there more often than `COMMON` points nowhere."""
LONG, ENDS = 400, 60
"""A quote of more words than this is looked for by so many at its beginning and at its end."""


@dataclass(frozen=True, slots=True)
class Place:
    """A run of words of the text, by their numbers, both included."""

    first: int
    last: int
    pairs: tuple[tuple[int, int], ...] = ()
    """Which wanted word stands where, by numbers; nothing where they all stand there, or it was not worked out."""

    @property
    def matched(self) -> int:
        """How many of the wanted words stand there."""
        return len(self.pairs) or self.last + 1 - self.first


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
    for pairs in _matchings(wanted, window):
        placed = [(place, offset + at) for place, at in pairs]
        for tight in (_without_leaps(placed, wanted, text), placed):
            if _is_near(tight, wanted, text, coverage=coverage):
                return _with_edge_words(Place(tight[0][1], tight[-1][1], tuple(tight)), len(wanted), text, within)
    return None


def _matchings(wanted: Sequence[str], window: Sequence[str]) -> list[list[tuple[int, int]]]:
    """The ways to match the wanted words in a window, the better one first.

    A passage with much left out in its middle needs the lenient prices. But by them a single word far off, such as the
    speaker's name, draws the place out to itself; the strict ones leave it.
    """
    lenient = in_order(wanted, window, skip=LENIENT)
    if all((b[1] - a[1] - 1) * STRICT <= 1 for a, b in pairwise(lenient)):
        return [lenient]
    strict = in_order(wanted, window, skip=STRICT)
    return [strict, lenient] if len(lenient) - len(strict) <= _few(strict, wanted) else [lenient, strict]


def _few(pairs: Sequence[tuple[int, int]], wanted: Sequence[str]) -> int:
    return FEW * SIGNS if pairs and is_unspaced(wanted[pairs[0][0]][0]) else FEW


def _without_leaps(pairs: list[tuple[int, int]], wanted: Sequence[str], text: Prepared) -> list[tuple[int, int]]:
    """The matched words without a last or first one or two in another sentence, with words passed over before it.

    "I would go there never" is not drawn out to the "never" of "I would go there always. But never mind."
    """
    for at in range(max(1, len(pairs) - FEW), len(pairs)):
        if _is_leap(pairs[at - 1], pairs[at], wanted, text):
            pairs = pairs[:at]
            break
    for at in range(min(FEW, len(pairs) - 1), 0, -1):
        if _is_leap(pairs[at - 1], pairs[at], wanted, text):
            return pairs[at:]
    return pairs


def _is_leap(before: tuple[int, int], after: tuple[int, int], wanted: Sequence[str], text: Prepared) -> bool:
    """Whether words up to the end of a sentence are left out here, more than the quote has put in their place."""
    left_out = range(before[1] + 1, after[1])
    words = [text.words[word] for word in left_out]
    more = sum(word not in fillers() and word not in wanted for word in words) > after[0] - before[0] - 1
    if not more or not any(map(text.ends_sentence, left_out)):
        return False
    # "Sr." of the label of the next turn ends no sentence.
    between = text.text[text.spans[before[1]].end : text.spans[after[1]].start]
    return bool(search_words(text.without_labels(between, but=())))


def _is_near(pairs: Sequence[tuple[int, int]], wanted: Sequence[str], text: Prepared, *, coverage: float) -> bool:
    """Whether enough of the wanted words were matched, close enough together, and two of them side by side."""
    if not pairs or not _has_neighbours(pairs) or _matched(pairs, wanted) < coverage * len(wanted):
        return False
    first, last = pairs[0][1], pairs[-1][1]
    if len(pairs) >= DENSITY * (last + 1 - first):
        return True
    # Fillers that were left out do not make a passage thin.
    cleaned = sum(word not in fillers() for word in text.words[first : last + 1])
    return sum(wanted[place] not in fillers() for place, _ in pairs) >= max(DENSITY * cleaned, 1)


def _matched(pairs: Sequence[tuple[int, int]], wanted: Sequence[str]) -> int:
    """How many words were matched. A sign of a script without blanks counts beside another: alone it is no word."""
    if not any(is_unspaced(wanted[place][0]) for place, _ in pairs):
        return len(pairs)
    matched = set(pairs)
    return sum(
        not is_unspaced(wanted[place][0]) or (place - 1, at - 1) in matched or (place + 1, at + 1) in matched
        for place, at in pairs
    )


def _has_neighbours(pairs: Sequence[tuple[int, int]]) -> bool:
    """Whether two matched words stand side by side in the quote and in the text: strewn words are no passage."""
    return len(pairs) < 2 or any((b[0] - a[0], b[1] - a[1]) == (1, 1) for a, b in pairwise(pairs))


def _with_edge_words(place: Place, size: int, text: Prepared, within: Place) -> Place:
    """The place, with the words in whose stead the first or last words of the quote stand.

    Of "I would never go", quoted as "I would never leave", the word that was replaced is shown, too. Where a sentence
    ends before it, the quote has put a word in; nothing of the text stands for it.
    """
    first, last = place.first, place.last
    before, after = place.pairs[0][0], size - 1 - place.pairs[-1][0]
    for _ in range(before if before <= _most_at_an_edge(text, first) else 0):
        if first > within.first and not text.ends_clause(first - 1):
            first -= 1
    for _ in range(after if after <= _most_at_an_edge(text, last) else 0):
        if last + 1 < within.last and not text.ends_clause(last):
            last += 1
    return Place(first, last, place.pairs)


def _most_at_an_edge(text: Prepared, word: int) -> int:
    return FEW * SIGNS if is_unspaced(text.words[word][0]) else FEW


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
    alone: Counter[int] = Counter()
    with_the_next: Counter[int] = Counter()
    for at, word in enumerate(wanted):
        is_sign = is_unspaced(word[0])
        for number in numbers[word] if word in rare else ():
            alone[(number - at) // step] += 1
            if is_sign and wanted[at + 1 : at + 2] == text.words[number + 1 : number + 2]:
                with_the_next[(number - at) // step] += 1
    # A single sign of Japanese stands everywhere; two in a row tell the place.
    best = {at for votes in (alone, with_the_next) for at, _ in votes.most_common(BEST_WINDOWS)}
    return [
        Place(max(within.first, (at - 1) * step), min(within.last, (at + 2) * step + 2 * len(wanted)))
        for at in sorted(best)
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
