"""Counts and sums of decisions for each transcript, from which alpha and its interval over transcripts are computed.

`values` is everywhere a table of decisions, a row a unit and a column a coder: a whole number from 0 for the answer
(for a code: 1 yes, 0 no), anything negative where that coder gave none.

- Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. Nominal data, missing values allowed.
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


def number(value: float) -> float | None:
    """A plain number, or None for NaN: results hold no NaN."""
    return None if value != value else float(value)
