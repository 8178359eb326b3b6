"""Alpha for units with any number of codes, where chance deals the codes anew: multi-valued alpha.

- Krippendorff, K., Craggs, R. (2016). The reliability of multi-valued coding of data. Commun. Methods Meas.
  10, 181-198.

Sets C and K disagree by delta = 1 - 2 |C & K| / (|C| + |K|), two empty ones not at all. D_o is that of Krippendorff's
alpha. For D_e, chance keeps how many codes the sets have and deals them anew:

    D_e = sum_{a, b} P_a P_b E[delta | |C| = a, |K| = b]

where P_a is the share of sets with a codes, and the mean runs over all pairs of sets of codes, each pair weighted by
prod_{c in C} n_c prod_{k in K} (n_k - [k in C]), with n_c how often code c was given.

The pairs of sets are too many to go through (10^8 for 40 codes and sets of up to three), but delta asks only for a, b
and the codes shared. The weights of all pairs with a, b and i shared codes add up to the coefficient of x^a y^b z^i in
prod_c (1 + n_c x + n_c y + n_c (n_c - 1) x y z), which is multiplied out code by code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autocode.agreement.alpha import alpha_on
from autocode.agreement.figures import Figure
from autocode.agreement.scales import Delta, Disagreement, sums_on_units
from autocode.agreement.sets import Sets, between_sets, set_ratings
from autocode.agreement.unit_types import UnitTypes

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Floats, Ints


def multi_valued_alpha(sets: Sets) -> Figure:
    """Krippendorff and Craggs' alpha for overlapping codes as one decision: nominal, with exact expected disagreement.

    `sets` is a table of sets of codes with a row a unit and a column a coder, None where a coder gave no decision, or
    an array units x coders x codes of 1, 0 and -1. The empty set is a decision. Undefined where under two units were
    decided by two coders, or all sets are alike.
    """
    found = set_ratings(sets)
    return alpha_on(found.values, len(found.members), MultiValuedScale(found.members))


@dataclass(frozen=True, eq=False)
class MultiValuedScale:
    """Sets disagree by their Dice distance; chance deals codes, not sets."""

    members: Bools

    def disagreement(self, types: UnitTypes, w: Ints, q: int) -> Disagreement:
        """D_o and D_e for each row of `w`, which says how many units of each type to count."""
        import numpy as np

        n_s = types.counted(w, q)
        n = n_s.sum(axis=1)
        d_o = sums_on_units(types, w, self.delta(n_s[0])) / np.maximum(n, 1)
        # Where all sets are alike nothing is to be expected, however the codes are dealt.
        varied = (n_s > 0).sum(axis=1) > 1
        chance = [expected_disagreement(each, self.members) for each in n_s]
        return Disagreement(d_o, np.where(varied, chance, 0.0), n, w.sum(axis=1))

    def delta(self, _n_c: Ints, /) -> Delta:
        """The Dice distance, however often the sets were given."""
        return between_sets(self.members, "dice")


def expected_disagreement(n_s: Ints, members: Bools) -> float:
    """D_e, where the set `members[s]` was given n_s[s] times."""
    import numpy as np

    size = members.sum(axis=1)
    p = np.bincount(size, weights=n_s, minlength=int(size.max(initial=0)) + 1) / max(1, int(n_s.sum()))
    weight = pair_weights(n_s @ members, len(p) - 1)
    a = np.arange(len(p))
    both = (a[:, None] + a[None, :])[:, :, None]
    delta = np.where(both > 0, 1 - 2 * a[None, None, :] / np.maximum(both, 1), 0.0)
    total = weight.sum(axis=2)
    # A size of which no two sets can be dealt (one code, given once) has no pairs, and adds nothing.
    mean = (weight * delta).sum(axis=2) / np.where(total > 0, total, 1)
    return float((p[:, None] * p[None, :] * mean).sum())


def pair_weights(n_c: Ints, most: int) -> Floats:
    """The weight of all pairs of sets with a and b codes, i of them shared, for a, b, i up to `most`.

    Divided by the mean of n_c to the power of a + b: the numbers of long codebooks would not fit otherwise, and only
    their relation for the same a and b counts.
    """
    import numpy as np

    n_c = n_c[n_c > 0]
    weight: Floats = np.zeros((most + 1, most + 1, most + 1))
    weight[0, 0, 0] = 1.0
    unit = float(n_c.mean()) if len(n_c) else 1.0
    for n in n_c.tolist():
        before = weight.copy()
        weight[1:] += n / unit * before[:-1]
        weight[:, 1:] += n / unit * before[:, :-1]
        weight[1:, 1:, 1:] += n * (n - 1) / unit**2 * before[:-1, :-1, :-1]
    return weight
