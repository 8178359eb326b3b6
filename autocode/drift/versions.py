"""Two versions, each asked several times about the same units: did a code's use move, beyond the model's own noise?

Two questions a code. Net: is it applied more or less often? Exchange: is it applied to other passages, though maybe to
as many? The figure of the first is the change of the mean count; of the second how many more passages two repeats
differ on if they are of different versions than if they are of one. Both are held against what dealing the version
labels anew gives (`labels`). Since two questions are asked, the smaller p counts double; over codes Benjamini-Hochberg.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from autocode.drift.blocks import Blocks
from autocode.drift.discoveries import LEVEL, adjusted, named, next_level
from autocode.drift.labels import PERMUTATIONS, SEED, dealt, ways

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Floats, Ints

POWER = 0.8
"""What `could have seen` promises: so often a change of this size would have been found."""


@dataclass(frozen=True, eq=False)
class Measured:
    """For each code what the two versions come to; counts are passages, means over a version's repeats."""

    n_units: Ints
    """Units on which every repeat decided."""
    before: Floats
    after: Floats
    change: Floats
    low: Floats
    """The 95 % interval of the change, for these passages; NaN where there are no repeats."""
    high: Floats
    between: Floats
    """On how many passages two repeats of different versions differ."""
    within: Floats
    """On how many two repeats of one version differ: the noise; NaN where there are no repeats."""
    p_net: Floats
    """NaN where there are no repeats, or nobody applied the code."""
    p_exchange: Floats
    net_by_chance: Floats
    """What the change came to each time the labels were dealt anew, without its sign: codes x times."""
    exchange_by_chance: Floats
    """The same of between minus within."""
    n_ways: Ints
    """In how many ways the labels of one call may be dealt."""
    net_of_one: Floats
    """The variance that a passage which every repeat turned adds to the change by chance."""
    exchange_of_one: Floats

    @property
    def tested(self) -> Bools:
        """Which codes could be tested."""
        found: Bools = self.p_net == self.p_net  # NaN is not itself
        return found

    @classmethod
    def joined(cls, parts: Sequence[Measured]) -> Measured:
        """Several sets of codes as one."""
        import numpy as np

        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))


def measure(before: Ints, after: Ints, calls: Ints, *, permutations: int = PERMUTATIONS, seed: int = SEED) -> Measured:
    """What two versions come to, from two arrays repeats x units x codes of 1, 0 and -1 (no decision).

    `calls` numbers for each unit the call, or block of overlapping calls, that it was answered in. A unit counts for a
    code where every repeat decided on it. The same seed gives the same numbers.
    """
    import numpy as np

    blocks, split, n = Blocks(calls), len(before), len(before) + len(after)
    every = np.concatenate([before, after])
    decided = (every >= 0).all(axis=0)
    values = np.where(decided, every, 0).astype(np.int8)
    applied = blocks.applied(values)
    apart = blocks.apart(values, applied)
    scheme = ways(split, n - split, seed)
    net = dealt(scheme.net, scheme.net_scale, applied, permutations=permutations, seed=seed)
    exchange = dealt(scheme.apart, scheme.apart_scale, apart, permutations=permutations, seed=seed)
    totals = applied.sum(axis=0)
    low, high = interval(applied, split, net.real)
    between, within = _differences(apart.sum(axis=0), split, n - split)
    testable = (totals.sum(axis=0) > 0) & (min(split, n - split) > 1)
    return Measured(
        n_units=decided.sum(axis=0),
        before=totals[:split].mean(axis=0),
        after=totals[split:].mean(axis=0),
        change=net.real,
        low=low,
        high=high,
        between=between,
        within=within,
        p_net=np.where(testable, net.share_at_least(absolute=True), np.nan),
        p_exchange=np.where(testable, exchange.share_at_least(absolute=False), np.nan),
        net_by_chance=np.abs(net.drawn.T),
        exchange_by_chance=exchange.drawn.T,
        n_ways=np.full(len(net.real), len(scheme.net)),
        net_of_one=np.full(len(net.real), scheme.of_one[0]),
        exchange_of_one=np.full(len(net.real), scheme.of_one[1]),
    )


@dataclass(frozen=True, eq=False)
class Moved:
    """For each code whether it moved, and how large a move would have been found."""

    q: Floats
    """The smaller p, doubled, adjusted for the number of codes."""
    moved: Bools
    is_net: Bools
    """Of those that moved, those whose count did."""
    could_have_seen: Floats
    """The smallest change of the count that would have been found 80 % of the time."""
    could_have_exchanged: Floats
    """The smallest number of passages that, turned by every repeat from yes to no or back, would have been found."""


