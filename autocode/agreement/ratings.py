"""A table of decisions, as people have it -> numbers: which value each coder gave each unit, of which values.

Rows are units, columns are coders: an array, a data frame, or a list of rows. None, NaN and NA mean that the coder gave
none. Where all values are whole numbers -1 means so too, as in the table that `units` returns; if -1 is one of your
answers, give the numbers with a decimal point, or name the answers in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from autocode.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from autocode.agreement.coefficients import Bools, Floats, Ints

    Objects = npt.NDArray[np.object_]

Table = Any
"""Units x coders: an array, a data frame or a list of rows."""
MANY = 1000
"""Whole numbers up to this one are their own place among the values."""


class Ratings(NamedTuple):
    """Decisions as numbers."""

    values: Ints
    """Units x coders: the place of the value in `domain`; -1 where the coder gave none."""
    domain: npt.NDArray[Any]
    """The values in order. Some may never have been given."""
    declared: bool
    """Whether the caller said which values there are."""

    @property
    def n_possible(self) -> int:
        """The q of the papers: how many values there are to choose from; if nobody said so, how many were given."""
        import numpy as np

        return len(self.domain) if self.declared else len(np.unique(self.values[self.values >= 0]))

    def scores(self, what_for: str, *, ranks: bool = True) -> Floats:
        """The values as numbers; of words in a declared order their ranks, where ranks will do."""
        import numpy as np

        if self.domain.dtype.kind in "iufb":
            return np.asarray(self.domain, dtype=np.float64)
        if not ranks:
            raise InputError(f"{what_for} needs numbers; words in an order are ordinal")
        if self.declared:
            return np.arange(len(self.domain), dtype=np.float64)
        raise InputError(f"{what_for} needs values in an order; say it: domain=[lowest, …, highest]")


def ratings(table: Table, *, domain: Sequence[object] | None = None) -> Ratings:
    """The decisions of a table as numbers.

    `domain` names the values that coders could choose from, in their order; without it, those that were given.
    Raises InputError where the table has no rows and columns, or a value is not in the domain.
    """
    import numpy as np

    cells = _cells(table)
    if cells.ndim != 2:
        raise InputError(f"expected a table with a row a unit and a column a coder, not {cells.ndim} dimensions")
    if cells.dtype.kind == "b":
        cells = cells.astype(np.int8)
    if cells.dtype.kind in "iu":
        return _whole(cells, domain)
    if cells.dtype.kind == "f":
        return _placed(cells, np.isnan(cells), domain)
    if cells.dtype.kind == "U" and np.isin(cells, ("nan", "None", "<NA>")).any():
        raise InputError('an array of words holds "nan" or "None", which numpy made of a gap; give the rows as lists')
    return _objects(cells.astype(object), domain)


def _cells(table: Table) -> npt.NDArray[Any]:
    """The cells as an array. Lists go by way of objects, where NaN among words would otherwise become a word."""
    import numpy as np

    if isinstance(table, np.ndarray):
        return table
    if hasattr(table, "dtypes") and hasattr(table, "to_numpy"):
        whole = all(dtype.kind in "iu" for dtype in table.dtypes) and not bool(table.isna().to_numpy().any())
        return np.asarray(table.to_numpy(dtype=np.int64 if whole else object))
    rows = [list(row) for row in table]
    if len({len(row) for row in rows}) > 1:
        raise InputError("the rows of the table differ in length; give every unit a cell for each coder, None if empty")
    cells = np.empty((len(rows), len(rows[0]) if rows else 0), dtype=object)
    for i, row in enumerate(rows):
        cells[i, :] = row
    return cells


def _whole(cells: Ints, domain: Sequence[object] | None) -> Ratings:
    """Whole numbers, where -1 is no decision. Up to a thousand they are their own places, so nothing is copied."""
    import numpy as np

    lowest, highest = (int(cells.min()), int(cells.max())) if cells.size else (0, 0)
    if lowest < -1:
        raise InputError(
            f"{lowest} stands in a table of whole numbers, where -1 means no decision; give numbers under 0 with a "
            "decimal point (and NaN for no decision)"
        )
    if domain is None and highest <= MANY:
        return Ratings(cells, np.arange(highest + 1), declared=False)
    if domain is not None and highest < len(domain) and list(domain) == list(range(len(domain))):
        return Ratings(cells, np.arange(len(domain)), declared=True)
    return _placed(cells, cells < 0, domain)


def _objects(cells: Objects, domain: Sequence[object] | None) -> Ratings:
    import numpy as np
    import pandas as pd

    missing = np.asarray(pd.isna(cells), dtype=bool)
    given = cells[~missing]
    if all(isinstance(value, (int, np.integer, bool, np.bool_)) for value in given):
        filled = np.full(cells.shape, -1, dtype=np.int64)
        filled[~missing] = given.astype(np.int64)
        return _whole(filled, domain)
    if all(isinstance(value, (int, float, np.number)) for value in given):
        numbers = np.full(cells.shape, np.nan)
        numbers[~missing] = given.astype(np.float64)
        return _placed(numbers, missing, domain)
    return _placed(cells, missing, domain)


def _placed(cells: npt.NDArray[Any], missing: Bools, domain: Sequence[object] | None) -> Ratings:
    """Each value's place among all values."""
    import numpy as np

    given = cells[~missing]
    if domain is None and given.dtype.kind != "O":
        found, places = np.unique(given, return_inverse=True)
    else:
        order = sorted(set(given.tolist()), key=lambda v: (type(v).__name__, v)) if domain is None else list(domain)
        place_of = {value: place for place, value in enumerate(order)}
        strange = [value for value in dict.fromkeys(given.tolist()) if value not in place_of]
        if strange:
            raise InputError(
                f"{strange[0]!r} stands in the table but is not among the values of `domain`; add it there"
            )
        found = np.array(order)
        places = np.array([place_of[value] for value in given.tolist()], dtype=np.int64)
    values = np.full(cells.shape, -1, dtype=np.int64)
    values[~missing] = places
    return Ratings(values, found, declared=domain is not None)
