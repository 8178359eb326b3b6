"""What the coding so far says of a code: how common it is, how far coders agree, how far interviews differ."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from autocode.agreement.coefficients import alphas, leave_one_out, pairable, sums
from autocode.agreement.intervals import standard_error
from autocode.agreement.measuring import FEWEST_UNITS
from autocode.agreement.pooling import FEWEST_INTERVIEWS
from autocode.sampling.expecting import habits, variances

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Floats, Ints

ICC, DICC = 0.05, 0.1
"""How far interviews differ in how common a code is, and in how much of it a coder sees, where nothing is known yet."""
MOST_ICC = 0.5
AS_MANY = 10
"""What is assumed of the interval counts as though so many interviews had shown it: few interviews show little."""


@dataclass(frozen=True)
class Seen:
    """What has been coded of a code so far."""

    n: int
    """Passages that were read for it."""
    rate: float
    """The share of them that a coder marked."""
    alpha: float | None
    between: float | None
    """The variance between interviews of the share marked; None: too little to tell."""
    error: Found | None
    """How far off alpha may be, as found; None: too little to tell."""

    def icc(self, rate: float, alpha: float) -> float:
        """How far interviews differ in how common the code is: their variance beside the largest there can be."""
        if self.between is None:
            return ICC
        coder = habits(rate, alpha)
        told_apart = (coder.seen - coder.extras) ** 2 * rate * (1 - rate)
        return min(MOST_ICC, max(0.0, self.between / told_apart)) if told_apart > 0 else ICC

    def spread(self, rate: float, alpha: float) -> float:
        """By how much intervals are wider than reckoned with a share and an alpha, going by the one found so far.

        The interval of a few interviews says little of how far interviews differ: its variance, over what was to be
        expected, counts by the number of interviews beside an assumed 1 that counts as ten.
        """
        if self.error is None:
            return 1.0
        found = self.error
        spread = variances(habits(rate, alpha), coders=found.coders, icc=self.icc(rate, alpha), dicc=DICC)
        reckoned = spread.standard_error(found.transcripts, found.passages)
        ratio = (found.standard_error / reckoned) ** 2 if reckoned else 1.0
        shown = found.transcripts - 1
        return sqrt((AS_MANY + shown * ratio) / (AS_MANY + shown))


@dataclass(frozen=True)
class Found:
    """The standard error of alpha as coding so far shows it, and what it rests on."""

    standard_error: float
    transcripts: int
    passages: float
    """Of each transcript."""
    coders: int


def seen_so_far(values: Ints, clusters: Ints) -> Seen:
    """What a table of decisions, passages x coders, says of a code; `clusters` names the interview of each passage."""
    import numpy as np

    read = (values >= 0).any(axis=1)
    values, clusters = values[read], clusters[read]
    if not len(values):
        return Seen(0, 0.0, None, None, None)
    marks: Floats = (values == 1).sum(axis=1) / (values >= 0).sum(axis=1)
    n_yes = int((marks > 0).sum())
    _, group = np.unique(clusters, return_inverse=True)
    enough = int(group.max()) + 1 >= FEWEST_INTERVIEWS and n_yes >= FEWEST_UNITS
    measured = float(alphas(sums(values))[0]) if n_yes >= FEWEST_UNITS else float("nan")
    return Seen(
        n=len(values),
        rate=float(marks.mean()),
        alpha=None if measured != measured else measured,
        between=_between(marks, group) if enough else None,
        error=_error(values, group) if enough and measured == measured else None,
    )


def _between(marks: Floats, group: Ints) -> float:
    """The variance of an interview's mean beyond what its passages alone would give (one-way analysis of variance)."""
    import numpy as np

    n_g = np.bincount(group)
    means = np.bincount(group, weights=marks) / n_g
    n, g = len(marks), len(n_g)
    if n <= g:
        return 0.0
    ms_between = float((n_g * (means - marks.mean()) ** 2).sum() / (g - 1))
    ms_within = float(((marks - means[group]) ** 2).sum() / (n - g))
    each = float(n - (n_g**2).sum() / n) / (g - 1)
    return max(0.0, (ms_between - ms_within) / each)


def _error(values: Ints, group: Ints) -> Found | None:
    """The jackknife's standard error of alpha, if it has one: over the interviews that two coders read."""
    s = sums(values, group, n_transcripts=int(group.max()) + 1)
    with_units = s.units > 0
    left_out = alphas(leave_one_out(s, with_units))
    if len(left_out) < FEWEST_INTERVIEWS or (left_out != left_out).any():
        return None
    both = values[pairable(values)]
    coders = round(float((both >= 0).sum(axis=1).mean()))
    return Found(standard_error(left_out), len(left_out), len(both) / len(left_out), coders)
