"""Types of units: a unit counts only through which values it was given, and how often each.

Three coders and ten values make 220 types with two values or more, whether there are a thousand units or a million. So
a figure is computed from how many units of each type there are, and a resample of the units is one draw of such
numbers: the same distribution, at a cost that does not grow with the units.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Floats, Ints

FEW_KEYS = 1 << 16
DENSE = 5_000_000
"""Up to so many cells the table of types x values is made; ratings with decimals have as many values as units."""


class UnitTypes(NamedTuple):
    """The types of pairable units that occur, and how often."""

    rows: Ints
    """Types x coders: the values of a type in falling order, then -1 for every coder who gave none."""
    n: Ints
    """Groups (transcripts) x types: how many units of the type there are in each."""

    @property
    def m(self) -> Ints:
        """The m_u of the papers: how many values a unit of each type has."""
        import numpy as np

        return np.asarray((self.rows >= 0).sum(axis=1))

    def values(self, q: int) -> Ints:
        """Types x values: how often the type has the value."""
        import numpy as np

        return np.asarray((self.rows[:, :, None] == np.arange(q)).sum(axis=1))

    def counted(self, w: Ints, q: int) -> Ints:
        """How often each value stands on as many units of each type as a row of `w` says: a row for each of `w`."""
        import numpy as np

        if len(self.rows) * q <= DENSE:
            return self.whole_sums(w, self.values(q)).T.astype(np.int64)
        given = self.rows >= 0
        return np.array([np.bincount(self.rows[given], np.repeat(each, self.m), q).astype(np.int64) for each in w])

    def whole_sums(self, w: Ints, each: Ints) -> Floats:
        """For each column of `each` (types x columns, whole numbers) the sums over units: columns x rows of `w`.

        By way of floats, which is fast; whole numbers up to 2^53 stay exact in whatever order they are summed.
        """
        import numpy as np

        return np.asarray(each.T.astype(np.float64) @ w.astype(np.float64).T)


def unit_types(values: Ints, group: Ints | None = None, *, n_groups: int = 1, q: int) -> UnitTypes:
    """The types of the units that have two values or more, counted in each group of units (or over all)."""
    import numpy as np

    key, n_keys, rows_of = _keys(values, q)
    n_k = np.bincount(key, minlength=n_keys)
    occurs = np.flatnonzero(n_k)
    if group is None:
        n = n_k[occurs][None, :]
    else:
        place = np.zeros(n_keys, dtype=np.int64)
        place[occurs] = np.arange(len(occurs))
        n = np.bincount(group * len(occurs) + place[key], minlength=n_groups * len(occurs)).reshape(n_groups, -1)
    rows = rows_of(occurs)
    pairable = (rows >= 0).sum(axis=1) >= 2
    return _merged(rows[pairable], n[:, pairable], q)


def _keys(values: Ints, q: int) -> tuple[Ints, int, Callable[[Ints], Ints]]:
    """A number for what each unit was given, how many such numbers there are, and the rows that they stand for."""
    import numpy as np

    n, n_coders = values.shape
    room = max(FEW_KEYS, 2 * n)
    if (q + 1) ** n_coders <= room:
        return _who_gave_what(values, q), (q + 1) ** n_coders, partial(_rows_of_who_gave_what, n_coders, q)
    if (n_coders + 1) ** q <= room:
        return _how_often(values, q), (n_coders + 1) ** q, partial(_rows_of_how_often, n_coders, q)
    rows, key = np.unique(-np.sort(-values.astype(np.int64), axis=1), axis=0, return_inverse=True)
    return key.reshape(-1), len(rows), rows.__getitem__


def _who_gave_what(values: Ints, q: int) -> Ints:
    import numpy as np

    key = np.zeros(len(values), dtype=np.int32)
    for column in values.T:
        key *= q + 1
        key += column.astype(np.int32)
        key += 1
    return key


def _rows_of_who_gave_what(n_coders: int, q: int, keys: Ints) -> Ints:
    import numpy as np

    rows = keys[:, None] // (q + 1) ** np.arange(n_coders) % (q + 1) - 1
    return np.asarray(-np.sort(-rows, axis=1))


def _how_often(values: Ints, q: int) -> Ints:
    """With many coders and few values: how often each value was given, as one number."""
    import numpy as np

    weight = np.concatenate([(values.shape[1] + 1) ** np.arange(q), [0]])  # the last is for -1: nobody's value
    key = np.zeros(len(values), dtype=np.int64)
    for column in values.T:
        key += weight[column]
    return key


def _rows_of_how_often(n_coders: int, q: int, keys: Ints) -> Ints:
    import numpy as np

    rows = np.full((len(keys), n_coders), -1, dtype=np.int64)
    for row, n_c in zip(rows, keys[:, None] // (n_coders + 1) ** np.arange(q) % (n_coders + 1), strict=True):
        given = np.repeat(np.arange(q)[::-1], n_c[::-1])
        row[: len(given)] = given
    return rows


def _merged(rows: Ints, n: Ints, q: int) -> UnitTypes:
    """Types that differ only in who gave which value are one."""
    import numpy as np

    if not len(rows):
        return UnitTypes(rows, n)
    if (q + 1) ** rows.shape[1] < 2**62:
        place = (rows + 1) @ (q + 1) ** np.arange(rows.shape[1])[::-1]
        _, first, which = np.unique(place, return_index=True, return_inverse=True)
        same = rows[first]
    else:
        same, which = np.unique(rows, axis=0, return_inverse=True)
    merged = np.zeros((len(n), len(same)), dtype=np.int64)
    for at, n_g in zip(which.reshape(-1), n.T, strict=True):
        merged[:, at] += n_g
    return UnitTypes(same, merged)
