"""How wide the interval around a code's alpha will be, before anybody has coded: from how common it is, and clustering.

Alpha is close to 1 - d / E(q), where d is the mean disagreement of two coders on a passage, q the share of yes and
E(q) = 2 q (1 - q). To first order it moves with each passage u by

    z_u = -(d_u - d) / E + d E'(q) / E^2 (q_u - q)

(the linearisation behind every sandwich and jackknife variance; Cochran 1977, ch. 6). Passages of one interview are
alike, so that the variance of alpha over T interviews of n passages is (between + within / n) / T, where `between` is
the variance of z's mean in an interview and `within` what is left of the variance of z. Both follow from a study in
which how common a code is differs between interviews (beta, intraclass correlation `icc`), and so does how much of it
each coder sees (beta, `dicc`): the study that `eval/quality/coverage.py` simulates, which the widths are held against.

The interval is the one that every report gives: leave-one-interview-out jackknife with a t quantile.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, sqrt

from autocode.agreement.intervals import LEVEL


@dataclass(frozen=True)
class Habits:
    """How two coders come to a share of yes and to an alpha: how common a code is, how much is seen, what is added."""

    prevalence: float
    """The share of passages where the code is."""
    seen: float
    """The share of those that a coder marks."""
    extras: float
    """The share of the others that a coder marks."""

    @property
    def rate(self) -> float:
        """The share of passages that a coder marks."""
        return self.prevalence * self.seen + (1 - self.prevalence) * self.extras

    @property
    def disagreement(self) -> float:
        """The share of passages on which two coders differ."""
        s, e = self.seen, self.extras
        return 2 * (self.prevalence * s * (1 - s) + (1 - self.prevalence) * e * (1 - e))

    def share_marked(self, coders: int) -> float:
        """The share of passages that at least one of so many coders marks."""
        unseen = self.prevalence * (1 - self.seen) ** coders
        return 1 - unseen - (1 - self.prevalence) * (1 - self.extras) ** coders


def habits(rate: float, alpha: float) -> Habits:
    """The habits behind a share of yes (0-1) and an alpha (0 to 1), where coders miss as much as they add.

    The code is then as common as it is marked. An alpha under 0 is taken for 0.

    >>> found = habits(0.05, 0.7)
    >>> round(found.seen, 3), round(found.extras, 4), round(1 - found.disagreement / (2 * 0.05 * 0.95), 3)
    (0.845, 0.0082, 0.7)
    """
    # With x = 1 - s missed and e = q x / (1 - q) added, D_o = 2 q x (2 - x / (1 - q)), and D_e = 2 q (1 - q). So
    # y = x / (1 - q) solves y (2 - y) = 1 - alpha.
    y = 1 - sqrt(min(max(alpha, 0.0), 1.0))
    return Habits(prevalence=rate, seen=1 - (1 - rate) * y, extras=rate * y)


@dataclass(frozen=True)
class Variances:
    """The variance of what a passage moves alpha by: of its mean in an interview, and of what is left."""

    between: float
    within: float

    def standard_error(self, transcripts: int, passages: float) -> float:
        """The standard error of alpha over so many interviews with so many passages each."""
        return sqrt((self.between + self.within / passages) / transcripts)


def variances(habits: Habits, *, coders: int, icc: float, dicc: float) -> Variances:
    """The variances for so many coders, where interviews differ in the code by `icc` and in what is seen by `dicc`."""
    p, s, e = habits.prevalence, habits.seen, habits.extras
    q, d = habits.rate, habits.disagreement
    chance = 2 * q * (1 - q)
    a, b = -1 / chance, d * 2 * (1 - 2 * q) / chance**2
    pairs = comb(coders, 2)
    every = sum(
        (p * _binomial(k, coders, s) + (1 - p) * _binomial(k, coders, e))
        * (a * (k * (coders - k) / pairs - d) + b * (k / coders - q)) ** 2
        for k in range(coders + 1)
    )
    # The mean of z in an interview is pi g(s_1 ... s_K) + constant, pi the code's share there, s_j what coder j sees.
    spread = dicc * s * (1 - s)
    g = a * (2 * s * (1 - s) - 2 * e * (1 - e)) + b * (s - e)
    slope = 2 * a * (1 - 2 * s) + b
    g_squared = g**2 + slope**2 * spread / coders + 4 * a**2 * spread**2 / pairs
    pi_squared = p**2 + icc * p * (1 - p)
    between = max(pi_squared * g_squared - (p * g) ** 2, 0.0)
    return Variances(between, max(every - between, 0.0))


def _binomial(k: int, n: int, p: float) -> float:
    return comb(n, k) * p**k * (1 - p) ** (n - k)


def expected_width(
    rate: float,
    alpha: float,
    *,
    coders: int = 2,
    transcripts: int,
    passages: float,
    icc: float = 0.05,
    dicc: float = 0.1,
) -> float | None:
    """The width that the 95 % interval of alpha will have in half of such studies; None for under two interviews.

    `rate` is the share of passages that a coder marks (0-1), `alpha` what is expected, `passages` how many each
    interview has. `icc` says how far interviews differ in how common the code is, `dicc` in how much of it a coder
    sees there (both 0-1, 0: not at all).

    >>> round(expected_width(0.05, 0.7, transcripts=17, passages=120), 2)
    0.22
    """
    from scipy.special import chdtri, stdtrit

    if transcripts < 2 or not 0 < rate < 1 or coders < 2:
        return None
    error = variances(habits(rate, alpha), coders=coders, icc=icc, dicc=dicc).standard_error(transcripts, passages)
    df = transcripts - 1
    # The jackknife's own error varies from study to study; in half of them it is under this.
    typical = sqrt(float(chdtri(df, 0.5)) / df)
    return float(2 * stdtrit(df, (1 + LEVEL) / 2) * error * typical)
