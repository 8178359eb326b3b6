"""Two versions beside one person's coding, code by code: towards it or away from it, and how alpha changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autocode.agreement.coefficients import number
from autocode.agreement.intervals import Interval
from autocode.data import BesideCoding, BesideVerdict, Coding, Passage
from autocode.drift.beside import AlphaChange, Towards, alpha_change, towards
from autocode.drift.discoveries import LEVEL, adjusted
from autocode.drift.sides import CodeGroup, Sides, inside

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Ints

Stale = Mapping[str, Sequence[Passage]]
"""For each code the stretches in which a person's decisions are of an older definition."""
FEWEST_TRANSCRIPTS = 5
"""Of fewer transcripts no interval of alpha is given."""


@dataclass(frozen=True, eq=False)
class Held:
    """Some codes of both versions beside one person's decisions (units x codes)."""

    group: CodeGroup
    before: Ints
    after: Ints
    person: Ints
    """What may be used: neither stale nor quoted in the codebook's examples."""
    n_stale: Ints
    n_quoted: Ints
    found: Towards

    @classmethod
    def of(cls, table: Sides, group: CodeGroup, person: Coding, stale: Stale, permutations: int, seed: int) -> Held:
        """Some codes beside a person's, with what may not be used taken out."""
        import numpy as np

        before, after = table.values(group.before, group.codes), table.values(group.after, group.codes)
        theirs = table.decisions([person], group.codes)[0]
        old = inside(table.units, [stale.get(code.id, ()) for code in group.codes])
        quoted = table.quoted(group.codes) & ~old
        kept = np.where(quoted | old, -1, theirs)
        return cls(
            group=group,
            before=before,
            after=after,
            person=kept,
            n_stale=((theirs >= 0) & old).sum(axis=0),
            n_quoted=((theirs >= 0) & quoted).sum(axis=0),
            found=towards(before, after, kept, table.calls, permutations=permutations, seed=seed),
        )


def hold_beside(
    table: Sides,
    groups: Sequence[CodeGroup],
    person: Coding,
    stale: Mapping[str, Stale],
    permutations: int,
    seed: int,
) -> Iterator[tuple[str, BesideCoding]]:
    """Every code beside one person's coding. Over all codes at once, so that the p can be adjusted for their number."""
    import numpy as np

    held = [Held.of(table, group, person, stale.get(person.coder, {}), permutations, seed) for group in groups]
    q = iter(adjusted(np.concatenate([each.found.p for each in held])))
    for each in held:
        for i, code in enumerate(each.group.codes):
            alpha = alpha_change(
                each.before[:, :, i], each.after[:, :, i], each.person[:, i], table.cluster, table.clusters
            )
            yield code.id, _row(person.coder, i, each, number(next(q)), alpha)


def _row(coder: str, i: int, held: Held, q: float | None, alpha: AlphaChange) -> BesideCoding:
    found = held.found
    n = int(found.n_units[i])
    few = alpha.n_transcripts < FEWEST_TRANSCRIPTS
    bounds = Interval() if few else alpha.interval
    verdict: BesideVerdict = "no change found"
    reason = "too few interviews for an interval" if few and alpha.change is not None else alpha.interval.reason
    if not n:
        verdict = "nothing to compare"
        reason = "the definition changed after they coded" if held.n_stale[i] else "no passage in common"
    elif q is None:
        verdict = "noise not measured"
    elif q <= LEVEL:
        verdict = "towards" if found.after[i] > found.before[i] else "away from"
    return BesideCoding(
        coder=coder,
        verdict=verdict,
        n_units=n,
        n_left_out=int(held.n_quoted[i]),
        n_stale=int(held.n_stale[i]),
        agreed_before=float(found.before[i]) if n else None,
        agreed_after=float(found.after[i]) if n else None,
        p=number(found.p[i]),
        q=q,
        alpha_before=alpha.before,
        alpha_after=alpha.after,
        alpha_change=alpha.change,
        alpha_change_low=bounds.low,
        alpha_change_high=bounds.high,
        reason=reason,
    )
