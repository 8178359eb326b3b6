"""Codes that overlap: what a coder gave a unit is a set of codes, and two sets may agree in part.

- Passonneau, R. J. (2006). Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation.
  LREC 2006, 831-836. MASI as 1 - J * M. (DKPro has another form, (1 - J) * m, with other figures.)
- Jaccard, P. (1901), and Dice, L. R. (1945), for the other two distances.
- Krippendorff, K. (2011), as in `alpha`. Distances are used as they are, not squared.

`sets` is a table with a row a unit and a column a coder, of sets of codes, None where the coder gave none; or an array
units x coders x codes of 1, 0 and -1, where a -1 makes the whole decision missing. The empty set is a decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from autocode.agreement.alpha import alpha_on
from autocode.agreement.figures import Figure
from autocode.agreement.scales import Delta, FixedScale
from autocode.errors import InputError

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Floats, Ints

Sets = Iterable[Sequence[Collection[str] | None]]
"""Units x coders, of sets of codes; or an array units x coders x codes."""
SetDistance = Literal["jaccard", "masi", "dice"]


def set_alpha(sets: Sets, *, distance: SetDistance = "masi", without_empty: bool = False) -> Figure:
    """Krippendorff's alpha of sets of codes, with the Jaccard, MASI or Dice distance between two sets.

    Units to which nobody gave a code are agreement, and most units; `without_empty` leaves them out, to show how much
    of the figure they are.

    >>> figure = set_alpha([[{"f", "s"}, {"f"}, {"e", "m", "s"}], [{"s"}, {"s"}, {"e", "s"}]], distance="jaccard")
    >>> round(figure.value, 3)
    0.152
    """
    found = set_ratings(sets)
    values = found.values[found.anyone()] if without_empty else found.values
    return alpha_on(values, len(found.members), found.metric(distance))


def jaccard_distance(a: Collection[str], b: Collection[str]) -> float:
    """1 - |A & B| / |A | B|; 0 for two empty sets."""
    return _between(a, b, "jaccard")


def masi_distance(a: Collection[str], b: Collection[str]) -> float:
    """1 - J * M, where M is 1 for equal sets, 2/3 if one holds the other, 1/3 if they overlap, else 0.

    >>> round(masi_distance({"x", "y"}, {"x", "y", "z"}), 4)
    0.5556
    """
    return _between(a, b, "masi")


def dice_distance(a: Collection[str], b: Collection[str]) -> float:
    """1 - 2 |A & B| / (|A| + |B|); 0 for two empty sets."""
    return _between(a, b, "dice")


class SetRatings(NamedTuple):
    """Sets of codes as numbers."""

    values: Ints
    """Units x coders: which of `members` the coder gave; -1 where they gave none."""
    members: Bools
    """Each set that occurs: sets x codes."""

    def anyone(self) -> Bools:
        """The units to which somebody gave a code."""
        import numpy as np

        some = np.append(self.members.any(axis=1), False)  # the last is for -1
        return np.asarray(some[self.values].any(axis=1))

    def metric(self, distance: SetDistance) -> FixedScale:
        """The distances between the sets, as a scale for alpha."""
        return FixedScale(between_sets(self.members, distance))


def set_ratings(sets: Sets) -> SetRatings:
    """The sets of a table as numbers. Raises InputError where the rows differ in length."""
    import numpy as np

    if isinstance(sets, np.ndarray) and sets.dtype != object:
        return _of_array(sets)
    rows = [[None if cell is None else frozenset(cell) for cell in row] for row in sets]
    if len({len(row) for row in rows}) > 1:
        raise InputError(
            "the rows of the table differ in length; give every unit a set for each coder, None if missing"
        )
    place: dict[frozenset[str] | None, int] = {None: -1}
    for row in rows:
        for cell in row:
            place.setdefault(cell, len(place) - 1)
    occurring = [cell for cell in place if cell is not None]
    codes = {code: i for i, code in enumerate(sorted(frozenset().union(*occurring), key=str))}
    members = np.zeros((len(occurring), len(codes)), dtype=bool)
    for i, cell in enumerate(occurring):
        members[i, [codes[code] for code in cell]] = True
    n_coders = len(rows[0]) if rows else 0
    values = np.array([[place[cell] for cell in row] for row in rows], dtype=np.int64).reshape(len(rows), n_coders)
    return SetRatings(values, members)


def _of_array(cells: Ints) -> SetRatings:
    import numpy as np

    if cells.ndim != 3:
        raise InputError(f"expected an array units x coders x codes, not {cells.ndim} dimensions")
    n, n_coders, n_codes = cells.shape
    packed = np.packbits((cells == 1).reshape(n * n_coders, n_codes), axis=1)
    occurring, which = np.unique(packed, axis=0, return_inverse=True)
    values = np.where((cells < 0).any(axis=2), -1, which.reshape(n, n_coders))
    return SetRatings(values, np.unpackbits(occurring, axis=1, count=n_codes).astype(bool))


def between_sets(members: Bools, distance: SetDistance) -> Delta:
    """The distance of any two of these sets (rows: sets, columns: codes), by their places. Two empty ones are alike."""
    if distance not in get_args(SetDistance):
        raise InputError(f"there is no distance {distance!r}; choose from {', '.join(get_args(SetDistance))}")
    size = members.sum(axis=1)
    by = {"jaccard": _jaccard, "masi": _masi, "dice": _dice}[distance]
    return lambda c, k: by(_shared(members, c, k), size[c], size[k])


def _shared(members: Bools, c: Ints, k: Ints) -> Floats:
    """How many codes two sets share: set by set, or where `c` is a column and `k` a row, every one with every other."""
    import numpy as np

    if c.ndim == 2:  # by way of floats, which is fast; small whole numbers stay exact
        return np.asarray(members[c[:, 0]].astype(np.float64) @ members[k[0]].T.astype(np.float64))
    return np.asarray((members[c] & members[k]).sum(axis=1), dtype=np.float64)


def _jaccard(shared: Floats, a: Ints, b: Ints) -> Floats:
    import numpy as np

    union = a + b - shared
    return np.where(union > 0, 1 - shared / np.maximum(union, 1), 0.0)


def _masi(shared: Floats, a: Ints, b: Ints) -> Floats:
    import numpy as np

    union = a + b - shared
    part = np.where(shared == np.minimum(a, b), 2 / 3, np.where(shared > 0, 1 / 3, 0.0))
    monotonicity = np.where(shared == union, 1.0, np.where(shared > 0, part, 0.0))
    return np.where(union > 0, 1 - shared / np.maximum(union, 1) * monotonicity, 0.0)


def _dice(shared: Floats, a: Ints, b: Ints) -> Floats:
    import numpy as np

    both = a + b
    return np.where(both > 0, 1 - 2 * shared / np.maximum(both, 1), 0.0)


def _between(a: Collection[str], b: Collection[str], distance: SetDistance) -> float:
    found = set_ratings([[a, b]])
    first, second = found.values.T
    return float(between_sets(found.members, distance)(first, second)[0])
