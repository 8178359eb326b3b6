"""Intervals: interviews differ from each other, so they, not the units in them, are what is left out in turn.

Leave-one-transcript-out jackknife with a t quantile. Where transcripts differ, resampling units gives "95 %" intervals
that hold 70 to 91 % of the time; this one held 93 to 95.5 % in simulations with 8 to 40 transcripts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Floats

LEVEL = 0.95


class Interval(NamedTuple):
    """Low and high, uncut; or neither, and why."""

    low: float | None = None
    high: float | None = None
    reason: str = ""


def standard_error(left_out: Floats) -> float:
    """The jackknife's standard error of a figure: se^2 = (T - 1)/T * sum_i (a_-i - mean)^2.

    `left_out` holds the figure with each of T transcripts left out in turn.
    """
    t = len(left_out)
    squares = ((left_out - left_out.mean()) ** 2).sum()
    return float(((t - 1) / t * squares) ** 0.5)


def interval(figure: float, left_out: Floats, names: Sequence[str]) -> Interval:
    """The 95 % interval around a figure: figure -+ t(T - 1) * se, uncut; from two transcripts on.

    `names` are those of the transcripts left out. If the figure is undefined without one of them, there is none.
    """
    from scipy.special import stdtrit

    if len(left_out) < 2:
        return Interval(reason="all from one interview: no interval")
    undefined = [name for name, value in zip(names, left_out, strict=True) if value != value]
    if undefined:
        return Interval(reason=f"undefined without {undefined[0]}: no interval")
    reach = float(stdtrit(len(left_out) - 1, (1 + LEVEL) / 2)) * standard_error(left_out)
    return Interval(figure - reach, figure + reach)
