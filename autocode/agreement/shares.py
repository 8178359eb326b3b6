"""Shares of decisions that are alike, and what one needs to know to read a kappa: no chance is taken off here.

- Cicchetti, D. V., Feinstein, A. R. (1990). High agreement but low kappa II. J. Clin. Epidemiol. 43, 551-558.
  (positive and negative agreement)
- Byrt, T., Bishop, J., Carlin, J. B. (1993). Bias, prevalence and kappa. J. Clin. Epidemiol. 46, 423-429.
- Hanley, J. A., Lippman-Hand, A. (1983). If nothing goes wrong, is everything all right? JAMA 249, 1743-1745.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from autocode.agreement.coefficients import counts
from autocode.agreement.figures import Figure, undefined
from autocode.agreement.ratings import Table, ratings
from autocode.errors import InputError

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Ints


def percent_agreement(values: Table) -> Figure:
    """The share of pairs of decisions on one unit that are alike, averaged over pairable units: 0-1.

    `values` has a row a unit and a column a coder. With two coders simply the share of units on which they decided
    alike. Read it beside the counts: where few units have a code it is high whoever codes.
    """
    rated = ratings(values)
    n_cu, m_u = _pairable(rated.values, len(rated.domain))
    if not m_u.size:
        return _none(rated.values, "no unit was decided by two coders")
    share = float(((n_cu * (n_cu - 1)).sum(axis=0) / (m_u * (m_u - 1))).mean())
    return Figure(share, n_units=len(m_u), n_values=int(m_u.sum()), observed=share)


def specific_agreement(values: Table, value: object) -> Figure:
    """Given that a coder gave this value to a unit, how often another coder gave it too: 0-1.

    For two coders 2a / (2a + b + c), where a counts the units to which both gave it. Undefined where nobody gave it.
    """
    rated = ratings(values)
    found = [place for place, each in enumerate(rated.domain.tolist()) if each == value]
    n_cu, m_u = _pairable(rated.values, len(rated.domain))
    if not m_u.size:
        return _none(rated.values, "no unit was decided by two coders")
    if not found or not n_cu[found[0]].any():
        return _none(rated.values, f"nobody gave the value {value!r} to any of the {len(m_u)} units")
    n_u = n_cu[found[0]]
    share = float((n_u * (n_u - 1) / (m_u - 1)).sum() / n_u.sum())
    return Figure(share, n_units=len(m_u), n_values=int(m_u.sum()), observed=share)


def positive_agreement(values: Table) -> Figure:
    """Given that a coder applied the code (1), how often another coder did: 0-1. Read it first where a code is rare."""
    return specific_agreement(values, 1)


def negative_agreement(values: Table) -> Figure:
    """Given that a coder did not apply the code (0), how often another coder did not either: 0-1."""
    return specific_agreement(values, 0)


class YesNo(NamedTuple):
    """Two coders, yes (1) or no (0), on the units that both decided."""

    both: int
    """The a of the papers."""
    only_first: int
    only_second: int
    neither: int
    """The d of the papers."""

    @property
    def n(self) -> int:
        """Units that both decided."""
        return sum(self)


def yes_no_table(values: Table) -> YesNo:
    """How two coders' yes (1) and no (0) fall together: both, only the first, only the second, neither.

    Raises InputError for another number of coders or other values.
    """
    rated = ratings(values, domain=(0, 1))
    first, second = two_coders(rated.values).T
    return YesNo(
        both=int((first & second).sum()),
        only_first=int((first & ~second).sum()),
        only_second=int((second & ~first).sum()),
        neither=int((1 - (first | second)).sum()),
    )


def prevalence_index(values: Table) -> Figure:
    """|a - d| / n for two coders: how unevenly yes and no are spread, 0 for half and half, 1 for all alike."""
    found = yes_no_table(values)
    return _index(found, abs(found.both - found.neither))


def bias_index(values: Table) -> Figure:
    """|b - c| / n for two coders: how much more often one of them says yes, as a share of units."""
    found = yes_no_table(values)
    return _index(found, abs(found.only_first - found.only_second))


def rule_of_three(n_units: int) -> Figure:
    """For a code that nobody applied to any of so many units: its share in others like them is under this, 0-1.

    3 / n, the upper end of a one-sided 95 % interval; it takes the units for independent of each other.

    >>> rule_of_three(600).value
    0.005
    """
    if n_units < 1:
        return Figure(None, status="too few units", reason="there is no unit")
    return Figure(min(1.0, 3 / n_units), n_units=n_units)


def two_coders(values: Ints) -> Ints:
    """The units that both of two coders decided."""
    if values.shape[1] != 2:
        raise InputError(f"this is a figure of two coders, and the table has {values.shape[1]} columns; choose two")
    return values[(values >= 0).all(axis=1)]


def _pairable(values: Ints, q: int) -> tuple[Ints, Ints]:
    n_cu = counts(values, q)
    m_u = n_cu.sum(axis=0)
    return n_cu[:, m_u >= 2], m_u[m_u >= 2]


def _index(found: YesNo, difference: int) -> Figure:
    if not found.n:
        return Figure(None, status="too few units", reason="no unit was decided by two coders")
    return Figure(difference / found.n, n_units=found.n, n_values=2 * found.n)


def _none(values: Ints, reason: str) -> Figure:
    """No share, for want of units or of the value."""
    found = undefined(values)
    if found is not None and found.status != "no variation":
        return found
    kept = (values >= 0).sum(axis=1) >= 2
    n_values = int((values[kept] >= 0).sum())
    return Figure(None, status="no variation", reason=reason, n_units=int(kept.sum()), n_values=n_values)
