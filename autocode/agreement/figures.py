"""What a coefficient comes back as: a number with what it rests on, or no number and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autocode.data import Status

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Ints


@dataclass(frozen=True, slots=True)
class Figure:
    """A coefficient. Where it is undefined `value` is None and `reason` says why: never NaN, 1 or 0 in its place."""

    value: float | None
    status: Status = "ok"
    """`one coder`, `too few units` or `no variation` where it is undefined."""
    reason: str = ""
    n_units: int = 0
    """Units that two coders or more decided on: what the figure rests on."""
    n_values: int = 0
    """Decisions on those units."""
    observed: float | None = None
    """What was observed: for an alpha the disagreement, for a kappa the agreement."""
    expected: float | None = None
    """What chance alone would give."""


def undefined(values: Ints, *, fewest: int = 1) -> Figure | None:
    """Why no coefficient can be had from a table of units x coders (from 0; under 0 no decision), or None if one can.

    `fewest` is how many units it needs that two coders decided on. No variation: all decisions on them are alike.
    """
    import numpy as np

    decided = values >= 0
    m_u = np.asarray(decided.sum(axis=1))
    kept = m_u >= 2
    n = int(kept.sum())
    about = Figure(None, n_units=n, n_values=int(m_u[kept].sum()))
    if int(decided.any(axis=0).sum()) == 1 or values.shape[1] < 2:
        why = "only one coder decided on it" if values.shape[1] else "no coder"
        return replace(about, status="one coder", reason=why)
    if n < fewest:
        found = "no unit was decided by two coders" if n == 0 else "only 1 unit was decided by two coders"
        return replace(about, status="too few units", reason=found)
    on_kept = values[kept]
    alike = on_kept[decided[kept]]
    if (alike == alike[0]).all():
        return no_variation(about)
    return None


def no_variation(about: Figure) -> Figure:
    """The same figure, undefined since all decisions are alike: chance alone would give all the agreement there is."""
    units = "unit is" if about.n_units == 1 else f"{about.n_units} units are"
    return replace(about, value=None, status="no variation", reason=f"all decisions on the {units} alike")
