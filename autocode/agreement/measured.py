"""Decisions and how they disagree, made ready once: alpha for any way of counting the units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast, get_args

from autocode.agreement.alpha import Level, alpha_from, first_figure, scale
from autocode.agreement.figures import Figure
from autocode.agreement.multivalued import MultiValuedScale
from autocode.agreement.ratings import Table, ratings
from autocode.agreement.scales import Scale, pairs_of
from autocode.agreement.sets import SetDistance, set_ratings
from autocode.agreement.unit_types import UnitTypes, unit_types

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Floats, Ints

AnyLevel = Level | SetDistance | Literal["multi-valued"]
"""A level of measurement; or for sets of codes how two sets disagree."""


@dataclass(frozen=True, eq=False)
class Measured:
    """Decisions as numbers from 0 (-1: none), with the scale on which they disagree."""

    values: Ints
    q: int
    """How many values there are."""
    scale: Scale

    def types(self, group: Ints | None = None, n_groups: int = 1) -> UnitTypes:
        """The types of units, counted in each group."""
        return unit_types(self.values, group, n_groups=n_groups, q=self.q)

    def figure(self, types: UnitTypes | None = None) -> Figure:
        """Alpha of all units."""
        return alpha_from(self.types() if types is None else types, self.values, self.q, self.scale)

    def figure_and_alphas(self, types: UnitTypes, w: Ints) -> tuple[Figure, Floats]:
        """Alpha of all units, and alpha for each row of `w`; in one go."""
        import numpy as np

        every = types.n.sum(axis=0, keepdims=True)
        found = self.scale.disagreement(types, np.concatenate([every, w]), self.q)
        alphas = found.alphas
        return first_figure(found, float(alphas[0]), self.values), alphas[1:]

    def alphas(self, types: UnitTypes, w: Ints) -> Floats:
        """Alpha for each row of `w`, which says how many units of each type to count; NaN where it is undefined."""
        return self.scale.disagreement(types, w, self.q).alphas

    def pairs(self) -> tuple[Floats, Ints]:
        """What each pair of values on a unit disagrees by, 2 delta / (m_u - 1), and how many such pairs there are."""
        import numpy as np

        types = self.types()
        delta = self.scale.delta(types.counted(types.n, self.q)[0])
        off, times = [], []
        for i, j, shared in pairs_of(types):
            off.append(2 * delta(types.rows[shared, i], types.rows[shared, j]) / (types.m[shared] - 1))
            times.append(types.n[0, shared])
        each, which = np.unique(np.concatenate(off), return_inverse=True)
        return each, np.bincount(which, weights=np.concatenate(times)).astype(np.int64)


def measured(values: Table, level: AnyLevel, domain: Sequence[object] | None = None) -> Measured:
    """A table of decisions, or of sets of codes, made ready."""
    if level == "multi-valued" or level in get_args(SetDistance):
        sets = set_ratings(values)
        by = MultiValuedScale(sets.members) if level == "multi-valued" else sets.metric(cast(SetDistance, level))
        return Measured(sets.values, len(sets.members), by)
    rated = ratings(values, domain=domain)
    return Measured(rated.values, len(rated.domain), scale(rated, cast(Level, level)))
