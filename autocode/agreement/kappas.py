"""Agreement beyond chance, with chance as each of these papers sees it: (p_o - p_e) / (1 - p_e).

- Cohen, J. (1960). A coefficient of agreement for nominal scales. Educ. Psychol. Meas. 20, 37-46.
- Cohen, J. (1968). Weighted kappa. Psychol. Bull. 70, 213-220.
- Scott, W. A. (1955). Reliability of content analysis. Public Opin. Q. 19, 321-325.
- Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychol. Bull. 76, 378-382.
- Brennan, R. L., Prediger, D. J. (1981). Coefficient kappa: some uses, misuses, and alternatives.
  Educ. Psychol. Meas. 41, 687-699.
- Byrt, T., Bishop, J., Carlin, J. B. (1993). Bias, prevalence and kappa. J. Clin. Epidemiol. 46, 423-429. (PABAK)
- Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high agreement.
  Br. J. Math. Stat. Psychol. 61, 29-48. (AC1)
- Gwet, K. L. (2014). Handbook of inter-rater reliability, 4th ed. (missing ratings; AC2)

`values` is everywhere a table with a row a unit and a column a coder. `domain` names the values that coders could
choose from; without it they are those that somebody gave, which matters where chance is 1/q.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from autocode.agreement.coefficients import counts
from autocode.agreement.figures import Figure, no_variation, undefined
from autocode.agreement.ratings import Ratings, Table, ratings
from autocode.agreement.shares import two_coders
from autocode.errors import InputError

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Floats, Ints

Weights = Literal["linear", "quadratic"]


def cohen_kappa(values: Table, *, weights: Weights | None = None, domain: Sequence[object] | None = None) -> Figure:
    """Cohen's kappa of two coders over the units that both decided: chance is each coder's own use of the values.

    With `weights` near misses count less: 1 - sum d p_o / sum d p_e, where d is the difference of the two values
    (`linear`) or its square (`quadratic`); words then need their order in `domain`.

    >>> round(cohen_kappa([[1, 1], [0, 0], [1, 0], [0, 0]]).value, 4)
    0.5
    """
    import numpy as np

    rated = ratings(values, domain=domain)
    both, q = two_coders(rated.values), len(rated.domain)
    nothing = undefined(rated.values)
    if nothing is not None:
        return nothing
    p = np.bincount(both[:, 0] * q + both[:, 1], minlength=q * q).reshape(q, q) / len(both)
    chance = np.outer(p.sum(axis=1), p.sum(axis=0))
    w = _agreement_weights(rated, weights)
    return _beyond(float((w * p).sum()), float((w * chance).sum()), rated.values)


def scott_pi(values: Table) -> Figure:
    """Scott's pi of two coders over the units that both decided: chance is how often the two together use a value."""
    import numpy as np

    rated = ratings(values)
    both, q = two_coders(rated.values), len(rated.domain)
    nothing = undefined(rated.values)
    if nothing is not None:
        return nothing
    pi_c = np.bincount(both.ravel(), minlength=q) / both.size
    return _beyond(float((both[:, 0] == both[:, 1]).mean()), float((pi_c**2).sum()), rated.values)


def fleiss_kappa(values: Table) -> Figure:
    """Fleiss' kappa of any number of coders: chance is how often all together use a value.

    With missing ratings in Gwet's generalisation: agreement over the units with two decisions or more, the shares of
    the values over all units with one, each unit counting alike.
    """
    rated = ratings(values)
    nothing = undefined(rated.values)
    if nothing is not None:
        return nothing
    p_o, pi_c = _gwet(rated.values, _agreement_weights(rated, None))
    return _beyond(p_o, float((pi_c**2).sum()), rated.values)


def fleiss_kappa_by_value(values: Table) -> dict[object, Figure]:
    """Fleiss' kappa of each value against all others together, by value."""
    rated = ratings(values)
    given = {place: value for place, value in enumerate(rated.domain.tolist()) if (rated.values == place).any()}
    return {value: fleiss_kappa(_against_all_others(rated.values, place)) for place, value in given.items()}


