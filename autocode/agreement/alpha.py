"""Krippendorff's alpha at every level of measurement, from the types of units.

alpha = 1 - D_o / D_e, where D_o = 1/n sum_u sum_{i != j} delta(v_i, v_j) / (m_u - 1) over the units with m_u >= 2
values and D_e = 1/(n (n - 1)) sum_{c, k} n_c n_k delta(c, k); n counts the values on those units, n_c those that are c.

- Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. Departmental papers (ASC), University of
  Pennsylvania. Nominal, ordinal, interval and ratio data, missing values allowed.
- Krippendorff, K. (2019). Content analysis, 4th ed., ch. 12.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, get_args

from autocode.agreement.figures import Figure, no_variation, undefined
from autocode.agreement.ratings import Ratings, Table, ratings
from autocode.agreement.unit_types import UnitTypes, unit_types
from autocode.errors import InputError

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Floats, Ints

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Delta = Callable[["Ints", "Ints"], "Floats"]
"""The disagreement of values, by their places."""
BLOCK = 1_000_000
"""So many numbers are held at once where each resample needs one a type."""


def krippendorff_alpha(values: Table, *, level: Level = "nominal", domain: Sequence[object] | None = None) -> Figure:
    """Krippendorff's alpha: how far coders agree beyond chance, 1 for full agreement, 0 for none beyond chance.

    `values` is a table with a row a unit and a column a coder. Nominal: values are alike or not (for a code: 1 yes,
    0 no). Ordinal: they stand in an order (of words, in that of `domain`). Interval: the difference of numbers counts;
    ratio: in proportion to their sum. Undefined where under two units were decided by two coders, or all values are
    alike. `observed` and `expected` are the disagreements D_o and D_e.

    >>> figure = krippendorff_alpha([[1, 1], [0, 0], [1, 0], [0, None], [1, 1]])
    >>> round(figure.value, 4), figure.n_units
    (0.5333, 4)
    >>> krippendorff_alpha([[0, 0], [0, 0]]).reason
    'all decisions on the 2 units are alike'

    Raises InputError where the values do not suit the level.
    """
    rated = ratings(values, domain=domain)
    return alpha_on(rated.values, len(rated.domain), scale(rated, level))


class Scale(Protocol):
    """How far two values disagree."""

    def disagreement(self, types: UnitTypes, w: Ints, q: int) -> Disagreement:
        """D_o and D_e for each row of `w`, which says how many units of each type to count; q values are possible."""

    def delta(self, n_c: Ints, /) -> Delta:
        """The disagreement of two values, of which value c was given n_c times."""


def alpha_on(values: Ints, q: int, by: Scale) -> Figure:
    """Alpha of values that are places from 0 to q - 1 (-1: none), by a scale."""
    return alpha_from(unit_types(values, q=q), values, q, by)


def alpha_from(types: UnitTypes, values: Ints, q: int, by: Scale) -> Figure:
    """Alpha from the types of units that these values make."""
    found = by.disagreement(types, types.n.sum(axis=0, keepdims=True), q)
    return first_figure(found, float(found.alphas[0]), values)


def first_figure(found: Disagreement, value: float, values: Ints) -> Figure:
    """Alpha of the first way of counting the types of units, where that counts every unit of `values`."""
    n_units, n_values = int(found.units[0]), int(found.n[0])
    about = Figure(value, n_units=n_units, n_values=n_values)
    if value != value:
        return undefined(values, fewest=2) or no_variation(about)
    return replace(about, observed=float(found.observed[0]), expected=float(found.expected[0]))


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


def scale(rated: Ratings, level: Level) -> Scale:
    """The scale of a level of measurement for these values."""
    if level not in get_args(Level):
        raise InputError(f"there is no level {level!r}; choose from {', '.join(get_args(Level))}")
    if level == "nominal":
        return Nominal()
    scores = rated.scores(f"{level} alpha")
    if level == "ordinal":
        return Ordinal()
    if level == "interval":
        return Interval(scores)
    if (scores < 0).any():
        raise InputError("ratio alpha needs numbers of 0 and above; use interval for numbers under 0")
    return Metric(lambda c, k: ratio_difference(scores[c], scores[k]))


def ratio_difference(c: Floats, k: Floats) -> Floats:
    """((c - k) / (c + k))^2, and 0 for two zeros."""
    import numpy as np

    both = c + k
    return np.asarray(((c - k) / np.where(both > 0, both, 1)) ** 2)


@dataclass(frozen=True)
class Nominal:
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
class Ordinal:
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
class Interval:
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
class Metric:
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
