"""What one decision can do to alpha: for a rare code a single one may decide how the figure reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autocode.agreement.figures import Figure
from autocode.agreement.measured import AnyLevel, measured
from autocode.agreement.ratings import Table
from autocode.agreement.scales import NominalScale
from autocode.agreement.unit_types import UnitTypes

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Ints

BLOCK = 4_000_000


@dataclass(frozen=True)
class Fragility:
    """Alpha, and between which bounds it falls once any single decision is another one."""

    figure: Figure
    lowest: Figure
    highest: Figure


def fragility(values: Table, *, level: AnyLevel = "nominal", domain: Sequence[object] | None = None) -> Fragility:
    """The lowest and the highest alpha that one flipped decision leads to.

    One coder changes one decision, on a unit that two or more decided on, to another of the values that were given
    (for a code: yes to no, or no to yes, even where nobody said yes). Both are undefined where no such change gives an
    alpha.

    >>> found = fragility([[1, 1]] * 4 + [[1, 0]] + [[0, 0]] * 95)
    >>> [round(each.value, 2) for each in (found.lowest, found.figure, found.highest)]
    [0.74, 0.88, 1.0]
    """
    import numpy as np

    found = measured(values, level, domain)
    if isinstance(found.scale, NominalScale):
        found = replace(found, q=max(2, found.q))
    types = found.types()
    figure = found.figure(types)
    given = np.unique(types.rows[types.rows >= 0])
    if isinstance(found.scale, NominalScale) and len(given) == 1:
        given = np.append(given, 1 - min(1, given[0]))  # all said no: one might have said yes, and the other way round
    rows, w = _flipped(types, given)
    if not len(w):
        none = Figure(None, figure.status, figure.reason, figure.n_units, figure.n_values)
        return Fragility(figure, none, none)
    step = max(1, BLOCK // len(rows))
    every = UnitTypes(rows, w[:1])
    alphas = np.concatenate([found.alphas(every, w[at : at + step]) for at in range(0, len(w), step)])
    alphas = alphas[~np.isnan(alphas)]
    if not len(alphas):
        reason = "undefined whichever decision is another one"
        none = Figure(None, figure.status if figure.value is None else "no variation", reason, figure.n_units)
        return Fragility(figure, none, none)
    bounds = [Figure(float(each), "ok", "", figure.n_units, figure.n_values) for each in (alphas.min(), alphas.max())]
    return Fragility(figure, *bounds)


def _flipped(types: UnitTypes, possible: Ints) -> tuple[Ints, Ints]:
    """All types that one change can lead to, and for each change how many units of each type there then are."""
    import numpy as np

    place = {tuple(row): at for at, row in enumerate(types.rows.tolist())}
    steps: list[tuple[int, int]] = []
    for at, row in enumerate(types.rows.tolist()):
        given = [value for value in row if value >= 0]
        for value in dict.fromkeys(given):
            for other in possible.tolist():
                if other != value:
                    rest = list(given)
                    rest[rest.index(value)] = other
                    after = (*sorted(rest, reverse=True), *row[len(given) :])
                    steps.append((at, place.setdefault(after, len(place))))
    n = np.zeros(len(place), dtype=np.int64)
    n[: len(types.rows)] = types.n[0]
    w = np.repeat(n[None, :], len(steps), axis=0)
    if steps:
        before, after_each = np.array(steps).T
        w[np.arange(len(steps)), before] -= 1
        w[np.arange(len(steps)), after_each] += 1
    return np.array(list(place), dtype=np.int64).reshape(len(place), types.rows.shape[1]), w