def judge(measured: Measured, *, level: float = LEVEL) -> Moved:
    """Which codes moved, over all codes at once.

    `could have seen` is reckoned for the p at which one more code would have been named: what chance exceeds so seldom,
    and a normal quantile of its spread more for the power; and never less than the passages that have to change, each
    in a call of its own, before any p can be so small.
    """
    import numpy as np

    p = np.minimum(1.0, 2 * np.minimum(measured.p_net, measured.p_exchange))
    moved = named(p, level)
    threshold = level * int(moved.sum()) / max(1, int((~np.isnan(p)).sum()))
    with np.errstate(invalid="ignore"):
        is_net = moved & (2 * measured.p_net <= threshold)
    each = next_level(p, level) / 2
    fewest = np.ceil(np.log(2 / each) / np.log(np.maximum(measured.n_ways, 2)))
    return Moved(
        q=adjusted(p),
        moved=moved,
        is_net=is_net,
        could_have_seen=np.maximum(
            np.ceil(seen_by_chance(measured.net_by_chance, each, centre=0.0, of_one=measured.net_of_one)), fewest
        ),
        # One more than the normal curve says: of 5, where it said 5, only two thirds of simulated studies were named.
        could_have_exchanged=np.maximum(
            np.ceil(seen_by_chance(measured.exchange_by_chance, each, of_one=measured.exchange_of_one)) + 1, fewest
        ),
    )


def versions(
    before: Ints, after: Ints, calls: Ints, *, permutations: int = PERMUTATIONS, seed: int = SEED, level: float = LEVEL
) -> tuple[Measured, Moved]:
    """What two versions come to, and which codes moved: `measure`, then `judge`."""
    measured = measure(before, after, calls, permutations=permutations, seed=seed)
    return measured, judge(measured, level=level)


def interval(applied: Ints, split: int, change: Floats) -> tuple[Floats, Floats]:
    """The 95 % interval of the net change, from how far the repeats of each call differ among themselves.

    The variance of the change is the sum over calls of s^2 / repeats of both versions; the degrees of freedom are
    those of Satterthwaite (1946). It speaks of these passages, not of other interviews.
    """
    import numpy as np
    from scipy.special import stdtrit

    if min(split, applied.shape[1] - split) < 2:
        none = np.full(len(change), np.nan)
        return none, none
    variance, squares = np.zeros(len(change)), np.zeros(len(change))
    for some in (applied[:, :split], applied[:, split:]):
        of_call = some.var(axis=1, ddof=1) / some.shape[1]
        variance += of_call.sum(axis=0)
        squares += (of_call**2).sum(axis=0) / (some.shape[1] - 1)
    freedom = np.where(squares > 0, variance**2 / np.where(squares > 0, squares, 1), np.inf)
    reach = np.where(variance > 0, stdtrit(np.minimum(freedom, 1e6), 0.975) * np.sqrt(variance), 0.0)
    return change - reach, change + reach


def _differences(apart: Ints, before: int, after: int) -> tuple[Floats, Floats]:
    """On how many units two repeats differ, of different versions and of one; the mean of both versions."""
    import numpy as np

    i, j = np.triu_indices(before + after, 1)
    sides = (i >= before).astype(int) + (j >= before)
    between = apart[sides == 1].mean(axis=0)
    if min(before, after) < 2:
        return between, np.full(between.shape, np.nan)
    return between, (apart[sides == 0].mean(axis=0) + apart[sides == 2].mean(axis=0)) / 2


def seen_by_chance(by_chance: Floats, p: float, *, centre: float | None = None, of_one: Floats | float = 0.0) -> Floats:
    """What a figure has to be to exceed what chance gives with this p, in 80 % of cases.

    `centre` is what chance gives in the mean, where that is known; `of_one` the variance that each passage of the
    figure itself adds to chance once labels are dealt anew, which makes large figures harder to see.
    """
    import numpy as np

    middle = by_chance.mean(axis=1, keepdims=True) if centre is None else centre
    variance = ((by_chance - middle) ** 2).mean(axis=1)
    # Not all of what chance gives is looked through: sorting a part of it finds what so few exceed.
    beyond = max(1, int(p * by_chance.shape[1]))
    critical = -np.partition(-by_chance, beyond - 1, axis=1)[:, beyond - 1]
    spread = np.sqrt(variance)
    times = np.where(spread > 0, critical / np.where(spread > 0, spread, 1), _z(p)) + _z(1 - POWER)
    figure = times * spread
    for _ in range(30):  # it comes to rest: the figure grows as the root of itself
        figure = times * np.sqrt(variance + figure * of_one)
    return np.asarray(figure, dtype=np.float64)


def _z(tail: float) -> float:
    """How many standard deviations leave this much above them."""
    from scipy.special import ndtri

    return float(-ndtri(tail))
