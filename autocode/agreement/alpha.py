"""Krippendorff's alpha at every level of measurement, from the types of units.

alpha = 1 - D_o / D_e, where D_o = 1/n sum_u sum_{i != j} delta(v_i, v_j) / (m_u - 1) over the units with m_u >= 2
values and D_e = 1/(n (n - 1)) sum_{c, k} n_c n_k delta(c, k); n counts the values on those units, n_c those that are c.

- Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. Departmental papers (ASC), University of
  Pennsylvania. Nominal, ordinal, interval and ratio data, missing values allowed.
- Krippendorff, K. (2019). Content analysis, 4th ed., ch. 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, get_args

from autocode.agreement.figures import Figure, no_variation, undefined
from autocode.agreement.ratings import Ratings, Table, ratings
from autocode.agreement.scales import (
    Disagreement,
    FixedScale,
    IntervalScale,
    NominalScale,
    OrdinalScale,
    Scale,
    ratio_difference,
)
from autocode.agreement.unit_types import UnitTypes, unit_types
from autocode.errors import InputError

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Ints

Level = Literal["nominal", "ordinal", "interval", "ratio"]


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


def scale(rated: Ratings, level: Level) -> Scale:
    """The scale of a level of measurement for these values."""
    if level not in get_args(Level):
        raise InputError(f"there is no level {level!r}; choose from {', '.join(get_args(Level))}")
    if level == "nominal":
        return NominalScale()
    scores = rated.scores(f"{level} alpha", ranks=level == "ordinal")
    if level == "ordinal":
        return OrdinalScale()
    if level == "interval":
        return IntervalScale(scores)
    if (scores < 0).any():
        raise InputError("ratio alpha needs numbers of 0 and above; use interval for numbers under 0")
    return FixedScale(lambda c, k: ratio_difference(scores[c], scores[k]))
