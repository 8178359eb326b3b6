"""Two coders over time: do their misses and extras change from a transcript on, beyond how transcripts differ?

Of two coders the first is held still, without being taken for right. On transcript t the second misses FN_t of the P_t
passages that the first coded, and adds FP_t to the Q_t that the first did not code. What is looked at are the
residuals FN_t - P_t FN./P. and FP_t - Q_t FP./Q.: misses and extras beyond those that the transcript's own passages let
expect. Their sum after a known event is the contrast; without one it is the largest standardised CUSUM,
max_k |S_k| / sqrt(k (T - k) / T) with k from 3 to T - 3. Whole transcripts are dealt anew over time for the p, the same
draws for all codes.

- Page, E. S. (1954). Continuous inspection schemes. Biometrika 41, 100-115.
- Westfall, P. H., Young, S. S. (1993). Resampling-based multiple testing. Wiley. (step-down max-T, algorithm 4.1)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from autocode.drift.labels import PERMUTATIONS, SEED, Dealt

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Floats, Ints

MARGIN = 3
"""A split leaves at least so many transcripts on either side."""
_AT_ONCE = 4_000_000
_IN_CACHE = 64_000


class Tally(NamedTuple):
    """Counts of two coders' decisions, transcripts x codes, on units that both decided."""

    coded: Ints
    """By the first: P."""
    others: Ints
    """Not by the first: Q."""
    misses: Ints
    """Coded by the first and not by the second: FN."""
    extras: Ints
    """Coded by the second and not by the first: FP."""

    @property
    def coded_by_second(self) -> Ints:
        """How many passages the second coded."""
        return self.coded - self.misses + self.extras


def tally(first: Ints, second: Ints, transcript: Ints, n: int) -> Tally:
    """The counts from two tables units x codes of 1, 0 and -1, and the number of each unit's transcript, in order."""
    import numpy as np

    both = (first >= 0) & (second >= 0)

    def summed(which: Bools) -> Ints:
        found = np.zeros((n, first.shape[1]), dtype=np.int64)
        np.add.at(found, transcript, which)
        return found

    return Tally(
        coded=summed(both & (first == 1)),
        others=summed(both & (first == 0)),
        misses=summed(both & (first == 1) & (second == 0)),
        extras=summed(both & (first == 0) & (second == 1)),
    )


def residuals(counts: Ints, of: Ints) -> Floats:
    """What each transcript has beyond its share: counts - of * total counts / total of. They sum to 0 for each code."""
    import numpy as np

    total = of.sum(axis=0)
    found: Floats = counts - of * (counts.sum(axis=0) / np.where(total > 0, total, 1))
    return found


@dataclass(frozen=True, eq=False)
class Split:
    """Figures over time (residuals of several kinds, a column each), and what dealing transcripts anew gives."""

    after: Ints
    """For each column the number of transcripts before its split; 0: a known event."""
    figure: Dealt
    """The contrast or CUSUM, without its sign."""
    direction: Floats
    """The sum of the residuals after the split: above 0, more than expected."""

    @property
    def p(self) -> Floats:
        """The share of deals that give as much or more."""
        return self.figure.share_at_least(absolute=True)

    def family(self, scale: Floats) -> tuple[Floats, float]:
        """What these figures give over all columns at once: a p for each that holds for the family, and one for all.

        Step-down max-T (Westfall and Young): each figure, in units of `scale`, beside the largest of those that are
        not larger than it, in each deal; and the sum of the squares of all. A scale of 0 has no figure: NaN.
        """
        import numpy as np

        tested = np.flatnonzero(scale > 0)
        found = np.full(len(scale), np.nan)
        if not len(tested):
            return found, float("nan")
        real, drawn = self.figure.real[tested] / scale[tested], self.figure.drawn[:, tested] / scale[tested]
        rising = np.argsort(real, kind="stable")
        largest = np.maximum.accumulate(drawn[:, rising], axis=1)
        p = Dealt(real[rising], largest).share_at_least(absolute=True)
        found[tested[rising]] = np.maximum.accumulate(p[::-1])[::-1]
        squares = Dealt((real**2).sum(keepdims=True), (drawn**2).sum(axis=1, keepdims=True))
        return found, float(squares.share_at_least(absolute=True)[0])


def contrast(residual: Floats, after: Bools, *, permutations: int = PERMUTATIONS, seed: int = SEED) -> Split:
    """The sum of residuals over the transcripts after a known event, and how large it is by chance."""
    import numpy as np

    rng = np.random.default_rng(seed)
    n = len(after)
    step = max(1, _AT_ONCE // n)
    drawn = np.empty((permutations, residual.shape[1]))
    for at in range(0, permutations, step):
        some = min(step, permutations - at)
        labels = rng.permuted(np.broadcast_to(after, (some, n)), axis=1)
        drawn[at : at + some] = labels.astype(np.float64) @ residual
    real = after.astype(np.float64) @ residual
    return Split(np.zeros(residual.shape[1], dtype=np.int64), Dealt(np.abs(real), np.abs(drawn)), real)


def largest_cusum(residual: Floats, *, permutations: int = PERMUTATIONS, seed: int = SEED) -> Split:
    """The largest standardised CUSUM over transcripts in their order, where it is, and how large it is by chance."""
    import numpy as np

    n, width = residual.shape
    rng = np.random.default_rng(seed)
    k = np.arange(MARGIN, n - MARGIN + 1)
    scale = np.sqrt(k * (n - k) / n)[:, None]
    sums = residual.cumsum(axis=0)[k - 1] / scale
    best = np.abs(sums).argmax(axis=0)
    real = np.take_along_axis(sums, best[None], axis=0)[0]
    drawn = np.empty((permutations, width))
    step = max(1, _IN_CACHE // width)
    for at in range(0, permutations, step):
        some = min(step, permutations - at)
        order = rng.permuted(np.broadcast_to(np.arange(n), (some, n)), axis=1)
        drawn[at : at + some] = _largest(residual, order, dict(zip(k.tolist(), scale[:, 0].tolist(), strict=True)))
    return Split(k[best], Dealt(np.abs(real), drawn), -real * scale[best, 0])


def _largest(residual: Floats, order: Ints, scales: Mapping[int, float]) -> Floats:
    """For each order of the transcripts (a row) and each column the largest standardised CUSUM.

    `scales` has the splits that are looked at. A transcript after the other for many orders at once: what is added up
    stays in the processor's cache, which makes it several times as fast as whole paths in memory.
    """
    import numpy as np

    path = np.zeros((len(order), residual.shape[1]))
    found, beside = np.zeros_like(path), np.empty_like(path)
    for k in range(1, max(scales) + 1):
        path += residual[order[:, k - 1]]
        if k in scales:
            np.abs(path, out=beside)
            beside /= scales[k]
            np.maximum(found, beside, out=found)
    return found
