"""How far two values disagree at each level of measurement, and what is observed and to be expected of it.

Each scale computes D_o and D_e of Krippendorff's alpha (see `alpha`) for many ways of counting the types of units at
once: all units, all but one transcript, a resample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple, Protocol

from autocode.agreement.unit_types import UnitTypes

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Floats, Ints

Delta = Callable[["Ints", "Ints"], "Floats"]
"""The disagreement of values, by their places."""
BLOCK = 1_000_000
"""So many numbers are held at once where each resample needs one a type."""


class Scale(Protocol):
    """How far two values disagree."""

    def disagreement(self, types: UnitTypes, w: Ints, q: int) -> Disagreement:
        """D_o and D_e for each row of `w`, which says how many units of each type to count; q values are possible."""

    def delta(self, n_c: Ints, /) -> Delta:
        """The disagreement of two values, of which value c was given n_c times."""


class Disagreement(NamedTuple):
    """What alpha is computed from, for each way of counting the types of units."""

    observed: Floats
    """D_o."""
    expected: Floats
    """D_e; 0 where all values are alike."""
    n: Ints | Floats
    """Values."""
    units: Ints | Floats

    @property
    def alphas(self) -> Floats:
        """1 - D_o / D_e; NaN where it is undefined: under two units, or no disagreement to be expected."""
        import numpy as np

        defined = (self.units >= 2) & (self.expected > 0)
        return np.where(defined, 1 - self.observed / np.where(defined, self.expected, 1), np.nan)


@dataclass(frozen=True)
class NominalScale:
    """Values are alike or not: delta = 0 or 1. All sums are of whole numbers, so nothing is lost."""

    def disagreement(self, types: UnitTypes, w: Ints, q: int) -> Disagreement:
        """D_o and D_e for each row of `w`."""
        import numpy as np

        m, n_tc = types.m, types.values(q)
        unlike = m**2 - (n_tc**2).sum(axis=1)  # ordered pairs of unlike values on a unit of the type
        sizes = np.flatnonzero(np.bincount(m))
        of_size = (m[:, None] == sizes) * unlike[:, None]
        one = np.ones((len(m), 1), dtype=np.int64)
        summed = types.whole_sums(w, np.concatenate([n_tc, of_size, one], axis=1))
        n_c = summed[:q]
        n = n_c.sum(axis=0)
        d = (summed[q:-1] / (sizes[:, None] - 1)).sum(axis=0)
        return _of(d, n**2 - (n_c**2).sum(axis=0), n, summed[-1])

    def delta(self, _n_c: Ints, /) -> Delta:
        """1 for two values that differ."""
        return lambda c, k: (c != k).astype(float)


@dataclass(frozen=True)
class OrdinalScale:
    """Values stand in an order: delta = (sum_{g=c..k} n_g - (n_c + n_k)/2)^2, the squared difference of mid-ranks."""

    def disagreement(self, types: UnitTypes, w: Ints, q: int) -> Disagreement:
        """D_o and D_e for each row of `w`; the ranks are those among the values that the row counts."""
        import numpy as np

        n_c = types.counted(w, q)
        n = n_c.sum(axis=1)
        ranks = mid_ranks(n_c)
        d: Floats = np.zeros(len(w))
        step = max(1, BLOCK // max(1, len(types.rows)))
        for at in range(0, len(w), step):
            block = slice(at, at + step)
            for i, j, shared in pairs_of(types):
                gap = ranks[block][:, types.rows[shared, i]] - ranks[block][:, types.rows[shared, j]]
                d[block] += (w[block][:, shared] * gap**2 * 2 / (types.m[shared] - 1)).sum(axis=1)
        return _of(d, _squared_differences(n_c, ranks), n, w.sum(axis=1))

    def delta(self, n_c: Ints, /) -> Delta:
        """By the ranks among the values that were given."""
        ranks = mid_ranks(n_c[None, :])[0]
        return lambda c, k: (ranks[c] - ranks[k]) ** 2


@dataclass(frozen=True)
class IntervalScale:
    """Differences count: delta = (c - k)^2. Expected by sums of squares, since numbers may have thousands of values."""

    scores: Floats

    def disagreement(self, types: UnitTypes, w: Ints, q: int) -> Disagreement:
        """D_o and D_e for each row of `w`."""
        n_c = types.counted(w, q)
        d = sums_on_units(types, w, self.delta(n_c[0]))
        return _of(d, _squared_differences(n_c, self.scores[None, :]), n_c.sum(axis=1), w.sum(axis=1))

    def delta(self, _n_c: Ints, /) -> Delta:
        """The squared difference, however often the values were given."""
        return lambda c, k: (self.scores[c] - self.scores[k]) ** 2


@dataclass(frozen=True)
class FixedScale:
    """Any two values have a fixed disagreement."""

    between: Delta

    def delta(self, _n_c: Ints, /) -> Delta:
        """That of the metric, however often the values were given."""
        return self.between

    def disagreement(self, types: UnitTypes, w: Ints, q: int) -> Disagreement:
        """D_o and D_e for each row of `w`."""
        import numpy as np

        n_c = types.counted(w, q)
        d = sums_on_units(types, w, self.between)
        every = np.arange(q)
        expected: Floats = np.zeros(len(w))
        step = max(1, BLOCK // max(1, q))
        for at in range(0, q, step):
            c = every[at : at + step]
            row = np.einsum("wc,ck->wk", n_c[:, c].astype(np.float64), self.between(c[:, None], every[None, :]))
            expected += np.einsum("wk,wk->w", row, n_c)
        return _of(d, expected, n_c.sum(axis=1), w.sum(axis=1))


def mid_ranks(n_c: Ints) -> Floats:
    """The rank of each value among all that were given, ties in the middle."""
    import numpy as np

    return np.asarray(np.cumsum(n_c, axis=1) - n_c / 2)


def _of(d: Floats, between: Floats, n: Ints | Floats, units: Ints | Floats) -> Disagreement:
    """From sums over units and over pairs of values to D_o and D_e."""
    import numpy as np

    return Disagreement(d / np.maximum(n, 1), between / np.maximum(n * (n - 1), 1), n, units)


def ratio_difference(c: Floats, k: Floats) -> Floats:
    """((c - k) / (c + k))^2, and 0 for two zeros."""
    import numpy as np

    both = c + k
    return np.asarray(((c - k) / np.where(both > 0, both, 1)) ** 2)


def pairs_of(types: UnitTypes) -> Iterator[tuple[int, int, Ints]]:
    """Two places in a type's row at a time, and the types that have a value in both."""
    import numpy as np

    for i, j in combinations(range(types.rows.shape[1]), 2):
        yield i, j, np.flatnonzero(types.rows[:, j] >= 0)  # values come first in a row


def sums_on_units(types: UnitTypes, w: Ints, delta: Delta) -> Floats:
    """For each row of `w` the sum over units and over ordered pairs of their values of delta / (m_u - 1).

    Not by BLAS, whose last digit may change with the number of threads.
    """
    import numpy as np

    d: Floats = np.zeros(len(types.rows))
    for i, j, shared in pairs_of(types):
        d[shared] += 2 * delta(types.rows[shared, i], types.rows[shared, j]) / (types.m[shared] - 1)
    return np.asarray(np.einsum("wt,t->w", w, d))


def _squared_differences(n_c: Ints, x: Floats) -> Floats:
    """sum_{c, k} n_c n_k (x_c - x_k)^2 for each row; 0 where there is but one value, whatever rounding says."""
    import numpy as np

    n = n_c.sum(axis=1)
    mean = (n_c * x).sum(axis=1) / np.maximum(n, 1)
    between = 2 * n * (n_c * (x - mean[:, None]) ** 2).sum(axis=1)
    return np.where((n_c > 0).sum(axis=1) > 1, between, 0.0)