def brennan_prediger(values: Table, *, domain: Sequence[object] | None = None) -> Figure:
    """Brennan and Prediger's kappa: chance is 1/q, for q values to choose from.

    Chance being fixed beforehand it is defined where all decisions are alike, and then 1 whether or not coders could
    tell anything apart: read positive agreement beside it. For more than two coders with Gwet's p_o.
    """
    rated = ratings(values, domain=domain)
    q = rated.n_possible
    nothing = undefined(rated.values)
    if nothing is not None and (nothing.status != "no variation" or q < 2):
        return nothing
    p_o, _ = _gwet(rated.values, _agreement_weights(rated, None))
    return _beyond(p_o, 1 / q, rated.values)


def pabak(values: Table) -> Figure:
    """Kappa adjusted for prevalence and bias, of a yes (1) and no (0): 2 p_o - 1; Brennan and Prediger's for q = 2."""
    return brennan_prediger(values, domain=(0, 1))


def gwet_ac1(values: Table, *, domain: Sequence[object] | None = None) -> Figure:
    """Gwet's AC1, which stays high where nearly all units have one value; read it beside alpha, not instead of it.

    p_e = sum_c pi_c (1 - pi_c) / (q - 1), where pi_c is the mean share of value c over all units with a decision. Given
    as undefined where all decisions are alike: the formula would print 1 for a code that nobody applied.
    """
    return _gwet_ac(values, None, domain)


def gwet_ac2(values: Table, *, weights: Weights = "quadratic", domain: Sequence[object] | None = None) -> Figure:
    """Gwet's AC2: AC1 where near misses count for something, w = 1 - d / d_max for d the difference or its square.

    p_e = sum of all weights times sum_c pi_c (1 - pi_c) / (q (q - 1)). Name all values in `domain`: unused ones count.
    """
    return _gwet_ac(values, weights, domain)


def _gwet_ac(values: Table, weights: Weights | None, domain: Sequence[object] | None) -> Figure:
    rated = ratings(values, domain=domain)
    nothing = undefined(rated.values)
    if nothing is not None:
        return nothing
    q = rated.n_possible
    w = _agreement_weights(rated, weights)
    p_o, pi_c = _gwet(rated.values, w)
    possible = slice(None) if rated.declared else pi_c > 0
    p_e = float(w[possible][:, possible].sum() * (pi_c * (1 - pi_c)).sum() / (q * (q - 1)))
    return _beyond(p_o, p_e, rated.values)


def _gwet(values: Ints, w: Floats) -> tuple[float, Floats]:
    """p_o over units with two decisions or more, and pi_c over all units with a decision (Gwet 2014, ch. 2)."""
    n_cu = counts(values, len(w))
    m_u = n_cu.sum(axis=0)
    rated = n_cu[:, m_u > 0] / m_u[m_u > 0]
    n_cu, m_u = n_cu[:, m_u >= 2], m_u[m_u >= 2]
    near = w @ n_cu  # decisions on the unit that agree with c, in whole or part
    return float(((n_cu * (near - 1)).sum(axis=0) / (m_u * (m_u - 1))).mean()), rated.mean(axis=1)


def _agreement_weights(rated: Ratings, weights: Weights | None) -> Floats:
    """How far two values agree: 1 on the diagonal, 0 for the values that are furthest apart."""
    import numpy as np

    if weights is None:
        return np.eye(len(rated.domain))
    if weights not in ("linear", "quadratic"):
        raise InputError(f"there are no weights {weights!r}; choose linear or quadratic")
    x = rated.scores("a weighted coefficient")
    used = x if rated.declared else x[np.unique(rated.values[rated.values >= 0])]
    apart = np.abs(x[:, None] - x[None, :]) / max(float(np.ptp(used)), np.finfo(float).tiny)
    return 1 - (apart if weights == "linear" else apart**2)


def _beyond(p_o: float, p_e: float, values: Ints) -> Figure:
    """(p_o - p_e) / (1 - p_e), with what it rests on."""
    m_u = (values >= 0).sum(axis=1)
    about = Figure(None, n_units=int((m_u >= 2).sum()), n_values=int(m_u[m_u >= 2].sum()), observed=p_o, expected=p_e)
    if 1 - p_e < 1e-12:
        return no_variation(about)
    return Figure((p_o - p_e) / (1 - p_e), "ok", "", about.n_units, about.n_values, p_o, p_e)


def _against_all_others(values: Ints, place: int) -> Ints:
    import numpy as np

    return np.where(values < 0, -1, (values == place).astype(np.int64))
