"""Types of units: a unit counts only through which values it was given, and how often each.

Three coders and ten values make 220 types with two values or more, whether there are a thousand units or a million. So
a figure is computed from how many units of each type there are, and a resample of the units is one draw of such
numbers: the same distribution, at a cost that does not grow with the units.
"""

from __future__ import annotations

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

    n, n_coders = values.shape
    by_place, by_count = (q + 1) ** n_coders, (n_coders + 1) ** q
    if by_count <= by_place and by_count <= max(FEW_KEYS, 2 * n):
        occurs, counted = _counted(_how_often(values, q), by_count, group, n_groups)
        return _pairable(_rows_of_how_often(occurs, n_coders, q), counted)
    if by_place <= max(FEW_KEYS, 2 * n):
        occurs, counted = _counted(_who_gave_what(values, q), by_place, group, n_groups)
        rows = occurs[:, None] // (q + 1) ** np.arange(n_coders) % (q + 1) - 1
        return _pairable(*_merged(-np.sort(-rows, axis=1), counted, q))
    rows, key = np.unique(-np.sort(-values.astype(np.int64), axis=1), axis=0, return_inverse=True)
    return _pairable(rows, _counted(key.reshape(-1), len(rows), group, n_groups)[1])


def _counted(key: Ints, n_keys: int, group: Ints | None, n_groups: int) -> tuple[Ints, Ints]:
    """The keys that occur, and how often they do in each group: groups x keys."""
    import numpy as np

    n_k = np.bincount(key, minlength=n_keys)
    occurs = np.flatnonzero(n_k)
    if group is None:
        return occurs, n_k[None, occurs]
    place = np.zeros(n_keys, dtype=np.int64)
    place[occurs] = np.arange(len(occurs))
    n = np.bincount(group * len(occurs) + place[key], minlength=n_groups * len(occurs))
    return occurs, n.reshape(n_groups, len(occurs))


def _pairable(rows: Ints, n: Ints) -> UnitTypes:
    """The types with two values or more."""
    kept = (rows >= 0).sum(axis=1) >= 2
    return UnitTypes(rows[kept], n[:, kept])


def _who_gave_what(values: Ints, q: int) -> Ints:
    """Who gave which value, as one number: a digit a coder."""
    import numpy as np

    key = np.zeros(len(values), dtype=np.int32)
    for column in values.T:
        key *= q + 1
        key += column.astype(np.int32)
        key += 1
    return key


def _merged(rows: Ints, n: Ints, q: int) -> tuple[Ints, Ints]:
    """Rows with the same values are one type, whoever gave them."""
    import numpy as np

    place = (rows + 1) @ (q + 1) ** np.arange(rows.shape[1])[::-1]
    _, first, which = np.unique(place, return_index=True, return_inverse=True)
    merged = np.zeros((len(n), len(first)), dtype=np.int64)
    for at, n_g in zip(which, n.T, strict=True):
        merged[:, at] += n_g
    return rows[first], merged


def _how_often(values: Ints, q: int) -> Ints:
    """How often each value was given, as one number: a digit a value. For many coders and few values."""
    import numpy as np

    n_coders = values.shape[1]
    together = np.ascontiguousarray(values.T)
    key = np.zeros(len(values), dtype=np.int32)
    for c in range(q - 1, -1, -1):
        key *= n_coders + 1
        key += (together == c).sum(axis=0, dtype=np.uint8 if n_coders < 256 else np.int32)
    return key


def _rows_of_how_often(keys: Ints, n_coders: int, q: int) -> Ints:
    """The values in falling order: at each place the first from above that is not used up; then -1."""
    import numpy as np

    n_c = keys[:, None] // (n_coders + 1) ** np.arange(q)[::-1] % (n_coders + 1)
    used_up = np.cumsum(n_c, axis=1)[:, None, :] <= np.arange(n_coders)[None, :, None]
    return np.asarray(q - 1 - used_up.sum(axis=2))
