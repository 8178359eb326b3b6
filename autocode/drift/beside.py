"""A change beside people's coding: did the model move towards a person's decisions, or away from them?

Agreeing with a person is one more count, so it is tested as a code's net change is. Nobody's coding is taken for right:
the words are "towards" and "away from" this person's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autocode.agreement.coefficients import alphas, leave_one_out, number, sums, total
from autocode.agreement.intervals import Interval, interval
from autocode.drift.blocks import Blocks
from autocode.drift.discoveries import LEVEL, adjusted
from autocode.drift.labels import dealt, ways

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Towards:
    """For each code how many decisions are as the person's, before and after."""

    n_units: Ints
    before: Floats
    after: Floats
    p: Floats
    """NaN where there is nothing to compare, or no repeats."""
    q: Floats
    found: Bools


def towards(
    before: Ints, after: Ints, person: Ints, calls: Ints, *, permutations: int, seed: int, level: float = LEVEL
) -> Towards:
    """Whether a version moved towards a person's coding (units x codes), from arrays repeats x units x codes."""
    import numpy as np

    every = np.concatenate([before, after])
    shared = (every >= 0).all(axis=0) & (person >= 0)
    alike = ((every == person) & shared).astype(np.int8)
    scheme = ways(len(before), len(after), seed)
    agreed = Blocks(calls).applied(alike)
    net = dealt(scheme.net, scheme.net_scale, agreed, permutations=permutations, seed=seed)
    p = net.share_at_least(absolute=True)
    if min(len(before), len(after)) < 2:
        p = np.full(p.shape, np.nan)
    p[~shared.any(axis=0)] = np.nan
    q = adjusted(p)
    totals = agreed.sum(axis=0)
    with np.errstate(invalid="ignore"):
        found = q <= level
    return Towards(
        n_units=shared.sum(axis=0),
        before=totals[: len(before)].mean(axis=0),
        after=totals[len(before) :].mean(axis=0),
        p=p,
        q=q,
        found=found,
    )


@dataclass(frozen=True)
class AlphaChange:
    """Alpha of a person and a version, before and after, and its change with the interval."""

    before: float | None
    after: float | None
    change: float | None
    interval: Interval
    n_transcripts: int


def alpha_change(before: Ints, after: Ints, person: Ints, cluster: Ints, names: Sequence[str]) -> AlphaChange:
    """The change of one code's alpha, from arrays repeats x units and the person's decisions.

    Alpha of a version is the mean over its repeats. The interval leaves the same transcript out of both, so that what
    they share cancels out.
    """
    import numpy as np

    kept = (np.concatenate([before, after]) >= 0).all(axis=0) & (person >= 0)
    at = cluster[kept]
    with_units = np.bincount(at, minlength=len(names)) > 0
    if not kept.any():
        return AlphaChange(None, None, None, Interval(), 0)
    old, old_without = _mean_alpha(before[:, kept], person[kept], at, with_units)
    new, new_without = _mean_alpha(after[:, kept], person[kept], at, with_units)
    left = [name for name, has in zip(names, with_units, strict=True) if has]
    if old is None or new is None:
        which = "before" if old is None else "after"
        return AlphaChange(
            old, new, None, Interval(reason=f"alpha is undefined {which}: decisions do not vary"), len(left)
        )
    return AlphaChange(old, new, new - old, interval(new - old, new_without - old_without, left), len(left))


def _mean_alpha(repeats: Ints, person: Ints, cluster: Ints, with_units: Bools) -> tuple[float | None, Floats]:
    import numpy as np

    every, without = [], []
    for repeat in repeats:
        s = sums(np.stack([person, repeat], axis=1), cluster, n_transcripts=len(with_units))
        every.append(float(alphas(total(s))[0]))
        without.append(alphas(leave_one_out(s, with_units)))
    return number(float(np.mean(every))), np.mean(without, axis=0)
