"""Tests within transcripts: how likely a count is if decisions fell elsewhere in the same interview.

Interviews differ: a code may be frequent in one and absent in the next, and then two unrelated codes seem to go
together. So decisions are shuffled within each transcript only. All arrangements are counted, not sampled: the number
in one transcript has a (multivariate) hypergeometric distribution, and transcripts are added up by convolution. Where
that would be long, which is where there are many decisions, the normal distribution with the same mean and variance
is taken.

- Mehta, C. R., Patel, N. R., Gray, R. (1985). Computing an exact confidence interval for the common odds ratio in
  several 2 x 2 contingency tables. J. Am. Stat. Assoc. 80, 969-973. (the exact sum over strata)
- Mantel, N. (1963). Chi-square tests with one degree of freedom. J. Am. Stat. Assoc. 58, 690-700. (mean and variance)
- Benjamini, Y., Hochberg, Y. (1995). Controlling the false discovery rate. J. R. Stat. Soc. B 57, 289-300.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Floats, Ints

MOST_STEPS = 2_000_000
"""So many numbers are added up for one exact distribution; above it the normal distribution is taken."""
TINY = 1e-9


class Together(NamedTuple):
    """How often marks and scores fall together, and how likely that much is by shuffling."""

    observed: int
    expected: float
    p: float | None
    """One-sided, for so much or more; None where every arrangement gives the same."""


def together(marks: Bools, scores: Ints, transcript: Ints) -> Together:
    """The sum of the scores on marked units, beside all ways to put as many marks on the units of each transcript.

    A row a unit: whether it is marked, a whole number from 0, and the number of its transcript.
    """
    return so_much(int(scores[marks].sum()), _strata(marks, scores, transcript))


def so_much(observed: int, strata: Sequence[Stratum]) -> Together:
    """A sum over all transcripts, beside what it would be with the marks of each put anywhere in it."""
    expected = sum(each.mean for each in strata)
    moving = [each for each in strata if each.variance > 0]
    if not moving:
        return Together(observed, expected, None)
    over = observed - sum(each.mean for each in strata if each.variance == 0)
    if sum(each.steps for each in moving) > MOST_STEPS:
        return Together(observed, expected, _normal(over, moving))
    sums: Floats = moving[0].distribution()
    for each in moving[1:]:
        sums = _convolved(sums, each.distribution())
    at = round(over)
    return Together(observed, expected, min(1.0, float(sums[at:].sum())))


class Stratum(NamedTuple):
    """One transcript: how many units have each score, and how many of them are marked."""

    n: Ints
    marked: int

    @property
    def mean(self) -> float:
        """Of the sum of scores on the marked units."""
        n_units = int(self.n.sum())
        return self.marked * self._total / n_units if n_units else 0.0

    @property
    def _total(self) -> int:
        return sum(score * int(n) for score, n in enumerate(self.n.tolist()))

    @property
    def variance(self) -> float:
        """Of a sum over `marked` units drawn without putting back."""
        n_units, m = int(self.n.sum()), self.marked
        if n_units < 2 or not 0 < m < n_units:
            return 0.0
        squares = sum(score * score * int(n) for score, n in enumerate(self.n.tolist()))
        spread = (squares - self._total**2 / n_units) / (n_units - 1)
        return m * (1 - m / n_units) * spread if spread > TINY else 0.0

    @property
    def steps(self) -> int:
        """About how many numbers the distribution takes."""
        scored = [(score, min(n, self.marked)) for score, n in enumerate(self.n.tolist()) if score and n]
        width = sum(score * int(n) for score, n in scored) + 1
        return width if len(scored) == 1 else sum(int(n) for _, n in scored) * self.marked * width

    def distribution(self) -> Floats:
        """The probability of each sum of scores, from 0."""
        import numpy as np

        n = self.n.tolist()
        log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, sum(n) + 1)))])
        if sum(1 for c in n[1:] if c) == 1:
            return self._of_one_score(log_factorial)
        return self._of_several(log_factorial)

    def _of_one_score(self, log_factorial: Floats) -> Floats:
        """The hypergeometric distribution."""
        import numpy as np

        score = max(at for at, c in enumerate(self.n.tolist()) if c)
        left, c, m = int(self.n.sum()), int(self.n[score]), self.marked
        lowest, highest = max(0, m - (left - c)), min(c, m)
        j = np.arange(lowest, highest + 1)
        chances: Floats = np.zeros(score * highest + 1)
        chances[score * j] = np.exp(_ways(log_factorial, c, j) + _ways(log_factorial, left - c, m - j))
        return np.asarray(chances / chances.sum())

    def _of_several(self, log_factorial: Floats) -> Floats:
        """Score by score from the highest: how many of its units are marked, given the marks still to be placed."""
        import numpy as np

        left, m = int(self.n.sum()), self.marked
        width = sum(score * min(n, m) for score, n in enumerate(self.n.tolist())) + 1
        state: Floats = np.zeros((m + 1, width))  # marks still to be placed x sum so far
        state[m, 0] = 1.0
        for score in range(len(self.n) - 1, 0, -1):
            c = int(self.n[score])
            after = np.zeros_like(state)
            for j in range(min(c, m) + 1 if c else 0):
                r = np.arange(j, min(m, left - c + j) + 1)
                chance = np.exp(
                    _ways(log_factorial, c, j) + _ways(log_factorial, left - c, r - j) - _ways(log_factorial, left, r)
                )
                gained = j * score
                after[r - j, gained:] += state[r, : width - gained] * chance[:, None]
            if c:
                state, left = after, left - c
        return np.asarray(state.sum(axis=0))


def _ways(log_factorial: Floats, n: int, k: Ints | int) -> Floats:
    """The logarithm of the number of ways to choose k of n."""
    import numpy as np

    return np.asarray(log_factorial[n] - log_factorial[k] - log_factorial[np.subtract(n, k)])


def _strata(marks: Bools, scores: Ints, transcript: Ints) -> list[Stratum]:
    import numpy as np

    if not len(marks):
        return []
    q, t = int(scores.max()) + 1, int(transcript.max()) + 1
    n = np.bincount(transcript * q + scores, minlength=t * q).reshape(t, q)
    marked = np.bincount(transcript[marks], minlength=t)
    return [Stratum(row, int(m)) for row, m in zip(n, marked, strict=True) if row.any()]


def _convolved(a: Floats, b: Floats) -> Floats:
    import numpy as np

    return np.asarray(np.convolve(a, b))


def _normal(over: float, moving: Sequence[Stratum]) -> float:
    from scipy.special import ndtr

    mean, variance = sum(each.mean for each in moving), sum(each.variance for each in moving)
    return float(ndtr(-(over - 0.5 - mean) / variance**0.5))


def swapped(gaps: Sequence[int]) -> float | None:
    """How likely a sum of gaps as far from 0 is if each might as well have had the other sign; two-sided.

    `gaps` has one whole number for each transcript: how much more the one coder applied a code than the other. None
    where there is no gap. With few transcripts it cannot be small: of five 2/32 at the least.
    """
    import numpy as np

    sizes = [abs(gap) for gap in gaps if gap]
    if not sizes:
        return None
    reach, observed = sum(sizes), abs(sum(gaps))
    chances: Floats = np.zeros(2 * reach + 1)  # of each sum, from -reach
    chances[reach] = 1.0
    for size in sizes:
        after: Floats = np.zeros_like(chances)
        after[size:] += chances[: len(chances) - size] / 2
        after[: len(chances) - size] += chances[size:] / 2
        chances = after
    return min(1.0, float(chances[: reach - observed + 1].sum() + chances[reach + observed :].sum()))


def false_discovery(p: Sequence[float | None]) -> list[float | None]:
    """Each p after Benjamini and Hochberg over all that are there: the share of false alarms if one stops at it.

    >>> false_discovery([0.01, None, 0.04])
    [0.02, None, 0.04]
    """
    there = sorted((value, at) for at, value in enumerate(p) if value is not None)
    found: list[float | None] = [None] * len(p)
    lowest = 1.0
    for rank in range(len(there), 0, -1):
        value, at = there[rank - 1]
        lowest = min(lowest, value * len(there) / rank)
        found[at] = lowest
    return found
