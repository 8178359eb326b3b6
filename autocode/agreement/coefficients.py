"""Agreement coefficients, as the papers print them.

`values` is everywhere a table of decisions, a row a unit and a column a coder: a whole number from 0 for the answer
(for a code: 1 yes, 0 no), anything negative where that coder gave none. A coefficient that is undefined is None.

- Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. Nominal data, missing values allowed.
- Cohen, J. (1960). A coefficient of agreement for nominal scales. Educ. Psychol. Meas. 20, 37-46.
- Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high agreement.
  Br. J. Math. Stat. Psychol. 61, 29-48. (AC1)
- Cicchetti, D. V., Feinstein, A. R. (1990). High agreement but low kappa II. J. Clin. Epidemiol. 43, 551-558.
  (positive and negative agreement)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Ints = npt.NDArray[np.integer[Any]]
    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]


def counts(values: Ints, n_values: int = 2) -> Ints:
    """How many coders gave unit u the value c: the n_cu of the papers, a row a value and a column a unit."""
    import numpy as np

    n_values = max(n_values, int(values.max(initial=-1)) + 1)
    n_cu = np.zeros((n_values, len(values)), dtype=np.int64)
    for decisions in values.T:
        for c in range(n_values):
            n_cu[c] += decisions == c
    return n_cu


def pairable(values: Ints) -> Bools:
    """For each unit, whether two coders decided on it."""
    import numpy as np

    m_u = np.zeros(len(values), dtype=np.int64)
    for decisions in values.T:
        m_u += decisions >= 0
    return m_u >= 2


class Sums(NamedTuple):
    """What alpha needs to know, summed over the units of each transcript; sums of transcripts are again such sums."""

    disagreement: Floats
    """Sum over units of (m_u^2 - sum_c n_cu^2) / (m_u - 1), with m_u decisions on unit u."""
    n_c: Ints
    """How often each value was given on pairable units: a row a transcript, a column a value."""
    units: Ints
    """Pairable units: those with at least two decisions."""


def sums(values: Ints, transcript: Ints | None = None, *, n_transcripts: int = 1, n_values: int = 2) -> Sums:
    """The sums that alpha is computed from, for each transcript (without `transcript`: for all units as one)."""
    import numpy as np

    n_cu = counts(values, n_values)
    m_u = n_cu.sum(axis=0)
    kept = m_u >= 2
    n_cu, m_u = n_cu[:, kept], m_u[kept]
    where = np.zeros(len(m_u), dtype=np.int64) if transcript is None else transcript[kept]
    d_u: Floats = (m_u**2 - (n_cu**2).sum(axis=0)) / (m_u - 1)
    return Sums(
        disagreement=np.bincount(where, weights=d_u, minlength=n_transcripts).astype(np.float64),
        n_c=np.stack([_summed(where, n_u, n_transcripts) for n_u in n_cu], axis=1),
        units=np.bincount(where, minlength=n_transcripts),
    )


def _summed(where: Ints, whole: Ints, n: int) -> Ints:
    import numpy as np

    return np.rint(np.bincount(where, weights=whole, minlength=n)).astype(np.int64)


def total(s: Sums) -> Sums:
    """The sums over all transcripts, as one row."""
    return Sums(s.disagreement.sum(keepdims=True), s.n_c.sum(axis=0, keepdims=True), s.units.sum(keepdims=True))


def leave_one_out(s: Sums, which: Bools) -> Sums:
    """For each transcript that `which` names, the sums over all the others."""
    import numpy as np

    every = total(s)
    # Rounding may leave a shade under zero where nothing disagrees any more.
    rest = np.maximum(every.disagreement - s.disagreement[which], 0.0)
    return Sums(rest, every.n_c - s.n_c[which], every.units - s.units[which])


def alphas(s: Sums) -> Floats:
    """Krippendorff's alpha for each row of sums: 1 - (n - 1) D / (n^2 - sum_c n_c^2).

    NaN where it is undefined: under two pairable units, or all values alike.
    """
    import numpy as np

    n = s.n_c.sum(axis=1)
    unlike = n**2 - (s.n_c**2).sum(axis=1)
    defined = (s.units >= 2) & (unlike > 0)
    return np.where(defined, 1 - (n - 1) * s.disagreement / np.where(defined, unlike, 1), np.nan)


def expected_disagreement(s: Sums) -> Floats:
    """What the disagreement of each row would be by chance: (n^2 - sum_c n_c^2) / (n - 1); alpha is 1 - D / this."""
    import numpy as np

    n = s.n_c.sum(axis=1)
    expected: Floats = (n**2 - (s.n_c**2).sum(axis=1)) / np.maximum(n - 1, 1)
    return expected


def krippendorff_alpha(values: Ints) -> float | None:
    """Krippendorff's alpha for nominal data; None where it is undefined (never 1, 0 or NaN in its place).

    >>> import numpy as np
    >>> round(krippendorff_alpha(np.array([[1, 1], [0, 0], [1, 0], [0, -1], [1, 1]])), 4)
    0.5333
    """
    return number(alphas(sums(values))[0])


def percent_agreement(values: Ints) -> float | None:
    """The share of pairs of decisions on one unit that are alike, averaged over pairable units: 0-1.

    With two coders simply the share of units on which they decided alike.
    """
    import numpy as np

    n_cu = counts(values)
    m_u = n_cu.sum(axis=0)
    n_cu, m_u = n_cu[:, m_u >= 2], m_u[m_u >= 2]
    if not len(m_u):
        return None
    return float(np.mean((n_cu * (n_cu - 1)).sum(axis=0) / (m_u * (m_u - 1))))


def specific_agreement(values: Ints, value: int) -> float | None:
    """Given that a coder gave this value to a unit, how often another coder gave it too: 0-1.

    For two coders 2a / (2a + b + c), where a counts the units both gave it. Value 1 is positive agreement, 0 negative.
    """
    n_cu = counts(values, value + 1)
    m_u = n_cu.sum(axis=0)
    n_u, m_u = n_cu[value, m_u >= 2], m_u[m_u >= 2]
    if not n_u.sum():
        return None
    return float((n_u * (n_u - 1) / (m_u - 1)).sum() / n_u.sum())


def gwet_ac1(values: Ints, n_values: int = 2) -> float | None:
    """Gwet's AC1, which stays high where nearly all units have one value; read it beside alpha, not instead of it.

    p_e = sum_c pi_c (1 - pi_c) / (q - 1), where pi_c is the mean share of value c over all units with a decision.
    """
    n_cu = counts(values, n_values)
    m_u = n_cu.sum(axis=0)
    p_a = percent_agreement(values)
    if p_a is None:
        return None
    pi_c = (n_cu[:, m_u > 0] / m_u[m_u > 0]).mean(axis=1)
    p_e = float((pi_c * (1 - pi_c)).sum() / (len(pi_c) - 1))
    return (p_a - p_e) / (1 - p_e)


def cohen_kappa(values: Ints) -> float | None:
    """Cohen's kappa of two coders over the units that both decided; None where chance alone would give 1."""
    import numpy as np

    first, second = values[(values >= 0).all(axis=1)].T
    if not len(first):
        return None
    p_o = float(np.mean(first == second))
    p_e = sum(float(np.mean(first == c) * np.mean(second == c)) for c in np.union1d(first, second))
    return None if np.isclose(p_e, 1.0, rtol=0, atol=1e-12) else (p_o - p_e) / (1 - p_e)


def number(value: float) -> float | None:
    """A plain number, or None for NaN: results hold no NaN."""
    return None if value != value else float(value)
