"""Two coders side by side, transcript after transcript: what moved between them, in words and numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autocode.agreement.coefficients import number
from autocode.agreement.naming import pair_kind
from autocode.codebook import codable
from autocode.data import (
    Code,
    Codebook,
    CodeOverTime,
    Coding,
    DecidedUnder,
    OverTimeVerdict,
    PairOverTime,
    TranscriptCounts,
)
from autocode.drift.discoveries import LEVEL, adjusted, next_level
from autocode.drift.redefined import redefined
from autocode.drift.splits import MARGIN, Split, Tally, contrast, largest_cusum, residuals, tally
from autocode.drift.versions import seen_by_chance

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Bools, Floats, Ints

STILL: tuple[OverTimeVerdict, ...] = ("the data moved", "no change found", "too rare to tell")
"""What is said of a code that did not move between the two."""


@dataclass(frozen=True)
class TwoCoders:
    """Two codings on the transcripts, in order, that both decided on."""

    first: Coding
    second: Coding
    codes: Sequence[Code]
    transcripts: Sequence[str]
    counts: Tally
    after: Bools | None
    left_out: Mapping[str, int]
    """For each code the decisions that the two made under different definitions."""

    @classmethod
    def of(
        cls,
        units: DataFrame,
        first: Coding,
        second: Coding,
        codebook: Codebook,
        order: Sequence[str],
        after: Collection[str] | None,
        under: Mapping[str, Sequence[DecidedUnder]],
    ) -> TwoCoders:
        """Two codings in a table of units, as far as both decided, and under one definition."""
        import numpy as np

        codes = codable(codebook)
        ids = [code.id for code in codes]
        one, two = (units[c.coder][ids].to_numpy(dtype=np.int8, na_value=-1) for c in (first, second))
        of_unit = np.asarray(units.index.get_level_values("transcript"), dtype=object)
        apart = redefined(units, ids, under.get(first.coder, ()), under.get(second.coder, ()))
        apart &= (one >= 0) & (two >= 0) & np.isin(of_unit, list(order))[:, None]
        one = np.where(apart, -1, one)
        shared = set(of_unit[((one >= 0) & (two >= 0)).any(axis=1)])
        kept = [id for id in order if id in shared]
        place = {id: at for at, id in enumerate(kept)}
        which = np.array([place.get(id, -1) for id in of_unit], dtype=np.int64)
        among = which >= 0
        return cls(
            first=first,
            second=second,
            codes=codes,
            transcripts=kept,
            counts=tally(one[among], two[among], which[among], len(kept)),
            after=None if after is None else np.array([id in after for id in kept], dtype=bool),
            left_out={id: int(n) for id, n in zip(ids, apart.sum(axis=0), strict=True) if n},
        )

    def told(self) -> str:
        """How many decisions were left out because the definition changed between the two; blank: none."""
        if not self.left_out:
            return ""
        shown = list(self.left_out)
        which = ", ".join(shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")
        return f"{self.first.coder} and {self.second.coder} {sum(self.left_out.values()):,} ({which})"

    def too_few(self) -> str:
        """Why these cannot be split; blank: they can."""
        n = len(self.transcripts)
        if self.after is None:
            least = 2 * MARGIN + 1
            if n >= least:
                return ""
            needed = f"too few to look for a split ({least} are needed)"
            shared = f"{n} interview{'s' * (n != 1)} of both"
            return f"{shared}, {needed}; a column of two values, as before and after, needs no split"
        n_after = int(self.after.sum())
        return "" if 0 < n_after < n else f"all {n} interviews of both lie on one side of the event"

    def split(self, residual: Floats, permutations: int, seed: int) -> Split:
        """Figures over these transcripts."""
        if self.after is None:
            return largest_cusum(residual, permutations=permutations, seed=seed)
        return contrast(residual, self.after, permutations=permutations, seed=seed)

    def pair(self, permutations: int, seed: int) -> PairOverTime:
        """The two coders, code by code."""
        import numpy as np

        c, n = self.counts, len(self.codes)
        units = c.coded + c.others
        kinds = (residuals(c.misses, c.coded), residuals(c.extras, c.others))
        shares = (residuals(c.coded, units), residuals(c.coded_by_second, units))
        residual = np.concatenate([*kinds, *shares], axis=1)
        split = self.split(residual, permutations, seed)
        # Dealing transcripts anew leaves the sum of squares as it is, so it is one measure for all codes.
        family, p_any = split.family(np.where(np.arange(4 * n) < 2 * n, np.sqrt((residual**2).sum(axis=0)), 0.0))
        p = np.where(np.abs(residual).max(axis=0) > 1e-9, split.p, np.nan)
        q = np.concatenate([adjusted(p[: 2 * n]), adjusted(p[2 * n :])])
        each = next_level(p[: 2 * n])
        # Of a CUSUM, which is standardised, in passages at a split in the middle.
        scale = 1.0 if self.after is not None else (len(self.transcripts) / 4) ** 0.5
        could = np.ceil(seen_by_chance(split.figure.drawn.T[: 2 * n], each, centre=0.0) * scale)
        columns = _Columns(split, p.reshape(4, n), q.reshape(4, n), could.reshape(2, n), family[: 2 * n].reshape(2, n))
        rows = [self.row(i, code, columns) for i, code in enumerate(self.codes) if units[:, i].any()]
        rows.sort(key=lambda row: row.verdict in STILL)  # stable: else in the order of the codebook
        split_at = len(self.transcripts) if self.after is None else int((~self.after).sum())
        return PairOverTime(
            first=self.first.coder,
            second=self.second.coder,
            kind=pair_kind(self.first, self.second),
            n_transcripts=(split_at, len(self.transcripts) - split_at),
            transcripts=tuple(self.transcripts),
            after=()
            if self.after is None
            else tuple(id for id, is_after in zip(self.transcripts, self.after, strict=True) if is_after),
            p_any=number(p_any),
            n_redefined=sum(self.left_out.values()),
            codes=tuple(rows),
        )

    def row(self, i: int, code: Code, columns: _Columns) -> CodeOverTime:
        """One code, split at the event or where misses or extras turn most."""
        import numpy as np

        n, c, p = len(self.codes), self.counts, columns.p
        after, last = self.after, ""
        if after is None:
            kind = 1 if not p[0, i] <= p[1, i] else 0
            at = int(columns.split.after[kind * n + i])
            after = np.arange(len(self.transcripts)) >= at
            last = self.transcripts[at - 1] if columns.tested(i) else ""
        first = _halves(c.coded[:, i], after)
        verdict, reason = columns.verdict(i, n, first, never_apart=not (c.misses[:, i] + c.extras[:, i]).any())
        return CodeOverTime(
            code=code.id,
            name=code.name,
            verdict=verdict,
            reason=reason,
            split_after=last,
            n_units=_halves((c.coded + c.others)[:, i], after),
            first=first,
            second=_halves(c.coded_by_second[:, i], after),
            misses=_halves(c.misses[:, i], after),
            extras=_halves(c.extras[:, i], after),
            p_misses=number(p[0, i]),
            p_extras=number(p[1, i]),
            q_misses=number(columns.q[0, i]),
            q_extras=number(columns.q[1, i]),
            family_misses=number(columns.family[0, i]),
            family_extras=number(columns.family[1, i]),
            p_first=number(p[2, i]),
            p_second=number(p[3, i]),
            could_have_seen_misses=number(columns.could[0, i]) if p[0, i] == p[0, i] else None,
            could_have_seen_extras=number(columns.could[1, i]) if p[1, i] == p[1, i] else None,
            counts=self.of_each_transcript(i),
        )

    def of_each_transcript(self, i: int) -> tuple[TranscriptCounts, ...]:
        """The counts of one code, transcript by transcript."""
        c = self.counts
        columns = (c.coded + c.others, c.coded, c.coded_by_second, c.misses, c.extras)
        return tuple(map(TranscriptCounts, *(column[:, i].tolist() for column in columns)))


@dataclass(frozen=True, eq=False)
class _Columns:
    """Misses, extras and both coders' shares: a row each, a column a code."""

    split: Split
    p: Floats
    q: Floats
    could: Floats
    family: Floats

    def tested(self, i: int) -> bool:
        """Whether a code has a miss or an extra, so that there is something to test."""
        return bool(self.p[0, i] == self.p[0, i] or self.p[1, i] == self.p[1, i])

    def verdict(self, i: int, n: int, first: tuple[int, int], *, never_apart: bool) -> tuple[OverTimeVerdict, str]:
        """What may be said of a code; where both coders' use of it moved alike, the data did."""
        up = [self.split.direction[kind * n + i] > 0 for kind in range(4)]
        named = [bool(q <= LEVEL) for q in self.q[:, i]]  # NaN is never named
        if named[0] and named[1] and up[0] == up[1]:
            return ("further apart" if up[0] else "closer"), ""
        if named[0]:
            return ("less" if up[0] else "more"), ""
        if named[1]:
            return ("more" if up[1] else "less"), ""
        if named[2] and named[3] and up[2] == up[3]:
            return "the data moved", f"both coders apply it {'more' if up[2] else 'less'} often in the later interviews"
        if not sum(first):
            return "too rare to tell", "the first coder never applied it"
        if not self.tested(i):
            alike = "the two never differ on it"
            return "no change found", alike if never_apart else "misses and extras have one share in all interviews"
        if (self.could[:, i] > max(first)).all():
            return "too rare to tell", "had every later passage been missed, chance could have done that"
        return "no change found", ""


def _halves(counts: Ints, after: Bools) -> tuple[int, int]:
    return int(counts[~after].sum()), int(counts[after].sum())
