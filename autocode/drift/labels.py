"""Version labels dealt anew, call by call: what the numbers would be if the two versions were one.

A model's answer to one call has one luck, so the units of a call move together. Under "nothing changed" the repeats of
a call, before and after, are alike, and it is chance which of them are called `before`. So for each call the labels are
dealt anew among its repeats, and the figures computed again: no independence of units is assumed, and no model.

- Good, P. (2005). Permutation, parametric, and bootstrap tests of hypotheses, 3rd ed. (exchangeable blocks)
- Phipson, B., Smyth, G. K. (2010). Permutation p-values should never be zero. Stat. Appl. Genet. Mol. Biol. 9, 39.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb, lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from autocode.agreement.coefficients import Floats, Ints

PERMUTATIONS = 10_000
SEED = 20160517
MOST_WAYS = 4096
"""Of the ways to deal labels among the repeats of a call so many are drawn from, where there are more."""
MOST_BLOCKS = 4096
"""Of more calls than these, neighbouring ones are dealt their labels together: coarser, and as exact."""
_AT_ONCE = 8_000_000
"""Weights that are held at once, so that memory stays small."""


@dataclass(frozen=True, eq=False)
class Ways:
    """The ways to call some repeats `before` and the others `after`, as whole-number weights; the first is the real."""

    net: Ints
    """Ways x repeats: the weights whose sum with the counts is after minus before, times `net_scale`."""
    net_scale: int
    apart: Ints
    """Ways x pairs of repeats: the weights of how far the two differ, for between minus within, times `apart_scale`."""
    apart_scale: int
    of_one: tuple[float, float]
    """The variance over the ways of both figures for a unit that every repeat after applied a code to, none before."""


@lru_cache(maxsize=32)
def ways(before: int, after: int, seed: int = SEED) -> Ways:
    """The ways to deal `before` and `after` labels among as many repeats of a call.

    Between minus within is the mean difference of two repeats of different versions, minus the mean of the two means
    within a version; with one repeat of a version there is nothing within, and its weights are 0.
    """
    import numpy as np

    n = before + after
    if comb(n, before) <= MOST_WAYS:
        first = np.array(list(combinations(range(n), before)), dtype=np.int64)  # the first is 0, 1, ...: as it was
    else:
        rng = np.random.default_rng(seed)
        drawn = np.argsort(rng.random((MOST_WAYS, n)), axis=1)[:, :before]
        first = np.concatenate([np.arange(before)[None], drawn])
    is_after = np.ones((len(first), n), dtype=np.int64)
    np.put_along_axis(is_after, first, 0, axis=1)
    net_scale = lcm(before, after)
    net = np.where(is_after == 1, net_scale // after, -(net_scale // before))

    i, j = pairs(n)
    apart_scale, within_before, within_after = before * after, 0, 0
    if min(before, after) > 1:
        pairs_before, pairs_after = before * (before - 1), after * (after - 1)  # twice the pairs: half the mean
        apart_scale = lcm(apart_scale, pairs_before, pairs_after)
        within_before, within_after = apart_scale // pairs_before, apart_scale // pairs_after
    both = is_after[:, i] + is_after[:, j]
    apart = np.select([both == 1, both == 0], [apart_scale // (before * after), -within_before], -within_after)
    turned = net[:, before:].sum(axis=1) / net_scale, apart[:, (i < before) & (j >= before)].sum(axis=1) / apart_scale
    return Ways(net, net_scale, apart, apart_scale, (float(turned[0].var()), float(turned[1].var())))


def pairs(n: int) -> tuple[Ints, Ints]:
    """The pairs of n repeats: the first of each, and the second."""
    import numpy as np

    i, j = np.triu_indices(n, 1)
    return i, j


@dataclass(frozen=True, eq=False)
class Dealt:
    """For each code what a figure is, and what it came to each time the labels were dealt anew."""

    real: Floats
    drawn: Floats
    """Times x codes."""

    def share_at_least(self, *, absolute: bool) -> Floats:
        """For each code the share of times, the real one included, that gave as much or more: the p of the test."""
        import numpy as np

        drawn, real = (np.abs(self.drawn), np.abs(self.real)) if absolute else (self.drawn, self.real)
        tolerance = 1e-9 * np.maximum(1.0, np.abs(real))
        found: Floats = (1.0 + (drawn >= real - tolerance).sum(axis=0)) / (1.0 + len(drawn))
        return found

    @property
    def spread(self) -> Floats:
        """For each code how far the figure strays by chance: its standard deviation."""
        import numpy as np

        return np.asarray(self.drawn.std(axis=0))


def dealt(weights: Ints, scale: int, sums: Ints, *, permutations: int, seed: int) -> Dealt:
    """A figure that is the sum over calls of weights times `sums` (calls x repeats or pairs x codes), dealt anew.

    The same draws serve all codes, so that what codes share stays shared; and two figures, given one seed.
    """
    import numpy as np

    alike, which = np.unique(weights, axis=0, return_inverse=True)
    if len(alike) < weights.shape[1]:  # ways that come to the same are one, and there are few: look their sums up
        sums, weights = np.einsum("wp,bpk->bwk", alike, sums), np.eye(len(alike), dtype=np.int64)[which.ravel()]
    real = (weights[0] @ sums.sum(axis=0)).astype(np.float64)
    # Every way has the same sum of weights, so the last column adds the same to all when it is taken off the others.
    always = (weights[0].sum() * sums[:, -1].sum(axis=0)).astype(np.float64)
    weights, sums = weights[:, :-1], sums[:, :-1] - sums[:, -1:]
    n_blocks, width, n_codes = sums.shape
    # Sums of whole numbers are exact in either kind of float up to its bound, whatever order they are added in.
    largest = float(np.abs(weights).max(initial=0)) * float(np.abs(sums).sum(axis=(0, 1)).max(initial=0))
    kind = np.float32 if largest < 2**24 else np.float64
    table, flat = weights.astype(kind), sums.reshape(n_blocks * width, n_codes).astype(kind)
    step = max(1, _AT_ONCE // max(1, n_blocks * width))
    rng = np.random.default_rng(seed)
    drawn = np.empty((permutations, n_codes), dtype=np.float64)
    for at in range(0, permutations, step):
        n = min(step, permutations - at)
        way = _drawn(rng, len(weights), n, n_blocks)
        drawn[at : at + n] = np.take(table, way, axis=0).reshape(n, n_blocks * width) @ flat
    return Dealt(real / scale, (drawn + always) / scale)


def _drawn(rng: np.random.Generator, n_ways: int, n: int, n_blocks: int) -> Ints:
    import numpy as np

    kind = np.uint8 if n_ways <= 256 else np.uint16
    found: Ints = rng.integers(0, n_ways, size=(n, n_blocks), dtype=kind)
    return found
