"""Words matched to words, both in order: where a run of words is nearest to others, and which stands for which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from autocode.grounding.word_lists import fillers

MOST_CELLS = 50_000
"""Where a few words recur without end, matching them in order is not worth its time; the distance decides."""
OF_A_FILLER = 0.2
"""What share of the price of another word a filler ("um", "you know") costs that is passed over."""


def cells(a: Iterable[str], b: Iterable[str]) -> int:
    """How many pairs of equal words there are: what matching them in order costs."""
    counts = Counter(a)
    return sum(counts[word] for word in b)


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

    A match earns 1, and each word of the text passed over between two matches costs `skip`, a filler less.

    >>> in_order(["i", "know", "you"], ["i", "um", "know", "you"], skip=0.05)
    [(0, 0), (1, 2), (2, 3)]
    """
    places: dict[str, list[int]] = {}
    for place, word in enumerate(wanted):
        places.setdefault(word, []).append(place)
    best = _Best(len(wanted))
    before: dict[tuple[int, int], tuple[int, int] | None] = {}
    top: tuple[float, tuple[int, int] | None] = (0.0, None)
    paid, of_a_filler, cheap = 0.0, skip * OF_A_FILLER, fillers()
    for at, word in enumerate(words):
        # Scores are kept as if all words up to here had been paid for, so that none has to be lowered step by step.
        price = of_a_filler if word in cheap else skip
        found = []
        for place in places.get(word, ()):
            value, pair = best.below(place)
            score = value - paid
            if pair is None or score <= 0:
                score, pair = 0.0, None
            before[place, at] = pair
            found.append((place, score + 1))
            if score + 1 > top[0]:
                top = (score + 1, (place, at))
        for place, score in found:
            best.put(place, score + paid + price, (place, at))
        paid += price
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
        # A node holds the best of all those below it: where one is no worse, neither are those above it.
        while place < len(self._tree) and value > self._tree[place][0]:
            self._tree[place] = (value, pair)
            place += place & -place
